"""Parcels whose day has passed without a word: given a new day every morning, and told of it once."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice import demo
from backoffice.backstage import HANDLERS, Backstage
from backoffice.customers.service import handoff_facts
from backoffice.delivery import history, overdue
from backoffice.delivery.service import CourierEvent, DeliveryService, record_event
from backoffice.delivery.tables import deliveries, delivery_spans
from backoffice.jobs.service import Jobs
from backoffice.jobs.tables import jobs
from backoffice.notices.service import ConsoleNotifier
from backoffice.notices.tables import notices
from backoffice.reconciliation.service import want_run
from kernel.clock import FixedClock
from kernel.database import read, write

NOON = datetime(2026, 11, 24, 3, tzinfo=UTC)  # a Tuesday in Seoul
MORNING = datetime(2026, 11, 24, 23, tzinfo=UTC)  # eight on Wednesday


def order(number: int, status: str, **fields: Any) -> dict[str, Any]:
    return {"order_id": f"2026-{number:05d}", "ordered_at": "2026-11-18T01:00:00Z", "status": status, **fields}


ORDERS = [
    order(1, "in_transit", promised_date="2026-11-23", delay_reason="weather", items=[{"product": "러닝화"}]),
    order(2, "in_transit", promised_date="2026-11-23", eta="2026-11-27"),  # told of another day before
    order(3, "delivered", promised_date="2026-11-23", delivered_at="2026-11-23T05:00:00Z"),
    order(4, "cancelled", promised_date="2026-11-23"),
    order(5, "paid", promised_date="2026-11-26"),
]


@pytest.fixture
async def filled(shop: AsyncEngine, tmp_path: Path) -> AsyncEngine:
    path = tmp_path / "in.json"
    path.write_text(json.dumps({"customers": [{"customer_id": "c1", "orders": ORDERS}]}), encoding="utf-8")
    await demo.import_file(shop, path, clock=FixedClock(NOON))
    return shop


async def told(engine: AsyncEngine) -> list[str]:
    async with read(engine) as connection:
        return list((await connection.execute(sa.select(notices.c.text).order_by(notices.c.row_id))).scalars())


async def test_every_morning_only_the_overdue_get_a_new_day_and_a_word(filled: AsyncEngine) -> None:
    clock = FixedClock(NOON)
    async with write(filled) as connection:
        await overdue.begin(connection, NOON)
    await Jobs(filled, clock, HANDLERS).carry_out_due()
    assert await told(filled) == []
    clock.advance((MORNING - NOON).total_seconds())
    await Jobs(filled, clock, HANDLERS).carry_out_due()
    assert await told(filled) == [
        "[이음] 말씀드린 11월 23일(월)보다 늦어져 죄송해요. 날씨가 좋지 않아 배송 차량이 늦어지고 있어요. "
        "러닝화가 11월 27일(금)에 도착할 예정이에요. 길이 안전해지는 대로 다시 출발해요."
    ]
    async with read(filled) as connection:
        (due_at,) = (await connection.execute(sa.select(jobs.c.due_at))).scalars()
        row = (await connection.execute(sa.select(deliveries).where(deliveries.c.order_id == "2026-00001"))).one()
    assert due_at == MORNING + timedelta(days=1)
    assert (row.eta_date, row.eta_history) == (date(2026, 11, 27), ["2026-11-23"])


async def test_the_same_morning_twice_tells_nothing_twice(filled: AsyncEngine) -> None:
    rules = DeliveryService(filled, FixedClock(NOON)).rules
    for _ in range(2):
        async with write(filled) as connection:
            await overdue.look(connection, MORNING, rules)
    assert len(await told(filled)) == 1


async def test_a_second_new_day_is_given_to_a_person_whom_the_desk_shows(filled: AsyncEngine) -> None:
    rules = DeliveryService(filled, FixedClock(NOON)).rules
    later = MORNING + timedelta(days=5)
    for now in (MORNING, later):
        async with write(filled) as connection:
            await overdue.look(connection, now, rules)
    assert "또 바뀌어" in (await told(filled))[1]
    facts = await handoff_facts(filled, "c1", FixedClock(later))
    shown = next(order["delivery"] for order in facts["orders"] if order["order_id"] == "2026-00001")
    assert (shown["flags"], shown["moved_count"]) == (["moved_again"], 2)
    assert "확인 필요: 도착일이 두 번 이상 바뀜" in shown["line"]


async def test_what_past_parcels_took_is_learned_and_told(filled: AsyncEngine, tmp_path: Path) -> None:
    came = [
        order(
            100 + number,
            "delivered",
            courier="바로택배",
            stages=[{"stage": "in_transit", "actual_at": "2026-11-17T12:00:00Z"}],
            delivered_at="2026-11-19T05:00:00Z" if number % 10 else "2026-11-23T05:00:00Z",
        )
        for number in range(60)
    ]
    path = tmp_path / "past.json"
    path.write_text(json.dumps({"customers": [{"customer_id": "c2", "orders": came}]}), encoding="utf-8")
    await demo.import_file(filled, path, clock=FixedClock(NOON))
    spans = sa.select(delivery_spans).order_by(delivery_spans.c.scope, delivery_spans.c.business_days)
    async with write(filled) as connection:
        assert await history.learn(connection, NOON) == 61  # and the one that came before
        assert await history.learn(connection, NOON) == 61
    async with read(filled) as connection:
        learnt = (await connection.execute(spans)).all()
    async with write(filled) as connection:
        await connection.execute(delivery_spans.delete())
        await want_run(connection, NOON)
    await Backstage(filled, FixedClock(NOON), ConsoleNotifier(io.StringIO())).do_nights_work()
    async with read(filled) as connection:
        assert (await connection.execute(spans)).all() == learnt, "the night's work learns the same, apart"
    moving = CourierEvent(
        source="courier", event_id="1", order_id="2026-00001", code="in_transit", happened_at=NOON - timedelta(hours=9)
    )
    await record_event(filled, moving, now=NOON)
    found = await DeliveryService(filled, FixedClock(NOON)).find("c1", "2026-00001")
    arrival = found.assessment.arrival
    assert (arrival.first, arrival.last, arrival.past_count) == (date(2026, 11, 26), date(2026, 11, 26), 60)
    assert arrival.sure_ratio == pytest.approx(0.9)
