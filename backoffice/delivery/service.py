"""Answers "where is it and when does it come" for one customer's orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.delivery.policy import Assessment, DeliveryFacts, DeliveryRules, StageTimes, assess
from backoffice.delivery.rules import load_rules
from backoffice.delivery.tables import deliveries, delivery_stages
from backoffice.orders.model import Order
from backoffice.orders.service import read_concerned, read_open, read_order, read_recent
from backoffice.orders.tables import orders
from kernel.clock import Clock
from kernel.database import read

# One row a stage; an order without stages or without a reported delivery still has one.
_PARCELS = (
    sa.select(
        orders.c.order_id,
        *(column for column in deliveries.c if column.name not in ("order_id", "eta_history")),
        delivery_stages.c.stage,
        delivery_stages.c.planned_at,
        delivery_stages.c.actual_at,
    )
    .select_from(
        orders.outerjoin(deliveries).outerjoin(delivery_stages, delivery_stages.c.order_id == orders.c.order_id)
    )
    .where(orders.c.order_id.in_(sa.bindparam("order_ids", expanding=True)))
)


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One order, its parcel, and how it stands now."""

    order: Order
    facts: DeliveryFacts
    assessment: Assessment
    courier: str | None = None
    tracking_no: str | None = None


class DeliveryService:
    """Reads deliveries and has the policy judge them at the product's time."""

    def __init__(self, engine: AsyncEngine, clock: Clock, rules: DeliveryRules | None = None) -> None:
        self._engine = engine
        self._clock = clock
        self.rules = rules or load_rules()

    async def list_open(self, customer_id: str, *, limit: int) -> Sequence[Delivery]:
        """Return the deliveries still under way, newest order first; empty when there are none."""
        async with read(self._engine) as connection:
            return await self._judge(connection, await read_open(connection, customer_id, limit=limit))

    async def find(self, customer_id: str, order_id: str) -> Delivery | None:
        """Return the delivery of this customer's order; None when it is another's or nobody's."""
        async with read(self._engine) as connection:
            order = await read_order(connection, customer_id, order_id)
            return (await self._judge(connection, [order]))[0] if order else None

    async def find_latest(self, customer_id: str) -> Delivery | None:
        """Return the delivery of the newest order, whatever became of it; None when nothing was ever ordered."""
        async with read(self._engine) as connection:
            found = await self._judge(connection, await read_recent(connection, customer_id, limit=1))
            return found[0] if found else None

    async def list_concerned(self, customer_id: str, *, limit: int) -> Sequence[Delivery]:
        """Return the newest orders' deliveries and, besides them, those still under way, newest order first."""
        async with read(self._engine) as connection:
            return await self._judge(connection, await read_concerned(connection, customer_id, limit=limit))

    async def _judge(self, connection: AsyncConnection, found: Sequence[Order]) -> list[Delivery]:
        if not found:
            return []
        rows: defaultdict[str, list[Any]] = defaultdict(list)
        for row in await connection.execute(_PARCELS, {"order_ids": [order.order_id for order in found]}):
            rows[row.order_id].append(row)
        return [self._delivery(order, rows[order.order_id]) for order in found]

    def _delivery(self, order: Order, rows: Sequence[Any]) -> Delivery:
        parcel = rows[0]
        facts = DeliveryFacts(
            status=order.status,
            promised_on=parcel.promised_date,
            eta_on=parcel.eta_date,
            eta_at=parcel.eta_at,
            delivered_at=parcel.delivered_at,
            delivered_place=parcel.delivered_place,
            delay_reason=parcel.delay_reason,
            stages=tuple(StageTimes(row.stage, row.planned_at, row.actual_at) for row in rows if row.stage),
        )
        return Delivery(
            order=order,
            facts=facts,
            assessment=assess(facts, now=self._clock.now(), rules=self.rules),
            courier=parcel.courier,
            tracking_no=parcel.tracking_no,
        )
