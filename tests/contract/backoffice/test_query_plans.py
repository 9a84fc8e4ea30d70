"""Every question asked for a customer finds its rows by an index, and a large shop is filled with what agrees."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice import demo, schema
from backoffice.demo.scale import EVENTS_EACH, ORDERS_EACH, load_scale
from backoffice.reconciliation.service import carry_out_wanted, want_run
from backoffice.schema import customers, delivery_stages, orders
from kernel.clock import FixedClock
from kernel.database import create_engine, read, write
from ops.bench.queries import QUESTIONS, list_scans, noting


@pytest.fixture
async def sqlite_shop(sqlite_url: str, clock: FixedClock) -> AsyncEngine:
    """The invented shop on SQLite, whose plans do not depend on how large it is."""
    await asyncio.to_thread(schema.upgrade, sqlite_url)
    engine = create_engine(sqlite_url)
    await demo.load(engine, clock)
    return engine


@pytest.mark.parametrize("question", QUESTIONS)
async def test_no_question_of_a_customers_reads_a_whole_table(
    sqlite_shop: AsyncEngine, clock: FixedClock, question: str
) -> None:
    async with read(sqlite_shop) as connection:
        mine = sa.select(orders.c.order_id).where(orders.c.customer_id == "demo-story-02").limit(1)
        order_id = (await connection.execute(mine)).scalar_one()
    with noting(sqlite_shop) as statements:
        await QUESTIONS[question](sqlite_shop, clock, "demo-story-02", order_id)
    assert statements
    assert await list_scans(sqlite_shop, statements) == []
    await sqlite_shop.dispose()


async def test_a_question_without_an_index_is_found_out(shop: AsyncEngine) -> None:
    with noting(shop) as statements:
        async with read(shop) as connection:
            await connection.execute(sa.select(customers).where(customers.c.email == "x"))
    assert len(await list_scans(shop, statements)) == 1


async def test_a_large_shop_has_as_many_rows_as_asked_and_agrees_with_itself(
    shop: AsyncEngine, clock: FixedClock
) -> None:
    heard: list[float] = []
    await load_scale(shop, clock, customer_count=30, on_progress=heard.append)
    assert 0 < heard[-1] <= 1
    counts = []
    async with write(shop) as connection:
        for table in (customers, orders, delivery_stages):
            counts.append((await connection.execute(sa.select(sa.func.count()).select_from(table))).scalar())
        await want_run(connection, clock.now())
    assert counts == [30, 30 * ORDERS_EACH, 30 * ORDERS_EACH * EVENTS_EACH]
    report = await carry_out_wanted(shop, clock)
    assert report is not None and report.found == []
