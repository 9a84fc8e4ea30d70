"""What agents do: see who waits, take a conversation, write, pass it on, give it back, close it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handoff.domain.conversation import Agent, Author, Conversation, Handoff, Message, Note, Owner
from handoff.domain.ownership import Change, change_owner, require_agent, require_version
from handoff.domain.routing import has_skill
from handoff.domain.tickets import Ticket, newest
from handoff.errors import Conflict, Forbidden, Invalid, NotFound
from handoff.policy.routing import RoutingPolicy, load_routing_policy
from handoff.service.answers import keep_answers
from handoff.service.handing_over import append, draft
from handoff.service.passing_on import end_handoff, put_back, record, take_handoff
from handoff.service.ports import Hub, agent_topic, topics_of
from handoff.service.staff import works_at_desk
from handoff.service.store import Store, Transaction
from kernel.clock import Clock
from kernel.ids import new_id

SEES_ALL = frozenset({"supervisor", "administrator"})
TRANSCRIPT_SHOWN = 500


@dataclass(frozen=True)
class QueueItem:
    """One line of the queue or of an agent's own conversations."""

    conversation: Conversation
    handoff: Handoff | None
    last: Message | None
    agent_name: str | None
    ticket: Ticket | None = None


@dataclass(frozen=True)
class DeskView:
    """All that an agent sees of one conversation."""

    conversation: Conversation
    handoff: Handoff | None
    messages: Sequence[Message]
    notes: Sequence[Note]
    agent: Agent | None
    participants: Sequence[Agent] = ()
    ticket: Ticket | None = None


@dataclass(frozen=True)
class Done:
    """The conversation's version after what an agent did, the seq of the message written, how long a place stays taken."""

    version: int
    seq: int | None = None
    wrap_up_until: datetime | None = None


