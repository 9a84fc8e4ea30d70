"""The nightly check: finds what does not agree, names nothing that does, runs once a night."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice import demo, nightly
from backoffice.backstage import HANDLERS
from backoffice.jobs.service import Jobs
from backoffice.reconciliation.checks import CHECKS
from backoffice.reconciliation.service import Report, carry_out_wanted, find_last_report, next_night, want_run
from backoffice.schema import (
    coupon_events,
    coupons,
    customers,
    deliveries,
    grants,
    jobs,
    order_items,
    orders,
    points,
    refunds,
)
from kernel.clock import FixedClock
from kernel.database import create_engine, read, write


async def _run(engine: AsyncEngine, clock: FixedClock) -> Report:
    async with write(engine) as connection:
        await want_run(connection, clock.now())
    report = await carry_out_wanted(engine, clock)
    assert report is not None
    return report


async def _order(engine: AsyncEngine, clock: FixedClock, **values: object) -> None:
    row = {"order_id": "o1", "customer_id": "c1", "ordered_at": clock.now(), "status": "paid"} | values
    async with write(engine) as connection:
        await connection.execute(customers.insert().values(customer_id="c1", grade="basic"))
        await connection.execute(orders.insert().values(**row))


async def _add(engine: AsyncEngine, table: sa.Table, **values: object) -> None:
    async with write(engine) as connection:
        await connection.execute(table.insert().values(**values))


async def _break(engine: AsyncEngine, clock: FixedClock, check: str) -> None:
    """Make the one disagreement that `check` is there for."""
    now = clock.now()
    if check == "order_total":
        await _order(engine, clock, paid_krw=900, discount_krw=50)
        await _add(engine, order_items, order_id="o1", product="양말", quantity=2, price_krw=500)
    elif check == "delivered_without_delivery":
        await _order(engine, clock, status="delivered")
    elif check == "ended_but_delivered":
        await _order(engine, clock, status="cancelled")
        await _add(engine, deliveries, order_id="o1", delivered_at=now)
    elif check == "refund_above_payment":
        await _order(engine, clock, paid_krw=100)
        await _add(engine, refunds, order_id="o1", amount_krw=101)
    elif check == "cancelled_without_refund":
        await _order(engine, clock, status="cancelled", paid_krw=100)
    elif check == "merged_into_nothing":
        await _order(engine, clock, status="merged", merged_into="o2")
    elif check == "points_below_zero":
        await _order(engine, clock)
        for amount in (100, -101):
            await _add(engine, points, customer_id="c1", amount_krw=amount, at=now)
    elif check == "coupon_used_too_late":
        await _order(engine, clock)
        await _add(engine, coupons, customer_id="c1", coupon_id="k1", issued_at=now, expires_at=now)
        used = {"place": 0, "kind": "used", "at": now + timedelta(seconds=1)}
        await _add(engine, coupon_events, customer_id="c1", coupon_id="k1", **used)
    elif check == "grant_without_decision":
        await _order(engine, clock)
        await _add(engine, grants, customer_id="c1", order_id="o1", kind="points", amount_krw=1, at=now)


@pytest.mark.parametrize("check", [check.name for check in CHECKS])
async def test_each_check_finds_what_it_is_there_for(shop: AsyncEngine, clock: FixedClock, check: str) -> None:
    await _break(shop, clock, check)
    report = await _run(shop, clock)
    assert [found.check for found in report.found] == [check]
    assert await find_last_report(shop) == report


async def test_what_agrees_is_not_named(shop: AsyncEngine, clock: FixedClock) -> None:
    await _order(shop, clock, paid_krw=950, discount_krw=50, status="delivered")
    await _add(shop, order_items, order_id="o1", product="양말", quantity=2, price_krw=500)
    await _add(shop, deliveries, order_id="o1", delivered_at=clock.now())
    await _add(shop, points, customer_id="c1", amount_krw=100, at=clock.now())
    assert (await _run(shop, clock)).found == []


async def test_the_invented_shop_agrees_with_itself(shop: AsyncEngine, clock: FixedClock) -> None:
    await demo.load(shop, clock)
    assert [(found.check, found.subject) for found in (await _run(shop, clock)).found] == []


async def test_a_run_is_made_by_one_process(shop: AsyncEngine, database_url: str, clock: FixedClock) -> None:
    other = create_engine(database_url)
    async with write(shop) as connection:
        await want_run(connection, clock.now())
    reports = await asyncio.gather(*(carry_out_wanted(engine, clock) for engine in (shop, other) * 3))
    await other.dispose()
    assert sum(report is not None for report in reports) == 1


async def test_every_night_asks_for_a_run_once(shop: AsyncEngine, clock: FixedClock) -> None:
    for _ in range(2):  # two gateways start
        async with write(shop) as connection:
            await nightly.begin(connection, clock.now())
    worker = Jobs(shop, clock, HANDLERS)
    wait_s = await worker.carry_out_due()
    assert wait_s == 15 * 3600, "from noon to three in the morning"
    clock.advance(wait_s)
    await worker.carry_out_due()
    async with read(shop) as connection:
        due = (await connection.execute(sa.select(jobs.c.due_at).where(jobs.c.kind == nightly.KIND))).scalars().all()
    assert due == [clock.now() + timedelta(days=1)]
    assert await carry_out_wanted(shop, clock) is not None
    assert await carry_out_wanted(shop, clock) is None


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (datetime(2026, 11, 24, 17, 59, tzinfo=UTC), datetime(2026, 11, 24, 18, 0, tzinfo=UTC)),
        (datetime(2026, 11, 24, 18, 0, tzinfo=UTC), datetime(2026, 11, 25, 18, 0, tzinfo=UTC)),
    ],
)
def test_the_night_is_seouls(now: datetime, then: datetime) -> None:
    assert next_night(now) == then
