"""Reads orders for the customer they belong to, and for nobody else.

Every question carries the customer's id into the same single query, so that another's order and
one that does not exist cannot be told apart, by the answer or by the time it takes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.orders.model import Order, OrderItem, Refund
from backoffice.orders.tables import OPEN_STATUSES, OrderStatus, order_items, orders, refunds
from kernel.clock import KST
from kernel.database import read

# Most orders never see money back: the table of refunds is asked only where there is some.
# Not by EXISTS: for several orders PostgreSQL may then read the whole table at once.
_ONE_REFUND = sa.select(refunds.c.order_id).where(refunds.c.order_id == orders.c.order_id).limit(1).scalar_subquery()
_HAS_REFUND = _ONE_REFUND.is_not(None).label("has_refund")
_ORDERS = sa.select(orders, _HAS_REFUND).order_by(orders.c.ordered_at.desc(), orders.c.order_id.desc())
# One customer's orders, newest first; other questions narrow it down.
RECENT = _ORDERS.where(orders.c.customer_id == sa.bindparam("customer_id")).limit(sa.bindparam("limit"))
_OPEN = RECENT.where(orders.c.status.in_(OPEN_STATUSES))
# Newest ones and open ones together, each by its own index, each order once.
_CONCERNED = _ORDERS.where(
    orders.c.order_id.in_(
        sa.union(
            *(sa.select(query.with_only_columns(orders.c.order_id).subquery().c.order_id) for query in (RECENT, _OPEN))
        )
    )
)
_ONE = _ORDERS.where(orders.c.customer_id == sa.bindparam("customer_id"), orders.c.order_id == sa.bindparam("order_id"))
_ITEMS = (
    sa.select(order_items)
    .where(order_items.c.order_id.in_(sa.bindparam("order_ids", expanding=True)))
    .order_by(order_items.c.order_id, order_items.c.row_id)
)

_REFUNDS = (
    sa.select(refunds)
    .where(refunds.c.order_id.in_(sa.bindparam("order_ids", expanding=True)))
    .order_by(refunds.c.order_id, refunds.c.row_id)
)


async def list_recent(engine: AsyncEngine, customer_id: str, *, limit: int) -> Sequence[Order]:
    """Return the customer's newest orders, newest first; empty when there are none."""
    return await list_orders(engine, customer_id, limit=limit)


async def list_orders(
    engine: AsyncEngine,
    customer_id: str,
    *,
    limit: int,
    first_day: date | None = None,
    last_day: date | None = None,
    with_open: bool = False,
) -> Sequence[Order]:
    """Return the newest orders of the days in Seoul, newest first; with those still open in their place if wished."""
    statement = _CONCERNED if with_open else RECENT
    if first_day is not None:
        statement = statement.where(orders.c.ordered_at >= _midnight(first_day))
    if last_day is not None:
        statement = statement.where(orders.c.ordered_at < _midnight(last_day + timedelta(days=1)))
    async with read(engine) as connection:
        return await _collect(
            connection, await connection.execute(statement, {"customer_id": customer_id, "limit": limit})
        )


async def find_order(engine: AsyncEngine, customer_id: str, order_id: str) -> Order | None:
    """Return the order if it is this customer's; None when it is another's or nobody's."""
    async with read(engine) as connection:
        return await read_order(connection, customer_id, order_id)


async def read_order(connection: AsyncConnection, customer_id: str, order_id: str) -> Order | None:
    """Like `find_order`, within a transaction of the caller's."""
    found = await _collect(
        connection, await connection.execute(_ONE, {"customer_id": customer_id, "order_id": order_id})
    )
    return found[0] if found else None


async def _collect(connection: AsyncConnection, result: sa.CursorResult[tuple[object, ...]]) -> list[Order]:
    rows = result.all()
    if not rows:
        return []
    items: defaultdict[str, list[OrderItem]] = defaultdict(list)
    for item in await connection.execute(_ITEMS, {"order_ids": [row.order_id for row in rows]}):
        items[item.order_id].append(
            OrderItem(
                item.product,
                item.option,
                item.quantity,
                item.price_krw,
                item.row_id,
                item.cancelled_count,
                item.returned_count,
            )
        )
    paid_back: defaultdict[str, list[Refund]] = defaultdict(list)
    refunded = [row.order_id for row in rows if row.has_refund]
    if refunded:
        for refund in await connection.execute(_REFUNDS, {"order_ids": refunded}):
            paid_back[refund.order_id].append(Refund(refund.amount_krw, refund.state, refund.due_date))
    return [_order(row, tuple(items[row.order_id]), tuple(paid_back[row.order_id])) for row in rows]


def _order(row: sa.Row[tuple[object, ...]], items: tuple[OrderItem, ...], paid_back: tuple[Refund, ...]) -> Order:
    return Order(
        order_id=row.order_id,
        ordered_at=row.ordered_at,
        status=OrderStatus(row.status),
        items=items,
        paid_krw=row.paid_krw,
        discount_krw=row.discount_krw,
        payment_method=row.payment_method,
        cancelled_at=row.cancelled_at,
        cancelled_by=row.cancelled_by,
        merged_into=row.merged_into,
        used_points_krw=row.used_points_krw,
        used_coupon_id=row.used_coupon_id,
        refunds=paid_back,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), KST)
