"""What may become of a ticket and of a promise; every refusal names the state and what was asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from handoff.domain import promises, tickets
from handoff.domain.contact import Contact, ContactKind
from handoff.domain.promises import Promise, PromiseKind, PromiseStatus
from handoff.domain.sla import ClockKind, Rules
from handoff.domain.tickets import Analysis, Ticket, TicketStatus, TicketType
from handoff.errors import Invalid, StateConflict
from handoff.policy.hours import load_hours
from handoff.policy.service_levels import load_service_levels

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
LEVELS = load_service_levels()
CARE = load_hours()["care"]
NEW, OPEN, PENDING, RESOLVED, MERGED = TicketStatus
ALLOWED = {(one, other) for one in (NEW, OPEN, PENDING) for other in (RESOLVED, MERGED)} | {
    (NEW, OPEN),
    (OPEN, PENDING),
    (PENDING, OPEN),
    (RESOLVED, OPEN),
}


def rules(type: TicketType = TicketType.QUESTION) -> Rules:
    return Rules(CARE, LEVELS.targets[type], LEVELS.ladder)


def ticket(number: str = "CS-20001", **changed: object) -> Ticket:
    opened = tickets.open_ticket(
        number=number,
        conversation_id=f"c-{number}",
        customer_id="demo-1",
        type=TicketType.QUESTION,
        skill="general",
        at=NOW,
        rules=rules(),
    )
    return replace(opened, **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(("before", "asked"), list(product(TicketStatus, TicketStatus)))
def test_only_the_drawn_changes_of_status_happen(before: TicketStatus, asked: TicketStatus) -> None:
    found = ticket(status=before)
    if (before, asked) in ALLOWED:
        changed = tickets.change_status(found, asked, at=NOW, rules=rules())
        assert (changed.status, changed.version) == (asked, found.version + 1)
        return
    with pytest.raises(StateConflict) as refused:
        tickets.change_status(found, asked, at=NOW, rules=rules())
    assert (refused.value.code, refused.value.current, refused.value.asked) == ("illegal_transition", before, asked)


def test_a_resolved_ticket_has_no_running_clock() -> None:
    resolved = tickets.change_status(ticket(status=OPEN), RESOLVED, at=NOW, rules=rules())
    assert resolved.clocks is not None and all(clock.done_at == NOW for clock in resolved.clocks.all())
    assert resolved.resolved_at == NOW


def test_a_complaint_needs_its_cause_before_it_is_resolved() -> None:
    complaint = ticket(type=TicketType.COMPLAINT, status=OPEN)
    with pytest.raises(StateConflict) as refused:
        tickets.change_status(complaint, RESOLVED, at=NOW, rules=rules())
    assert refused.value.code == "analysis_missing"
    analysed = tickets.analyse(complaint, Analysis("slow_answer", "주말", "사과", "a_1", NOW))
    assert tickets.change_status(analysed, RESOLVED, at=NOW, rules=rules()).status is RESOLVED


def test_a_cause_belongs_to_complaints() -> None:
    with pytest.raises(StateConflict) as refused:
        tickets.analyse(ticket(), Analysis("other", "-", "-", "a_1", NOW))
    assert refused.value.code == "not_a_complaint"


def test_what_the_customer_writes_opens_a_ticket_that_waited_for_it() -> None:
    pending = tickets.change_status(ticket(status=OPEN), PENDING, at=NOW, rules=rules())
    heard = tickets.hear_customer(pending, NOW, rules())
    assert (heard.status, heard.version) == (OPEN, pending.version + 1)
    assert heard.clocks is not None and heard.clocks.resolution.running_since == NOW


def test_becoming_a_complaint_shortens_what_is_left() -> None:
    after = NOW + timedelta(minutes=10)
    changed = tickets.change_type(
        ticket(), TicketType.COMPLAINT, at=after, old=rules(), new=rules(TicketType.COMPLAINT)
    )
    assert changed.clocks is not None and changed.clocks.first.due_at == NOW + timedelta(minutes=20)
    assert changed.clocks.first.target == LEVELS.targets[TicketType.COMPLAINT][ClockKind.FIRST_RESPONSE]


def test_a_merged_ticket_leaves_its_tags_and_its_contact_to_the_other() -> None:
    contact = Contact(ContactKind.EMAIL, "kim@example.com")
    source, target = ticket(tags=("환불",), contact=contact), ticket("CS-20002", tags=("지연",))
    merged, grown = tickets.merge(source, target, at=NOW, rules=rules())
    assert (merged.status, merged.merged_into) == (MERGED, "CS-20002")
    assert (grown.tags, grown.contact) == (("지연", "환불"), contact)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (ticket(), ticket()),
        (ticket(customer_id=None), ticket("CS-20002", customer_id=None)),
        (ticket(), ticket("CS-20002", customer_id="demo-2")),
        (ticket(), ticket("CS-20002", status=RESOLVED)),
        (ticket(status=RESOLVED), ticket("CS-20002")),
        (ticket(status=MERGED), ticket("CS-20002")),
    ],
)
def test_only_open_tickets_of_one_known_customer_are_merged(source: Ticket, target: Ticket) -> None:
    with pytest.raises(StateConflict):
        tickets.merge(source, target, at=NOW, rules=rules())


@pytest.mark.parametrize("tags", [["a" * 31], [""], [" "], ["가,나"], ["줄\u0007"], [str(n) for n in range(11)]])
def test_tags_that_are_none_are_refused(tags: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        tickets.clean_tags(tags)
    assert refused.value.code == "invalid_tag"


def test_tags_are_written_one_way() -> None:
    assert tickets.clean_tags(["  VIP  손님 ", "vip 손님", "환불"]) == ("vip 손님", "환불")


def test_numbers_are_dense() -> None:
    assert [tickets.write_number(count) for count in (1, 2, 931)] == ["CS-20001", "CS-20002", "CS-20931"]


def promise(**changed: object) -> Promise:
    values: dict[str, object] = {
        "promise_id": "p_1",
        "number": "CS-20001",
        "conversation_id": "c_1",
        "kind": PromiseKind.CALLBACK,
        "status": PromiseStatus.PLANNED,
        "due_at": NOW,
        "note": "전화",
        "agent_id": "a_1",
        "skill": "general",
        "version": 1,
        "created_by": "a_1",
        "created_at": NOW,
    }
    return Promise(**values | changed)  # type: ignore[arg-type]


def test_a_promise_comes_due_once_and_not_before_its_time() -> None:
    assert promises.come_due(promise(), NOW - timedelta(microseconds=1)) is None
    due = promises.come_due(promise(), NOW)
    assert due is not None and (due.status, due.came_due_at) == (PromiseStatus.DUE, NOW)
    assert promises.come_due(due, NOW) is None


def test_a_promise_that_is_moved_comes_due_anew() -> None:
    due = promises.come_due(promise(), NOW)
    assert due is not None
    moved = promises.move(due, NOW + timedelta(hours=1))
    assert promises.come_due(moved, NOW) is None and promises.come_due(moved, NOW + timedelta(hours=1)) is not None


@pytest.mark.parametrize("status", [PromiseStatus.DONE, PromiseStatus.CANCELLED])
def test_what_is_over_stays_over(status: PromiseStatus) -> None:
    over = promise(status=status)
    for change in (
        lambda: promises.take(over, "a_2"),
        lambda: promises.move(over, NOW + timedelta(hours=1)),
        lambda: promises.end(over, PromiseStatus.DONE, by="a_1", at=NOW, outcome="-"),
    ):
        with pytest.raises(StateConflict) as refused:
            change()
        assert refused.value.current == status


@pytest.mark.parametrize(
    ("kind", "ahead", "code"),
    [
        (PromiseKind.CALLBACK, timedelta(), "time_passed"),
        (PromiseKind.CALLBACK, -timedelta(days=1), "time_passed"),
        (PromiseKind.FOLLOW_UP, timedelta(days=91), "too_far_ahead"),
        (PromiseKind.CALLBACK, timedelta(hours=9), "off_hours"),
        (PromiseKind.CALLBACK, timedelta(days=5), "off_hours"),  # a Sunday
    ],
)
def test_a_time_that_cannot_be_promised_is_refused(kind: PromiseKind, ahead: timedelta, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        promises.require_time(kind, NOW + ahead, now=NOW, hours=CARE)
    assert refused.value.code == code


def test_a_follow_up_may_be_planned_for_any_hour() -> None:
    night = NOW + timedelta(hours=9)
    assert promises.require_time(PromiseKind.FOLLOW_UP, night, now=NOW, hours=CARE) == night
