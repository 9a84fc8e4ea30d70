"""Writes the points ledger: earned, spent, put right, lost. There is no way here to change or delete a line.

Whoever may ask twice gives a key; under the same key everything happens once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.benefits.errors import EntryUnknown, InvalidAmount, PointsInsufficient
from backoffice.benefits.ledger import Line, Take, list_expired, list_lots, plan_spending, sum_usable
from backoffice.benefits.tables import points
from backoffice.customers.locking import lock_customer
from backoffice.errors import CustomerNotFound
from backoffice.jobs.service import Job, schedule
from kernel.database import insert, write

EXPIRY_JOB = "points_expiry"
LARGEST_KRW = 1_000_000_000
_LEDGER = (
    sa.select(points).where(points.c.customer_id == sa.bindparam("customer_id")).order_by(points.c.at, points.c.row_id)
)


async def read_ledger(connection: AsyncConnection, customer_id: str) -> list[Line]:
    """Return the customer's lines, oldest first."""
    rows = await connection.execute(_LEDGER, {"customer_id": customer_id})
    return [
        Line(
            amount_krw=row.amount_krw,
            why=row.why,
            at=row.at,
            expires_at=row.expires_at,
            row_id=row.row_id,
            lot_row_id=row.lot_row_id,
            entry_key=row.entry_key,
        )
        for row in rows
    ]


async def earn(
    connection: AsyncConnection,
    customer_id: str,
    amount_krw: int,
    *,
    why: str,
    key: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> None:
    """Add a lot of points and see to its end, in the caller's transaction. Raises InvalidAmount."""
    _check(amount_krw)
    row = {"customer_id": customer_id, "entry_key": key, "part": 0, "amount_krw": amount_krw, "why": why}
    times = {"at": now, "expires_at": expires_at}
    done = await connection.execute(insert(connection, points).values(**row, **times).on_conflict_do_nothing())
    if done.rowcount and expires_at is not None:
        await schedule(
            connection,
            kind=EXPIRY_JOB,
            key=f"{customer_id}:{key}",
            due_at=expires_at,
            payload={"customer_id": customer_id},
        )


async def spend(engine: AsyncEngine, customer_id: str, amount_krw: int, *, why: str, key: str, now: datetime) -> int:
    """Take points, the oldest first, and return what is left.

    Raises InvalidAmount, PointsInsufficient (then nothing was taken) and CustomerNotFound.
    """
    _check(amount_krw)
    async with write(engine) as connection:
        await lock_customer(connection, customer_id)
        lines = await _settle(connection, customer_id, now)
        lots = list_lots(lines)
        usable = sum_usable(lots, now=now)
        if any(line.entry_key == key for line in lines):
            return usable
        if usable < amount_krw:
            raise PointsInsufficient(f"{usable} of {amount_krw}")
        await _write(connection, customer_id, plan_spending(lots, amount_krw, now=now), why=why, key=key, now=now)
    return usable - amount_krw


async def reverse(engine: AsyncEngine, customer_id: str, *, key: str, why: str, now: datetime) -> int:
    """Undo what was written under `key` by further lines, and return what is left then.

    Spent points go back to their lots; what is over by now is lost again at once. Of earned points only what
    is still there is taken back, so that nobody comes to owe any. Raises EntryUnknown and CustomerNotFound.
    """
    undoing = f"reversal:{key}"
    async with write(engine) as connection:
        await lock_customer(connection, customer_id)
        lines = await _settle(connection, customer_id, now)
        written = [line for line in lines if line.entry_key == key]
        if not written:
            raise EntryUnknown(key)
        if not any(line.entry_key == undoing for line in lines):
            left = {lot.row_id: lot.left_krw for lot in list_lots(lines)}
            takes = [
                Take(line.lot_row_id, line.amount_krw)
                if line.lot_row_id is not None
                else Take(line.row_id, min(left[line.row_id], line.amount_krw))
                for line in written
            ]
            await _write(connection, customer_id, takes, why=why, key=undoing, now=now)
            lines = await _settle(connection, customer_id, now)
    return sum_usable(list_lots(lines), now=now)


async def expire(connection: AsyncConnection, job: Job, now: datetime) -> None:
    """Take back what is over: the job of `earn`."""
    customer_id = job.payload["customer_id"]
    try:
        await lock_customer(connection, customer_id)
    except CustomerNotFound:
        return  # gone, and the ledger too
    await _settle(connection, customer_id, now)


async def _settle(connection: AsyncConnection, customer_id: str, now: datetime) -> list[Line]:
    """Return the ledger after what is over by `now` was taken back."""
    lines = await read_ledger(connection, customer_id)
    expired = list_expired(list_lots(lines), now=now)
    for take in expired:
        key = f"expiry:{take.lot_row_id}"
        earlier = sum(line.entry_key == key for line in lines)
        await _write(connection, customer_id, [take], why="기간이 끝난 적립금", key=key, now=now, first_part=earlier)
    return await read_ledger(connection, customer_id) if expired else lines


async def _write(
    connection: AsyncConnection,
    customer_id: str,
    takes: Iterable[Take],
    *,
    why: str,
    key: str,
    now: datetime,
    first_part: int = 0,
) -> None:
    """Write a line for each take; one of nothing is written too, so that its key is known."""
    rows: list[dict[str, Any]] = [
        {
            "customer_id": customer_id,
            "entry_key": key,
            "part": part,
            "lot_row_id": take.lot_row_id,
            "amount_krw": -take.amount_krw,
            "why": why,
            "at": now,
        }
        for part, take in enumerate(takes, start=first_part)
    ]
    await connection.execute(points.insert(), rows)


def _check(amount_krw: int) -> None:
    if isinstance(amount_krw, bool) or not 0 < amount_krw <= LARGEST_KRW:
        raise InvalidAmount(str(amount_krw))
