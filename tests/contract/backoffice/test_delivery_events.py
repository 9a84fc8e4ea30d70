"""Reports of couriers and the warehouse, taken in by a real database: once, in any order, whole or not at all."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice import demo
from backoffice.delivery.errors import EventFromTheFuture, EventIdReused, EventInvalid, OrderUnknown
from backoffice.delivery.intake import list_flags, resolve_flag
from backoffice.delivery.policy import Outcome
from backoffice.delivery.service import CourierEvent, DeliveryService, Intake, record_event
from backoffice.delivery.tables import FlagKind, deliveries, delivery_events, delivery_flags, delivery_stages
from backoffice.notices.tables import notices
from backoffice.orders.tables import orders
from backoffice.schema import metadata
from kernel.clock import FixedClock
from kernel.database import read, write

NOON = datetime(2026, 11, 24, 3, tzinfo=UTC)  # a Tuesday in Seoul
CLOCK = FixedClock(NOON)
ORDER = "2026-00001"


def event(what: str, hours: float = 0, **fields: Any) -> CourierEvent:
    named = {"source": "courier", "event_id": f"{what}-{hours}", "order_id": ORDER, "code": what}
    return CourierEvent(**{**named, "happened_at": NOON + timedelta(hours=hours), **fields})


@pytest.fixture
async def filled(shop: AsyncEngine, tmp_path: Path) -> AsyncEngine:
    """A shop with one paid order promised for today, and one cancelled."""
    placed = {"ordered_at": "2026-11-20T01:00:00Z"}
    stages = [{"stage": "handed_to_courier", "planned_at": "2026-11-23T09:30:00Z"}]
    paid = {
        **placed,
        "order_id": ORDER,
        "status": "paid",
        "promised_date": "2026-11-24",
        "items": [{"product": "러닝화"}, {"product": "양말"}],
        "stages": stages,
    }
    cancelled = {**placed, "order_id": "2026-00002", "status": "cancelled"}
    path = tmp_path / "in.json"
    people = [{"customer_id": "c1", "address": "서울 마포구 이음로 1", "orders": [paid, cancelled]}]
    path.write_text(json.dumps({"customers": people}), encoding="utf-8")
    await demo.import_file(shop, path, clock=CLOCK)
    return shop


async def everything(engine: AsyncEngine) -> dict[str, list[Any]]:
    """All rows of all tables."""
    async with read(engine) as connection:
        return {
            name: sorted(map(tuple, await connection.execute(sa.select(table))), key=repr)
            for name, table in metadata.tables.items()
        }


async def told(engine: AsyncEngine) -> list[str]:
    async with read(engine) as connection:
        return list((await connection.execute(sa.select(notices.c.text).order_by(notices.c.row_id))).scalars())


async def projection(engine: AsyncEngine) -> tuple[Any, ...]:
    """What customers are answered from, without the numbers of rows and the log of earlier days."""
    async with read(engine) as connection:
        parcel = (
            (await connection.execute(sa.select(deliveries).where(deliveries.c.order_id == ORDER))).mappings().one()
        )
        stages = sa.select(delivery_stages.c.stage, delivery_stages.c.planned_at, delivery_stages.c.actual_at)
        flags = sa.select(delivery_flags.c.kind, delivery_flags.c.subject)
        status = await connection.scalar(sa.select(orders.c.status).where(orders.c.order_id == ORDER))
        return (
            {name: value for name, value in parcel.items() if name != "eta_history"},
            sorted(map(tuple, await connection.execute(stages)), key=repr),
            {tuple(row) for row in await connection.execute(flags) if row.kind != FlagKind.MOVED_AGAIN},
            status,
        )


async def record_all(engine: AsyncEngine, events: Sequence[CourierEvent]) -> list[Intake]:
    return [(await record_event(engine, one, now=NOON)).outcome for one in events]


async def test_a_parcel_goes_its_way(filled: AsyncEngine) -> None:
    service = DeliveryService(filled, CLOCK)
    for code, hours, stage in [
        ("stock_confirmed", -30, "stock_confirmed"),
        ("picked_and_packed", -24, "packed"),
        ("invoice_issued", -20, "invoice_issued"),
        ("handed_to_courier", -18, "handed_over"),
        ("in_transit", -9, "sorting"),
        ("on_the_van", -4, "out_for_delivery"),
    ]:
        assert await record_all(filled, [event(code, hours, courier="바로택배")]) == [Intake.STORED]
        found = await service.find("c1", ORDER)
        assert (found.assessment.stage, found.assessment.since) == (stage, NOON + timedelta(hours=hours))
    assert await record_all(filled, [event("delivered", -1, place="문 앞")]) == [Intake.STORED]
    found = await service.find("c1", ORDER)
    assert (found.assessment.outcome, found.facts.delivered_place) == (Outcome.DELIVERED, "문 앞")
    assert found.order.status == "delivered"


async def test_the_planned_time_of_a_stage_stays_beside_the_actual_one(filled: AsyncEngine) -> None:
    await record_event(filled, event("shipped", -18), now=NOON)
    async with read(filled) as connection:
        (row,) = await connection.execute(sa.select(delivery_stages))
    assert (row.stage, row.planned_at, row.actual_at) == (
        "handed_to_courier",
        datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
        NOON - timedelta(hours=18),
    )


async def test_the_same_report_again_changes_nothing(filled: AsyncEngine) -> None:
    one = event("delay", -1, reason="weather", eta_on=date(2026, 11, 26))
    await record_event(filled, one, now=NOON)
    before = await everything(filled)
    again = await record_event(filled, one, now=NOON + timedelta(days=1))
    assert (again.outcome, again.flags) == (Intake.REPEATED, ())
    assert await everything(filled) == before


STORY = (
    event("handed_over", -30),
    event("delay", -20, reason="weather", eta_on=date(2026, 11, 26)),
    event("sorting", -22, courier="바로택배"),
    event("delivered", -4, place="문 앞"),
    event("in_transit", -1),
)


async def test_every_order_of_a_contradictory_story_ends_the_same(filled: AsyncEngine) -> None:
    ends = []
    for story in list(itertools.permutations(STORY))[::9]:
        async with write(filled) as connection:
            await connection.execute(delivery_events.delete())
            await connection.execute(delivery_flags.delete())
            await connection.execute(delivery_stages.delete())
            await connection.execute(deliveries.delete())
            await connection.execute(deliveries.insert().values(order_id=ORDER, promised_date=date(2026, 11, 24)))
            await connection.execute(orders.update().where(orders.c.order_id == ORDER).values(status="paid"))
        outcomes = await record_all(filled, [*story, *story[:2]])
        assert outcomes[-2:] == [Intake.REPEATED] * 2
        assert outcomes.count(Intake.CONTRADICTORY) == 1
        ends.append(await projection(filled))
    assert all(end == ends[0] for end in ends)
    assert ends[0][2] == {("after_delivery", "courier/in_transit--1")}


reports = st.builds(
    event,
    st.sampled_from(["packed", "handed_over", "sorting", "on_the_van", "delivered", "delay", "weather", "teleported"]),
    st.integers(-100, 0),
    event_id=st.text("abc", min_size=1, max_size=2),
    reason=st.sampled_from([None, "sorting"]),
    eta_on=st.sampled_from([None, date(2026, 11, 25), date(2026, 11, 27)]),
)


@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
async def test_any_order_and_repetition_of_reports_ends_the_same(filled: AsyncEngine, data: st.DataObject) -> None:
    events = data.draw(st.lists(reports, min_size=1, max_size=5, unique_by=lambda report: report.event_id))
    ends = []
    for story in (events, data.draw(st.permutations([*events, *events[:2]]))):
        async with write(filled) as connection:
            for table in (delivery_events, delivery_flags, delivery_stages, deliveries, notices):
                await connection.execute(table.delete())
            await connection.execute(orders.update().where(orders.c.order_id == ORDER).values(status="paid"))
        await record_all(filled, story)
        ends.append(await projection(filled))
    assert ends[0] == ends[1]


@pytest.mark.parametrize(
    ("bad", "error", "code"),
    [
        (event("paid", order_id="2026-77777"), OrderUnknown, "order_unknown"),
        (event("paid", 1), EventFromTheFuture, "event_from_the_future"),
        (event("paid", code=""), EventInvalid, "event_invalid"),
        (event("packed", event_id="first", source="warehouse"), EventIdReused, "event_id_reused"),
    ],
)
async def test_a_report_that_cannot_be_taken_leaves_everything_as_it_was(
    filled: AsyncEngine, bad: CourierEvent, error: type[Exception], code: str
) -> None:
    await record_event(filled, event("paid", -1, event_id="first", source="warehouse"), now=NOON)
    before = await everything(filled)
    with pytest.raises(error) as refused:
        await record_event(filled, bad, now=NOON)
    assert refused.value.code == code
    assert await everything(filled) == before


async def test_an_unknown_code_is_kept_for_a_person_and_moves_nothing(filled: AsyncEngine) -> None:
    taken = await record_event(filled, event("teleported", -1), now=NOON)
    assert taken.outcome is Intake.UNKNOWN_CODE
    found = await DeliveryService(filled, CLOCK).find("c1", ORDER)
    assert (found.assessment.stage, found.facts.is_doubted) == ("paid", False)
    async with read(filled) as connection:
        (flag,) = await list_flags(connection)
    assert (flag["kind"], flag["subject"]) == ("unknown_code", "courier/teleported--1")


async def test_a_parcel_on_the_move_after_its_delivery_is_doubted_until_a_person_has_looked(
    filled: AsyncEngine,
) -> None:
    await record_all(filled, [event("delivered", -5), event("sorting", -1)])
    service = DeliveryService(filled, CLOCK)
    assert (await service.find("c1", ORDER)).assessment.is_doubted
    async with read(filled) as connection:
        (flag,) = await list_flags(connection, [ORDER])
    assert await resolve_flag(filled, flag["row_id"], by="agent-1", resolution="스캔 오류", now=NOON)
    assert not await resolve_flag(filled, flag["row_id"], by="agent-2", resolution="", now=NOON)
    assert not (await service.find("c1", ORDER)).assessment.is_doubted


async def test_a_parcel_of_a_cancelled_order_on_its_way_is_contradictory(filled: AsyncEngine) -> None:
    taken = await record_event(filled, event("handed_over", -1, order_id="2026-00002"), now=NOON)
    assert taken.outcome is Intake.CONTRADICTORY
    assert (await DeliveryService(filled, CLOCK).find("c1", "2026-00002")).order.status == "cancelled"


async def test_an_older_report_that_comes_later_is_late_and_takes_nothing_back(filled: AsyncEngine) -> None:
    outcomes = await record_all(filled, [event("on_the_van", -1), event("handed_over", -20)])
    assert outcomes == [Intake.STORED, Intake.LATE]
    assert (await DeliveryService(filled, CLOCK).find("c1", ORDER)).assessment.stage == "out_for_delivery"


async def test_the_same_report_many_times_at_once_is_taken_once(filled: AsyncEngine) -> None:
    one = event("delay", -1, reason="weather", eta_on=date(2026, 11, 26))
    taken = await asyncio.gather(*(record_event(filled, one, now=NOON) for _ in range(8)))
    assert sorted(outcome.outcome for outcome in taken) == [Intake.REPEATED] * 7 + [Intake.STORED]
    assert len(await told(filled)) == 1


async def test_different_reports_at_once_are_all_in_the_end(filled: AsyncEngine) -> None:
    story = [event(code, hours) for code, hours in (("packed", -9), ("handed_over", -8), ("sorting", -7))]
    await asyncio.gather(*(record_event(filled, one, now=NOON) for one in story))
    found = await DeliveryService(filled, CLOCK).find("c1", ORDER)
    assert {stage.stage for stage in found.facts.stages} == {"packed", "handed_to_courier", "sorting"}
    assert found.order.status == "in_transit"


async def test_a_later_day_is_told_once_before_the_customer_asks(filled: AsyncEngine) -> None:
    await record_event(filled, event("delay", -3, reason="weather", eta_on=date(2026, 11, 26)), now=NOON)
    await record_event(filled, event("delay", -2, reason="weather", eta_on=date(2026, 11, 26)), now=NOON)
    assert await told(filled) == [
        "[이음] 말씀드린 11월 24일(화)보다 늦어져 죄송해요. 날씨가 좋지 않아 배송 차량이 늦어지고 있어요. "
        "러닝화 외 1건이 11월 26일(목)에 도착할 예정이에요. 길이 안전해지는 대로 다시 출발해요."
    ]


async def test_a_day_that_moves_again_is_told_in_other_words_and_given_to_a_person(filled: AsyncEngine) -> None:
    await record_event(filled, event("delay", -3, reason="weather", eta_on=date(2026, 11, 26)), now=NOON)
    await record_event(filled, event("delay", -2, reason="sorting", eta_on=date(2026, 11, 27)), now=NOON)
    second = (await told(filled))[1]
    assert "또 바뀌어 정말 죄송해요" in second
    assert "담당자가 직접 챙기고" in second
    async with read(filled) as connection:
        assert [(flag["kind"], flag["subject"]) for flag in await list_flags(connection)] == [
            ("moved_again", "2026-11-27")
        ]
    found = await DeliveryService(filled, CLOCK).find("c1", ORDER)
    assert (found.assessment.arrival.first, found.facts.moved_count) == (date(2026, 11, 27), 2)


async def test_an_earlier_day_is_good_news(filled: AsyncEngine) -> None:
    await record_event(filled, event("eta_changed", -30, eta_on=date(2026, 11, 23)), now=NOON - timedelta(days=1))
    assert await told(filled) == ["[이음] 러닝화 외 1건이 11월 23일(월)에 도착해요. 말씀드린 날보다 빨라졌어요."]


async def test_nobody_is_woken_for_a_changed_day(filled: AsyncEngine) -> None:
    late = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)  # half past ten in the evening
    await record_event(filled, event("delay", eta_on=date(2026, 11, 26)), now=late)
    async with read(filled) as connection:
        (send_at,) = (await connection.execute(sa.select(notices.c.send_at))).scalars()
    assert send_at == datetime(2026, 11, 24, 23, tzinfo=UTC)


async def test_a_parcel_that_has_come_moves_no_promise(filled: AsyncEngine) -> None:
    await record_all(filled, [event("delivered", -1), event("delay", -2, eta_on=date(2026, 11, 26))])
    assert await told(filled) == []
