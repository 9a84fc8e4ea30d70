"""Every question asked for a customer finds its rows by an index, on SQLite, where the plan is easy to read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice import demo, schema
from backoffice.benefits.service import read_benefits
from backoffice.blocking.service import list_blocks
from backoffice.customers.service import find_by_kakao_user_key, find_grade, get_panel, handoff_facts
from backoffice.delivery.service import DeliveryService
from backoffice.orders.service import find_order, list_open, list_recent
from backoffice.verification.service import list_attempts
from kernel.clock import FixedClock
from kernel.database import create_engine

CLOCK = FixedClock(datetime(2026, 11, 24, 3, tzinfo=UTC))
WHO = "demo-story-02"


@pytest.fixture
async def engine(sqlite_url: str) -> AsyncIterator[AsyncEngine]:
    """The engine of the invented shop."""
    await asyncio.to_thread(schema.upgrade, sqlite_url)
    engine = create_engine(sqlite_url)
    await demo.load(engine, CLOCK)
    yield engine
    await engine.dispose()


async def test_no_question_of_a_customers_reads_a_whole_table(engine: AsyncEngine) -> None:
    asked: list[tuple[str, Any]] = []

    @sa.event.listens_for(engine.sync_engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        asked.append((statement, parameters))

    deliveries = DeliveryService(engine, CLOCK)
    (first, *_) = await deliveries.list_open(WHO, limit=6)
    await deliveries.find(WHO, first.order.order_id)
    await deliveries.find_latest(WHO)
    await list_recent(engine, WHO, limit=6)
    await list_open(engine, WHO, limit=6)
    await find_order(engine, WHO, first.order.order_id)
    await get_panel(engine, WHO, CLOCK)
    await handoff_facts(engine, WHO, CLOCK)
    await find_by_kakao_user_key(engine, "demo-kakao-key")
    await find_grade(engine, WHO)
    await list_attempts(engine, WHO, limit=20)
    await list_blocks(engine, WHO)
    await read_benefits(engine, WHO, CLOCK)

    questions = [(statement, parameters) for statement, parameters in asked if statement.startswith("SELECT")]
    assert len(questions) > 20
    async with engine.connect() as connection:
        for statement, parameters in questions:
            plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            scans = [step.detail for step in plan if step.detail.startswith("SCAN") and is_table(step.detail)]
            assert scans == [], statement


def is_table(detail: str) -> bool:
    """Whether a step of a plan reads a table itself, not a small result of an earlier step."""
    return detail.split()[1] in schema.metadata.tables