class Desk:
    """The agents' side of conversations. Whoever comes too late gets a Conflict that names the winner."""

    def __init__(self, store: Store, hub: Hub, clock: Clock, *, policy: RoutingPolicy | None = None) -> None:
        self._store = store
        self._hub = hub
        self._clock = clock
        self._policy = policy or load_routing_policy()

    async def list_queue(self) -> list[QueueItem]:
        """Return waiting conversations in the order they will be served."""
        return await self._list(owner=Owner.WAITING)

    async def list_mine(self, agent: Agent) -> list[QueueItem]:
        """Return the conversations this agent holds."""
        return await self._list(owner=Owner.HUMAN, agent_id=agent.agent_id)

    async def _list(self, *, owner: Owner, agent_id: str | None = None) -> list[QueueItem]:
        async with self._store.read() as tx:
            return await list_items(tx, await tx.list_conversations(owner=owner, agent_id=agent_id))

    async def view(self, conversation_id: str, agent: Agent) -> DeskView:
        """Return a conversation. Raises Forbidden unless it waits, is this agent's, or the role sees all."""
        async with self._store.read() as tx:
            conversation = await tx.find_conversation(conversation_id)
            if conversation is None:
                raise NotFound("상담을 찾을 수 없어요.", code="conversation_not_found")
            holder = await tx.find_agent(agent_id=conversation.agent_id) if conversation.agent_id else None
            _require_sight(conversation, agent, holder)
            handoffs = await tx.list_handoffs([conversation_id])
            return DeskView(
                conversation=conversation,
                handoff=handoffs[-1] if handoffs else None,
                messages=await tx.list_messages(
                    conversation_id, after=max(0, conversation.last_seq - TRANSCRIPT_SHOWN), limit=TRANSCRIPT_SHOWN
                ),
                notes=await tx.list_notes(conversation_id),
                agent=holder,
                participants=[
                    found
                    for agent_id in await tx.list_participants(conversation_id)
                    if (found := await tx.find_agent(agent_id=agent_id)) is not None
                ],
                ticket=newest(await tx.list_tickets_of([conversation_id])),
            )

    async def claim(self, conversation_id: str, agent: Agent, *, version: int) -> Done:
        """Take a waiting conversation. Of many who try, exactly one gets it. Raises Forbidden without its skill."""
        now = self._clock.now()
        async with self._store.write() as tx, naming_the_winner(tx, conversation_id):
            conversation = await locked(tx, conversation_id, version)
            require_skill(conversation, agent)
            conversation = change_owner(conversation, Change.CLAIMED, at=now, agent_id=agent.agent_id)
            await take_handoff(tx, conversation_id, agent.agent_id, now)
            conversation = await record(
                tx, conversation, Change.CLAIMED, actor=agent.agent_id, sentence=connected(agent), at=now
            )
        return self._done(conversation, agent)

    async def transfer(
        self, conversation_id: str, agent: Agent, *, version: int, skill: str, to_agent_id: str | None = None
    ) -> Done:
        """Put a conversation back into the queue for another team; a named colleague is asked first."""
        async with self._store.write() as tx, naming_the_winner(tx, conversation_id):
            conversation = await locked(tx, conversation_id, version)
            require_agent(conversation, agent.agent_id)
            colleague = await tx.find_agent(agent_id=to_agent_id) if to_agent_id is not None else None
            if to_agent_id is not None and (colleague is None or not works_at_desk(colleague)):
                raise Invalid("그런 상담원은 없어요.", code="unknown_agent")
            conversation = await put_back(
                tx,
                conversation,
                Change.TRANSFERRED,
                policy=self._policy.priority,
                sentence="더 잘 도와드릴 수 있는 담당자에게 전달했어요. 잠시만 기다려 주세요.",
                actor=agent.agent_id,
                at=self._clock.now(),
                skill=skill,
                preferred_agent_id=to_agent_id,
            )
        return self._done(conversation, agent)

    async def close(self, conversation_id: str, agent: Agent, *, version: int, wrap_up: bool = True) -> Done:
        """End a conversation. Its agent's place stays taken for a while after it, unless they need no `wrap_up`."""
        sentence = "상담이 종료되었어요. 더 궁금한 점이 있으면 언제든 다시 말씀해 주세요."
        wrap_up_s = self._policy.wrap_up_s if wrap_up else 0
        return await self._give_up(conversation_id, agent, version, Change.CLOSED, sentence, wrap_up_s=wrap_up_s)

    async def _give_up(
        self, conversation_id: str, agent: Agent, version: int, change: Change, sentence: str, *, wrap_up_s: float = 0
    ) -> Done:
        now = self._clock.now()
        async with self._store.write() as tx, naming_the_winner(tx, conversation_id):
            conversation = await locked(tx, conversation_id, version)
            require_agent(conversation, agent.agent_id)
            conversation = change_owner(conversation, change, at=now)
            if wrap_up_s:
                conversation = replace(conversation, wrap_up_until=now + timedelta(seconds=wrap_up_s))
            ended = await end_handoff(tx, conversation_id, now)
            await keep_answers(tx, conversation, ended, at=now)
            conversation = await record(tx, conversation, change, actor=agent.agent_id, sentence=sentence, at=now)
        return self._done(conversation, agent)

    def _done(self, conversation: Conversation, agent: Agent) -> Done:
        self._hub.publish(agent_topic(agent.agent_id), *topics_of(conversation, queue_changed=True))
        return Done(conversation.version, conversation.last_seq, conversation.wrap_up_until)

    async def send(self, conversation_id: str, agent: Agent, *, version: int, client_msg_id: str, text: str) -> Done:
        """Write to the customer. The same `client_msg_id` again changes nothing."""
        now = self._clock.now()
        async with self._store.write() as tx, naming_the_winner(tx, conversation_id):
            conversation = await tx.lock_conversation(conversation_id)
            known = await tx.find_by_client_id(conversation_id, client_msg_id) if conversation else None
            if conversation is not None and known is not None and known.author_id == agent.agent_id:
                return Done(conversation.version, known.seq)
            conversation = await locked(tx, conversation_id, version)
            if agent.agent_id not in await tx.list_participants(conversation_id):
                require_agent(conversation, agent.agent_id)
            if known is not None:
                raise Invalid("같은 번호의 다른 메시지가 있어요. 다시 보내 주세요.", code="client_msg_id_taken")
            message = replace(
                draft(conversation, Author.AGENT, text, now),
                author_id=agent.agent_id,
                author_name=agent.name,
                client_msg_id=client_msg_id,
            )
            conversation, _ = await append(tx, conversation, [message], at=now)
            await tx.save_conversation(conversation)
        self._hub.publish(*topics_of(conversation))
        return Done(conversation.version, conversation.last_seq)

    async def note(self, conversation_id: str, agent: Agent, *, version: int, text: str) -> Done:
        """Leave a note for other agents."""
        async with self._store.write() as tx, naming_the_winner(tx, conversation_id):
            conversation = await locked(tx, conversation_id, version)
            if agent.role not in SEES_ALL and not wraps_up(conversation, agent):
                require_agent(conversation, agent.agent_id)
            await tx.add_note(Note(new_id("n"), conversation_id, agent.agent_id, agent.name, text, self._clock.now()))
        self._hub.publish(*topics_of(conversation))
        return Done(conversation.version)


