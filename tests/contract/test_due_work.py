"""What comes due is done at its time and once, by however many gateways, on every store."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from handoff.adapters.hub import LocalHub
from handoff.domain.context import Known
from handoff.domain.conversation import Agent, Author, Conversation
from handoff.domain.ownership import Change, change_owner
from handoff.domain.promises import OPEN_PROMISES, Promise, PromiseKind, PromiseStatus
from handoff.domain.tickets import Ticket, TicketStatus
from handoff.errors import Invalid, NotFound
from handoff.service import ticketing
from handoff.service.alerts import Alerts, ServiceLevelWatch
from handoff.service.desk import Desk
from handoff.service.handing_over import append, draft, hand_over
from handoff.service.hours import OpeningHours
from handoff.service.ports import ALERTS_TOPIC, QUEUE_TOPIC, HandoffRequest
from handoff.service.promises import Promises
from handoff.service.store import Store
from handoff.service.tickets import TicketDesk
from kernel.clock import FixedClock
from tests import building

MINUTE = 60.0
HOUR = 3_600.0


class House:
    """A contact centre on one store: a waiting complaint, an agent, a supervisor, and two gateways' sweepers."""

    def __init__(self, store: Store, clock: FixedClock) -> None:
        self.store, self.clock, self.hub = store, clock, LocalHub()
        self.watches = [ServiceLevelWatch(store, self.hub, clock) for _ in range(2)]
        self.keepers = [Promises(store, self.hub, clock) for _ in range(2)]
        self.desk, self.tickets = Desk(store, self.hub, clock), TicketDesk(store, self.hub, clock)
        self.alerts = Alerts(store, self.hub, clock)
        self.agent, self.lead = building.agent("kim", presence="online"), building.agent("lead", role="supervisor")
        self.other = building.agent("park", presence="online")

    async def open(self) -> House:
        async with self.store.write() as tx:
            for agent in (self.agent, self.lead, self.other):
                await tx.add_agent(agent)
        return self

    async def complain(self, *, skill: str = "complaint", reason: str = "complaint") -> tuple[Conversation, str]:
        """A conversation that was just handed over, and what its customer was told."""
        now = self.clock.now()
        talk = building.conversation(now)
        request = HandoffRequest(reason, "bot", skill)
        async with self.store.write() as tx:
            await tx.add_conversation(talk)
            waiting, told = await hand_over(tx, talk, request, known=Known(), understanding={}, new_messages=[], at=now)
            await tx.save_conversation(waiting)
        return waiting, told

    async def say(self, conversation_id: str, author: Author) -> None:
        now = self.clock.now()
        async with self.store.write() as tx:
            talk = await tx.lock_conversation(conversation_id)
            assert talk is not None
            talk, _ = await append(tx, talk, [draft(talk, author, "말", now)], at=now)
            await tx.save_conversation(talk)

    async def ticket(self, conversation_id: str) -> Ticket:
        async with self.store.read() as tx:
            (found,) = await tx.list_tickets_of([conversation_id])
        return found

    async def talk(self, conversation_id: str) -> Conversation:
        async with self.store.read() as tx:
            found = await tx.find_conversation(conversation_id)
        assert found is not None
        return found

    async def watch(self, seconds: float) -> int:
        """Let time pass, and both gateways look at the same moment."""
        self.clock.advance(seconds)
        return sum(await asyncio.gather(*(watch.check() for watch in self.watches)))

    async def told(self, agent: Agent) -> list[tuple[str, str]]:
        """Kind and clock of the agent's alerts, oldest first."""
        found = await self.alerts.list_for(agent)
        return [(alert.kind, alert.detail.get("clock", "")) for alert, _ in reversed(found)]


@pytest.fixture
async def house(store: Store, clock: FixedClock) -> House:
    return await House(store, clock).open()


async def test_the_agent_and_supervisors_are_warned_before_the_twenty_minutes_are_over(house: House) -> None:
    talk, _ = await house.complain()
    await house.desk.claim(talk.conversation_id, house.agent, version=talk.version)
    assert await house.watch(15 * MINUTE - 1) == 0
    assert await house.told(house.agent) == []
    with house.hub.subscribe(ALERTS_TOPIC) as news:
        assert await house.watch(1) == 1
        assert ALERTS_TOPIC in await news.wait(0)
    for agent in (house.agent, house.lead):
        assert await house.told(agent) == [("sla_warning", "first_response")]
    assert await house.told(house.other) == []
    assert await house.watch(0) == 0


async def test_while_nobody_has_it_everybody_at_the_desk_is_warned_and_it_moves_to_the_front(house: House) -> None:
    talk, _ = await house.complain()
    rank = talk.ranked_at
    await house.watch(15 * MINUTE)
    assert await house.told(house.other) == [("sla_warning", "first_response")]
    with house.hub.subscribe(QUEUE_TOPIC) as news:
        await house.watch(5 * MINUTE)
        assert QUEUE_TOPIC in await news.wait(0)
    after = await house.talk(talk.conversation_id)
    assert after.priority == talk.priority + 1 and after.ranked_at is not None and rank is not None
    assert after.ranked_at < rank and after.version == talk.version
    await house.watch(20 * MINUTE)
    kinds = [kind for kind, _ in await house.told(house.lead)]
    assert kinds == ["sla_warning", "sla_breach", "sla_escalation", "sla_escalation"]


