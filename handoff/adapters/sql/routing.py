"""Statements on the queue, offers, agents' presence and loads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff.adapters.sql import rows
from handoff.adapters.sql.tables import agents, conversations, handoffs, offers, participants
from handoff.domain.conversation import Agent, Conversation, Owner
from handoff.domain.routing import PASSED, Offer, Outcome, Passes
from handoff.domain.waiting import Served
from kernel.database import insert

_ROUTING_LOCK = 0x1E0_0001  # of PostgreSQL's advisory locks
# Literals let both databases use the partial indexes.
_OPEN = offers.c.ended_at.is_(None)
_STILL_OFFERED = sa.and_(
    conversations.c.conversation_id == offers.c.conversation_id,
    conversations.c.owner == Owner.WAITING.value,
    conversations.c.version == offers.c.version,
)
_IN_HAND = sa.select(conversations.c.agent_id, sa.func.count()).where(
    conversations.c.owner == Owner.HUMAN.value, conversations.c.snoozed_until.is_(None)
)
_OFFERED = sa.select(offers.c.agent_id, sa.func.count()).where(_OPEN, sa.exists().where(_STILL_OFFERED))
_AFTER_CLOSE = sa.select(conversations.c.last_agent_id, sa.func.count()).where(
    conversations.c.wrap_up_until.is_not(None), conversations.c.wrap_up_until > sa.bindparam("now")
)


class RoutingStatements:
    """The part of a unit of work that concerns routing."""

    _connection: AsyncConnection
    _postgres: bool

    async def lock_routing(self) -> None:
        if self._postgres:  # SQLite has one writer at a time anyway
            await self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ROUTING_LOCK)))

    async def take_if_waiting(self, conversation: Conversation) -> bool:
        c = conversations.c
        statement = sa.select(c.conversation_id).where(
            c.conversation_id == conversation.conversation_id,
            c.owner == Owner.WAITING.value,
            c.version == conversation.version,
        )
        found = await self._connection.execute(statement.with_for_update(skip_locked=True))
        return found.first() is not None

    async def list_unoffered(self, *, skills: Collection[str] | None, limit: int) -> Sequence[Conversation]:
        c = conversations.c
        on_offer = sa.exists().where(offers.c.conversation_id == c.conversation_id, _OPEN)
        statement = sa.select(conversations).where(c.owner == Owner.WAITING.value, ~on_offer)
        if skills is not None:
            statement = statement.where(sa.or_(c.skill.in_(skills), c.skill.is_(None)))
        statement = statement.order_by(c.ranked_at, c.conversation_id).limit(limit)
        return [rows.conversation_of(row) for row in await self._connection.execute(statement)]

    async def first_rank(self, priority: int) -> datetime | None:
        c = conversations.c
        statement = sa.select(sa.func.min(c.ranked_at)).where(c.owner == Owner.WAITING.value, c.priority == priority)
        found: datetime | None = await self._connection.scalar(statement)
        return found

    async def save_presence(self, agent_id: str, presence: str) -> None:
        await self._change_agent(agent_id, presence=presence)

    async def touch_agent(self, agent_id: str, *, seen_at_s: float) -> None:
        await self._change_agent(agent_id, seen_at_s=seen_at_s)

    async def count_missed(self, agent_id: str, *, offered_at: datetime, at: datetime) -> int | None:
        is_new = sa.or_(agents.c.missed_at.is_(None), agents.c.missed_at <= offered_at)
        changed = agents.update().where(agents.c.agent_id == agent_id, is_new)
        changed = changed.values(missed_offers=agents.c.missed_offers + 1, missed_at=at)
        count: int | None = await self._connection.scalar(changed.returning(agents.c.missed_offers))
        return count

    async def forget_missed(self, agent_id: str) -> None:
        await self._change_agent(agent_id, missed_offers=0)

    async def _change_agent(self, agent_id: str, **values: object) -> None:
        await self._connection.execute(agents.update().where(agents.c.agent_id == agent_id).values(**values))

    async def count_loads(self, now: datetime) -> Mapping[str, int]:
        loads: Counter[str] = Counter()
        for statement, column in (
            (_IN_HAND, conversations.c.agent_id),
            (_OFFERED, offers.c.agent_id),
            (_AFTER_CLOSE, conversations.c.last_agent_id),
        ):
            values = {"now": now} if statement is _AFTER_CLOSE else {}
            for agent_id, count in await self._connection.execute(statement.group_by(column), values):
                loads[agent_id] += count
        return loads

    async def list_held(self, agent_id: str) -> Sequence[Conversation]:
        c = conversations.c
        statement = sa.select(conversations).where(c.agent_id == agent_id, c.owner == Owner.HUMAN.value)
        result = await self._connection.execute(statement.order_by(c.updated_at, c.conversation_id))
        return [rows.conversation_of(row) for row in result]

    async def list_gone(self, *, seen_before_s: float) -> Sequence[Agent]:
        holds = sa.exists().where(
            conversations.c.agent_id == agents.c.agent_id, conversations.c.owner == Owner.HUMAN.value
        )
        statement = sa.select(agents).where(
            sa.or_(agents.c.seen_at_s.is_(None), agents.c.seen_at_s < seen_before_s),
            sa.or_(agents.c.presence != "offline", holds),
        )
        return [rows.agent_of(row) for row in await self._connection.execute(statement.order_by(agents.c.login))]

    async def add_offer(self, offer: Offer) -> None:
        await self._connection.execute(offers.insert(), asdict(offer))

    async def find_offer(self, offer_id: str) -> Offer | None:
        statement = sa.select(offers).where(offers.c.offer_id == offer_id)
        row = (await self._connection.execute(statement)).one_or_none()
        return rows.offer_of(row) if row else None

    async def end_offer(self, offer_id: str, outcome: Outcome, at: datetime) -> bool:
        ended = offers.update().where(offers.c.offer_id == offer_id, _OPEN)
        return (await self._connection.execute(ended.values(ended_at=at, outcome=outcome.value))).rowcount == 1

    async def list_open_offers(self, *, agent_id: str | None = None) -> Sequence[Offer]:
        statement = sa.select(offers).where(_OPEN, sa.exists().where(_STILL_OFFERED))
        if agent_id is not None:
            statement = statement.where(offers.c.agent_id == agent_id)
        result = await self._connection.execute(statement.order_by(offers.c.offered_at, offers.c.offer_id))
        return [rows.offer_of(row) for row in result]

    async def list_stale_offers(self) -> Sequence[tuple[Offer, str | None]]:
        holder = conversations.c.agent_id.label("holder")
        statement = (
            sa.select(offers, holder)
            .join(conversations, conversations.c.conversation_id == offers.c.conversation_id)
            .where(_OPEN, sa.not_(_STILL_OFFERED))
        )
        found = []
        for row in await self._connection.execute(statement):
            values = dict(row._mapping)
            holder_id = values.pop("holder")
            found.append((Offer(**values), holder_id))
        return found

    async def last_offers(self, *, since: datetime) -> Mapping[str, datetime]:
        o = offers.c
        statement = sa.select(o.agent_id, sa.func.max(o.offered_at)).where(o.offered_at >= since).group_by(o.agent_id)
        return {row[0]: row[1] for row in await self._connection.execute(statement)}

    async def list_passes(self, *, since: datetime) -> Passes:
        statement = sa.select(offers.c.conversation_id, offers.c.agent_id).where(
            offers.c.ended_at >= since, offers.c.outcome.in_([outcome.value for outcome in PASSED])
        )
        return Passes(frozenset((row[0], row[1]) for row in await self._connection.execute(statement)))

    async def list_accepted_after_s(self, *, limit: int) -> Sequence[float]:
        o = offers.c
        statement = sa.select(o.offered_at, o.ended_at).where(o.outcome == Outcome.ACCEPTED.value)
        found = await self._connection.execute(statement.order_by(o.ended_at.desc()).limit(limit))
        return [(row.ended_at - row.offered_at).total_seconds() for row in found]

    async def list_served(self, *, limit: int) -> Sequence[Served]:
        h = handoffs.c
        statement = sa.select(h.skill, h.waiting_since, h.claimed_at, h.ended_at).where(h.ended_at.is_not(None))
        found = await self._connection.execute(statement.order_by(h.ended_at.desc()).limit(limit))
        return [Served(**row._mapping) for row in found]

    async def list_snoozed(self, *, until: datetime) -> Sequence[str]:
        c = conversations.c
        statement = sa.select(c.conversation_id).where(c.snoozed_until.is_not(None), c.snoozed_until <= until)
        return list((await self._connection.execute(statement.order_by(c.snoozed_until))).scalars())

    async def end_wrap_ups(self, *, until: datetime) -> Sequence[str]:
        c = conversations.c
        ended = (
            conversations.update()
            .where(c.wrap_up_until.is_not(None), c.wrap_up_until <= until)
            .values(wrap_up_until=None)
            .returning(c.last_agent_id)
        )
        return [agent_id for agent_id in (await self._connection.execute(ended)).scalars() if agent_id is not None]

    async def find_last_agent(self, customer_id: str, *, since: datetime) -> str | None:
        c = conversations.c
        held_by = sa.func.coalesce(c.agent_id, c.last_agent_id)
        statement = (
            sa.select(held_by)
            .where(c.customer_id == customer_id, held_by.is_not(None), c.updated_at >= since)
            .order_by(c.updated_at.desc(), c.conversation_id.desc())
            .limit(1)
        )
        found: str | None = await self._connection.scalar(statement)
        return found

    async def add_participant(self, conversation_id: str, agent_id: str, at: datetime) -> bool:
        statement = (
            insert(self._connection, participants)
            .values(conversation_id=conversation_id, agent_id=agent_id, joined_at=at)
            .on_conflict_do_nothing()
        )
        return (await self._connection.execute(statement)).rowcount == 1

    async def remove_participants(self, conversation_id: str, agent_id: str | None = None) -> int:
        statement = participants.delete().where(participants.c.conversation_id == conversation_id)
        if agent_id is not None:
            statement = statement.where(participants.c.agent_id == agent_id)
        return (await self._connection.execute(statement)).rowcount

    async def list_participants(self, conversation_id: str) -> Sequence[str]:
        p = participants.c
        statement = sa.select(p.agent_id).where(p.conversation_id == conversation_id).order_by(p.joined_at, p.agent_id)
        return list((await self._connection.execute(statement)).scalars())
