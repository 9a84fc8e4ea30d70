"""What every conversation store promises of tickets, their clocks, alerts, promises and teams' hours."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from handoff.domain import sla, tickets
from handoff.domain.alerts import Alert, AlertKind
from handoff.domain.contact import Contact, ContactKind
from handoff.domain.conversation import Conversation
from handoff.domain.promises import OPEN_PROMISES, Promise, PromiseKind, PromiseStatus
from handoff.domain.sla import ClockKind, Rules
from handoff.domain.tickets import UNRESOLVED, Analysis, Ticket, TicketStatus, TicketType
from handoff.policy.hours import load_hours
from handoff.policy.service_levels import load_service_levels
from handoff.service.store import Store
from kernel.clock import FixedClock
from tests import building

LEVELS = load_service_levels()
RULES = Rules(load_hours()["care"], LEVELS.targets[TicketType.QUESTION], LEVELS.ladder)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def now(clock: FixedClock) -> datetime:
    return clock.now()


@pytest.fixture
async def talk(store: Store, now: datetime) -> Conversation:
    """A conversation to have tickets in."""
    made = building.conversation(now)
    async with store.write() as tx:
        await tx.add_conversation(made)
    return made


def _ticket(talk: Conversation, at: datetime, count: int = 1, **changed: object) -> Ticket:
    opened = tickets.open_ticket(
        number=tickets.write_number(count),
        conversation_id=talk.conversation_id,
        customer_id="demo-1",
        type=TicketType.QUESTION,
        skill="general",
        at=at,
        rules=RULES,
    )
    return replace(opened, **changed)  # type: ignore[arg-type]


async def _add(store: Store, *found: Ticket) -> None:
    async with store.write() as tx:
        for ticket in found:
            await tx.add_ticket(ticket)


async def test_a_ticket_comes_back_as_it_was_stored(store: Store, now: datetime, talk: Conversation) -> None:
    stored = _ticket(
        talk,
        now,
        agent_id="a_1",
        tags=("환불", "vip"),
        wants_contact=True,
        contact=Contact(ContactKind.PHONE, "010-1234-5678"),
        analysis=Analysis("other", "요인", "조치", "a_1", now),
    )
    await _add(store, stored)
    async with store.read() as tx:
        assert await tx.find_ticket(stored.number) == stored
        assert await tx.list_tickets_of([talk.conversation_id]) == [stored]
        assert await tx.find_ticket("CS-1") is None
        assert await tx.find_newest_ticket(talk.conversation_id) == replace(stored, clocks=None)
        assert await tx.find_newest_ticket("c_1") is None


async def test_of_a_clocks_rounds_the_latest_comes_back(store: Store, now: datetime, talk: Conversation) -> None:
    ticket = _ticket(talk, now)
    await _add(store, ticket)
    case = ticket.clocks
    assert case is not None
    for minute in range(3):
        case = sla.agent_answered(case, now + 2 * minute * MINUTE, RULES)
        case = sla.customer_wrote(case, now + (2 * minute + 1) * MINUTE, RULES)
        async with store.write() as tx:
            await tx.save_ticket(replace(ticket, clocks=case))
    async with store.read() as tx:
        found = await tx.find_ticket(ticket.number)
    assert found is not None and found.clocks == case
    assert case.next is not None and case.next.round == 3


async def test_numbers_are_dense_however_many_are_taken_at_once(store: Store) -> None:
    async def take() -> int:
        async with store.write() as tx:
            return await tx.take_ticket_number()

    async def take_and_fail() -> None:
        async with store.write() as tx:
            await tx.take_ticket_number()
            raise RuntimeError

    await asyncio.gather(*(take_and_fail() for _ in range(5)), return_exceptions=True)
    assert sorted(await asyncio.gather(*(take() for _ in range(20)))) == list(range(1, 21))


async def test_clocks_are_found_once_they_pass_a_step(store: Store, now: datetime, talk: Conversation) -> None:
    early, late = _ticket(talk, now), _ticket(talk, now + 5 * MINUTE, 2)
    await _add(store, late, early)
    assert early.clocks is not None and (due := early.clocks.first.next_at) is not None
    async with store.read() as tx:
        assert await tx.list_ticket_clocks_due(due - MINUTE, limit=10) == []
        assert await tx.list_ticket_clocks_due(due, limit=10) == [early.number]
        assert await tx.list_ticket_clocks_due(due + 9 * MINUTE, limit=10) == [early.number, late.number]
        assert await tx.list_ticket_clocks_due(due + 9 * MINUTE, limit=1) == [early.number]
    async with store.write() as tx:
        await tx.save_ticket(replace(early, clocks=sla.resolve_case(early.clocks, now, RULES)))
    async with store.read() as tx:
        assert await tx.list_ticket_clocks_due(due + 9 * MINUTE, limit=10) == [late.number]


async def test_tickets_are_listed_by_what_is_asked_for(store: Store, now: datetime, talk: Conversation) -> None:
    one = _ticket(talk, now, 1, tags=("환불",), agent_id="a_1")
    two = _ticket(talk, now + MINUTE, 2, type=TicketType.COMPLAINT, customer_id="demo-2", status=TicketStatus.OPEN)
    three = _ticket(talk, now + 2 * MINUTE, 3, status=TicketStatus.MERGED, merged_into=one.number)
    await _add(store, one, two, three)

    async with store.read() as tx:

        async def numbers(**asked: object) -> list[str]:
            found = await tx.list_tickets(statuses=asked.pop("statuses", UNRESOLVED), **asked)  # type: ignore[arg-type]
            return [ticket.number for ticket in found]

        assert await numbers() == [two.number, one.number]
        assert await numbers(type=TicketType.COMPLAINT) == [two.number]
        assert await numbers(agent_id="a_1") == [one.number]
        assert await numbers(customer_id="demo-2") == [two.number]
        assert await numbers(conversation_id=talk.conversation_id, statuses=tuple(TicketStatus)) == [
            three.number,
            two.number,
            one.number,
        ]
        assert await numbers(conversation_id="c_none") == []
        assert await numbers(tag="환불") == [one.number]
        assert await numbers(tag="환") == []
        assert await numbers(statuses=[TicketStatus.MERGED]) == [three.number]
        assert await numbers(limit=1) == [two.number]
        assert [ticket.number for ticket in await tx.list_merged_into(one.number)] == [three.number]


async def test_two_changes_never_make_the_same_version(store: Store, now: datetime, talk: Conversation) -> None:
    await _add(store, ticket := _ticket(talk, now))
    async with store.write() as tx:
        await tx.add_ticket_event(ticket.number, 2, "tags", "a_1", now, {"tags": ["환불"]})
    with pytest.raises(Exception):  # noqa: B017  (each store's own kind)
        async with store.write() as tx:
            await tx.add_ticket_event(ticket.number, 2, "type", "a_2", now, {})
    async with store.read() as tx:
        assert await tx.list_ticket_events(ticket.number) == [
            {"version": 2, "kind": "tags", "actor": "a_1", "at": now, "detail": {"tags": ["환불"]}}
        ]


async def test_the_same_thing_is_told_once(store: Store, now: datetime, talk: Conversation) -> None:
    await _add(store, ticket := _ticket(talk, now))
    alert = Alert("x", AlertKind.WARNING, ticket.number, talk.conversation_id, now, None, ("agent",), {"percent": 75})
    async with store.write() as tx:
        assert await tx.add_alert(alert) and not await tx.add_alert(replace(alert, at=now + MINUTE))
    async with store.write() as tx:
        await tx.save_alert(replace(alert, seen_by=("a_1",)))
    async with store.read() as tx:
        (found,) = await tx.list_alerts(since=now, limit=10)
        assert found == replace(alert, seen_by=("a_1",)) == await tx.find_alert("x")
        assert await tx.list_alerts(since=now + MINUTE, limit=10) == []
        assert await tx.find_alert("y") is None


def _promise(ticket: Ticket, due_at: datetime, promise_id: str = "p_1", **changed: object) -> Promise:
    values: dict[str, object] = {
        "promise_id": promise_id,
        "number": ticket.number,
        "conversation_id": ticket.conversation_id,
        "kind": PromiseKind.CALLBACK,
        "status": PromiseStatus.PLANNED,
        "due_at": due_at,
        "note": "전화",
        "agent_id": "a_1",
        "skill": "general",
        "version": 1,
        "created_by": "a_1",
        "created_at": due_at,
    }
    return Promise(**values | changed)  # type: ignore[arg-type]


async def test_promises_are_found_at_their_time_and_listed_by_who_keeps_them(
    store: Store, now: datetime, talk: Conversation
) -> None:
    await _add(store, ticket := _ticket(talk, now))
    mine, nobodys = _promise(ticket, now + MINUTE), _promise(ticket, now, "p_2", agent_id=None)
    others = _promise(ticket, now, "p_3", agent_id="a_2", status=PromiseStatus.DUE)
    async with store.write() as tx:
        for promise in (mine, nobodys, others):
            await tx.add_promise(promise)
    async with store.read() as tx:
        assert await tx.find_promise("p_1") == mine
        assert await tx.find_promise("p_9") is None
        assert await tx.list_promises_due(now, limit=10) == ["p_2"]
        assert await tx.list_promises_due(now + MINUTE, limit=10) == ["p_2", "p_1"]
        assert await tx.list_promises(statuses=OPEN_PROMISES, agent_id="a_1") == [nobodys, mine]
        assert await tx.list_promises(statuses=OPEN_PROMISES, number=ticket.number) == [nobodys, others, mine]
        assert await tx.list_promises(statuses=OPEN_PROMISES, number="CS-1") == []
    async with store.write() as tx:
        await tx.save_promise(replace(nobodys, status=PromiseStatus.DONE, outcome="했어요", version=2))
    async with store.read() as tx:
        assert await tx.list_promises_due(now, limit=10) == []
        assert (await tx.find_promise("p_2")) == replace(
            nobodys, status=PromiseStatus.DONE, outcome="했어요", version=2
        )


async def test_the_newest_hours_of_each_team_hold_and_a_version_is_stored_once(store: Store, now: datetime) -> None:
    first = replace(load_hours()["care"], version=2, closed_days=frozenset({date(2026, 12, 31)}))
    second = replace(first, version=3, rests_on_holidays=False)
    async with store.write() as tx:
        assert await tx.list_changed_hours() == []
        for hours in (first, second):
            assert await tx.add_hours(hours, by="a_1", at=now)
        assert not await tx.add_hours(first, by="a_2", at=now)
    async with store.read() as tx:
        assert await tx.list_changed_hours() == [second]


async def test_a_ticket_without_clocks_is_a_ticket(store: Store, now: datetime, talk: Conversation) -> None:
    await _add(store, old := _ticket(talk, now, clocks=None))
    async with store.read() as tx:
        assert await tx.find_ticket(old.number) == old


def test_targets_have_every_clock() -> None:
    assert all(set(targets) == set(ClockKind) for targets in LEVELS.targets.values())