async def test_an_answer_in_time_ends_the_warnings(house: House) -> None:
    talk, _ = await house.complain()
    await house.desk.claim(talk.conversation_id, house.agent, version=talk.version)
    house.clock.advance(10 * MINUTE)
    await house.say(talk.conversation_id, Author.AGENT)
    assert await house.watch(30 * MINUTE) == 0
    await house.say(talk.conversation_id, Author.CUSTOMER)
    assert await house.watch(15 * MINUTE) == 1
    assert await house.told(house.agent) == [("sla_warning", "next_response")]


async def test_nobody_is_warned_at_night_for_what_came_in_the_evening(house: House) -> None:
    house.clock.advance(5 * HOUR + 50 * MINUTE)  # ten to six in the evening
    await house.complain()
    assert await house.watch(15 * HOUR) == 0  # ten to nine in the morning
    assert await house.watch(14 * MINUTE) == 0
    assert await house.watch(MINUTE) == 1


async def test_a_clock_that_waits_for_the_customer_warns_nobody(house: House) -> None:
    talk, _ = await house.complain()
    await house.desk.claim(talk.conversation_id, house.agent, version=talk.version)
    ticket = await house.ticket(talk.conversation_id)
    await house.tickets.change_status(ticket.number, house.agent, TicketStatus.PENDING, version=ticket.version)
    assert await house.watch(3 * HOUR) == 0
    await house.say(talk.conversation_id, Author.CUSTOMER)
    assert (await house.ticket(talk.conversation_id)).status is TicketStatus.OPEN
    assert await house.watch(15 * MINUTE) == 1


async def test_an_alert_that_was_put_away_is_gone_for_one_alone(house: House) -> None:
    await house.complain()
    await house.watch(15 * MINUTE)
    ((alert, _),) = await house.alerts.list_for(house.lead)
    await house.alerts.put_away(alert.alert_id, house.lead)
    await house.alerts.put_away(alert.alert_id, house.lead)
    assert await house.told(house.lead) == [] and len(await house.told(house.agent)) == 1


async def test_nobody_is_reminded_of_what_is_resolved(house: House) -> None:
    talk, _ = await house.complain(skill="orders", reason="customer_request")
    await house.watch(25 * MINUTE)
    assert await house.told(house.lead)
    done = await house.desk.claim(talk.conversation_id, house.agent, version=talk.version)
    await house.desk.close(talk.conversation_id, house.agent, version=done.version)
    assert (await house.ticket(talk.conversation_id)).status is TicketStatus.RESOLVED
    assert await house.told(house.lead) == []


async def _promised(house: House, minutes: int = 30) -> tuple[Conversation, Promise]:
    talk, _ = await house.complain(skill="orders", reason="customer_request")
    await house.desk.claim(talk.conversation_id, house.agent, version=talk.version)
    ticket = await house.ticket(talk.conversation_id)
    promise = await house.keepers[0].plan(
        ticket.number,
        house.agent,
        kind=PromiseKind.CALLBACK,
        due_at=house.clock.now() + timedelta(minutes=minutes),
        note="결과 알려 드리기",
        keeper_id=None,
    )
    return talk, promise


async def _due(house: House, agent: Agent) -> list[str | None]:
    found = await house.keepers[0].list_for(agent, statuses=[PromiseStatus.DUE])
    return [promise.agent_id for promise, _ in found]


async def test_a_callback_comes_due_for_its_agent_at_its_time_and_once(house: House) -> None:
    await _promised(house)
    house.clock.advance(30 * MINUTE - 1)
    assert sum(await asyncio.gather(*(keeper.come_due() for keeper in house.keepers))) == 0
    assert await _due(house, house.agent) == []
    house.clock.advance(1)
    assert sum(await asyncio.gather(*(keeper.come_due() for keeper in house.keepers))) == 1
    assert await _due(house, house.agent) == [house.agent.agent_id]
    assert await _due(house, house.other) == []
    assert ("promise_due", "") in await house.told(house.agent)
    assert sum(await asyncio.gather(*(keeper.come_due() for keeper in house.keepers))) == 0


async def test_a_callback_whose_agent_is_away_falls_to_whoever_takes_it_and_one_does(house: House) -> None:
    await _promised(house)
    async with house.store.write() as tx:
        await tx.save_presence(house.agent.agent_id, "offline")
    house.clock.advance(30 * MINUTE)
    await house.keepers[0].come_due()
    assert await _due(house, house.other) == [None]
    ((promise, _),) = await house.keepers[0].list_for(house.other, statuses=[PromiseStatus.DUE])
    takers = [house.other, house.agent, house.lead]
    results = await asyncio.gather(
        *(house.keepers[0].take(promise.promise_id, agent, version=promise.version) for agent in takers),
        return_exceptions=True,
    )
    assert sum(isinstance(result, Promise) for result in results) == 1


