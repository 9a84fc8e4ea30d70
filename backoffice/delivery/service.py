"""Answers "where is it and when does it come" for one customer's orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.delivery.policy import Assessment, DeliveryFacts, DeliveryRules, StageTimes, assess
from backoffice.delivery.rules import load_rules
from backoffice.delivery.tables import deliveries, delivery_stages
from backoffice.orders.model import Order
from backoffice.orders.service import read_open, read_order, read_recent
from kernel.clock import Clock
from kernel.database import read

_ORDER_IDS = sa.bindparam("order_ids", expanding=True)
_DELIVERIES = sa.select(deliveries).where(deliveries.c.order_id.in_(_ORDER_IDS))
_STAGES = sa.select(delivery_stages).where(delivery_stages.c.order_id.in_(_ORDER_IDS))


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

    async def _judge(self, connection: AsyncConnection, orders: Sequence[Order]) -> list[Delivery]:
        if not orders:
            return []
        ids = {"order_ids": [order.order_id for order in orders]}
        parcels = {row.order_id: row for row in await connection.execute(_DELIVERIES, ids)}
        stages: defaultdict[str, list[StageTimes]] = defaultdict(list)
        for row in await connection.execute(_STAGES, ids):
            stages[row.order_id].append(StageTimes(row.stage, row.planned_at, row.actual_at))
        return [self._delivery(order, parcels.get(order.order_id), tuple(stages[order.order_id])) for order in orders]

    def _delivery(self, order: Order, row: sa.Row[tuple[object, ...]] | None, stages: tuple[StageTimes, ...]) -> Delivery:
        if row is None:
            facts = DeliveryFacts(status=order.status, stages=stages)
        else:
            facts = DeliveryFacts(
                status=order.status,
                promised_on=row.promised_date,
                eta_on=row.eta_date,
                eta_at=row.eta_at,
                delivered_at=row.delivered_at,
                delivered_place=row.delivered_place,
                delay_reason=row.delay_reason,
                stages=stages,
            )
        return Delivery(
            order=order,
            facts=facts,
            assessment=assess(facts, now=self._clock.now(), rules=self.rules),
            courier=row.courier if row is not None else None,
            tracking_no=row.tracking_no if row is not None else None,
        )
