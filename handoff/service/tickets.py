"""What people at the desk do with tickets. Whoever decided on an older picture gets a StateConflict that names both."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from handoff.domain import tickets
from handoff.domain.conversation import Agent, Conversation, Json, Message, Owner
from handoff.domain.hours import TeamHours
from handoff.domain.ownership import Change, change_owner
from handoff.domain.promises import OPEN_PROMISES, Promise, PromiseStatus
from handoff.domain.tickets import UNRESOLVED, Analysis, Ticket, TicketStatus, TicketType
from handoff.errors import Forbidden, Invalid, NotFound, StateConflict
from handoff.policy.service_levels import load_service_levels
from handoff.service import ticketing
from handoff.service.passing_on import end_handoff, record
from handoff.service.ports import Hub, agent_topic, topics_of
from handoff.service.store import Store, Transaction
from kernel.clock import Clock

SEES_ALL = frozenset({"supervisor", "administrator"})
MERGED_SHOWN = 200


@dataclass(frozen=True)
class MergedTalk:
    """A conversation whose ticket was merged, with what was said in it."""

    ticket: Ticket
    messages: Sequence[Message]


@dataclass(frozen=True)
class TicketView:
    """All that the desk sees of one ticket."""

    ticket: Ticket
    hours: TeamHours
    events: Sequence[Json]
    promises: Sequence[Promise]
    merged: Sequence[MergedTalk]
    agent_name: str | None


class TicketDesk:
    """Tickets, as the desk sees and changes them."""

    def __init__(self, store: Store, hub: Hub, clock: Clock) -> None:
        self._store = store
        self._hub = hub
        self._clock = clock

    async def list(
        self,
        *,
        statuses: Collection[TicketStatus] = UNRESOLVED,
        type: TicketType | None = None,
        agent: Agent | None = None,
        customer_id: str | None = None,
        conversation_id: str | None = None,
        tag: str | None = None,
    ) -> Sequence[Ticket]:
        """Return tickets, newest first."""
        async with self._store.read() as tx:
            return await tx.list_tickets(
                statuses=statuses,
                type=type,
                agent_id=agent.agent_id if agent else None,
                customer_id=customer_id,
                conversation_id=conversation_id,
                tag=tag,
            )

    async def view(self, number: str, agent: Agent) -> TicketView:
        """Return a ticket with all that belongs to it. Raises NotFound, Forbidden."""
        async with self._store.read() as tx:
            ticket = await _find(tx, number)
            _require_sight(ticket, agent)
            merged = [
                MergedTalk(other, await tx.list_messages(other.conversation_id, limit=MERGED_SHOWN))
                for other in await tx.list_merged_into(number)
                if other.conversation_id != ticket.conversation_id
            ]
            holder = await tx.find_agent(agent_id=ticket.agent_id) if ticket.agent_id else None
            return TicketView(
                ticket=ticket,
                hours=await ticketing.find_hours(tx, ticket.skill),
                events=await tx.list_ticket_events(number),
                promises=await tx.list_promises(statuses=tuple(PromiseStatus), number=number),
                merged=merged,
                agent_name=holder.name if holder else None,
            )

    async def change_type(self, number: str, agent: Agent, type: TicketType, *, version: int) -> Ticket:
        """Make it another type; what was waited already counts towards the new targets."""

        async def change(tx: Transaction, ticket: Ticket, at: datetime) -> Ticket:
            old, new = await ticketing.rules_of(tx, ticket), await ticketing.find_rules(tx, type, ticket.skill)
            return tickets.change_type(ticket, type, at=at, old=old, new=new)

        return await self._change(number, agent, version, "type", change, {"type": type})

    async def change_status(self, number: str, agent: Agent, asked: TicketStatus, *, version: int) -> Ticket:
        """Say that the customer has to answer (pending), that work goes on (open), or that it is solved (resolved)."""
        if asked not in (TicketStatus.OPEN, TicketStatus.PENDING, TicketStatus.RESOLVED):
            raise Invalid("상태는 open, pending, resolved 중 하나로 바꿀 수 있어요.", code="unknown_status")

        async def change(tx: Transaction, ticket: Ticket, at: datetime) -> Ticket:
            if asked is TicketStatus.RESOLVED and await tx.list_promises(statuses=OPEN_PROMISES, number=number):
                raise StateConflict(
                    "지키지 않은 약속이 남아 있어요. 먼저 끝내거나 취소해 주세요.",
                    code="promise_open",
                    current=ticket.status,
                    asked=asked,
                )
            return tickets.change_status(ticket, asked, at=at, rules=await ticketing.rules_of(tx, ticket))

        return await self._change(number, agent, version, asked, change, {})

    async def set_tags(self, number: str, agent: Agent, tags: Sequence[str], *, version: int) -> Ticket:
        """Give it these tags instead of the ones it has."""

        async def change(tx: Transaction, ticket: Ticket, at: datetime) -> Ticket:
            return tickets.set_tags(ticket, tags, at=at)

        return await self._change(number, agent, version, "tags", change, {"tags": list(tickets.clean_tags(tags))})

    async def analyse(
        self, number: str, agent: Agent, *, version: int, cause: str, contributing_factor: str, action_taken: str
    ) -> Ticket:
        """Write down why a complaint came to be and what was done. Raises Invalid for a cause that the policy lacks."""
        causes = load_service_levels().causes
        if cause not in causes:
            raise Invalid(f"원인은 다음 중 하나예요: {', '.join(causes)}", code="unknown_cause")

        async def change(tx: Transaction, ticket: Ticket, at: datetime) -> Ticket:
            return tickets.analyse(ticket, Analysis(cause, contributing_factor, action_taken, agent.agent_id, at))

        return await self._change(number, agent, version, "analysis", change, {"cause": cause})

    async def show_contact(self, number: str, agent: Agent, *, reason: str) -> Ticket:
        """Return the ticket with the contact for whoever has to call; kept with who asked, and why. Raises NotFound."""

        async def change(tx: Transaction, ticket: Ticket, at: datetime) -> Ticket:
            if ticket.contact is None:
                raise NotFound("남긴 연락처가 없어요.", code="no_contact")
            return replace(ticket, version=ticket.version + 1)

        return await self._change(number, agent, None, "contact_shown", change, {"reason": reason})

    async def _change(
        self,
        number: str,
        agent: Agent,
        version: int | None,
        kind: str,
        change: Callable[[Transaction, Ticket, datetime], Awaitable[Ticket]],
        detail: Json,
    ) -> Ticket:
        now = self._clock.now()
        async with self._store.write() as tx:
            ticket, conversation = await _locked(tx, number)
            _require_sight(ticket, agent)
            if version is not None:
                tickets.require_version(ticket, version)
            changed = await change(tx, ticket, now)
            await ticketing.keep(tx, ticket, changed, kind, actor=agent.agent_id, at=now, detail=detail)
        self._hub.publish(*topics_of(conversation))
        return changed

    async def merge(self, number: str, into: str, agent: Agent, *, version: int, into_version: int) -> Ticket:
        """Let the ticket `into` of the same customer take over this one, and close this one's conversation.

        Its messages are shown with `into`; the customer is told under which number it goes on.
        """
        now = self._clock.now()
        async with self._store.write() as tx:
            source, target, conversation = await _locked_both(tx, number, into)
            for ticket, seen in ((source, version), (target, into_version)):
                _require_sight(ticket, agent)
                tickets.require_version(ticket, seen)
            rules = await ticketing.rules_of(tx, source)
            merged, grown = tickets.merge(source, target, at=now, rules=rules)
            actor = agent.agent_id
            await ticketing.keep(tx, source, merged, "merged", actor=actor, at=now, detail={"into": into})
            await ticketing.keep(tx, target, grown, "took_over", actor=actor, at=now, detail={"number": number})
            for promise in await tx.list_promises(statuses=OPEN_PROMISES, number=number):
                moved = replace(promise, number=into, conversation_id=target.conversation_id)
                await tx.save_promise(moved)
            if source.conversation_id != target.conversation_id and conversation.owner is not Owner.CLOSED:
                conversation = await self._close_merged(tx, conversation, agent, into, now)
        self._hub.publish(agent_topic(agent.agent_id), *topics_of(conversation, queue_changed=True))
        return grown

    async def _close_merged(
        self, tx: Transaction, conversation: Conversation, agent: Agent, into: str, at: datetime
    ) -> Conversation:
        conversation = change_owner(conversation, Change.CLOSED, at=at)
        await end_handoff(tx, conversation.conversation_id, at)
        sentence = f"이 문의는 {into} 문의와 함께 이어서 도와드릴게요."
        return await record(
            tx,
            conversation,
            Change.CLOSED,
            actor=agent.agent_id,
            sentence=sentence,
            at=at,
            detail={"merged_into": into},
        )


async def _find(tx: Transaction, number: str) -> Ticket:
    ticket = await tx.find_ticket(number) if number.isprintable() else None
    if ticket is None:
        raise NotFound("그런 번호의 문의는 없어요.", code="ticket_not_found")
    return ticket


async def _locked(tx: Transaction, number: str) -> tuple[Ticket, Conversation]:
    """Return the ticket as it is now that its conversation is locked."""
    ticket = await _find(tx, number)
    conversation = await tx.lock_conversation(ticket.conversation_id)
    assert conversation is not None  # tickets refer to it
    return await _find(tx, number), conversation


async def _locked_both(tx: Transaction, number: str, into: str) -> tuple[Ticket, Ticket, Conversation]:
    """Return both tickets and the first one's conversation; locked in one order, so that two merges never wait crosswise."""
    source, target = await _find(tx, number), await _find(tx, into)
    locked = {
        conversation_id: await tx.lock_conversation(conversation_id)
        for conversation_id in sorted({source.conversation_id, target.conversation_id})
    }
    conversation = locked[source.conversation_id]
    assert conversation is not None
    return await _find(tx, number), await _find(tx, into), conversation


def _require_sight(ticket: Ticket, agent: Agent) -> None:
    """Raise Forbidden unless the agent has the ticket, nobody has it, or the role sees all."""
    if ticket.agent_id not in (None, agent.agent_id) and agent.role not in SEES_ALL:
        raise Forbidden("다른 상담원이 맡은 문의예요.", code="not_yours")
