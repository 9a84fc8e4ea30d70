"""What those who see all may do with conversations of others: take them, give them, take part, whisper."""

from __future__ import annotations

import time
from collections.abc import Callable

from handoff.domain.context import Known
from handoff.domain.conversation import Agent, Author, Conversation, Note, Owner
from handoff.domain.ownership import Change, change_owner, winner_of
from handoff.domain.routing import is_present
from handoff.errors import Conflict, Forbidden, Invalid
from handoff.policy.routing import RoutingPolicy, load_routing_policy
from handoff.service.desk import SEES_ALL, Done, connected, locked, naming_the_winner
from handoff.service.handing_over import append, draft, gather_facts, hand_over
from handoff.service.passing_on import record, take_handoff
from handoff.service.ports import HandoffRequest, Hub, Shop, agent_topic, topics_of
from handoff.service.staff import works_at_desk
from handoff.service.store import Store, Transaction
from kernel.clock import Clock
from kernel.ids import new_id


class Supervision:
    """The supervisors' side of conversations. Every method raises Forbidden for other roles."""

    def __init__(
        self,
        store: Store,
        shop: Shop,
        hub: Hub,
        clock: Clock,
        *,
        policy: RoutingPolicy | None = None,
        real_s: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._shop = shop
        self._hub = hub
        self._clock = clock
        self._policy = policy or load_routing_policy()
        self._real_s = real_s

    async def pull(self, conversation_id: str, lead: Agent, *, version: int) -> Done:
        """Take a conversation from the queue, a colleague or the bot; whatever the bot was about to say is dropped."""
        _require_lead(lead)
        known = await self._known_to_the_bot(conversation_id, version)
        now = self._clock.now()
        async with self._store.write() as tx, naming_the_winner(tx, conversation_id):
            conversation = await locked(tx, conversation_id, version)
            before = conversation.agent_id
            if conversation.owner is Owner.BOT:
                conversation = await self._from_the_bot(tx, conversation, lead, known)
            _require_other(conversation, lead)
            conversation = change_owner(conversation, Change.PULLED, at=now, agent_id=lead.agent_id)
            await take_handoff(tx, conversation_id, lead.agent_id, now)
            conversation = await record(
                tx, conversation, Change.PULLED, actor=lead.agent_id, sentence=connected(lead), at=now
            )
        return self._done(conversation, before)

    async def push(self, conversation_id: str, lead: Agent, *, version: int, agent_id: str) -> Done:
        """Give a waiting conversation, or a colleague's, to somebody who is there. Raises Invalid for one who is not."""
        _require_lead(lead)
        now = self._clock.now()
        async with self._store.write() as tx, naming_the_winner(tx, conversation_id):
            conversation = await locked(tx, conversation_id, version)
            before = conversation.agent_id
            chosen = await self._present(tx, agent_id)
            _require_other(conversation, chosen)
            conversation = change_owner(conversation, Change.PUSHED, at=now, agent_id=agent_id)
            await take_handoff(tx, conversation_id, agent_id, now)
            conversation = await record(
                tx,
                conversation,
                Change.PUSHED,
                actor=lead.agent_id,
                sentence=connected(chosen),
                at=now,
                detail={"agent_id": agent_id},
            )
        return self._done(conversation, before)

    async def join(self, conversation_id: str, lead: Agent, *, version: int) -> Done:
        """Take part in a conversation beside the agent who holds it; the customer is told."""
        _require_lead(lead)
        now = self._clock.now()
        async with self._store.write() as tx, naming_the_winner(tx, conversation_id):
            conversation = await _held_by_another(tx, conversation_id, version, lead)
            if await tx.add_participant(conversation_id, lead.agent_id, now):
                sentence = draft(conversation, Author.SYSTEM, f"책임자 {lead.name} 님이 상담에 함께해요.", now)
                conversation, _ = await append(tx, conversation, [sentence], at=now)
                await tx.save_conversation(conversation)
        return self._done(conversation)

    async def leave(self, conversation_id: str, lead: Agent, *, version: int) -> Done:
        """Take part no longer."""
        _require_lead(lead)
        now = self._clock.now()
        async with self._store.write() as tx, naming_the_winner(tx, conversation_id):
            conversation = await locked(tx, conversation_id, version)
            if not await tx.remove_participants(conversation_id, lead.agent_id):
                raise Conflict("함께하고 있는 상담이 아니에요.", code="not_joined", winner=winner_of(conversation))
            sentence = draft(conversation, Author.SYSTEM, f"책임자 {lead.name} 님이 상담에서 나갔어요.", now)
            conversation, _ = await append(tx, conversation, [sentence], at=now)
            await tx.save_conversation(conversation)
        return self._done(conversation)

    async def whisper(self, conversation_id: str, lead: Agent, *, version: int, text: str) -> Done:
        """Say something that only the agent sees; the customer never does."""
        _require_lead(lead)
        async with self._store.write() as tx, naming_the_winner(tx, conversation_id):
            conversation = await _held_by_another(tx, conversation_id, version, lead)
            now = self._clock.now()
            note = Note(new_id("n"), conversation_id, lead.agent_id, lead.name, text, now, kind="whisper")
            await tx.add_note(note)
        return self._done(conversation)

    async def _known_to_the_bot(self, conversation_id: str, version: int) -> Known | None:
        """Return what is passed on with a conversation that the bot holds; asks the shop before the unit of work."""
        async with self._store.read() as tx:
            conversation = await tx.find_conversation(conversation_id)
            if conversation is None or conversation.owner is not Owner.BOT or conversation.version != version:
                return None
        return await gather_facts(self._shop, self._store, conversation)

    async def _from_the_bot(
        self, tx: Transaction, conversation: Conversation, lead: Agent, known: Known | None
    ) -> Conversation:
        memory = await tx.load_memory(conversation.conversation_id)
        waiting, _ = await hand_over(
            tx,
            conversation,
            HandoffRequest(reason="supervisor", requested_by="supervisor", skill="general"),
            known=known or Known(),
            understanding=memory.understanding,
            new_messages=(),
            at=self._clock.now(),
            actor=lead.agent_id,
        )
        return waiting

    async def _present(self, tx: Transaction, agent_id: str) -> Agent:
        agent = await tx.find_agent(agent_id=agent_id)
        if agent is None or not works_at_desk(agent):
            raise Invalid("그런 상담원은 없어요.", code="unknown_agent")
        if not is_present(agent, now_s=self._real_s(), within_s=self._policy.offers_end_after_s):
            raise Invalid(f"{agent.name} 님은 지금 자리에 없어요.", code="agent_not_present")
        return agent

    def _done(self, conversation: Conversation, before: str | None = None) -> Done:
        whose = [agent_topic(before)] if before else []
        self._hub.publish(*whose, *topics_of(conversation, queue_changed=True))
        return Done(conversation.version, conversation.last_seq)


async def _held_by_another(tx: Transaction, conversation_id: str, version: int, lead: Agent) -> Conversation:
    conversation = await locked(tx, conversation_id, version)
    if conversation.owner is not Owner.HUMAN:
        raise Conflict(
            f"상담원이 맡고 있는 상담이 아니에요. (현재 {conversation.owner})",
            code="not_held",
            winner=winner_of(conversation),
        )
    _require_other(conversation, lead)
    return conversation


def _require_other(conversation: Conversation, agent: Agent) -> None:
    if conversation.owner is Owner.HUMAN and conversation.agent_id == agent.agent_id:
        raise Conflict(f"이미 {agent.name} 님이 맡고 있어요.", code="already_theirs", winner=winner_of(conversation))


def _require_lead(agent: Agent) -> None:
    if agent.role not in SEES_ALL:
        raise Forbidden("책임자만 할 수 있는 일이에요.", code="role_not_allowed")
