"""Between rows of the tables of tickets and the domain's values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from handoff.domain.alerts import Alert, AlertKind
from handoff.domain.contact import Contact, ContactKind
from handoff.domain.hours import TeamHours
from handoff.domain.promises import Promise, PromiseKind, PromiseStatus
from handoff.domain.sla import CaseClocks, ClockKind, SlaClock
from handoff.domain.tickets import Analysis, Ticket, TicketStatus, TicketType

Row = Any
_US = timedelta(microseconds=1)


def ticket_values(t: Ticket) -> dict[str, Any]:
    return {
        "number": t.number,
        "conversation_id": t.conversation_id,
        "customer_id": t.customer_id,
        "type": t.type.value,
        "status": t.status.value,
        "skill": t.skill,
        "version": t.version,
        "opened_at": t.opened_at,
        "updated_at": t.updated_at,
        "agent_id": t.agent_id,
        "tags": list(t.tags),
        "wants_contact": t.wants_contact,
        "contact_kind": t.contact.kind.value if t.contact else None,
        "contact_value": t.contact.value if t.contact else None,
        "analysis": asdict(t.analysis) | {"at": t.analysis.at.isoformat()} if t.analysis else None,
        "merged_into": t.merged_into,
        "resolved_at": t.resolved_at,
    }


def ticket_of(row: Row, clocks: Iterable[SlaClock] = ()) -> Ticket:
    status = TicketStatus(row.status)
    return Ticket(
        number=row.number,
        conversation_id=row.conversation_id,
        customer_id=row.customer_id,
        type=TicketType(row.type),
        status=status,
        skill=row.skill,
        version=row.version,
        opened_at=row.opened_at,
        updated_at=row.updated_at,
        agent_id=row.agent_id,
        tags=tuple(row.tags),
        wants_contact=bool(row.wants_contact),
        contact=Contact(ContactKind(row.contact_kind), row.contact_value) if row.contact_kind else None,
        analysis=_analysis_of(row.analysis),
        merged_into=row.merged_into,
        resolved_at=row.resolved_at,
        clocks=case_of(clocks, waits=status is TicketStatus.PENDING),
    )


def case_of(clocks: Iterable[SlaClock], *, waits: bool) -> CaseClocks | None:
    """Return a case of the latest clock of each kind; None without any."""
    newest: dict[ClockKind, SlaClock] = {}
    for clock in sorted(clocks, key=lambda clock: clock.round):
        newest[clock.kind] = clock
    if ClockKind.FIRST_RESPONSE not in newest or ClockKind.RESOLUTION not in newest:
        return None
    return CaseClocks(
        first=newest[ClockKind.FIRST_RESPONSE],
        resolution=newest[ClockKind.RESOLUTION],
        next=newest.get(ClockKind.NEXT_RESPONSE),
        waits_for_customer=waits,
    )


def clock_values(number: str, c: SlaClock) -> dict[str, Any]:
    return {
        "number": number,
        "kind": c.kind.value,
        "round": c.round,
        "target_us": c.target // _US,
        "spent_us": c.spent // _US,
        "running_since": c.running_since,
        "done_at": c.done_at,
        "steps_done": c.steps_done,
        "due_at": c.due_at,
        "next_at": c.next_at,
    }


def clock_of(row: Row) -> SlaClock:
    return SlaClock(
        kind=ClockKind(row.kind),
        round=row.round,
        target=row.target_us * _US,
        spent=row.spent_us * _US,
        running_since=row.running_since,
        done_at=row.done_at,
        steps_done=row.steps_done,
        due_at=row.due_at,
        next_at=row.next_at,
    )


def alert_values(a: Alert) -> dict[str, Any]:
    return asdict(a) | {"kind": a.kind.value, "roles": list(a.roles), "seen_by": list(a.seen_by)}


def alert_of(row: Row) -> Alert:
    values = dict(row._mapping)
    return Alert(
        **values | {"kind": AlertKind(row.kind), "roles": tuple(row.roles), "seen_by": tuple(row.seen_by)},
    )


def promise_values(p: Promise) -> dict[str, Any]:
    return asdict(p) | {"kind": p.kind.value, "status": p.status.value}


def promise_of(row: Row) -> Promise:
    return Promise(**dict(row._mapping) | {"kind": PromiseKind(row.kind), "status": PromiseStatus(row.status)})


def hours_values(hours: TeamHours) -> dict[str, Any]:
    return {
        "name": hours.name,
        "skills": sorted(hours.skills),
        "week": [[list(span) for span in spans] for spans in hours.week],
        "rests_on_holidays": hours.rests_on_holidays,
        "closed_days": sorted(day.isoformat() for day in hours.closed_days),
    }


def hours_of(row: Row) -> TeamHours:
    kept = row.hours
    return TeamHours(
        team=row.team,
        version=row.version,
        name=kept["name"],
        skills=frozenset(kept["skills"]),
        week=tuple(tuple((opens, closes) for opens, closes in spans) for spans in kept["week"]),
        rests_on_holidays=kept["rests_on_holidays"],
        closed_days=frozenset(date.fromisoformat(day) for day in kept["closed_days"]),
    )


def _analysis_of(kept: dict[str, Any] | None) -> Analysis | None:
    return Analysis(**kept | {"at": datetime.fromisoformat(kept["at"])}) if kept else None
