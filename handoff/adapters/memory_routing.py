"""Routing's part of the store in memory; see memory.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from handoff.domain.conversation import Agent, Conversation, Owner
from handoff.domain.routing import PASSED, Offer, Outcome, Passes
from handoff.domain.waiting import Served


class MemoryRouting:
    """The part of a unit of work that concerns routing."""

    _t: Any

    async def lock_routing(self) -> None:
        """The store's one lock holds everybody already."""

    async def take_if_waiting(self, conversation: Conversation) -> bool:
        found = self._t.conversations.get(conversation.conversation_id)
        return found is not None and (found.owner, found.version) == (Owner.WAITING, conversation.version)

    async def list_unoffered(self, *, skills: Collection[str] | None, limit: int) -> Sequence[Conversation]:
        offered = {o.conversation_id for o in self._t.offers.values() if o.ended_at is None}
        found = [
            c
            for c in self._of(Owner.WAITING)
            if c.conversation_id not in offered and (skills is None or c.skill is None or c.skill in skills)
        ]
        return sorted(found, key=lambda c: (c.ranked_at, c.conversation_id))[:limit]

    async def first_rank(self, priority: int) -> datetime | None:
        return min((c.ranked_at for c in self._of(Owner.WAITING) if c.priority == priority), default=None)

    async def save_presence(self, agent_id: str, presence: str) -> None:
        self._change_agent(agent_id, presence=presence)

    async def touch_agent(self, agent_id: str, *, seen_at_s: float) -> None:
        self._change_agent(agent_id, seen_at_s=seen_at_s)

    async def count_missed(self, agent_id: str, *, offered_at: datetime, at: datetime) -> int | None:
        agent = self._t.agents[agent_id]
        if agent.missed_at is not None and agent.missed_at > offered_at:
            return None
        self._change_agent(agent_id, missed_offers=agent.missed_offers + 1, missed_at=at)
        return int(agent.missed_offers + 1)

    async def forget_missed(self, agent_id: str) -> None:
        self._change_agent(agent_id, missed_offers=0)

    def _change_agent(self, agent_id: str, **values: Any) -> None:
        if known := self._t.agents.get(agent_id):
            self._t.agents[agent_id] = replace(known, **values)

    async def count_loads(self, now: datetime) -> Mapping[str, int]:
        loads = Counter(c.agent_id for c in self._of(Owner.HUMAN) if c.snoozed_until is None)
        loads.update(offer.agent_id for offer in await self.list_open_offers())
        closed = (c for c in self._t.conversations.values() if c.wrap_up_until and c.wrap_up_until > now)
        loads.update(c.last_agent_id for c in closed)
        return loads

    async def list_held(self, agent_id: str) -> Sequence[Conversation]:
        held = [c for c in self._of(Owner.HUMAN) if c.agent_id == agent_id]
        return sorted(held, key=lambda c: (c.updated_at, c.conversation_id))

    async def list_gone(self, *, seen_before_s: float) -> Sequence[Agent]:
        holders = {c.agent_id for c in self._of(Owner.HUMAN)}
        found = [
            a
            for a in self._t.agents.values()
            if (a.seen_at_s is None or a.seen_at_s < seen_before_s)
            and (a.presence != "offline" or a.agent_id in holders)
        ]
        return sorted(found, key=lambda a: a.login)

    async def add_offer(self, offer: Offer) -> None:
        if any(o.conversation_id == offer.conversation_id and o.ended_at is None for o in self._t.offers.values()):
            raise ValueError(f"{offer.conversation_id} is on offer already: UNIQUE")
        self._t.offers[offer.offer_id] = offer

    async def find_offer(self, offer_id: str) -> Offer | None:
        found: Offer | None = self._t.offers.get(offer_id)
        return found

    async def end_offer(self, offer_id: str, outcome: Outcome, at: datetime) -> bool:
        offer = self._t.offers.get(offer_id)
        if offer is None or offer.ended_at is not None:
            return False
        self._t.offers[offer_id] = replace(offer, ended_at=at, outcome=outcome)
        return True

    async def list_open_offers(self, *, agent_id: str | None = None) -> Sequence[Offer]:
        found = [
            o
            for o in self._t.offers.values()
            if o.ended_at is None and self._still_offered(o) and agent_id in (None, o.agent_id)
        ]
        return sorted(found, key=lambda o: (o.offered_at, o.offer_id))

    async def list_stale_offers(self) -> Sequence[tuple[Offer, str | None]]:
        return [
            (o, self._t.conversations[o.conversation_id].agent_id)
            for o in self._t.offers.values()
            if o.ended_at is None and not self._still_offered(o)
        ]

    async def last_offers(self, *, since: datetime) -> Mapping[str, datetime]:
        last: dict[str, datetime] = {}
        for offer in (o for o in self._t.offers.values() if o.offered_at >= since):
            last[offer.agent_id] = max(offer.offered_at, last.get(offer.agent_id, offer.offered_at))
        return last

    async def list_passes(self, *, since: datetime) -> Passes:
        ended = (o for o in self._t.offers.values() if o.outcome in PASSED and o.ended_at >= since)
        return Passes(frozenset((o.conversation_id, o.agent_id) for o in ended))

    async def list_accepted_after_s(self, *, limit: int) -> Sequence[float]:
        accepted = [o for o in self._t.offers.values() if o.outcome is Outcome.ACCEPTED]
        latest = sorted(accepted, key=lambda o: o.ended_at, reverse=True)[:limit]
        return [(o.ended_at - o.offered_at).total_seconds() for o in latest]

    async def list_served(self, *, limit: int) -> Sequence[Served]:
        ended = sorted((h for h in self._t.handoffs.values() if h.ended_at), key=lambda h: h.ended_at, reverse=True)
        return [Served(h.skill, h.waiting_since, h.claimed_at, h.ended_at) for h in ended[:limit]]

    async def list_snoozed(self, *, until: datetime) -> Sequence[str]:
        found = [c for c in self._t.conversations.values() if c.snoozed_until and c.snoozed_until <= until]
        return [c.conversation_id for c in sorted(found, key=lambda c: c.snoozed_until)]

    async def end_wrap_ups(self, *, until: datetime) -> Sequence[str]:
        ended = [c for c in self._t.conversations.values() if c.wrap_up_until and c.wrap_up_until <= until]
        for c in ended:
            self._t.conversations[c.conversation_id] = replace(c, wrap_up_until=None)
        return [c.last_agent_id for c in ended if c.last_agent_id is not None]

    async def find_last_agent(self, customer_id: str, *, since: datetime) -> str | None:
        held = [
            c
            for c in self._t.conversations.values()
            if c.customer_id == customer_id and c.updated_at >= since and (c.agent_id or c.last_agent_id)
        ]
        last = max(held, key=lambda c: (c.updated_at, c.conversation_id), default=None)
        return (last.agent_id or last.last_agent_id) if last else None

    async def add_participant(self, conversation_id: str, agent_id: str, at: datetime) -> bool:
        is_new = (conversation_id, agent_id) not in self._t.participants
        self._t.participants.setdefault((conversation_id, agent_id), at)
        return is_new

    async def remove_participants(self, conversation_id: str, agent_id: str | None = None) -> int:
        found = [key for key in self._t.participants if key[0] == conversation_id and agent_id in (None, key[1])]
        for key in found:
            del self._t.participants[key]
        return len(found)

    async def list_participants(self, conversation_id: str) -> Sequence[str]:
        found = [(at, key[1]) for key, at in self._t.participants.items() if key[0] == conversation_id]
        return [agent_id for _, agent_id in sorted(found)]

    def _of(self, owner: Owner) -> list[Conversation]:
        return [c for c in self._t.conversations.values() if c.owner is owner]

    def _still_offered(self, offer: Offer) -> bool:
        c = self._t.conversations.get(offer.conversation_id)
        return c is not None and (c.owner, c.version) == (Owner.WAITING, offer.version)