async def test_a_moved_callback_comes_due_again(house: House) -> None:
    _, promise = await _promised(house)
    house.clock.advance(30 * MINUTE)
    await house.keepers[0].come_due()
    later = house.clock.now() + timedelta(hours=1)
    await house.keepers[0].move(promise.promise_id, house.agent, version=2, due_at=later)
    assert await _due(house, house.agent) == []
    house.clock.advance(HOUR)
    assert await house.keepers[1].come_due() == 1
    assert len(await _due(house, house.agent)) == 1


async def test_a_ticket_with_a_promise_stays_open_when_its_conversation_ends(house: House) -> None:
    talk, promise = await _promised(house)
    ticket = await house.ticket(talk.conversation_id)
    await house.desk.close(talk.conversation_id, house.agent, version=talk.version + 1)
    assert (await house.ticket(talk.conversation_id)).status is TicketStatus.OPEN
    async with house.store.read() as tx:
        assert [p.promise_id for p in await tx.list_promises(statuses=OPEN_PROMISES, number=ticket.number)] == [
            promise.promise_id
        ]


async def test_other_hours_move_the_clocks_that_run(house: House) -> None:
    talk, _ = await house.complain()
    house.clock.advance(10 * MINUTE)
    hours = OpeningHours(house.store, house.clock)
    care = next(h for h in await hours.list() if h.team == "care")
    from_three = tuple(((15 * 60, 18 * 60),) for _ in range(7))
    await hours.change(
        "care", house.lead, version=1, week=from_three, rests_on_holidays=True, closed_days=care.closed_days
    )
    clocks = (await house.ticket(talk.conversation_id)).clocks
    assert clocks is not None and clocks.first.spent == timedelta(minutes=10)
    assert clocks.first.due_at == datetime(2026, 11, 24, 6, 10, tzinfo=UTC)  # ten past three
    assert await house.watch(HOUR) == 0


async def test_a_conversation_handed_over_again_within_a_week_goes_on_under_its_number(house: House) -> None:
    talk, _ = await house.complain(skill="orders", reason="customer_request")
    number = (await house.ticket(talk.conversation_id)).number
    for days, opens_anew in ((6, False), (8, True)):
        waiting = await house.talk(talk.conversation_id)
        done = await house.desk.claim(talk.conversation_id, house.agent, version=waiting.version)
        await house.desk.close(talk.conversation_id, house.agent, version=done.version)
        house.clock.advance(days * 24 * HOUR)
        async with house.store.write() as tx:
            again = await tx.lock_conversation(talk.conversation_id)
            assert again is not None
            again = change_owner(again, Change.REOPENED, at=house.clock.now())
            request = HandoffRequest("customer_request", "customer", "orders")
            waiting, _told = await hand_over(
                tx, again, request, known=Known(), understanding={}, new_messages=[], at=house.clock.now()
            )
            await tx.save_conversation(waiting)
        async with house.store.read() as tx:
            current = await ticketing.find_current(tx, talk.conversation_id)
        assert current is not None and (current.number != number) is opens_anew


async def test_the_bot_is_told_of_the_customers_tickets_and_of_nobody_elses(house: House) -> None:
    mine, _ = await house.complain()
    await house.complain()
    now = house.clock.now()
    async with house.store.write() as tx:
        ticket = await ticketing.find_current(tx, mine.conversation_id)
        assert ticket is not None
        await tx.save_ticket(replace(ticket, customer_id="demo-1"))
    talk = building.conversation(now, customer_id="demo-1")
    async with house.store.read() as tx:
        told = await ticketing.brief_bot(tx, talk, at=now)
        assert [entry["number"] for entry in told.tickets] == [ticket.number]
        assert told.opens_at is None
        stranger = await ticketing.brief_bot(tx, building.conversation(now), at=now)
        assert stranger.tickets == ()
        night = await ticketing.brief_bot(tx, talk, at=now + timedelta(hours=8))
        assert night.opens_at == datetime(2026, 11, 25, 0, tzinfo=UTC)


async def test_ids_that_no_database_can_hold_are_ids_of_nothing(house: House) -> None:
    talk, _ = await house.complain()
    number, due_at = (await house.ticket(talk.conversation_id)).number, house.clock.now() + timedelta(hours=1)
    keeper = house.keepers[0]
    plan = {"kind": PromiseKind.CALLBACK, "due_at": due_at, "note": "전화"}
    for refused, kind in (
        (house.tickets.view("CS-\x00", house.lead), NotFound),
        (house.tickets.merge("CS-\x00", number, house.lead, version=1, into_version=1), NotFound),
        (house.alerts.put_away("\x00", house.lead), NotFound),
        (keeper.take("\x00", house.lead, version=1), NotFound),
        (keeper.move("\x00", house.lead, version=1, due_at=due_at), NotFound),
        (keeper.plan("\x00", house.lead, keeper_id=None, **plan), NotFound),
        (keeper.plan(number, house.lead, keeper_id="\x00", **plan), Invalid),
    ):
        with pytest.raises(kind):
            await refused
