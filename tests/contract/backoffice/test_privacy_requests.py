"""Privacy requests from receipt to the answer, on a real database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.errors import CustomerNotFound
from backoffice.jobs.service import Jobs, schedule
from backoffice.privacy import service
from backoffice.privacy.errors import MandateMissing, RequestNotFound, UnknownGround, WrongState
from backoffice.privacy.handlers import HANDLERS
from backoffice.privacy.request_tables import RequestKind, RequestState
from backoffice.privacy.requests import ALARM_JOB, move
from backoffice.privacy.service import NewRequest, PrivacyRequest
from backoffice.privacy.tables import ConsentKind
from backoffice.schema import customers, jobs, notices
from kernel.clock import FixedClock
from kernel.database import create_engine, read, write

ACCESS, LEAVE, STOP = RequestKind.ACCESS, RequestKind.LEAVE, RequestKind.STOP


@pytest.fixture(autouse=True)
async def people(shop: AsyncEngine) -> None:
    """Two customers."""
    async with write(shop) as connection:
        rows = [{"customer_id": name, "grade": "basic", "phone": "010-0000-1234"} for name in ("c1", "c2")]
        await connection.execute(customers.insert(), rows)


@pytest.fixture
async def other(shop: AsyncEngine, database_url: str) -> AsyncIterator[AsyncEngine]:
    """The engine of another process on the same shop."""
    engine = create_engine(database_url)
    yield engine
    await engine.dispose()


async def opened(shop: AsyncEngine, clock: FixedClock, kind: RequestKind = ACCESS, **more: Any) -> PrivacyRequest:
    """A request of c1, whose identity was proved by their login."""
    new = NewRequest(**{"customer_id": "c1", "kind": kind, "channel": "chat", "identity": "login", **more})
    request, is_new = await service.open_request(shop, new, now=clock.now())
    assert is_new
    return request


async def in_work(shop: AsyncEngine, clock: FixedClock, kind: RequestKind = ACCESS) -> PrivacyRequest:
    """A request that the officer has in hand."""
    request = await opened(shop, clock, kind)
    return await service.start_work(shop, request.request_id, by="officer", now=clock.now())


async def told(shop: AsyncEngine) -> list[str]:
    """What customers are told."""
    async with read(shop) as connection:
        return list((await connection.execute(sa.select(notices.c.text).order_by(notices.c.row_id))).scalars())


async def test_a_request_of_somebody_known_is_open_at_once_with_its_deadline(
    shop: AsyncEngine, clock: FixedClock
) -> None:
    request = await opened(shop, clock)
    assert request.state is RequestState.IDENTITY_CHECKED
    assert request.due_at == clock.now() + timedelta(days=10)
    assert request.days_left(clock.now()) == 10
    _, steps = await service.get_request(shop, request.request_id)
    assert [(step.what, step.note) for step in steps] == [("received", None), ("identity_checked", "login")]


async def test_every_step_is_recorded_with_who_and_when(shop: AsyncEngine, clock: FixedClock) -> None:
    new = NewRequest(customer_id="c1", kind=ACCESS, channel="letter")
    request, _ = await service.open_request(shop, new, now=clock.now())
    clock.advance(60)
    await service.confirm_identity(shop, request.request_id, how="ID card", by="officer", now=clock.now())
    clock.advance(60)
    await service.start_work(shop, request.request_id, by="officer", now=clock.now())
    clock.advance(60)
    done = await service.answer_request(
        shop, request.request_id, answer="보내 드렸어요.", by="officer", now=clock.now()
    )
    assert (done.state, done.ended_at, done.answer) == (RequestState.ANSWERED, clock.now(), "보내 드렸어요.")
    _, steps = await service.get_request(shop, request.request_id)
    assert [(step.what, step.by) for step in steps] == [
        ("received", "letter"),
        ("identity_checked", "officer"),
        ("in_work", "officer"),
        ("answered", "officer"),
    ]
    assert [(step.at - steps[0].at).total_seconds() for step in steps] == [0, 60, 120, 180]
    assert await told(shop) == ["요청하신 개인정보 열람에 답해 드려요. 보내 드렸어요."]


async def test_the_same_wish_again_gets_the_number_of_the_open_request(shop: AsyncEngine, clock: FixedClock) -> None:
    first = await opened(shop, clock)
    clock.advance(3600)
    again, is_new = await service.open_request(
        shop, NewRequest(customer_id="c1", kind=ACCESS, channel="kakao"), now=clock.now()
    )
    assert (again.request_id, is_new) == (first.request_id, False)
    assert (await opened(shop, clock, LEAVE)).request_id != first.request_id
    await service.withdraw_request(shop, first.request_id, by="c1", now=clock.now())
    assert (await opened(shop, clock)).request_id != first.request_id


async def test_the_same_turn_run_again_opens_nothing_even_after_the_request_ended(
    shop: AsyncEngine, clock: FixedClock
) -> None:
    first = await opened(shop, clock, event_key="turn-1")
    await service.withdraw_request(shop, first.request_id, by="c1", now=clock.now())
    new = NewRequest(customer_id="c1", kind=ACCESS, channel="chat", event_key="turn-1")
    again, is_new = await service.open_request(shop, new, now=clock.now())
    assert (again.request_id, is_new) == (first.request_id, False)


async def test_many_at_once_open_one_request(shop: AsyncEngine, other: AsyncEngine, clock: FixedClock) -> None:
    new = NewRequest(customer_id="c1", kind=ACCESS, channel="chat", identity="login")
    asked = [service.open_request(engine, new, now=clock.now()) for engine in (shop, other) for _ in range(5)]
    found = await asyncio.gather(*asked)
    assert len({request.request_id for request, _ in found}) == 1
    assert sum(is_new for _, is_new in found) == 1


async def test_of_two_who_end_a_request_at_once_one_is_told_that_it_has_ended(
    shop: AsyncEngine, other: AsyncEngine, clock: FixedClock
) -> None:
    request = await in_work(shop, clock)
    ends = [
        service.answer_request(shop, request.request_id, answer="네.", by="one", now=clock.now()),
        service.refuse_request(
            other, request.request_id, ground="legal_duty", explanation="", by="two", now=clock.now()
        ),
    ]
    found = await asyncio.gather(*ends, return_exceptions=True)
    assert sorted(type(one).__name__ for one in found) == ["PrivacyRequest", "WrongState"]
    _, steps = await service.get_request(shop, request.request_id)
    assert len(steps) == 4
    assert len(await told(shop)) == 1


async def test_a_step_decided_on_an_older_state_is_not_taken(shop: AsyncEngine, clock: FixedClock) -> None:
    stale = await opened(shop, clock)
    await service.start_work(shop, stale.request_id, by="officer", now=clock.now())
    with pytest.raises(WrongState):
        async with write(shop) as connection:
            await move(connection, stale, RequestState.WITHDRAWN, by="c1", note=None, now=clock.now())
    _, steps = await service.get_request(shop, stale.request_id)
    assert [step.what for step in steps] == ["received", "identity_checked", "in_work"]


async def test_an_alarm_that_comes_with_the_answer_warns_nobody(shop: AsyncEngine, clock: FixedClock) -> None:
    request = await opened(shop, clock)
    await service.withdraw_request(shop, request.request_id, by="c1", now=clock.now())
    async with write(shop) as connection:
        payload = {"request_id": request.request_id, "days": 0}
        await schedule(connection, kind=ALARM_JOB, key="late", due_at=clock.now(), payload=payload)
    await Jobs(shop, clock, HANDLERS).carry_out_due()
    _, steps = await service.get_request(shop, request.request_id)
    assert steps[-1].what == "withdrawn"


async def test_a_refusal_names_the_ground_and_how_to_object(shop: AsyncEngine, clock: FixedClock) -> None:
    request = await in_work(shop, clock)
    with pytest.raises(UnknownGround):
        await service.refuse_request(
            shop, request.request_id, ground="no", explanation="", by="officer", now=clock.now()
        )
    refused = await service.refuse_request(
        shop, request.request_id, ground="legal_duty", explanation="결제 기록이에요.", by="officer", now=clock.now()
    )
    assert (refused.state, refused.refusal_ground) == (RequestState.REFUSED, "legal_duty")
    (text,) = await told(shop)
    for part in ("개인정보 열람을 들어드리지 못해", "법에 따라", "결제 기록이에요.", "이의", "118"):
        assert part in text


async def test_somebody_who_acts_for_another_shows_a_mandate(shop: AsyncEngine, clock: FixedClock) -> None:
    for mandate in (None, "", "  "):
        with pytest.raises(MandateMissing):
            await opened(shop, clock, agent_name="김대리", mandate=mandate, identity=None)
    request = await opened(shop, clock, agent_name="김대리", mandate="위임장 2026-11-20, 인감증명", identity=None)
    found, _ = await service.get_request(shop, request.request_id)
    assert (found.agent_name, found.mandate) == ("김대리", "위임장 2026-11-20, 인감증명")
    assert found.state is RequestState.RECEIVED, "the identity is still to be checked"


async def test_what_does_not_exist_is_refused_and_leaves_nothing(shop: AsyncEngine, clock: FixedClock) -> None:
    with pytest.raises(CustomerNotFound):
        await opened(shop, clock, customer_id="nobody")
    with pytest.raises(RequestNotFound):
        await service.get_request(shop, "P000000-AAAAAA")
    request = await opened(shop, clock)
    with pytest.raises(WrongState):
        await service.answer_request(shop, request.request_id, answer="네.", by="officer", now=clock.now())
    _, steps = await service.get_request(shop, request.request_id)
    assert len(steps) == 2 and await told(shop) == []


@pytest.mark.parametrize(
    ("kind", "warned_on_days"),
    [(ACCESS, [7, 9, 10]), (RequestKind.AUTOMATED_EXPLANATION, [23, 29, 30])],
)
async def test_the_officer_is_warned_before_the_deadline_and_at_it(
    shop: AsyncEngine, clock: FixedClock, kind: RequestKind, warned_on_days: list[int]
) -> None:
    request = await opened(shop, clock, kind)
    worker = Jobs(shop, clock, HANDLERS)
    for _ in range(31):
        clock.advance(86_400)
        await worker.carry_out_due()
    _, steps = await service.get_request(shop, request.request_id)
    alarms = [(step.at - request.opened_at).days for step in steps if step.what.startswith("alarm:")]
    assert alarms == warned_on_days
    (listed,) = await service.list_open(shop)
    assert listed.days_left(clock.now()) < 0, "and it stays at the top of the list"


async def test_an_answered_request_warns_nobody(shop: AsyncEngine, clock: FixedClock) -> None:
    request = await in_work(shop, clock)
    await service.answer_request(shop, request.request_id, answer="네.", by="officer", now=clock.now())
    clock.advance(40 * 86_400)
    await Jobs(shop, clock, HANDLERS).carry_out_due()
    _, steps = await service.get_request(shop, request.request_id)
    assert not any(step.what.startswith("alarm:") for step in steps)


async def test_a_customers_requests_are_listed_newest_first(shop: AsyncEngine, clock: FixedClock) -> None:
    first = await opened(shop, clock)
    clock.advance(1)
    second = await opened(shop, clock, RequestKind.CORRECTION)
    listed = await service.list_of_customer(shop, "c1")
    assert [one.request_id for one in listed] == [second.request_id, first.request_id]


async def test_the_alarms_of_an_ended_request_are_forgotten(shop: AsyncEngine, clock: FixedClock) -> None:
    request = await opened(shop, clock)
    alarms = sa.select(sa.func.count()).select_from(jobs).where(jobs.c.kind == ALARM_JOB)
    async with read(shop) as connection:
        assert await connection.scalar(alarms) == 3
    await service.withdraw_request(shop, request.request_id, by="c1", now=clock.now())
    async with read(shop) as connection:
        assert await connection.scalar(alarms) == 0


@pytest.mark.parametrize(("at", "left"), [("2026-11-24T14:59:00Z", 10), ("2026-11-24T15:00:00Z", 9)])
async def test_days_that_are_left_change_at_midnight_in_seoul(
    shop: AsyncEngine, clock: FixedClock, at: str, left: int
) -> None:
    request = replace(await opened(shop, clock), due_at=datetime.fromisoformat("2026-12-04T03:00:00Z"))
    assert request.days_left(datetime.fromisoformat(at)) == left


async def test_the_officers_list_begins_with_what_is_due_first(shop: AsyncEngine, clock: FixedClock) -> None:
    slow = await opened(shop, clock, RequestKind.AUTOMATED_REFUSAL)
    clock.advance(86_400)
    quick = await opened(shop, clock)
    ended = await opened(shop, clock, STOP)
    await service.withdraw_request(shop, ended.request_id, by="c1", now=clock.now())
    assert [one.request_id for one in await service.list_open(shop)] == [quick.request_id, slow.request_id]


async def test_a_stop_takes_back_every_consent_that_the_service_can_do_without(
    shop: AsyncEngine, clock: FixedClock
) -> None:
    for kind in ConsentKind:
        await service.record_consent(shop, customer_id="c1", kind=kind, granted=True, channel="signup", now=clock.now())
    request = await in_work(shop, clock, STOP)
    await service.answer_request(shop, request.request_id, answer="멈췄어요.", by="officer", now=clock.now())
    current = await service.find_current(shop, "c1")
    assert {kind for kind, line in current.items() if line.granted} == {ConsentKind.SERVICE}
