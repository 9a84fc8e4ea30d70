"""Places blocks, lifts them, ends them at their time, and reads what became of them.

What decides that a block ends once is the database: the row is ended by a conditional update, and its
record has the block's id as key. Whoever ends a block takes its job first and the block second, so that a job
at its time and somebody by hand wait for one another instead of for ever.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.blocking.errors import BlockNotFound, EndNotAllowed, JustificationMissing
from backoffice.blocking.notice_text import tell_placed, tell_released
from backoffice.blocking.policy import Block, find_end, keep_until, list_holding, set_terms
from backoffice.blocking.rules import load_block_rules
from backoffice.blocking.tables import BlockReason, BlockSignal, ReleaseKind, block_releases, blocks
from backoffice.customers.tables import customers
from backoffice.errors import CustomerNotFound
from backoffice.jobs.service import Job, cancel, schedule
from backoffice.notices.service import tell
from backoffice.notices.tables import NoticeCategory
from kernel.database import insert, read, write
from kernel.ids import new_id

RELEASE_JOB = "release_block"
BY_ITSELF = "system"
_LOOKED_AT = 50

_RECENT = (
    sa.select(blocks)
    .where(blocks.c.customer_id == sa.bindparam("customer_id"))
    .order_by(blocks.c.blocked_at.desc(), blocks.c.row_id.desc())
    .limit(sa.bindparam("limit"))
)
_HISTORY = (
    sa.select(
        blocks,
        block_releases.c.kind,
        block_releases.c.released_by,
        block_releases.c.justification,
        block_releases.c.is_our_fault,
        block_releases.c.kept_until,
    )
    .join(block_releases, block_releases.c.block_id == blocks.c.block_id, isouter=True)
    .where(blocks.c.customer_id == sa.bindparam("customer_id"))
    .order_by(blocks.c.blocked_at.desc(), blocks.c.row_id.desc())
    .limit(sa.bindparam("limit"))
)
_LOCK = sa.select(blocks).where(blocks.c.block_id == sa.bindparam("block_id")).with_for_update()


@dataclass(frozen=True)
class Ending:
    """What ends a block: its time, a code, or a member of staff with a reason that is kept."""

    kind: ReleaseKind
    by: str
    justification: str
    is_our_fault: bool = False


@dataclass(frozen=True)
class PastBlock:
    """A block with what became of it; `ending` is None while it was not ended by anybody."""

    block: Block
    detail: str | None
    rule_id: str | None
    rules_version: int | None
    ending: Ending | None
    kept_until: datetime | None


async def list_blocks(engine: AsyncEngine, customer_id: str, *, limit: int = 10) -> Sequence[Block]:
    """Return the customer's latest blocks, newest first; empty when there are none."""
    async with read(engine) as connection:
        return await read_blocks(connection, customer_id, limit=limit)


async def read_blocks(connection: AsyncConnection, customer_id: str, *, limit: int = _LOOKED_AT) -> Sequence[Block]:
    """Return what `list_blocks` does, within a transaction."""
    rows = (await connection.execute(_RECENT, {"customer_id": customer_id, "limit": limit})).all()
    return [_block(row) for row in rows]


async def list_history(engine: AsyncEngine, customer_id: str, *, limit: int = 20) -> Sequence[PastBlock]:
    """Return the customer's latest blocks with who ended each and on what grounds, newest first."""
    async with read(engine) as connection:
        rows = (await connection.execute(_HISTORY, {"customer_id": customer_id, "limit": limit})).all()
    return [
        PastBlock(
            block=_block(row),
            detail=row.detail,
            rule_id=row.rule_id,
            rules_version=row.rules_version,
            ending=Ending(ReleaseKind(row.kind), row.released_by, row.justification, row.is_our_fault)
            if row.kind
            else None,
            kept_until=row.kept_until,
        )
        for row in rows
    ]


async def place_block(
    engine: AsyncEngine,
    customer_id: str,
    reason: BlockReason,
    *,
    now: datetime,
    detail: str | None = None,
    event_id: str | None = None,
    signals: Collection[BlockSignal] = (),
    ends_after: timedelta | None = None,
) -> str:
    """Keep a customer out and return the block's id; for an `event_id` that was reported before, that block's.

    The rules set its end; `ends_after` does where they leave it to the case. The customer is texted why and
    until when. Raises CustomerNotFound or EndNotAllowed.
    """
    async with write(engine) as connection:
        return await place(
            connection,
            customer_id,
            reason,
            now=now,
            detail=detail,
            event_id=event_id,
            signals=signals,
            ends_after=ends_after,
        )


async def place(
    connection: AsyncConnection,
    customer_id: str,
    reason: BlockReason,
    *,
    now: datetime,
    detail: str | None = None,
    event_id: str | None = None,
    signals: Collection[BlockSignal] = (),
    ends_after: timedelta | None = None,
) -> str:
    """Do what `place_block` does within the caller's transaction."""
    ends_at = _find_own_end(reason, signals, now=now, ends_after=ends_after)
    known = sa.select(customers.c.customer_id).where(customers.c.customer_id == customer_id)
    if (await connection.execute(known)).first() is None:
        raise CustomerNotFound(customer_id)
    terms = set_terms(load_block_rules(), reason, signals)
    row = {
        "block_id": new_id("b"),
        "customer_id": customer_id,
        "reason": reason.value,
        "blocked_at": now,
        "auto_release_at": ends_at,
        "detail": detail,
        "signals": sorted(signals),
        "rule_id": terms.rule_id,
        "rules_version": terms.rules_version,
        "event_id": event_id,
    }
    placing = insert(connection, blocks).values(row).on_conflict_do_nothing(index_elements=["event_id"])
    placed: str | None = await connection.scalar(placing.returning(blocks.c.block_id))
    if placed is None:
        repeated = sa.select(blocks.c.block_id).where(blocks.c.event_id == event_id)
        return str(await connection.scalar(repeated))
    if ends_at is not None:
        await schedule(connection, kind=RELEASE_JOB, key=placed, due_at=ends_at)
    await tell(
        connection,
        customer_id=customer_id,
        key=f"block:{placed}:placed",
        category=NoticeCategory.SECURITY,
        text=tell_placed(load_block_rules().reasons[reason], ends_at),
        now=now,
    )
    return placed


