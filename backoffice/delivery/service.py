"""Answers "where is it and when does it come" for one customer's orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.customers.tables import customers
from backoffice.delivery.arrival import Spans, list_scopes
from backoffice.delivery.events import CourierEvent, Intake
from backoffice.delivery.intake import Taken, record_event
from backoffice.delivery.policy import Assessment, DeliveryFacts, StageTimes, assess, find_stage
from backoffice.delivery.rulebook import DeliveryRules
from backoffice.delivery.rules import load_rules
from backoffice.delivery.tables import DOUBTS, deliveries, delivery_flags, delivery_spans, delivery_stages
from backoffice.orders.model import Order, Parcel
from backoffice.orders.port import Orders, SqlOrders
from backoffice.orders.tables import OPEN_STATUSES, orders
from kernel.clock import KST, Clock
from kernel.database import read

__all__ = ["CourierEvent", "Delivery", "DeliveryService", "Intake", "Taken", "read_deliveries", "record_event"]

_IS_DOUBTED = (
    sa.select(delivery_flags.c.row_id)
    .where(
        delivery_flags.c.order_id == orders.c.order_id,
        delivery_flags.c.resolved_at.is_(None),
        delivery_flags.c.kind.in_([kind.value for kind in DOUBTS]),
    )
    .exists()
)
# One row a stage; an order without stages or without a reported delivery still has one.
_PARCELS = (
    sa.select(
        orders.c.order_id,
        *(column for column in deliveries.c if column.name not in ("order_id", "address")),
        sa.func.coalesce(deliveries.c.address, customers.c.address).label("address"),
        _IS_DOUBTED.label("is_doubted"),
        delivery_stages.c.stage,
        delivery_stages.c.planned_at,
        delivery_stages.c.actual_at,
    )
    .select_from(
        orders.join(customers, customers.c.customer_id == orders.c.customer_id)
        .outerjoin(deliveries, deliveries.c.order_id == orders.c.order_id)
        .outerjoin(delivery_stages, delivery_stages.c.order_id == orders.c.order_id)
    )
    .where(orders.c.order_id.in_(sa.bindparam("order_ids", expanding=True)))
)
_SPANS = sa.select(delivery_spans).where(delivery_spans.c.scope.in_(sa.bindparam("scopes", expanding=True)))


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

    def __init__(self, engine: AsyncEngine, clock: Clock, orders: Orders | None = None) -> None:
        self._engine = engine
        self._clock = clock
        self._orders = orders or SqlOrders(engine)
        self.rules = load_rules()

    async def list_open(self, customer_id: str, *, limit: int) -> Sequence[Delivery]:
        """Return the deliveries still under way, newest order first; empty when there are none."""
        found = await self._orders.list_orders(customer_id, limit=limit, with_open=True)
        return await self._judge([order for order in found if order.is_open][:limit])

    async def find(self, customer_id: str, order_id: str) -> Delivery | None:
        """Return the delivery of this customer's order; None when it is another's or nobody's."""
        order = await self._orders.find_order(customer_id, order_id)
        return (await self._judge([order]))[0] if order else None

    async def find_latest(self, customer_id: str) -> Delivery | None:
        """Return the delivery of the newest order, whatever became of it; None when nothing was ever ordered."""
        found = await self._judge(await self._orders.list_orders(customer_id, limit=1))
        return found[0] if found else None

    async def list_concerned(self, customer_id: str, *, limit: int) -> Sequence[Delivery]:
        """Return the newest orders' deliveries and, besides them, those still under way, newest order first."""
        return await self._judge(await self._orders.list_orders(customer_id, limit=limit, with_open=True))

    async def _judge(self, found: Sequence[Order]) -> list[Delivery]:
        if not found:
            return []
        async with read(self._engine) as connection:
            return await read_deliveries(connection, found, now=self._clock.now(), rules=self.rules)


async def read_deliveries(
    connection: AsyncConnection, found: Sequence[Order], *, now: datetime, rules: DeliveryRules
) -> list[Delivery]:
    """Return the deliveries of orders that were read before, as they stand at `now`."""
    if not found:
        return []
    rows: defaultdict[str, list[Any]] = defaultdict(list)
    for row in await connection.execute(_PARCELS, {"order_ids": [order.order_id for order in found]}):
        rows[row.order_id].append(row)
    facts = {order.order_id: _facts(order, rows[order.order_id]) for order in found}
    history = await _read_history(connection, list(facts.values()), now=now, rules=rules)
    return [
        Delivery(
            order=order,
            facts=facts[order.order_id],
            assessment=assess(facts[order.order_id], now=now, rules=rules, history=history),
            courier=facts[order.order_id].courier,
            tracking_no=_find_tracking_no(order, rows[order.order_id]),
        )
        for order in found
    ]


def _find_tracking_no(order: Order, rows: Sequence[Any]) -> str | None:
    found: str | None = rows[0].tracking_no if rows else (order.parcel or Parcel()).tracking_no
    return found


def _facts(order: Order, rows: Sequence[Any]) -> DeliveryFacts:
    if not rows:  # an order that lives in another system
        return DeliveryFacts(status=order.status, **_told(order.parcel or Parcel()))
    parcel = rows[0]
    return DeliveryFacts(
        status=order.status,
        promised_on=parcel.promised_date,
        eta_on=parcel.eta_date,
        eta_at=parcel.eta_at,
        delivered_at=parcel.delivered_at,
        delivered_place=parcel.delivered_place,
        delay_reason=parcel.delay_reason,
        courier=parcel.courier,
        address=parcel.address,
        moved_count=len(parcel.eta_history or ()),
        is_doubted=bool(parcel.is_doubted),
        stages=tuple(StageTimes(row.stage, row.planned_at, row.actual_at) for row in rows if row.stage),
    )


def _told(parcel: Parcel) -> dict[str, Any]:
    return {name: value for name, value in vars(parcel).items() if name != "tracking_no"}


async def _read_history(
    connection: AsyncConnection, parcels: Sequence[DeliveryFacts], *, now: datetime, rules: DeliveryRules
) -> Mapping[str, Spans]:
    """Return how long parcels like those took whose day nobody has named; without such ones nothing is asked."""
    today = now.astimezone(KST).date()
    scopes: set[str] = set()
    for parcel in parcels:
        named = parcel.eta_on or parcel.promised_on
        if parcel.status in OPEN_STATUSES and (named is None or named < today):
            stage, _ = find_stage(parcel, now=now, rules=rules)
            area = rules.areas.find(parcel.address)
            scopes.update(list_scopes(courier=parcel.courier, area=area.name, stage=stage))
    if not scopes:
        return {}
    found: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for row in await connection.execute(_SPANS, {"scopes": sorted(scopes)}):
        found[row.scope][row.business_days] = row.parcel_count
    return found
