"""A ticket: what a customer needs of people, from the handoff to the solution, over however many agents. Pure.

             claimed             waits for the customer
    NEW ───────────────▶ OPEN ◀──────────────────────▶ PENDING
     │                    │  ▲                            │
     └────── resolved ────┤  └── opened again             │
                          ▼         │                     │
                       RESOLVED ────┘ ◀───────────────────┘
    MERGED, from all but itself and RESOLVED: another ticket of the same customer goes on with it

Every change raises `version` by one, so that whoever decided on an older picture is refused.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from handoff.domain import sla
from handoff.domain.contact import Contact
from handoff.domain.sla import CaseClocks, Rules
from handoff.errors import Invalid, StateConflict

TAGS_MAX = 10
TAG_LENGTH_MAX = 30
NUMBER_FORM = "CS-{}"
FIRST_NUMBER = 20_001


class TicketType(StrEnum):
    """What kind of thing the customer needs."""

    QUESTION = "question"
    REQUEST = "request"
    PROBLEM = "problem"
    COMPLAINT = "complaint"


class TicketStatus(StrEnum):
    """How far it is."""

    NEW = "new"  # nobody has taken it yet
    OPEN = "open"
    PENDING = "pending"  # the customer has to say something first
    RESOLVED = "resolved"
    MERGED = "merged"


UNRESOLVED = (TicketStatus.NEW, TicketStatus.OPEN, TicketStatus.PENDING)
STATUS_WORDS = {
    TicketStatus.NEW: "접수되어 담당자를 기다리고 있어요",
    TicketStatus.OPEN: "담당자가 확인하고 있어요",
    TicketStatus.PENDING: "고객님의 답을 기다리고 있어요",
    TicketStatus.RESOLVED: "처리가 끝났어요",
    TicketStatus.MERGED: "다른 문의와 합쳐졌어요",
}
_ALLOWED: dict[TicketStatus, frozenset[TicketStatus]] = {
    TicketStatus.NEW: frozenset({TicketStatus.OPEN, TicketStatus.RESOLVED, TicketStatus.MERGED}),
    TicketStatus.OPEN: frozenset({TicketStatus.PENDING, TicketStatus.RESOLVED, TicketStatus.MERGED}),
    TicketStatus.PENDING: frozenset({TicketStatus.OPEN, TicketStatus.RESOLVED, TicketStatus.MERGED}),
    TicketStatus.RESOLVED: frozenset({TicketStatus.OPEN}),
    TicketStatus.MERGED: frozenset(),
}


@dataclass(frozen=True)
class Analysis:
    """Why a complaint came to be: its cause (one of the policy's), what added to it, what was done about it."""

    cause: str
    contributing_factor: str
    action_taken: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Ticket:
    """One need of one customer. `number` is what everybody calls it by; `agent_id` who has it now."""

    number: str
    conversation_id: str
    customer_id: str | None
    type: TicketType
    status: TicketStatus
    skill: str
    version: int
    opened_at: datetime
    updated_at: datetime
    agent_id: str | None = None
    tags: tuple[str, ...] = ()
    # Asked for while people were away; `contact` is what the customer left.
    wants_contact: bool = False
    contact: Contact | None = None
    analysis: Analysis | None = None
    merged_into: str | None = None
    resolved_at: datetime | None = None
    clocks: CaseClocks | None = field(default=None, repr=False)

    @property
    def is_unresolved(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.status in UNRESOLVED


def write_number(count: int) -> str:
    """Return the number of the ticket that is the `count`th, from 1."""
    return NUMBER_FORM.format(FIRST_NUMBER - 1 + count)


def open_ticket(
    *,
    number: str,
    conversation_id: str,
    customer_id: str | None,
    type: TicketType,
    skill: str,
    at: datetime,
    rules: Rules,
    wants_contact: bool = False,
) -> Ticket:
    """Return a new ticket whose clocks run."""
    return Ticket(
        number=number,
        conversation_id=conversation_id,
        customer_id=customer_id,
        type=type,
        status=TicketStatus.NEW,
        skill=skill,
        version=1,
        opened_at=at,
        updated_at=at,
        wants_contact=wants_contact,
        clocks=sla.open_case(at, rules),
    )


def require_version(ticket: Ticket, version: int) -> None:
    """Raise StateConflict unless the caller has seen the newest state of the ticket."""
    if ticket.version != version:
        raise StateConflict(
            "그 사이 문의가 바뀌었어요. 새로 고친 내용을 확인해 주세요.",
            code="version_conflict",
            current=f"{ticket.status} @{ticket.version}",
            asked=f"@{version}",
        )


def change_status(ticket: Ticket, asked: TicketStatus, *, at: datetime, rules: Rules) -> Ticket:
    """Return the ticket in another status, with its clocks. Raises StateConflict, which names both statuses."""
    if asked not in _ALLOWED[ticket.status]:
        raise StateConflict(
            "지금은 그렇게 바꿀 수 없는 문의예요.", code="illegal_transition", current=ticket.status, asked=asked
        )
    if asked is TicketStatus.RESOLVED and needs_analysis(ticket):
        raise StateConflict(
            "불만 문의는 원인 분석을 먼저 적어야 마칠 수 있어요.",
            code="analysis_missing",
            current=ticket.status,
            asked=asked,
        )
    changed = _next_version(ticket, at, status=asked, resolved_at=at if asked is TicketStatus.RESOLVED else None)
    if ticket.clocks is None:
        return changed
    if asked in (TicketStatus.RESOLVED, TicketStatus.MERGED):
        clocks = sla.resolve_case(ticket.clocks, at, rules)
    elif asked is TicketStatus.PENDING:
        clocks = sla.wait_for_customer(ticket.clocks, at, rules)
    elif ticket.status is TicketStatus.RESOLVED:
        clocks = sla.reopen_case(ticket.clocks, at, rules)
    else:
        clocks = sla.stop_waiting(ticket.clocks, at, rules)
    return replace(changed, clocks=clocks)


def needs_analysis(ticket: Ticket) -> bool:
    """Tell whether the cause of a complaint has still to be written down."""
    return ticket.type is TicketType.COMPLAINT and ticket.analysis is None


def assign(ticket: Ticket, agent_id: str | None, *, skill: str, at: datetime, old: Rules, new: Rules) -> Ticket:
    """Return the ticket in an agent's hands, or in a team's when `agent_id` is None; the team's hours hold from now."""
    status = TicketStatus.OPEN if agent_id is not None and ticket.status is TicketStatus.NEW else ticket.status
    clocks = sla.change_rules(ticket.clocks, at, old, new) if ticket.clocks else None
    return replace(_next_version(ticket, at, agent_id=agent_id, skill=skill, status=status), clocks=clocks)


def change_type(ticket: Ticket, type: TicketType, *, at: datetime, old: Rules, new: Rules) -> Ticket:
    """Return the ticket as another type, whose targets hold from now on for what was waited already."""
    _require_unresolved(ticket, f"type {type}")
    clocks = sla.change_rules(ticket.clocks, at, old, new) if ticket.clocks else None
    return replace(_next_version(ticket, at, type=type), clocks=clocks)


def hear_customer(ticket: Ticket, at: datetime, rules: Rules) -> Ticket:
    """Return the ticket after the customer wrote: one that waited for that is open again."""
    if not ticket.is_unresolved:
        return ticket
    clocks = sla.customer_wrote(ticket.clocks, at, rules) if ticket.clocks else None
    if ticket.status is TicketStatus.PENDING:
        ticket = _next_version(ticket, at, status=TicketStatus.OPEN)
    return replace(ticket, clocks=clocks)


def hear_agent(ticket: Ticket, at: datetime, rules: Rules) -> Ticket:
    """Return the ticket after an agent wrote to the customer."""
    if not ticket.is_unresolved or ticket.clocks is None:
        return ticket
    return replace(ticket, clocks=sla.agent_answered(ticket.clocks, at, rules))


def set_tags(ticket: Ticket, tags: Iterable[str], *, at: datetime) -> Ticket:
    """Return the ticket with these tags instead of the ones it had."""
    return _next_version(ticket, at, tags=clean_tags(tags))


def analyse(ticket: Ticket, analysis: Analysis) -> Ticket:
    """Return the ticket with the cause of the complaint. Raises StateConflict where there is no complaint."""
    if ticket.type is not TicketType.COMPLAINT or ticket.status is TicketStatus.MERGED:
        raise StateConflict(
            "원인 분석은 불만 문의에만 적을 수 있어요.",
            code="not_a_complaint",
            current=f"{ticket.type} {ticket.status}",
            asked="analysis",
        )
    return _next_version(ticket, analysis.at, analysis=analysis)


def leave_contact(ticket: Ticket, contact: Contact, *, at: datetime) -> Ticket:
    """Return the ticket with the way that the customer wants to be reached. Raises StateConflict once it is resolved."""
    _require_unresolved(ticket, "contact")
    return _next_version(ticket, at, contact=contact)


def merge(source: Ticket, target: Ticket, *, at: datetime, rules: Rules) -> tuple[Ticket, Ticket]:
    """Return both after `target` took over `source`: its tags, and its contact where the target has none.

    Raises StateConflict unless both are unresolved and of the same known customer.
    """
    if source.number == target.number:
        raise _not_mergeable("같은 문의예요.", source, target)
    if source.customer_id is None or source.customer_id != target.customer_id:
        raise _not_mergeable("같은 고객의 문의만 합칠 수 있어요.", source, target)
    if not target.is_unresolved:
        raise _not_mergeable("끝난 문의에는 합칠 수 없어요.", source, target)
    merged = replace(change_status(source, TicketStatus.MERGED, at=at, rules=rules), merged_into=target.number)
    tags = tuple(dict.fromkeys([*target.tags, *source.tags]))[:TAGS_MAX]
    return merged, _next_version(target, at, tags=tags, contact=target.contact or source.contact)


def clean_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Return tags as they are kept: no white space around, small letters, each once. Raises Invalid, code invalid_tag."""
    cleaned = tuple(dict.fromkeys(" ".join(unicodedata.normalize("NFC", tag).split()).lower() for tag in tags))
    if len(cleaned) > TAGS_MAX:
        raise Invalid(f"꼬리표는 {TAGS_MAX}개까지 붙일 수 있어요.", code="invalid_tag")
    for tag in cleaned:
        if not 0 < len(tag) <= TAG_LENGTH_MAX or not tag.isprintable() or "," in tag:
            raise Invalid(f"꼬리표는 쉼표 없이 1~{TAG_LENGTH_MAX}자로 적어 주세요.", code="invalid_tag")
    return cleaned


def newest(tickets: Collection[Ticket]) -> Ticket | None:
    """Return the ticket that was opened last."""
    return max(tickets, key=lambda ticket: (ticket.opened_at, ticket.number), default=None)


def _require_unresolved(ticket: Ticket, asked: str) -> None:
    if not ticket.is_unresolved:
        raise StateConflict(
            "이미 끝난 문의예요. 다시 열고 바꿔 주세요.",
            code="ticket_resolved",
            current=ticket.status,
            asked=asked,
        )


def _not_mergeable(detail: str, source: Ticket, target: Ticket) -> StateConflict:
    return StateConflict(
        detail, code="not_mergeable", current=f"{source.status}, {target.status}", asked=TicketStatus.MERGED
    )


def _next_version(ticket: Ticket, at: datetime, **changed: object) -> Ticket:
    return replace(ticket, version=ticket.version + 1, updated_at=at, **changed)  # type: ignore[arg-type]
