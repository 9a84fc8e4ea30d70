"""A closed conversation goes on: with the person who held it, in the queue, or with the bot.

What a person closed lately goes back to people with all that is known, so that nobody has to tell it again: to the
same agent at once if they are there and have a free place, else into the queue, where they are asked first.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from handoff.domain.context import Known
from handoff.domain.conversation import Author, Conversation, Owner
from handoff.domain.ownership import Change, change_owner
from handoff.policy.routing import RoutingPolicy, load_routing_policy
from handoff.service.desk import connected
from handoff.service.handing_over import append, draft, gather_facts, hand_over
from handoff.service.passing_on import record, take_handoff
from handoff.service.ports import HandoffRequest, Shop
from handoff.service.routing import list_seats
from handoff.service.store import Store, Transaction


class Reopening:
    """Decides where a closed conversation goes on, and takes it there."""

    def __init__(
        self,
        store: Store,
        shop: Shop,
        *,
        policy: RoutingPolicy | None = None,
        real_s: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._shop = shop
        self._policy = policy or load_routing_policy()
        self._real_s = real_s

    def is_for_people(self, conversation: Conversation, now: datetime) -> bool:
        """Tell whether a conversation is closed and goes back to people: a person held it, and that is not long ago."""
        if conversation.owner is not Owner.CLOSED or conversation.last_agent_id is None:
            return False
        since = conversation.closed_at or conversation.updated_at
        return now - since <= timedelta(days=self._policy.reopen_days)

    async def gather(self, conversation: Conversation) -> Known:
        """Return what is known of the customer; asks the shop, so it comes before the unit of work."""
        return await gather_facts(self._shop, self._store, conversation)

    async def go_on(self, tx: Transaction, conversation: Conversation, known: Known, *, at: datetime) -> Conversation:
        """Bring a reopened conversation (the bot's by now, with the customer's message in it) to people; saves it."""
        conversation_id = conversation.conversation_id
        handoffs = await tx.list_handoffs([conversation_id])
        skill = handoffs[-1].skill if handoffs else "general"
        memory = await tx.load_memory(conversation_id)
        conversation, told = await hand_over(
            tx,
            conversation,
            HandoffRequest(reason="reopened", requested_by="customer", skill=skill),
            known=known,
            understanding=memory.understanding,
            new_messages=(),
            at=at,
            actor="customer",
        )
        if await self._has_place(tx, conversation.preferred_agent_id, at):
            return await self._give_back(tx, conversation, at)
        sentence = draft(conversation, Author.SYSTEM, told, at)
        conversation, _ = await append(tx, conversation, [sentence], at=at)
        await tx.save_conversation(conversation)
        return conversation

    async def _has_place(self, tx: Transaction, agent_id: str | None, at: datetime) -> bool:
        seats = await list_seats(tx, self._policy, now=at, now_s=self._real_s())
        return any(seat.agent.agent_id == agent_id and seat.free_count for seat in seats)

    async def _give_back(self, tx: Transaction, conversation: Conversation, at: datetime) -> Conversation:
        agent_id = conversation.preferred_agent_id or ""
        agent = await tx.find_agent(agent_id=agent_id)
        conversation = change_owner(conversation, Change.CLAIMED, at=at, agent_id=agent_id)
        await take_handoff(tx, conversation.conversation_id, agent_id, at)
        sentence = connected(agent) if agent else None
        return await record(tx, conversation, Change.CLAIMED, actor=agent_id, sentence=sentence, at=at)
