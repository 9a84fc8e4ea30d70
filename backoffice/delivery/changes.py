"""Changes of a delivery that customers make themselves: proposed, confirmed, then applied in one transaction.

Possible until the parcel is handed to the courier; who is faster, the customer or the courier's report, is decided
by the lock on the order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.delivery.errors import ChangeTooLate, ChangeUnknown, OrderUnknown
from backoffice.delivery.rulebook import DeliveryRules
from backoffice.delivery.rules import load_rules
from backoffice.delivery.service import Delivery, read_deliveries
from backoffice.delivery.tables import ChangeKind, deliveries, delivery_changes
from backoffice.delivery.wishes import CHANGEABLE, Wish, check_address, check_day, check_note, moved_by_address
from backoffice.orders.service import read_order
from backoffice.orders.tables import orders
from kernel.clock import KST
from kernel.database import insert, read, write
from kernel.ids import new_id

# A proposal that was not confirmed for so long is forgotten.
VALID_FOR = timedelta(minutes=30)
_LOCK = sa.select(orders.c.order_id).where(orders.c.order_id == sa.bindparam("wanted")).with_for_update()
_PROPOSED = (
    sa.select(delivery_changes)
    .where(
        delivery_changes.c.order_id == sa.bindparam("wanted"),
        delivery_changes.c.customer_id == sa.bindparam("whose"),
        delivery_changes.c.proposed_at >= sa.bindparam("since"),
    )
    .order_by(delivery_changes.c.proposed_at.desc(), delivery_changes.c.change_id.desc())
    .limit(1)
)


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change, proposed or applied; `expected_on` is the day the parcel is expected with it, None where none is known."""

    change_id: str
    order_id: str
    wish: Wish
    expected_on: date | None
    moves_day: bool


async def propose(
    engine: AsyncEngine,
    customer_id: str,
    order_id: str,
    wish: Wish,
    *,
    now: datetime,
    rules: DeliveryRules | None = None,
) -> Change:
    """Check a wish and keep it until it is confirmed; nothing of the delivery changes.

    Raises OrderUnknown, ChangeTooLate, AddressIncomplete, DayNotPossible.
    """
    rules = rules or load_rules()
    async with write(engine) as connection:
        delivery = await _read(connection, customer_id, order_id, now=now, rules=rules)
        checked = _check(wish, delivery, now=now, rules=rules)
        change_id = new_id("change")
        await connection.execute(
            delivery_changes.insert().values(
                change_id=change_id,
                order_id=order_id,
                customer_id=customer_id,
                kind=checked.kind.value,
                wanted=checked.wanted,
                proposed_at=now,
                rules_version=rules.version,
            )
        )
    return _change(change_id, checked, delivery, rules)


async def apply_latest(
    engine: AsyncEngine, customer_id: str, order_id: str, *, now: datetime, rules: DeliveryRules | None = None
) -> Change:
    """Carry out what was proposed last for this order; again is the same as once.

    Raises ChangeUnknown where nothing was proposed lately, ChangeTooLate, OrderUnknown, DayNotPossible; then nothing
    has changed.
    """
    rules = rules or load_rules()
    async with write(engine) as connection:
        await connection.execute(_LOCK, {"wanted": order_id})
        asked = {"wanted": order_id, "whose": customer_id, "since": now - VALID_FOR}
        row = (await connection.execute(_PROPOSED, asked)).first()
        if row is None:
            raise ChangeUnknown(f"nothing was proposed for {order_id!r}")
        wish = Wish(kind=ChangeKind(row.kind), wanted=row.wanted)
        delivery = await _read(connection, customer_id, order_id, now=now, rules=rules, is_done=bool(row.applied_at))
        if row.applied_at is not None:
            expected_on = delivery.facts.eta_on or delivery.facts.promised_on
            return Change(
                change_id=row.change_id, order_id=order_id, wish=wish, expected_on=expected_on, moves_day=False
            )
        wish = _check(wish, delivery, now=now, rules=rules)
        change = _change(row.change_id, wish, delivery, rules)
        await _write(connection, change)
        mine = delivery_changes.update().where(delivery_changes.c.change_id == row.change_id)
        await connection.execute(mine.values(applied_at=now))
    return change


async def list_applied(engine: AsyncEngine, order_id: str) -> list[dict[str, Any]]:
    """Return the changes that were carried out, the newest first: kind and when, not what they hold."""
    query = (
        sa.select(delivery_changes.c.kind, delivery_changes.c.applied_at)
        .where(delivery_changes.c.order_id == order_id, delivery_changes.c.applied_at.is_not(None))
        .order_by(delivery_changes.c.proposed_at.desc())
    )
    async with read(engine) as connection:
        return [dict(row) for row in (await connection.execute(query)).mappings()]


async def _read(
    connection: AsyncConnection,
    customer_id: str,
    order_id: str,
    *,
    now: datetime,
    rules: DeliveryRules,
    is_done: bool = False,
) -> Delivery:
    order = await read_order(connection, customer_id, order_id)
    if order is None:
        raise OrderUnknown(f"no order of theirs has the number {order_id!r}")
    (delivery,) = await read_deliveries(connection, [order], now=now, rules=rules)
    stage = delivery.assessment.stage
    has_left = stage is None or rules.place_of(stage) >= rules.place_of("handed_over")
    if (order.status not in CHANGEABLE or has_left) and not is_done:
        raise ChangeTooLate(f"the parcel of {order_id!r} is out of the shop's hands")
    return delivery


def _check(wish: Wish, delivery: Delivery, *, now: datetime, rules: DeliveryRules) -> Wish:
    if wish.kind is ChangeKind.ADDRESS:
        return Wish(kind=wish.kind, wanted=check_address(wish.wanted, rules.areas))
    if wish.kind is ChangeKind.DOOR_NOTE:
        return Wish(kind=wish.kind, wanted=check_note(wish.wanted))
    stage = delivery.assessment.stage
    assert stage is not None, "a parcel that has not left is at some stage"
    today = now.astimezone(KST).date()
    day = check_day(wish.day, delivery.facts, stage=stage, today=today, rules=rules)
    return Wish(kind=wish.kind, wanted=day.isoformat())


def _change(change_id: str, wish: Wish, delivery: Delivery, rules: DeliveryRules) -> Change:
    before = delivery.facts.eta_on or delivery.facts.promised_on
    after = before
    if wish.kind is ChangeKind.DAY:
        after = wish.day
    elif wish.kind is ChangeKind.ADDRESS:
        after = moved_by_address(before, before=delivery.facts.address, after=wish.wanted, rules=rules)
    order_id = delivery.order.order_id
    return Change(change_id=change_id, order_id=order_id, wish=wish, expected_on=after, moves_day=after != before)


async def _write(connection: AsyncConnection, change: Change) -> None:
    """Write the change; a day the customer chose, or that their new address costs, is a promise of its own."""
    values: dict[str, Any] = {}
    if change.wish.kind is ChangeKind.ADDRESS:
        values["address"] = change.wish.wanted
    elif change.wish.kind is ChangeKind.DOOR_NOTE:
        values["door_note"] = change.wish.wanted
    if change.moves_day:
        values |= {"promised_date": change.expected_on, "eta_date": change.expected_on, "eta_at": None}
    row = insert(connection, deliveries).values(order_id=change.order_id, **values)
    await connection.execute(row.on_conflict_do_update(index_elements=["order_id"], set_=values))
