"""Fills a shop with very many customers, to see what its questions cost when it is large.

Rows are written in bulk, past the services: they are plain and plausible, and tell no stories.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.benefits.tables import CouponEventKind, coupon_events, coupons, points
from backoffice.blocking.tables import BlockReason, ReleaseKind, block_releases, blocks
from backoffice.compensation.tables import grants
from backoffice.customers.tables import Grade, customers
from backoffice.delivery.tables import deliveries, delivery_events, delivery_stages
from backoffice.demo.catalogue import CARRIERS, PRODUCTS
from backoffice.demo.journeys import STAGES
from backoffice.orders.tables import OrderStatus, order_items, orders, refunds
from backoffice.privacy.tables import ConsentKind, consents
from backoffice.verification import rates
from backoffice.verification.tables import Method, Result, verification_attempts
from kernel.clock import KST, Clock
from kernel.database import write

CUSTOMERS_AT_ONCE = 1000
ORDERS_EACH = 10
EVENTS_EACH = 5  # of each order
_DAYS = 540
_OPEN_FOR_DAYS = 4
_STATUSES = (OrderStatus.DELIVERED,) * 17 + (OrderStatus.CANCELLED, OrderStatus.RETURNED, OrderStatus.DELIVERED)

_RESULTS = ((Result.SUCCESS, None), (Result.FAILURE, "SMS_TIMEOUT"))
_FAILING_RATIO = 0.15
_AGREEING_RATIO = 0.6
_BLOCKED_FOR = timedelta(hours=6)
_RELEASES_KEPT = timedelta(days=5 * 365)

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Rows:
    """Rows of one table, in the order of `columns`."""

    table: sa.Table
    columns: Sequence[str]
    rows: Sequence[Row]


async def load_scale(
    engine: AsyncEngine, clock: Clock, *, customer_count: int, on_progress: Callable[[float], None], seed: int = 1
) -> None:
    """Add `customer_count` customers `scale-…` with ten orders each, of five events each, and what belongs to them.

    Raises IntegrityError when such customers are there already; what was written by then stays.
    """
    rng, now = Random(seed), clock.now()  # noqa: S311 (invented data)
    for first in range(0, customer_count, CUSTOMERS_AT_ONCE):
        numbers = range(first, min(first + CUSTOMERS_AT_ONCE, customer_count))
        async with write(engine) as connection:
            for part in _invent(numbers, rng, now):
                await _write(connection, part)
        on_progress(numbers[-1] / customer_count)
    async with write(engine) as connection:
        await rates.recount(connection, now=now)
    async with write(engine) as connection:
        await connection.execute(sa.text("ANALYZE"))


def _invent(numbers: range, rng: Random, now: datetime) -> Iterator[Rows]:
    ids = [f"scale-{number:06d}" for number in numbers]
    yield Rows(
        customers,
        ("customer_id", "name", "grade", "phone", "address", "joined_at"),
        [
            (
                *(one, "홍길동", Grade.VIP if rng.random() < 0.08 else Grade.BASIC),
                *(f"010-0000-{number % 10_000:04d}", f"서울 마포구 이음로 {number // 3}", now),
            )
            for one, number in zip(ids, numbers, strict=True)
        ],
    )
    bought = [
        _order(f"S{number:06d}-{n}", one, rng, now)
        for one, number in zip(ids, numbers, strict=True)
        for n in range(ORDERS_EACH)
    ]
    yield Rows(
        orders,
        ("order_id", "customer_id", "ordered_at", "status", "paid_krw", "discount_krw", "payment_method"),
        [(*order, 30_000, 0, "신용카드") for order in bought],
    )
    yield from _of_orders(bought, rng)
    yield from _of_customers(ids, rng, now)


def _order(order_id: str, customer_id: str, rng: Random, now: datetime) -> tuple[str, str, datetime, OrderStatus]:
    age = timedelta(days=rng.random() * _DAYS)
    is_open = age.days < _OPEN_FOR_DAYS
    return order_id, customer_id, now - age, OrderStatus.IN_TRANSIT if is_open else rng.choice(_STATUSES)


def _of_orders(bought: Sequence[tuple[str, str, datetime, OrderStatus]], rng: Random) -> Iterator[Rows]:
    yield Rows(
        order_items,
        ("order_id", "product", "option", "quantity", "price_krw"),
        [(order_id, product.name, None, 1, 15_000) for order_id, *_ in bought for product in rng.sample(PRODUCTS, 2)],
    )
    yield Rows(
        refunds,
        ("order_id", "amount_krw", "state", "due_date"),
        [
            (order_id, 30_000, "done", (at + timedelta(days=5)).astimezone(KST).date())
            for order_id, _, at, status in bought
            if status in (OrderStatus.CANCELLED, OrderStatus.RETURNED)
        ],
    )
    arrived = OrderStatus.DELIVERED
    yield Rows(
        deliveries,
        ("order_id", "promised_date", "eta_date", "delivered_at", "courier", "tracking_no"),
        [
            (
                order_id,
                (at + timedelta(days=3)).astimezone(KST).date(),
                (at + timedelta(days=3)).astimezone(KST).date(),
                at + timedelta(days=2) if status is arrived else None,
                "바로택배",
                f"{place:012d}",
            )
            for place, (order_id, _, at, status) in enumerate(bought)
        ],
    )
    yield Rows(
        delivery_stages,
        ("order_id", "stage", "planned_at", "actual_at"),
        [
            (order_id, STAGES[number], at + timedelta(hours=9 * number), at + timedelta(hours=9 * number))
            for order_id, _, at, _ in bought
            for number in range(EVENTS_EACH)
        ],
    )
    yield Rows(
        delivery_events,
        ("order_id", "source", "event_id", "code", "stage", "happened_at", "received_at", "rules_version"),
        [
            (order_id, "baro", f"{order_id}-{number}", STAGES[number], STAGES[number], happened_at, happened_at, 1)
            for order_id, _, at, _ in bought
            for number, happened_at in ((n, at + timedelta(hours=9 * n)) for n in range(EVENTS_EACH))
        ],
    )


def _of_customers(ids: Sequence[str], rng: Random, now: datetime) -> Iterator[Rows]:
    def times(count: int) -> Iterable[tuple[str, datetime]]:
        return ((one, now - timedelta(days=rng.random() * _DAYS)) for one in ids for _ in range(count))

    yield Rows(
        verification_attempts,
        ("customer_id", "at", "method", "result", "error_code", "carrier"),
        [(one, at, Method.SMS, *_RESULTS[rng.random() < _FAILING_RATIO], rng.choice(CARRIERS)) for one, at in times(3)],
    )
    yield Rows(
        points, ("customer_id", "amount_krw", "why", "at"), [(one, 500, "구매 적립", at) for one, at in times(5)]
    )
    held = [(one, f"{one}-{n}", at) for n, (one, at) in enumerate(times(2))]
    yield Rows(
        coupons,
        ("customer_id", "coupon_id", "name", "rate_percent", "issued_at", "expires_at", "stackable"),
        [(one, coupon_id, "감사 쿠폰", 10, at, at + timedelta(days=30), False) for one, coupon_id, at in held],
    )
    yield Rows(
        coupon_events,
        ("customer_id", "coupon_id", "place", "kind", "at"),
        [(one, coupon_id, 0, CouponEventKind.ISSUED, at) for one, coupon_id, at in held],
    )
    yield Rows(
        consents,
        ("customer_id", "kind", "granted", "at", "channel"),
        [(one, kind, rng.random() < _AGREEING_RATIO, at, "site") for one, at in times(1) for kind in ConsentKind],
    )
    yield from _blocks([*times(1)], now)
    yield Rows(
        grants,
        ("customer_id", "cause", "kind", "amount_krw", "at"),
        [(one, "late", "points", 3000, at) for one, at in times(1)],
    )


def _blocks(times: Sequence[tuple[str, datetime]], now: datetime) -> Iterator[Rows]:
    """Yield a block a customer, and the record of its end where that has come."""
    ended = [(one, at, at + _BLOCKED_FOR) for one, at in times if at + _BLOCKED_FOR <= now]
    ends = dict.fromkeys((one for one, *_ in ended), True)
    reason = BlockReason.SMS_FAILURES
    yield Rows(
        blocks,
        ("block_id", "customer_id", "reason", "blocked_at", "auto_release_at", "released_at"),
        [
            (f"b-{one}", one, reason, at, at + _BLOCKED_FOR, at + _BLOCKED_FOR if one in ends else None)
            for one, at in times
        ],
    )
    yield Rows(
        block_releases,
        (
            *("block_id", "customer_id", "reason", "blocked_at", "released_at", "kind", "released_by"),
            *("justification", "is_our_fault", "kept_until"),
        ),
        [
            (f"b-{one}", one, reason, at, until, ReleaseKind.TIME, "shop", "시간이 지남", False, until + _RELEASES_KEPT)
            for one, at, until in ended
        ],
    )


async def _write(connection: AsyncConnection, part: Rows) -> None:
    """Write rows by the fastest way each database has: COPY, or one prepared statement run again and again."""
    raw = (await connection.get_raw_connection()).driver_connection
    assert raw is not None, "a connection in use has a driver"
    if connection.dialect.name == "postgresql":
        await raw.copy_records_to_table(part.table.name, records=part.rows, columns=list(part.columns))
        return
    types = [part.table.c[name].type.dialect_impl(connection.dialect) for name in part.columns]
    binds = [kind.bind_processor(connection.dialect) for kind in types]
    rows = [tuple(bind(value) if bind else value for bind, value in zip(binds, row, strict=True)) for row in part.rows]
    marks = ", ".join("?" for _ in part.columns)
    await raw.executemany(f"INSERT INTO {part.table.name} ({', '.join(part.columns)}) VALUES ({marks})", rows)  # noqa: S608 (our own names)
