"""How tickets follow their conversations: opened, taken, passed on and ended in the unit of work that changes the owner.

Called with the conversation locked, by whoever changes its owner or writes into it; commits nothing itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from handoff.domain import sla, tickets
from handoff.domain.contact import Contact, conceal_contact, find_contact, looks_like_contact
from handoff.domain.conversation import Author, Conversation, Json, Message, Owner
from handoff.domain.hours import TeamHours
from handoff.domain.promises import OPEN_PROMISES
from handoff.domain.sla import Rules
from handoff.domain.tickets import UNRESOLVED, Ticket, TicketStatus, TicketType
from handoff.policy.hours import load_hours
from handoff.policy.service_levels import load_service_levels
from handoff.service.store import Transaction
from kernel import korean

WAITING_SENTENCE = "상담원을 기다리고 있어요. 순서가 되면 바로 이어서 도와드려요."
ANY_SKILL = "general"
TOLD_TO_BOT = 5
UNREADABLE_CONTACT = "연락처를 읽지 못했어요. 전화번호는 010-1234-5678처럼, 이메일은 name@example.com처럼 적어 주세요."


async def find_hours(tx: Transaction, skill: str | None) -> TeamHours:
    """Return the hours of the team that answers for a skill; of the general team for one that nobody knows."""
    teams = await list_hours(tx)
    return next((hours for hours in teams if skill in hours.skills), None) or next(
        hours for hours in teams if ANY_SKILL in hours.skills
    )


async def list_hours(tx: Transaction) -> list[TeamHours]:
    """Return the hours in force, one entry a team: what operators last changed, else the policy's."""
    changed = {hours.team: hours for hours in await tx.list_changed_hours()}
    return [changed.get(team, hours) for team, hours in load_hours().items()]


async def find_rules(tx: Transaction, type: TicketType, skill: str | None) -> Rules:
    """Return what the clocks of such a ticket go by."""
    policy = load_service_levels()
    return Rules(await find_hours(tx, skill), policy.targets[type], policy.ladder)


async def rules_of(tx: Transaction, ticket: Ticket) -> Rules:
    """Return what a ticket's clocks go by."""
    return await find_rules(tx, ticket.type, ticket.skill)


async def find_current(tx: Transaction, conversation_id: str) -> Ticket | None:
    """Return the conversation's ticket that somebody still has to do something about."""
    found = [ticket for ticket in await tx.list_tickets_of([conversation_id]) if ticket.is_unresolved]
    return tickets.newest(found)


async def find_merged_into(tx: Transaction, conversation: Conversation) -> Conversation | None:
    """Return the conversation that goes on with this one's ticket since both were merged; None where it goes on itself.

    None as well where the customer could not see there what is answered: in another channel than the one they use.
    """
    ticket = tickets.newest(await tx.list_tickets_of([conversation.conversation_id]))
    if ticket is None or ticket.status is not TicketStatus.MERGED:
        return None
    while ticket is not None and ticket.merged_into is not None:
        ticket = await tx.find_ticket(ticket.merged_into)
    target = await tx.find_conversation(ticket.conversation_id) if ticket else None
    if target is None or target.conversation_id == conversation.conversation_id:
        return None
    is_seen = (target.channel, target.channel_user) == (conversation.channel, conversation.channel_user)
    is_same_customer = target.customer_id is not None and target.customer_id == conversation.customer_id
    return target if is_same_customer and (is_seen or conversation.channel == "web") else None


async def keep(
    tx: Transaction, before: Ticket, after: Ticket, kind: str, *, actor: str, at: datetime, detail: Json | None = None
) -> Ticket:
    """Store a changed ticket with the event of its change; one whose version did not change has no event."""
    if after != before:
        await tx.save_ticket(after)
    if after.version != before.version:
        await tx.add_ticket_event(after.number, after.version, kind, actor, at, detail or {})
    return after


