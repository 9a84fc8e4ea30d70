"""Puts one customer's rows together again into the shape of a demo file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backoffice.benefits.coupons import list_all
from backoffice.benefits.tables import baskets, points
from backoffice.blocking.tables import blocks
from backoffice.compensation.tables import grants
from backoffice.customers.tables import customers
from backoffice.delivery.tables import deliveries, delivery_stages
from backoffice.demo import shape
from backoffice.errors import CustomerNotFound
from backoffice.orders.tables import order_events, order_items, order_returns, orders, refunds
from backoffice.privacy.consents import read_lines
from backoffice.privacy.policy import current_consents
from backoffice.verification.tables import verification_attempts

Found = dict[str, Any]
_REFUND = tuple(shape.Refund.model_fields)


async def read_customer(connection: AsyncConnection, customer_id: str) -> shape.Customer:
    """Return everything stored about one customer; orders oldest first, the rest as written. Raises CustomerNotFound."""
    person = (
        (await connection.execute(sa.select(customers).where(customers.c.customer_id == customer_id)))
        .mappings()
        .first()
    )
    if person is None:
        raise CustomerNotFound(customer_id)
    agreed = current_consents(await read_lines(connection, customer_id))
    given = {kind.value: line.granted for kind, line in agreed.items()}
    return shape.Customer.model_validate(
        {
            **person,
            "orders": await _read_orders(connection, customer_id),
            "blocks": await _read_entries(connection, blocks, customer_id, shape.Block),
            "verification_attempts": await _read_entries(connection, verification_attempts, customer_id, shape.Attempt),
            "points": await _read_entries(connection, points, customer_id, shape.Points),
            "coupons": await list_all(connection, customer_id),
            "grants": await _read_entries(connection, grants, customer_id, shape.Grant),
            "basket": await _read_basket(connection, customer_id),
            "consents": given or None,
        },
        strict=False,
    )


async def _read_entries(
    connection: AsyncConnection, table: sa.Table, customer_id: str, kind: type[shape.Shape]
) -> tuple[Found, ...]:
    shown = [table.c[name] for name in kind.model_fields]
    result = await connection.execute(
        sa.select(*shown).where(table.c.customer_id == customer_id).order_by(table.c.row_id)
    )
    return tuple(dict(row) for row in result.mappings())


async def _read_basket(connection: AsyncConnection, customer_id: str) -> Found | None:
    query = sa.select(baskets.c["items"], baskets.c.coupon_ids).where(baskets.c.customer_id == customer_id)
    row = (await connection.execute(query)).mappings().first()
    return dict(row) if row else None


async def _read_orders(connection: AsyncConnection, customer_id: str) -> tuple[Found, ...]:
    query = (
        sa.select(orders).where(orders.c.customer_id == customer_id).order_by(orders.c.ordered_at, orders.c.order_id)
    )
    found = [dict(row) for row in (await connection.execute(query)).mappings()]
    ids = [order["order_id"] for order in found]
    parts = {
        table: await _read_parts(connection, table, ids)
        for table in (order_items, delivery_stages, refunds, order_events, order_returns, deliveries)
    }
    return tuple(_put_together(order, parts) for order in found)


async def _read_parts(connection: AsyncConnection, table: sa.Table, order_ids: Sequence[str]) -> dict[str, list[Found]]:
    query = sa.select(table).where(table.c.order_id.in_(order_ids))
    query = query.order_by(table.c.row_id if "row_id" in table.c else next(iter(table.primary_key)))
    parts: defaultdict[str, list[Found]] = defaultdict(list)
    for row in (await connection.execute(query)).mappings():
        parts[row["order_id"]].append(
            {name: value for name, value in row.items() if name not in ("row_id", "order_id", "return_id")}
        )
    return parts


def _put_together(order: Found, parts: dict[sa.Table, dict[str, list[Found]]]) -> Found:
    order_id = order["order_id"]
    del order["customer_id"]
    order["items"] = tuple(
        item | {name: item[name] or None for name in ("cancelled_count", "returned_count")}
        for item in parts[order_items].get(order_id, ())
    )
    order["stages"] = tuple(parts[delivery_stages].get(order_id, ()))
    paid_back = [{name: one[name] for name in _REFUND} for one in parts[refunds].get(order_id, ())]
    order["refund"] = paid_back[-1] if paid_back else None
    order["earlier_refunds"] = tuple(paid_back[:-1]) or None
    order["events"] = (
        tuple(one | {"detail": one["detail"] or None} for one in parts[order_events].get(order_id, ())) or None
    )
    order["returns"] = tuple(parts[order_returns].get(order_id, ())) or None
    for parcel in parts[deliveries].get(order_id, ()):
        day, at, history = parcel.pop("eta_date"), parcel.pop("eta_at"), parcel.pop("eta_history")
        order |= parcel | {"eta": at or day, "eta_history": tuple(history or ())}
    return order
