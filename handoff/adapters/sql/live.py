"""Statements for live pages: what has changed, who waits in which order, how far customers have read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff.adapters.sql import rows
from handoff.adapters.sql.conversations import SERVED_FIRST
from handoff.adapters.sql.tables import conversations, read_marks
from handoff.domain.conversation import Conversation, Owner
from handoff.domain.live import Fingerprint, ReadMark, WaitingLine
from kernel.database import insert

_C = conversations.c
_ASKED_AT_ONCE = 500
_WAITING = sa.select(_C.conversation_id, _C.version, _C.last_seq, _C.skill).where(_C.owner == Owner.WAITING.value)
_CHANGED = sa.select(_C.conversation_id, _C.version, _C.last_seq).where(
    _C.conversation_id.in_(sa.bindparam("ids", expanding=True))
)
_HELD = (
    sa.select(_C.agent_id, sa.func.count(), sa.func.sum(_C.version), sa.func.sum(_C.last_seq))
    .where(_C.owner == Owner.HUMAN.value, _C.agent_id.in_(sa.bindparam("ids", expanding=True)))
    .group_by(_C.agent_id)
)
_BY_IDS = sa.select(conversations).where(_C.conversation_id.in_(sa.bindparam("ids", expanding=True)))
_MARK = sa.select(read_marks).where(read_marks.c.conversation_id == sa.bindparam("conversation_id"))


class LiveStatements:
    """The part of a unit of work that concerns live pages."""

    _connection: AsyncConnection

    async def list_by_ids(self, conversation_ids: Sequence[str]) -> Sequence[Conversation]:
        return [rows.conversation_of(row) for row in await self._connection.execute(_BY_IDS, {"ids": conversation_ids})]

    async def list_waiting(self) -> Sequence[WaitingLine]:
        result = await self._connection.execute(_WAITING.order_by(*SERVED_FIRST))
        return [WaitingLine(row[0], row[3], Fingerprint(row[1], row[2])) for row in result]

    async def read_fingerprints(self, conversation_ids: Sequence[str]) -> dict[str, Fingerprint]:
        found: dict[str, Fingerprint] = {}
        for first in range(0, len(conversation_ids), _ASKED_AT_ONCE):
            some = {"ids": conversation_ids[first : first + _ASKED_AT_ONCE]}
            for row in await self._connection.execute(_CHANGED, some):
                found[row[0]] = Fingerprint(row[1], row[2])
        return found

    async def read_held(self, agent_ids: Sequence[str]) -> dict[str, tuple[int, int, int]]:
        result = await self._connection.execute(_HELD, {"ids": agent_ids})
        return {row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in result}

    async def save_read_marks(self, marks: Collection[ReadMark]) -> None:
        if not marks:
            return
        statement = insert(self._connection, read_marks)
        new, known = statement.excluded, read_marks.c
        newer = sa.or_(new.seq > known.seq, new.agent_seq > known.agent_seq)
        changed: dict[str, Any] = {"at": new.at}
        for name in ("seq", "agent_seq"):
            changed[name] = sa.case((new[name] > known[name], new[name]), else_=known[name])
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=["conversation_id"], set_=changed, where=newer),
            [asdict(mark) for mark in marks],
        )

    async def find_read_mark(self, conversation_id: str) -> ReadMark | None:
        row = (await self._connection.execute(_MARK, {"conversation_id": conversation_id})).one_or_none()
        return ReadMark(**row._mapping) if row else None
