"""Statements on messages that a channel has not taken yet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff.adapters.sql.tables import conversations, outbox
from handoff.domain.outbox import OutboxEntry

_O = outbox.c
_ENTRIES = sa.select(
    _O.conversation_id, _O.seq, conversations.c.channel, _O.created_at, _O.due_at, _O.tries, _O.failed_at, _O.error
).join(conversations, conversations.c.conversation_id == _O.conversation_id)
_OPEN = sa.and_(_O.taken_at.is_(None), _O.failed_at.is_(None))
_earlier = outbox.alias("earlier")
_IS_FIRST = ~sa.exists().where(
    _earlier.c.conversation_id == _O.conversation_id,
    _earlier.c.seq < _O.seq,
    _earlier.c.taken_at.is_(None),
    _earlier.c.failed_at.is_(None),
)


class OutboxStatements:
    """The part of a unit of work that concerns the delivery of messages."""

    _connection: AsyncConnection

    async def list_due_deliveries(self, *, now: datetime, now_s: float, limit: int) -> Sequence[OutboxEntry]:
        statement = (
            _ENTRIES.where(_OPEN, _O.due_at <= now, _IS_FIRST)
            .where(sa.or_(_O.lease_until_s.is_(None), _O.lease_until_s < now_s))
            .order_by(_O.due_at, _O.conversation_id)
            .limit(limit)
        )
        return [_entry_of(row) for row in await self._connection.execute(statement)]

    async def lease_delivery(self, entry: OutboxEntry, *, token: str, until_s: float, now_s: float) -> bool:
        free = sa.or_(_O.lease_until_s.is_(None), _O.lease_until_s < now_s)
        leased = _of(entry.conversation_id, entry.seq).where(_OPEN, free, _O.tries == entry.tries)
        return await self._changed(leased.values(lease_token=token, lease_until_s=until_s))

    async def finish_delivery(self, entry: OutboxEntry, *, token: str, at: datetime) -> bool:
        values = {"taken_at": at, "taken_by": entry.channel, "tries": entry.tries + 1, "error": None}
        return await self._settle(entry, token, values)

    async def postpone_delivery(self, entry: OutboxEntry, *, token: str, due_at: datetime, error: str) -> bool:
        return await self._settle(entry, token, {"due_at": due_at, "tries": entry.tries + 1, "error": error})

    async def fail_delivery(self, entry: OutboxEntry, *, token: str, at: datetime, error: str) -> bool:
        return await self._settle(entry, token, {"failed_at": at, "tries": entry.tries + 1, "error": error})

    async def _settle(self, entry: OutboxEntry, token: str, values: dict[str, Any]) -> bool:
        mine = _of(entry.conversation_id, entry.seq).where(_OPEN, _O.lease_token == token)
        return await self._changed(mine.values(**values, lease_token=None, lease_until_s=None))

    async def resend_delivery(self, conversation_id: str, seq: int, *, due_at: datetime) -> bool:
        failed = _of(conversation_id, seq).where(_O.failed_at.is_not(None))
        return await self._changed(failed.values(failed_at=None, tries=0, due_at=due_at))

    async def list_undelivered(
        self, *, fetched: Collection[str], before: datetime, limit: int
    ) -> Sequence[OutboxEntry]:
        stuck = sa.and_(_OPEN, sa.or_(_O.tries > 0, conversations.c.channel.in_(fetched)), _O.created_at < before)
        statement = _ENTRIES.where(_O.taken_at.is_(None), sa.or_(_O.failed_at.is_not(None), stuck))
        found = await self._connection.execute(statement.order_by(_O.created_at, _O.seq).limit(limit))
        return [_entry_of(row) for row in found]

    async def list_undelivered_of(self, conversation_id: str) -> Sequence[OutboxEntry]:
        statement = _ENTRIES.where(_O.conversation_id == conversation_id, _O.taken_at.is_(None)).order_by(_O.seq)
        return [_entry_of(row) for row in await self._connection.execute(statement)]

    async def _changed(self, statement: sa.Update) -> bool:
        return (await self._connection.execute(statement)).rowcount == 1


def _of(conversation_id: str, seq: int) -> sa.Update:
    return outbox.update().where(_O.conversation_id == conversation_id, _O.seq == seq)


def _entry_of(row: Any) -> OutboxEntry:
    return OutboxEntry(**row._mapping)
