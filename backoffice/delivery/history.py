"""Learns from the parcels that came how long parcels take. Done every night, and once with demo data."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.customers.tables import customers
from backoffice.delivery.arrival import PastDelivery, count_spans
from backoffice.delivery.rulebook import DeliveryRules
from backoffice.delivery.rules import load_rules
from backoffice.delivery.tables import deliveries, delivery_spans, delivery_stages
from backoffice.orders.tables import orders
from kernel.database import create_engine, read, write

log = structlog.get_logger()

# What is older says little about today's couriers; more parcels than these make no window narrower.
_DAYS_BACK = 180
_MOST_PARCELS = 5_000

_CAME = (
    sa.select(
        deliveries.c.order_id,
        deliveries.c.courier,
        deliveries.c.delivered_at,
        deliveries.c.promised_date,
        sa.func.coalesce(deliveries.c.address, customers.c.address).label("address"),
    )
    .join(orders, orders.c.order_id == deliveries.c.order_id)
    .join(customers, customers.c.customer_id == orders.c.customer_id)
    .where(deliveries.c.delivered_at >= sa.bindparam("since"), deliveries.c.delivered_at <= sa.bindparam("until"))
    .order_by(deliveries.c.delivered_at.desc())
    .limit(_MOST_PARCELS)
)
_STAGES = sa.select(delivery_stages.c.order_id, delivery_stages.c.stage, delivery_stages.c.actual_at).where(
    delivery_stages.c.actual_at.is_not(None), delivery_stages.c.order_id.in_(sa.bindparam("order_ids", expanding=True))
)
_IDS_AT_ONCE = 1_000


@dataclass(frozen=True)
class Learnt:
    """The rows of `delivery_spans`, and of how many parcels they are."""

    parcel_count: int
    rows: list[dict[str, Any]]


async def learn(connection: AsyncConnection, now: datetime, rules: DeliveryRules | None = None) -> int:
    """Count the spans of the newest deliveries anew; return how many deliveries they are from."""
    learnt = await _count(connection, now, rules or load_rules())
    await _keep(connection, learnt)
    return learnt.parcel_count


async def learn_apart(engine: AsyncEngine, now: datetime) -> int:
    """Do the same without holding anybody up: read and counted in a thread, with a connection and a loop of its own."""
    began_s = time.monotonic()
    url = engine.url.render_as_string(hide_password=False)
    learnt = await asyncio.to_thread(asyncio.run, _count_at(url, now))
    async with write(engine) as connection:
        await _keep(connection, learnt)
    duration_ms = round((time.monotonic() - began_s) * 1000)
    log.info("delivery_times_learnt", parcel_count=learnt.parcel_count, duration_ms=duration_ms)
    return learnt.parcel_count


async def _count_at(url: str, now: datetime) -> Learnt:
    engine = create_engine(url, pool_size=1)
    try:
        async with read(engine) as connection:
            return await _count(connection, now, load_rules())
    finally:
        await engine.dispose()


async def _count(connection: AsyncConnection, now: datetime, rules: DeliveryRules) -> Learnt:
    past = await list_past(connection, now, rules)
    rows = [
        {"scope": scope, "business_days": days, "parcel_count": count}
        for scope, spans in count_spans(past, rules).items()
        for days, count in spans.items()
    ]
    return Learnt(len(past), rows)


async def _keep(connection: AsyncConnection, learnt: Learnt) -> None:
    await connection.execute(delivery_spans.delete())
    if learnt.rows:
        await connection.execute(delivery_spans.insert(), learnt.rows)


async def list_past(connection: AsyncConnection, now: datetime, rules: DeliveryRules) -> list[PastDelivery]:
    """Return the newest deliveries that came before `now`, the newest first."""
    since = now - timedelta(days=_DAYS_BACK)
    came = (await connection.execute(_CAME, {"since": since, "until": now})).all()
    reached: defaultdict[str, dict[str, datetime]] = defaultdict(dict)
    for start in range(0, len(came), _IDS_AT_ONCE):
        ids = [row.order_id for row in came[start : start + _IDS_AT_ONCE]]
        for row in await connection.execute(_STAGES, {"order_ids": ids}):
            stage = rules.find_stage(row.stage)
            if stage is not None:
                known = reached[row.order_id]
                known[stage] = min(known.get(stage, row.actual_at), row.actual_at)
    return [_past(row, reached[row.order_id], rules) for row in came]


def _past(row: Any, reached: dict[str, datetime], rules: DeliveryRules) -> PastDelivery:
    return PastDelivery(
        courier=row.courier,
        area=rules.areas.find(row.address).name,
        reached=reached,
        delivered_at=row.delivered_at,
        promised_on=row.promised_date,
    )