async def open_or_go_on(tx: Transaction, waiting: Conversation, *, reason: str, at: datetime) -> Ticket:
    """Return the ticket of a conversation that was just handed over: the one it has, one opened again, or a new one."""
    skill = waiting.skill or ANY_SKILL
    policy = load_service_levels()
    type = policy.type_of(reason, skill)
    hours = await find_hours(tx, skill)
    known = tickets.newest(await tx.list_tickets_of([waiting.conversation_id]))
    if known is None or not _goes_on(known, at):
        ticket = tickets.open_ticket(
            number=tickets.write_number(await tx.take_ticket_number()),
            conversation_id=waiting.conversation_id,
            customer_id=waiting.customer_id,
            type=type,
            skill=skill,
            at=at,
            rules=await find_rules(tx, type, skill),
            wants_contact=not hours.is_open(at),
        )
        await tx.add_ticket(ticket)
        await tx.add_ticket_event(ticket.number, ticket.version, "opened", "bot", at, {"reason": reason})
        return ticket
    ticket = await _taken_up_again(tx, known, at)
    if type is TicketType.COMPLAINT and ticket.type is not type:
        old, new = await rules_of(tx, ticket), await find_rules(tx, type, ticket.skill)
        changed = tickets.change_type(ticket, type, at=at, old=old, new=new)
        ticket = await keep(tx, ticket, changed, "type", actor="bot", at=at, detail={"type": type})
    ticket = await _hand_to(tx, ticket, None, skill, actor="bot", at=at)
    wants_contact = not hours.is_open(at)
    told = replace(ticket, customer_id=waiting.customer_id or ticket.customer_id, wants_contact=wants_contact)
    return await keep(tx, ticket, told, "", actor="bot", at=at)


def _goes_on(known: Ticket, at: datetime) -> bool:
    if known.status is TicketStatus.RESOLVED and known.resolved_at is not None:
        return at - known.resolved_at <= load_service_levels().reopen_within
    return known.is_unresolved


async def _taken_up_again(tx: Transaction, known: Ticket, at: datetime) -> Ticket:
    rules = await rules_of(tx, known)
    if known.clocks is None:
        known = replace(known, clocks=sla.open_case(at, rules))
    if known.is_unresolved:
        return await keep(tx, known, tickets.hear_customer(known, at, rules), "customer_wrote", actor="customer", at=at)
    again = tickets.change_status(known, TicketStatus.OPEN, at=at, rules=rules)
    return await keep(tx, known, again, "reopened", actor="customer", at=at)


async def follow_owner(tx: Transaction, conversation: Conversation, *, actor: str, at: datetime) -> Ticket | None:
    """Let the ticket follow a change of owner that was just made; None when there is no ticket in hand.

    Ending the conversation resolves it, unless a complaint's cause is still to be written down or a promise to be kept.
    """
    ticket = await find_current(tx, conversation.conversation_id)
    if ticket is None:
        return None
    if conversation.owner in (Owner.WAITING, Owner.HUMAN):
        skill = conversation.skill or ticket.skill
        return await _hand_to(tx, ticket, conversation.agent_id, skill, actor=actor, at=at)
    promised = await tx.list_promises(statuses=OPEN_PROMISES, number=ticket.number)
    rules = await rules_of(tx, ticket)
    if tickets.needs_analysis(ticket) or promised:  # nobody waits for an answer any more, but for the solution
        return await keep(tx, ticket, tickets.hear_agent(ticket, at, rules), "", actor=actor, at=at)
    resolved = tickets.change_status(ticket, TicketStatus.RESOLVED, at=at, rules=rules)
    detail = {"with": "conversation", "owner": conversation.owner}
    return await keep(tx, ticket, resolved, "resolved", actor=actor, at=at, detail=detail)


async def _hand_to(
    tx: Transaction, ticket: Ticket, agent_id: str | None, skill: str, *, actor: str, at: datetime
) -> Ticket:
    if (ticket.agent_id, ticket.skill) == (agent_id, skill) and ticket.status is not TicketStatus.NEW:
        return ticket
    if (ticket.agent_id, ticket.skill) == (agent_id, skill) and agent_id is None:
        return ticket
    old, new = await rules_of(tx, ticket), await find_rules(tx, ticket.type, skill)
    handed = tickets.assign(ticket, agent_id, skill=skill, at=at, old=old, new=new)
    detail = {"agent_id": agent_id, "skill": skill}
    return await keep(tx, ticket, handed, "assigned", actor=actor, at=at, detail=detail)


async def hear(tx: Transaction, conversation: Conversation, said: Sequence[Message], *, at: datetime) -> None:
    """Let the ticket's clocks follow what was just said in its conversation."""
    authors = {message.author for message in said}
    if not authors & {Author.CUSTOMER, Author.AGENT} or conversation.owner not in (Owner.WAITING, Owner.HUMAN):
        return
    ticket = await find_current(tx, conversation.conversation_id)
    if ticket is None:
        return
    rules, heard = await rules_of(tx, ticket), ticket
    if Author.CUSTOMER in authors:
        heard = tickets.hear_customer(heard, at, rules)
    if Author.AGENT in authors:
        heard = tickets.hear_agent(heard, at, rules)
    await keep(tx, ticket, heard, "customer_wrote", actor="customer", at=at)


