"""Every question asked for a customer finds its rows by an index, and a large shop is filled with what agrees."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice import demo, schema
from backoffice.demo.scale import EVENTS_EACH, ORDERS_EACH, load_scale
from backoffice.reconciliation.service import carry_out_wanted, want_run
from backoffice.schema import compensation_requests, customers, delivery_stages, orders
from kernel.clock import FixedClock
from kernel.database import create_engine, read, write
from ops.bench.plans import list_scans
from ops.bench.queries import QUESTIONS, noting


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


ALIAS = customers.alias("somebody")
BY_INDEX = sa.select(orders).where(orders.c.customer_id == "scale-000001")
IN_WHOLE_INDEX = sa.select(orders.c.order_id).order_by(orders.c.order_id)
WHOLE = {
    "a column without an index": sa.select(customers).where(customers.c.email == "x"),
    "under another name": sa.select(ALIAS).where(ALIAS.c.email == "x"),
    "one of two": sa.select(customers).join(orders).where(orders.c.paid_krw == 5),
    "within another question": sa.select(sa.exists(sa.select(orders).where(orders.c.paid_krw == 5))),
}


@pytest.fixture
async def large(shop: AsyncEngine, clock: FixedClock) -> AsyncEngine:
    """A shop on each database with so many rows that an index pays, and statistics of them."""
    await load_scale(shop, clock, customer_count=300, on_progress=lambda _: None)
    return shop


async def _scanned(engine: AsyncEngine, *asked: sa.Select[Any]) -> set[str]:
    with noting(engine) as statements:
        async with read(engine) as connection:
            for question in asked:
                await connection.execute(question)
    return {scan.table for scan in await list_scans(engine, statements)}


async def test_a_question_without_an_index_is_found_out_by_its_table(large: AsyncEngine) -> None:
    found = {name: await _scanned(large, question) for name, question in WHOLE.items()}
    assert found == {
        "a column without an index": {"customers"},
        "under another name": {"customers"},
        "one of two": {"orders"},
        "within another question": {"orders"},
    }


async def test_a_whole_index_is_as_bad_as_a_whole_table(large: AsyncEngine) -> None:
    assert await _scanned(large, IN_WHOLE_INDEX) == {"orders"}


async def test_a_question_with_an_index_is_not_blamed_in_a_shop_large_small_or_empty(
    large: AsyncEngine, clock: FixedClock
) -> None:
    empty = sa.select(compensation_requests).where(compensation_requests.c.customer_id == "c1")
    few = sa.select(customers).where(customers.c.customer_id == "scale-000001")
    assert await _scanned(large, BY_INDEX, empty, few) == set()


async def test_a_table_of_a_few_rows_is_named_where_there_is_no_other_way(large: AsyncEngine) -> None:
    without = sa.select(compensation_requests).where(compensation_requests.c.reason == "x")
    assert await _scanned(large, without) == {"compensation_requests"}


async def test_nor_does_any_question_in_a_shop_that_is_filled_and_counted(shop: AsyncEngine, clock: FixedClock) -> None:
    await load_scale(shop, clock, customer_count=1_500, on_progress=lambda _: None)
    found = {}
    for question, ask in QUESTIONS.items():
        with noting(shop) as statements:
            await ask(shop, clock, "scale-000007", "S000007-3")
        found |= {question: scans} if (scans := await list_scans(shop, statements)) else {}
    assert found == {}


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
