"""What agents do: see who waits, take a conversation, write, pass it on, give it back, close it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from handoff.domain.context import REASON_SENTENCES
from handoff.domain.conversation import Agent, Author, Conversation, Event, Handoff, Message, Note, Owner
from handoff.domain.ownership import Change, change_owner, require_agent, require_version
from handoff.errors import Conflict, Forbidden, Invalid, NotFound
from handoff.service import ticketing
from handoff.service.handing_over import append, draft
from handoff.service.ports import Hub, agent_topic, topics_of
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


@dataclass(frozen=True)
class DeskView:
    """All that an agent sees of one conversation."""

    conversation: Conversation
    handoff: Handoff | None
    messages: Sequence[Message]
    notes: Sequence[Note]
    agent: Agent | None


@dataclass(frozen=True)
class Done:
    """The conversation's version after what an agent did, and the seq of the message written, if any."""

    version: int
    seq: int | None = None


class Desk:
    """The agents' side of conversations. Whoever comes too late gets a Conflict that names the winner."""

    def __init__(self, store: Store, hub: Hub, clock: Clock) -> None:
        self._store = store
        self._hub = hub
        self._clock = clock

    async def list_queue(self) -> list[QueueItem]:
        """Return waiting conversations in the order they will be served."""
        return await self._list(owner=Owner.WAITING)

    async def list_mine(self, agent: Agent) -> list[QueueItem]:
        """Return the conversations this agent holds."""
        return await self._list(owner=Owner.HUMAN, agent_id=agent.agent_id)

    async def _list(self, *, owner: Owner, agent_id: str | None = None) -> list[QueueItem]:
        async with self._store.read() as tx:
            found = await tx.list_conversations(owner=owner, agent_id=agent_id)
            ids = [c.conversation_id for c in found]
            last = await tx.last_messages(ids)
            handoffs = {h.conversation_id: h for h in await tx.list_handoffs(ids)}
            names = {a.agent_id: a.name for a in await tx.list_agents()} if owner is Owner.HUMAN else {}
        return [
            QueueItem(c, handoffs.get(c.conversation_id), last.get(c.conversation_id), names.get(c.agent_id or ""))
            for c in found
        ]

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
            )

    async def claim(self, conversation_id: str, agent: Agent, *, version: int) -> Done:
        """Take a waiting conversation. Of many who try, exactly one gets it."""
        sentence = f"상담원 {agent.name} 님이 연결되었어요."
        return await self._change(conversation_id, agent, version, Change.CLAIMED, sentence)

    async def transfer(self, conversation_id: str, agent: Agent, *, version: int, skill: str) -> Done:
        """Put a conversation back into the queue for another team."""
        sentence = "더 잘 도와드릴 수 있는 담당자에게 전달했어요. 잠시만 기다려 주세요."
        return await self._change(conversation_id, agent, version, Change.TRANSFERRED, sentence, skill=skill)

    async def return_to_bot(self, conversation_id: str, agent: Agent, *, version: int) -> Done:
        """Let the bot go on."""
        sentence = "상담원 상담을 마치고, 다시 자동 응답이 도와드려요."
        return await self._change(conversation_id, agent, version, Change.RETURNED, sentence)

    async def close(self, conversation_id: str, agent: Agent, *, version: int) -> Done:
        """End a conversation; the customer's next message opens it again with the bot."""
        sentence = "상담이 종료되었어요. 더 궁금한 점이 있으면 언제든 다시 말씀해 주세요."
        return await self._change(conversation_id, agent, version, Change.CLOSED, sentence)

    async def _change(
        self,
        conversation_id: str,
        agent: Agent,
        version: int,
        change: Change,
        sentence: str,
        *,
        skill: str | None = None,
    ) -> Done:
        now = self._clock.now()
        async with self._store.write() as tx, _naming_the_winner(tx, conversation_id):
            conversation = await _locked(tx, conversation_id, version)
            if change is not Change.CLAIMED:
                require_agent(conversation, agent.agent_id)
            priority = conversation.priority
            conversation = change_owner(
                conversation,
                change,
                at=now,
                agent_id=agent.agent_id,
                skill=skill or conversation.skill,
                priority=priority,
            )
            await self._keep_handoff(tx, conversation, change, agent)
            ticket = await ticketing.follow_owner(tx, conversation, actor=agent.agent_id, at=now)
            if change is Change.TRANSFERRED and ticket is not None:
                sentence = await ticketing.say_passed_on(tx, ticket, sentence, at=now)
            conversation, _ = await append(
                tx, conversation, [draft(conversation, Author.SYSTEM, sentence, now)], at=now
            )
            detail = {"skill": skill} if skill else {}
            await tx.add_event(Event(conversation_id, conversation.version, change, agent.agent_id, now, detail))
            await tx.save_conversation(conversation)
        self._hub.publish(agent_topic(agent.agent_id), *topics_of(conversation, queue_changed=True))
        return Done(conversation.version, conversation.last_seq)

    async def _keep_handoff(self, tx: Transaction, conversation: Conversation, change: Change, agent: Agent) -> None:
        handoff = await tx.find_open_handoff(conversation.conversation_id)
        if handoff is None:
            return
        now = self._clock.now()
        if change is Change.CLAIMED:
            await tx.save_handoff(replace(handoff, claimed_at=now, claimed_by=agent.agent_id))
            return
        await tx.save_handoff(replace(handoff, ended_at=now))
        if change is Change.TRANSFERRED and conversation.skill is not None:
            passed = REASON_SENTENCES["transferred"]  # said once, however often it is passed on
            summary = f"{passed} {handoff.context.get('summary', '').removeprefix(passed).lstrip()}"
            passed_on = {
                "reason": "transferred",
                "requested_by": "agent",
                "skill": conversation.skill,
                "summary": summary,
                "waiting_since": now.isoformat(),
            }
            await tx.add_handoff(
                Handoff(
                    handoff_id=new_id("h"),
                    conversation_id=conversation.conversation_id,
                    reason="transferred",
                    requested_by="agent",
                    skill=conversation.skill,
                    priority=conversation.priority,
                    context=handoff.context | passed_on,
                    waiting_since=now,
                )
            )

    async def send(self, conversation_id: str, agent: Agent, *, version: int, client_msg_id: str, text: str) -> Done:
        """Write to the customer. The same `client_msg_id` again changes nothing."""
        now = self._clock.now()
        async with self._store.write() as tx, _naming_the_winner(tx, conversation_id):
            conversation = await tx.lock_conversation(conversation_id)
            known = await tx.find_by_client_id(conversation_id, client_msg_id) if conversation else None
            if conversation is not None and known is not None and known.author_id == agent.agent_id:
                return Done(conversation.version, known.seq)
            conversation = await _locked(tx, conversation_id, version)
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
        async with self._store.write() as tx, _naming_the_winner(tx, conversation_id):
            conversation = await _locked(tx, conversation_id, version)
            if agent.role not in SEES_ALL:
                require_agent(conversation, agent.agent_id)
            await tx.add_note(Note(new_id("n"), conversation_id, agent.agent_id, agent.name, text, self._clock.now()))
        self._hub.publish(*topics_of(conversation))
        return Done(conversation.version)


async def _locked(tx: Transaction, conversation_id: str, version: int) -> Conversation:
    """Return the locked conversation, at the version that the agent has seen."""
    conversation = await tx.lock_conversation(conversation_id)
    if conversation is None:
        raise NotFound("상담을 찾을 수 없어요.", code="conversation_not_found")
    require_version(conversation, version)
    return conversation


@asynccontextmanager
async def _naming_the_winner(tx: Transaction, conversation_id: str) -> AsyncIterator[None]:
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
    mine = conversation.agent_id == agent.agent_id
    if not (mine or conversation.owner is Owner.WAITING or agent.role in SEES_ALL):
        who = f"{holder.name} 님이" if holder else "다른 곳에서"
        raise Forbidden(f"{who} 맡고 있는 상담이에요.", code="not_yours")