@dataclass(frozen=True)
class Briefing:
    """What the bot is told of tickets (see `kernel.tokens.TurnContext`), and when people are back if they are not there."""

    tickets: tuple[Json, ...] = ()
    opens_at: datetime | None = None
    hours_text: str | None = None


@dataclass(frozen=True)
class LeftWord:
    """What a customer wrote while people were away: as it may be kept, and what they are told about it, if anything."""

    text: str
    answer: str | None


async def take_contact(tx: Transaction, conversation: Conversation, text: str, *, at: datetime) -> LeftWord:
    """Keep a number or an address in what a customer wrote, if they were asked for one; the transcript gets it masked."""
    if conversation.owner is not Owner.WAITING or not (find_contact(text) or looks_like_contact(text)):
        return LeftWord(text, None)
    ticket = await find_current(tx, conversation.conversation_id)
    if ticket is None or not ticket.wants_contact:
        return LeftWord(text, None)
    contact = find_contact(text)
    if contact is None:
        return LeftWord(text, UNREADABLE_CONTACT)
    answer = await keep_contact(tx, ticket, contact, at=at)
    return LeftWord(conceal_contact(text), answer)


async def keep_contact(tx: Transaction, ticket: Ticket, contact: Contact, *, at: datetime) -> str:
    """Store how a customer wants to be reached, and return what they are told."""
    left = tickets.leave_contact(ticket, contact, at=at)
    await keep(tx, ticket, left, "contact_left", actor="customer", at=at, detail={"kind": contact.kind})
    hours = await find_hours(tx, ticket.skill)
    where = korean.josa(contact.masked(), "으로/로")
    if hours.is_open(at):
        return f"{where} 연락드릴게요. 문의 번호는 {korean.josa(ticket.number, '이에요/예요')}."
    return f"{where} 연락드릴게요. {korean.say_when(hours.next_opening(at), at)}부터 차례대로 답해 드려요."


async def brief_bot(tx: Transaction, conversation: Conversation, *, at: datetime) -> Briefing:
    """Return what the bot may tell this customer of what people do for them."""
    found = await _list_of_customer(tx, conversation)
    goes_on = [ticket for ticket in found if _goes_on(ticket, at)][:TOLD_TO_BOT]
    told = []
    for ticket in goes_on:
        promised = await tx.list_promises(statuses=OPEN_PROMISES, number=ticket.number) if ticket.is_unresolved else ()
        promised_at = next((p.due_at.isoformat() for p in promised if p.due_at > at), None)
        told.append(
            {
                "number": ticket.number,
                "status_text": tickets.STATUS_WORDS[ticket.status],
                "is_open": ticket.is_unresolved,
                "opened_at": ticket.opened_at.isoformat(),
                "promised_at": promised_at,
            }
        )
    hours = await find_hours(tx, goes_on[0].skill if goes_on else ANY_SKILL)
    opens_at = None if hours.is_open(at) else hours.next_opening(at)
    return Briefing(tuple(told), opens_at, hours.describe())


async def _list_of_customer(tx: Transaction, conversation: Conversation) -> Sequence[Ticket]:
    """Return the tickets of who speaks, newest first: of a customer nobody knows those of this conversation."""
    if conversation.customer_id is None:
        return list(reversed(await tx.list_tickets_of([conversation.conversation_id])))
    told = (*UNRESOLVED, TicketStatus.RESOLVED)
    return await tx.list_tickets(statuses=told, customer_id=conversation.customer_id, limit=TOLD_TO_BOT)


async def say_passed_on(tx: Transaction, ticket: Ticket, sentence: str, *, at: datetime) -> str:
    """Return `sentence` while the team that has the ticket now is there, else when it is back."""
    hours = await find_hours(tx, ticket.skill)
    if hours.is_open(at):
        return sentence
    back = korean.say_when(hours.next_opening(at), at)
    return f"더 잘 도와드릴 수 있는 담당자에게 전달했어요. 담당자는 {back}부터 답해 드려요."


async def say_waiting(tx: Transaction, ticket: Ticket, *, at: datetime) -> str:
    """Return what a customer is told whose conversation waits for people now: when they are back, and the number."""
    hours = await find_hours(tx, ticket.skill)
    number = f"문의 번호는 {korean.josa(ticket.number, '이에요/예요')}."
    if hours.is_open(at):
        return f"{WAITING_SENTENCE} {number}"
    back = korean.say_when(hours.next_opening(at), at)
    asked = "" if ticket.contact else " 연락받으실 전화번호나 이메일을 남겨 주시면 그쪽으로도 연락드릴게요."
    return f"지금은 상담 시간이 아니에요. 상담원이 {back}부터 차례대로 답해 드려요. {number}\n남기실 말씀은 여기에 적어 주세요.{asked}"
