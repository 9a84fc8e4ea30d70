"""Statements on handoffs, notes, events and staff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff.adapters.sql import rows
from handoff.adapters.sql.tables import agents, events, handoffs, notes
from handoff.domain.conversation import Agent, Event, Handoff, Note

# These have statements of their own.
_KEPT_APART = ("presence", "seen_at_s", "missed_offers", "missed_at", "session_number", "is_active")


class PeopleStatements:
    """The part of a unit of work that concerns handoffs and the people who take them."""

    _connection: AsyncConnection

    async def add_handoff(self, handoff: Handoff) -> None:
        await self._connection.execute(handoffs.insert(), asdict(handoff))

    async def find_open_handoff(self, conversation_id: str) -> Handoff | None:
        statement = (
            sa.select(handoffs)
            .where(handoffs.c.conversation_id == conversation_id, handoffs.c.ended_at.is_(None))
            .order_by(handoffs.c.waiting_since.desc())
            .limit(1)
        )
        row = (await self._connection.execute(statement)).one_or_none()
        return rows.handoff_of(row) if row else None

    async def list_handoffs(self, conversation_ids: Sequence[str]) -> Sequence[Handoff]:
        statement = (
            sa.select(handoffs)
            .where(handoffs.c.conversation_id.in_(conversation_ids))
            .order_by(handoffs.c.waiting_since, handoffs.c.handoff_id)
        )
        return [rows.handoff_of(row) for row in await self._connection.execute(statement)]

    async def save_handoff(self, handoff: Handoff) -> None:
        values = asdict(handoff)
        key = values.pop("handoff_id")
        await self._connection.execute(handoffs.update().where(handoffs.c.handoff_id == key).values(**values))

    async def add_note(self, note: Note) -> None:
        await self._connection.execute(notes.insert(), asdict(note))

    async def list_notes(self, conversation_id: str) -> Sequence[Note]:
        statement = sa.select(notes).where(notes.c.conversation_id == conversation_id).order_by(notes.c.note_id)
        return [rows.note_of(row) for row in await self._connection.execute(statement)]

    async def add_event(self, event: Event) -> None:
        await self._connection.execute(events.insert(), asdict(event))

    async def list_events(self, conversation_id: str) -> Sequence[Event]:
        statement = sa.select(events).where(events.c.conversation_id == conversation_id).order_by(events.c.version)
        return [Event(**row._mapping) for row in await self._connection.execute(statement)]

    async def add_agent(self, agent: Agent) -> None:
        await self._connection.execute(agents.insert(), asdict(agent))

    async def find_agent(self, *, agent_id: str | None = None, login: str | None = None) -> Agent | None:
        key = agents.c.agent_id == agent_id if agent_id is not None else agents.c.login == login
        row = (await self._connection.execute(sa.select(agents).where(key))).one_or_none()
        return rows.agent_of(row) if row else None

    async def list_agents(self) -> Sequence[Agent]:
        return [
            rows.agent_of(row) for row in await self._connection.execute(sa.select(agents).order_by(agents.c.login))
        ]

    async def save_agent(self, agent: Agent) -> None:
        values = {name: value for name, value in asdict(agent).items() if name not in _KEPT_APART}
        key = values.pop("agent_id")
        await self._connection.execute(agents.update().where(agents.c.agent_id == key).values(**values))

    async def end_sessions(self, agent_id: str) -> None:
        ended = agents.update().where(agents.c.agent_id == agent_id)
        await self._connection.execute(ended.values(session_number=agents.c.session_number + 1))

    async def set_active(self, agent_id: str, *, is_active: bool) -> None:
        await self._connection.execute(agents.update().where(agents.c.agent_id == agent_id).values(is_active=is_active))
