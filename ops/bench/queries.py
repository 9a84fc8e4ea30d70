"""What the questions of customers cost in a large shop, on SQLite and on PostgreSQL, and whether each finds an index.

There is no peer: the goals are the product's own, 20 ms and 10 ms for the 95th percentile.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice import schema
from backoffice.benefits.service import read_benefits, read_benefits_and_basket
from backoffice.blocking.service import list_blocks, list_history
from backoffice.compensation.service import Cause, Claim, find_last_decision, preview
from backoffice.customers.service import find_by_kakao_user_key, find_contact, find_grade, get_panel, handoff_facts
from backoffice.delivery.changes import list_applied
from backoffice.delivery.service import DeliveryService
from backoffice.demo.scale import EVENTS_EACH, ORDERS_EACH, load_scale
from backoffice.identity.service import find_waiting
from backoffice.identity.tables import CodePurpose
from backoffice.orders.history import list_events
from backoffice.orders.port import SqlOrders
from backoffice.orders.service import (
    Query,
    find_open_return,
    find_order,
    list_options,
    list_recent,
    search,
)
from backoffice.privacy import service as privacy
from backoffice.privacy.request_tables import RequestKind
from backoffice.verification.service import list_attempts
from backoffice.verification.watch import list_told
from kernel.clock import Clock, ProductClock
from kernel.database import create_engine
from ops.bench.figures import at_most, percentile
from ops.bench.plans import list_scans
from ops.steps import step

CUSTOMERS = 100_000
QUICK_CUSTOMERS = 2_000
_ASKED = 300
_UNCOUNTED = 20
_GOALS_MS = {"sqlite": 20.0, "postgresql": 10.0}

_SEARCHED = Query(first_day=date(2026, 1, 1), last_day=date(2026, 12, 31), text="텀불러")

Question = Callable[[AsyncEngine, Clock, str, str], Awaitable[Any]]

# Every question that a customer's words can lead to; the customer and one of their orders are given.
QUESTIONS: dict[str, Question] = {
    "orders.list_recent": lambda engine, _clock, who, _order: list_recent(engine, who, limit=6),
    "orders.list_orders": lambda engine, _clock, who, _order: SqlOrders(engine).list_orders(
        who, limit=6, with_open=True
    ),
    "orders.find_order": lambda engine, _clock, who, order: find_order(engine, who, order),
    "orders.search": lambda engine, _clock, who, _order: search(SqlOrders(engine), who, _SEARCHED, limit=6),
    "orders.list_events": lambda engine, _clock, who, order: list_events(engine, who, order),
    "orders.find_open_return": lambda engine, _clock, who, order: find_open_return(engine, who, order),
    "orders.list_options": lambda engine, _clock, _who, _order: list_options(engine, "텀블러"),
    "delivery.list_open": lambda engine, clock, who, _order: DeliveryService(engine, clock).list_open(who, limit=6),
    "delivery.find": lambda engine, clock, who, order: DeliveryService(engine, clock).find(who, order),
    "delivery.find_latest": lambda engine, clock, who, _order: DeliveryService(engine, clock).find_latest(who),
    "customers.get_panel": lambda engine, clock, who, _order: get_panel(engine, who, clock),
    "customers.handoff_facts": lambda engine, clock, who, _order: handoff_facts(engine, who, clock),
    "customers.find_by_kakao_user_key": lambda engine, _clock, who, _order: find_by_kakao_user_key(engine, who),
    "customers.find_grade": lambda engine, _clock, who, _order: find_grade(engine, who),
    "verification.list_attempts": lambda engine, _clock, who, _order: list_attempts(engine, who, limit=20),
    "verification.list_told": lambda engine, clock, _who, _order: list_told(engine, now=clock.now()),
    "blocking.list_blocks": lambda engine, _clock, who, _order: list_blocks(engine, who),
    "blocking.list_history": lambda engine, _clock, who, _order: list_history(engine, who),
    "customers.find_contact": lambda engine, _clock, who, _order: find_contact(engine, who),
    "identity.find_waiting": lambda engine, clock, who, _order: find_waiting(
        engine, who, list(CodePurpose), now=clock.now()
    ),
    "privacy.find_current": lambda engine, _clock, who, _order: privacy.find_current(engine, who),
    "privacy.find_settings": lambda engine, _clock, who, _order: privacy.find_settings(engine, who),
    "privacy.find_open": lambda engine, _clock, who, _order: privacy.find_open(engine, who, RequestKind.ACCESS),
    "privacy.list_of_customer": lambda engine, _clock, who, _order: privacy.list_of_customer(engine, who),
    "delivery.list_concerned": lambda engine, clock, who, _order: DeliveryService(engine, clock).list_concerned(
        who, limit=5
    ),
    "compensation.preview": lambda engine, clock, who, order: _preview(engine, clock, who, order),
    "compensation.find_last_decision": lambda engine, _clock, who, _order: find_last_decision(engine, who),
    "privacy.find_missing_agreement": lambda engine, clock, who, _order: privacy.find_missing_agreement(
        engine, who, now=clock.now()
    ),
    "benefits.read_benefits": lambda engine, clock, who, _order: read_benefits(engine, who, clock),
    "benefits.read_benefits_and_basket": lambda engine, clock, who, _order: read_benefits_and_basket(
        engine, who, clock
    ),
    "delivery.list_applied": lambda engine, _clock, _who, order: list_applied(engine, order),
    "privacy.list_consents": lambda engine, _clock, who, _order: privacy.list_consents(engine, who),
}


async def _preview(engine: AsyncEngine, clock: Clock, customer_id: str, order_id: str) -> Any:
    """Decide about amends for a delay, as an answer does before it offers them."""
    delivery = await DeliveryService(engine, clock).find(customer_id, order_id)
    assert delivery is not None
    claim = Claim(customer_id=customer_id, order_id=order_id, cause=Cause.LATE)
    return await preview(engine, claim, delivery=delivery, now=clock.now())


def measure(*, quick: bool = False) -> dict[str, Any]:
    """Return each question's times on both databases; `quick` asks a small shop, to see that it runs."""
    count = QUICK_CUSTOMERS if quick else CUSTOMERS
    found: dict[str, Any] = {}
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="ieum-scale-"))
        urls = {
            "sqlite": f"sqlite+aiosqlite:///{folder}/shop.db",
            "postgresql": stack.enter_context(postgres(Path(folder) / "pg")),
        }
        for name, url in urls.items():
            schema.upgrade(url)
            found[name] = asyncio.run(_measure(name, url, count))
    goals = [
        at_most(f"slowest question on {name}, p95 ms", max(one["p95_ms"] for one in figures.values()), _GOALS_MS[name])
        for name, figures in found.items()
    ]
    scans = [
        f"{name}: {question} reads {table} whole"
        for name, figures in found.items()
        for question, one in figures.items()
        for table in one["scans"]
    ]
    goals.append(at_most("tables that a question reads whole", len(scans), 0))
    rows = {"customers": count, "orders": count * ORDERS_EACH, "events": count * ORDERS_EACH * EVENTS_EACH}
    return {"bench": "queries", "rows": rows, **found, "scans": scans, "goals": goals}


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Run a PostgreSQL of our own below `folder`; yield the URL of its database."""
    import pgserver

    server = pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined]
    try:
        yield f"postgresql+asyncpg://postgres:@/postgres?host={server.get_uri().partition('host=')[2]}"
    finally:
        server.cleanup()


async def _measure(name: str, url: str, count: int) -> dict[str, Any]:
    engine, clock = create_engine(url), ProductClock()
    try:
        with step(f"{name}: loading {count:,} customers with {count * ORDERS_EACH:,} orders") as progress:
            await load_scale(
                engine, clock, customer_count=count, on_progress=lambda ratio: progress.note(f"{ratio:.0%}")
            )
        figures = {}
        with step(f"{name}: asking {len(QUESTIONS)} questions of {_ASKED} customers") as progress:
            for question, ask in QUESTIONS.items():
                progress.note(question)
                figures[question] = await _ask(engine, clock, ask, count)
        return figures
    finally:
        await engine.dispose()


async def _ask(engine: AsyncEngine, clock: Clock, ask: Question, count: int) -> dict[str, Any]:
    rng = Random(1)  # noqa: S311 (whom to ask)
    taken: list[float] = []
    with noting(engine) as statements:
        for _ in range(_ASKED + _UNCOUNTED):
            number = rng.randrange(count)
            began = time.perf_counter()
            await ask(engine, clock, f"scale-{number:06d}", f"S{number:06d}-{rng.randrange(ORDERS_EACH)}")
            taken.append(time.perf_counter() - began)
    taken = taken[_UNCOUNTED:]
    return {
        "p50_ms": round(percentile(taken, 0.5) * 1000, 2),
        "p95_ms": round(percentile(taken, 0.95) * 1000, 2),
        "statements": len(statements) // (_ASKED + _UNCOUNTED),
        "scans": sorted({scan.table for scan in await list_scans(engine, statements)}),
    }


@contextmanager
def noting(engine: AsyncEngine) -> Iterator[list[tuple[str, Any]]]:
    """Collect the SELECTs that are asked meanwhile, with their parameters."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")):
            asked.append((statement, parameters))

    sa.event.listen(engine.sync_engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        sa.event.remove(engine.sync_engine, "before_cursor_execute", note)