def _find_own_end(
    reason: BlockReason, signals: Collection[BlockSignal], *, now: datetime, ends_after: timedelta | None
) -> datetime | None:
    rules = load_block_rules()
    if ends_after is not None and (not rules.reasons[reason].by_case or ends_after <= timedelta(0)):
        raise EndNotAllowed(f"a block for {reason.value} ends as the rules say")
    after = ends_after or set_terms(rules, reason, signals).release_after
    return None if after is None else now + after


async def release_block(
    engine: AsyncEngine, block_id: str, *, now: datetime, by: str, justification: str, our_fault: bool = False
) -> bool:
    """Lift a block by hand; return False, and change nothing, where it had been lifted or had ended before.

    The customer is told at once, with an apology where it was `our_fault`. Raises BlockNotFound or
    JustificationMissing.
    """
    if not by.strip() or not justification.strip():
        raise JustificationMissing("a block is lifted by somebody, for a reason")
    ending = Ending(ReleaseKind.STAFF, by.strip(), justification.strip(), our_fault)
    async with write(engine) as connection:
        return await end_block(connection, block_id, ending, now=now)


async def find_within(connection: AsyncConnection, block_id: str, customer_id: str) -> Block | None:
    """Return a customer's block by its id, None where there is none or it is another's."""
    found = sa.select(blocks).where(blocks.c.block_id == block_id, blocks.c.customer_id == customer_id)
    row = (await connection.execute(found)).first()
    return _block(row) if row is not None else None


async def end_block(connection: AsyncConnection, block_id: str, ending: Ending, *, now: datetime) -> bool:
    """End a block within the caller's transaction; False where it had ended before. Raises BlockNotFound."""
    await cancel(connection, kind=RELEASE_JOB, key=block_id)
    row = (await connection.execute(_LOCK, {"block_id": block_id})).first()
    if row is None:
        raise BlockNotFound(block_id)
    if row.released_at is not None:
        return False
    if row.auto_release_at is not None and row.auto_release_at <= now:
        await _end(connection, row, _OF_ITS_TIME, now=now)
        return False
    await _end(connection, row, ending, now=now)
    return True


_OF_ITS_TIME = Ending(ReleaseKind.TIME, BY_ITSELF, "정해진 시간이 지나 풀림")


async def carry_out_release(connection: AsyncConnection, job: Job, now: datetime) -> None:
    """End a block whose time has come: the handler of its job. A block that has ended or is gone needs nothing."""
    row = (await connection.execute(_LOCK, {"block_id": job.key})).first()
    if row is None or row.released_at is not None or row.auto_release_at is None:
        return
    if row.auto_release_at > now:
        await schedule(connection, kind=RELEASE_JOB, key=job.key, due_at=row.auto_release_at)
        return
    await _end(connection, row, _OF_ITS_TIME, now=now)


async def _end(connection: AsyncConnection, row: sa.Row[Any], ending: Ending, *, now: datetime) -> None:
    """Write the end of a locked block, keep the record, and tell the customer unless another block holds."""
    rules = load_block_rules()
    ended_at = find_end(row.auto_release_at, row.blocked_at, now)
    await connection.execute(blocks.update().where(blocks.c.block_id == row.block_id).values(released_at=ended_at))
    record = {name: getattr(row, name) for name in _COPIED} | {
        "released_at": ended_at,
        "kind": ending.kind.value,
        "released_by": ending.by,
        "justification": ending.justification,
        "is_our_fault": ending.is_our_fault,
        "kept_until": keep_until(ended_at, rules.keep_releases_years),
    }
    await connection.execute(insert(connection, block_releases).values(record).on_conflict_do_nothing())
    if list_holding(await read_blocks(connection, row.customer_id), now=now):
        return
    await tell(
        connection,
        customer_id=row.customer_id,
        # Blocks that end at one moment let the customer in once.
        key=f"released:{row.customer_id}:{ended_at.isoformat()}",
        category=NoticeCategory.SECURITY,
        text=tell_released(rules.reasons[BlockReason(row.reason)], is_our_fault=ending.is_our_fault),
        now=now,
    )


_COPIED = ("block_id", "customer_id", "reason", "rule_id", "rules_version", "blocked_at")


async def schedule_releases(connection: AsyncConnection, *, now: datetime) -> None:
    """Have every block that still holds end at its time: for blocks that were written down elsewhere."""
    holding = sa.select(blocks.c.block_id, blocks.c.auto_release_at).where(
        blocks.c.released_at.is_(None), blocks.c.auto_release_at > now
    )
    for row in (await connection.execute(holding)).all():
        await schedule(connection, kind=RELEASE_JOB, key=row.block_id, due_at=row.auto_release_at)


def _block(row: sa.Row[Any]) -> Block:
    return Block(
        reason=BlockReason(row.reason),
        blocked_at=row.blocked_at,
        auto_release_at=row.auto_release_at,
        released_at=row.released_at,
        block_id=row.block_id,
        signals=tuple(BlockSignal(signal) for signal in row.signals or ()),
    )