async def list_items(tx: Transaction, found: Sequence[Conversation]) -> list[QueueItem]:
    """Return a line for each conversation, in the same order."""
    ids = [c.conversation_id for c in found]
    last = await tx.last_messages(ids)
    handoffs = {h.conversation_id: h for h in await tx.list_handoffs(ids)}
    is_held = any(c.agent_id for c in found)
    names = {a.agent_id: a.name for a in await tx.list_agents()} if is_held else {}
    tickets = {t.conversation_id: t for t in await tx.list_tickets_of(ids)}  # the newest of each stays
    return [
        QueueItem(
            conversation=c,
            handoff=handoffs.get(c.conversation_id),
            last=last.get(c.conversation_id),
            agent_name=names.get(c.agent_id or ""),
            ticket=tickets.get(c.conversation_id),
        )
        for c in found
    ]


def connected(agent: Agent) -> str:
    """Return what the customer is told when somebody takes their conversation."""
    return f"상담원 {agent.name} 님이 연결되었어요."


def require_skill(conversation: Conversation, agent: Agent) -> None:
    """Raise Forbidden unless the agent may take this conversation: it needs a skill they have, or they see all."""
    if agent.role not in SEES_ALL and not has_skill(agent, conversation.skill):
        raise Forbidden("이 문의를 맡는 팀이 아니에요.", code="skill_required")


def wraps_up(conversation: Conversation, agent: Agent) -> bool:
    """Tell whether the agent closed the conversation and still works on it: they see it and may leave notes."""
    return conversation.wrap_up_until is not None and conversation.last_agent_id == agent.agent_id


async def locked(tx: Transaction, conversation_id: str, version: int) -> Conversation:
    """Return the locked conversation, at the version that the agent has seen."""
    conversation = await tx.lock_conversation(conversation_id)
    if conversation is None:
        raise NotFound("상담을 찾을 수 없어요.", code="conversation_not_found")
    require_version(conversation, version)
    return conversation


@asynccontextmanager
async def naming_the_winner(tx: Transaction, conversation_id: str) -> AsyncIterator[None]:
    """Let every Conflict say by name who holds the conversation."""
    try:
        yield
    except Conflict as conflict:
        conversation = await tx.find_conversation(conversation_id)
        agent_id = conversation.agent_id if conversation else None
        holder = await tx.find_agent(agent_id=agent_id) if agent_id else None
        conflict.winner = replace(conflict.winner, agent_name=holder.name if holder else None)
        raise


def _require_sight(conversation: Conversation, agent: Agent, holder: Agent | None) -> None:
    mine = conversation.agent_id == agent.agent_id or wraps_up(conversation, agent)
    if not (mine or conversation.owner is Owner.WAITING or agent.role in SEES_ALL):
        who = f"{holder.name} 님이" if holder else "다른 곳에서"
        raise Forbidden(f"{who} 맡고 있는 상담이에요.", code="not_yours")
