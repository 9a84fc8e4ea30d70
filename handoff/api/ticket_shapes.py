"""The JSON of tickets, promises, alerts and hours, made from the domain's values."""

from __future__ import annotations

from typing import Any

from handoff.api.shapes import message, moment
from handoff.domain.alerts import Alert
from handoff.domain.hours import WEEKDAYS, TeamHours, write_time
from handoff.domain.promises import Promise
from handoff.domain.sla import SlaClock
from handoff.domain.tickets import Ticket
from handoff.service.tickets import TicketView

Json = dict[str, Any]


def ticket(t: Ticket) -> Json:
    """Return a ticket as lists and the conversation's page show it; `due_at` is when the next clock runs out."""
    clocks = t.clocks.all() if t.clocks else []
    return {
        "number": t.number,
        "conversation_id": t.conversation_id,
        "customer_id": t.customer_id,
        "type": t.type.value,
        "status": t.status.value,
        "skill": t.skill,
        "version": t.version,
        "agent_id": t.agent_id,
        "tags": list(t.tags),
        "contact": {"kind": t.contact.kind.value, "masked": t.contact.masked()} if t.contact else None,
        "analysis": _analysis(t),
        "merged_into": t.merged_into,
        "opened_at": moment(t.opened_at),
        "updated_at": moment(t.updated_at),
        "resolved_at": moment(t.resolved_at),
        "due_at": moment(min((c.due_at for c in clocks if c.due_at), default=None)),
        "clocks": [clock(c) for c in clocks],
    }


def clock(c: SlaClock) -> Json:
    """Return a service level's clock; `spent_s` is open time up to `running_since`."""
    state = "done" if c.done_at else "running" if c.running_since else "paused"
    return {
        "kind": c.kind.value,
        "round": c.round,
        "state": state,
        "target_s": c.target.total_seconds(),
        "spent_s": c.spent.total_seconds(),
        "running_since": moment(c.running_since),
        "due_at": moment(c.due_at),
        "done_at": moment(c.done_at),
        "breached": c.spent > c.target if c.running_since is None else None,
    }


def view(v: TicketView) -> Json:
    """Return a ticket with its history, promises and what was merged into it."""
    return ticket(v.ticket) | {
        "agent_name": v.agent_name,
        "events": [event | {"at": moment(event["at"])} for event in v.events],
        "promises": [promise(p) for p in v.promises],
        "merged": [
            {"ticket": ticket(talk.ticket), "messages": [message(m) | {"choices": []} for m in talk.messages]}
            for talk in v.merged
        ],
    }


def promise(p: Promise) -> Json:
    """Return a promise."""
    return {
        "promise_id": p.promise_id,
        "number": p.number,
        "conversation_id": p.conversation_id,
        "kind": p.kind.value,
        "status": p.status.value,
        "due_at": moment(p.due_at),
        "note": p.note,
        "agent_id": p.agent_id,
        "skill": p.skill,
        "version": p.version,
        "came_due_at": moment(p.came_due_at),
        "ended_at": moment(p.ended_at),
        "outcome": p.outcome,
    }


def promise_with_ticket(p: Promise, t: Ticket) -> Json:
    """Return a promise with what whoever keeps it has to know."""
    return promise(p) | {"ticket": ticket(t)}


def alert(a: Alert, t: Ticket) -> Json:
    """Return an alert with the ticket it is about."""
    return {
        "alert_id": a.alert_id,
        "kind": a.kind.value,
        "number": a.number,
        "conversation_id": a.conversation_id,
        "at": moment(a.at),
        "detail": a.detail,
        "ticket": ticket(t),
    }


def hours(h: TeamHours) -> Json:
    """Return a team's hours."""
    return {
        "team": h.team,
        "name": h.name,
        "skills": sorted(h.skills),
        "version": h.version,
        "week": {
            day: [f"{write_time(opens)}-{write_time(closes)}" for opens, closes in spans]
            for day, spans in zip(WEEKDAYS, h.week, strict=True)
        },
        "holidays": "closed" if h.rests_on_holidays else "open",
        "closed_days": sorted(day.isoformat() for day in h.closed_days),
    }


def _analysis(t: Ticket) -> Json | None:
    if t.analysis is None:
        return None
    a = t.analysis
    return {
        "cause": a.cause,
        "contributing_factor": a.contributing_factor,
        "action_taken": a.action_taken,
        "by": a.by,
        "at": moment(a.at),
    }
