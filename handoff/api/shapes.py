"""The JSON that pages and scripts see, made from the domain's values."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from handoff.domain.conversation import Agent, Author, Message, Note
from handoff.domain.outbox import OutboxEntry
from handoff.domain.routing import SKILLS, SPOKEN
from handoff.domain.tickets import STATUS_WORDS, Ticket
from handoff.service.desk import DeskView, QueueItem
from handoff.service.offers import Offered
from handoff.service.team import Member
from handoff.service.views import View

Json = dict[str, Any]

BOT_NAME = "이음봇"


def moment(at: datetime | None) -> str | None:
    """Return a time in RFC 3339, UTC."""
    return at.isoformat().replace("+00:00", "Z") if at else None


def message(m: Message) -> Json:
    """Return a message as pages see it: a button's payload stays here."""
    return {
        "seq": m.seq,
        "author": m.author.value,
        "author_name": BOT_NAME if m.author is Author.BOT else m.author_name,
        "text": m.text,
        "choices": [{"id": choice.choice_id, "label": choice.label} for choice in m.choices],
        "cards": list(m.cards),
        "at": moment(m.at),
        "client_msg_id": m.client_msg_id,
    }


def view(v: View) -> Json:
    """Return what a customer's page shows beyond what it has."""
    return {
        "messages": [message(m) for m in v.messages],
        "owner": v.owner.value,
        "position": v.position,
        "estimated_wait_s": v.estimated_wait_s,
        "agent_name": v.agent_name,
        "agent_presence": v.agent_presence,
        "ticket": customers_ticket(v.ticket) if v.ticket else None,
    }


def ticket_line(t: Ticket) -> Json:
    """Return what a line of the queue says of a ticket; `due_at` is when its next clock runs out."""
    due = [clock.due_at for clock in (t.clocks.all() if t.clocks else []) if clock.due_at]
    return {
        "number": t.number,
        "type": t.type.value,
        "status": t.status.value,
        "version": t.version,
        "tags": list(t.tags),
        "due_at": moment(min(due, default=None)),
    }


def customers_ticket(t: Ticket) -> Json:
    """Return a ticket as its customer sees it."""
    return {
        "number": t.number,
        "status": t.status.value,
        "status_text": STATUS_WORDS[t.status],
        "contact": t.contact.masked() if t.contact else None,
    }


def agent(a: Agent) -> Json:
    """Return a member of staff as their own page sees them."""
    return {"agent_id": a.agent_id, "login": a.login, "name": a.name, "role": a.role, "presence": a.presence}


def queue_item(item: QueueItem) -> Json:
    """Return one line of the queue."""
    c, context = item.conversation, (item.handoff.context if item.handoff else {})
    customer = context.get("customer") or {}
    return {
        "conversation_id": c.conversation_id,
        "channel": c.channel,
        "owner": c.owner.value,
        "version": c.version,
        "customer": {"name": customer.get("name") or "손님", "grade": customer.get("grade")},
        "verified": c.customer_id is not None,
        "reason": item.handoff.reason if item.handoff else None,
        "skill": c.skill,
        "priority": c.priority,
        "waiting_since": moment(c.waiting_since or (item.handoff.waiting_since if item.handoff else None)),
        "summary": context.get("summary"),
        "last_seq": c.last_seq,
        "last_text": item.last.text if item.last else None,
        "last_author": item.last.author.value if item.last else None,
        "last_at": moment(item.last.at) if item.last else None,
        "agent_name": item.agent_name,
        "snoozed_until": moment(c.snoozed_until),
        "language": c.language,
        "ticket": ticket_line(item.ticket) if item.ticket else None,
    }


def offer(o: Offered) -> Json:
    """Return what an agent is asked to take, and for how long."""
    return {
        "offer_id": o.offer.offer_id,
        "offered_at": moment(o.offer.offered_at),
        "due_at": moment(o.offer.due_at),
        "seconds_left": round(max(0.0, o.seconds_left), 1),
        "conversation": queue_item(o.item),
    }


def colleague(m: Member) -> Json:
    """Return a member of the desk as colleagues see them."""
    a = m.agent
    return {
        "agent_id": a.agent_id,
        "name": a.name,
        "role": a.role,
        "presence": a.presence,
        "is_present": m.is_present,
        "team": a.team,
        "skills": list(a.skills or SKILLS),
        "languages": list(a.languages or SPOKEN),
        "capacity": a.capacity,
        "load": m.load,
    }


def desk_view(v: DeskView, customer: Json | None) -> Json:
    """Return a conversation as its agent sees it."""
    c = v.conversation
    return {
        "conversation_id": c.conversation_id,
        "owner": c.owner.value,
        "version": c.version,
        "channel": c.channel,
        "agent": {"agent_id": v.agent.agent_id, "name": v.agent.name} if v.agent else None,
        "participants": [{"agent_id": a.agent_id, "name": a.name} for a in v.participants],
        "language": c.language,
        "snoozed_until": moment(c.snoozed_until),
        "wrap_up_until": moment(c.wrap_up_until),
        "messages": [desk_message(m) for m in v.messages],
        "notes": [note(n) for n in v.notes],
        "context": v.handoff.context if v.handoff else None,
        "customer": customer,
        "ticket": ticket_line(v.ticket) if v.ticket else None,
    }


def undelivered(entry: OutboxEntry, now: datetime) -> Json:
    """Return a message that its channel has not taken; what it says is read in the conversation."""
    return {
        "conversation_id": entry.conversation_id,
        "seq": entry.seq,
        "channel": entry.channel,
        "state": entry.state.value,
        "written_at": moment(entry.created_at),
        "waited_s": max(0, int((now - entry.created_at).total_seconds())),
        "tries": entry.tries,
        "next_try_at": None if entry.failed_at else moment(entry.due_at),
        "failed_at": moment(entry.failed_at),
        "error": entry.error,
    }


def note(n: Note) -> Json:
    """Return a note between agents."""
    return {
        "note_id": n.note_id,
        "kind": n.kind,
        "author_name": n.author_name,
        "text": n.text,
        "at": moment(n.at),
    }


def desk_message(m: Message) -> Json:
    """Return a message as agents see it: the customer's buttons are theirs to press."""
    return message(m) | {"choices": [{"label": choice.label} for choice in m.choices]}
