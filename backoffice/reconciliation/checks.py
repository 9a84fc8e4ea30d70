"""What has to agree. Each check is one query for the rows that do not; it names their subject and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from backoffice.benefits.tables import CouponEventKind, coupon_events, coupons, points
from backoffice.compensation.tables import compensation_decisions, grants
from backoffice.delivery.tables import deliveries
from backoffice.orders.tables import OrderStatus, order_items, orders, refunds

_ENDED = (OrderStatus.CANCELLED, OrderStatus.MERGED)


@dataclass(frozen=True)
class Check:
    """`query` yields a row for each disagreement: `subject`, and whatever else helps to see what is wrong."""

    name: str
    says: str
    query: sa.Select[Any]


def _order_totals() -> sa.Select[Any]:
    items = (
        sa.select(order_items.c.order_id, sa.func.sum(order_items.c.price_krw * order_items.c.quantity).label("listed"))
        .group_by(order_items.c.order_id)
        .having(sa.func.count() == sa.func.count(order_items.c.price_krw))
        .subquery()
    )
    paid = (
        orders.c.paid_krw + sa.func.coalesce(orders.c.discount_krw, 0) + sa.func.coalesce(orders.c.used_points_krw, 0)
    )
    return (
        sa.select(orders.c.order_id.label("subject"), items.c.listed.label("items_krw"), paid.label("paid_krw"))
        .join(items, items.c.order_id == orders.c.order_id)
        .where(orders.c.status.not_in(_ENDED), paid != items.c.listed)
    )


def _refunds_above_payment() -> sa.Select[Any]:
    paid_back = sa.func.sum(refunds.c.amount_krw)
    return (
        sa.select(orders.c.order_id.label("subject"), orders.c.paid_krw, paid_back.label("amount_krw"))
        .join(refunds, refunds.c.order_id == orders.c.order_id)
        .group_by(orders.c.order_id, orders.c.paid_krw)
        .having(paid_back > orders.c.paid_krw)
    )


def _negative_balances() -> sa.Select[Any]:
    balance = sa.func.sum(points.c.amount_krw)
    return (
        sa.select(points.c.customer_id.label("subject"), balance.label("balance_krw"))
        .group_by(points.c.customer_id)
        .having(balance < 0)
    )


def _merged_into_nothing() -> sa.Select[Any]:
    whole = orders.alias("whole")
    return (
        sa.select(orders.c.order_id.label("subject"), orders.c.merged_into)
        .outerjoin(whole, whole.c.order_id == orders.c.merged_into)
        .where(orders.c.status == OrderStatus.MERGED, whole.c.order_id.is_(None))
    )


def _orders_with(table: sa.Table, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    return sa.select(orders.c.order_id.label("subject"), *columns).outerjoin(
        table, table.c.order_id == orders.c.order_id
    )


CHECKS = (
    Check("order_total", "paid and discount make up the price of the items", _order_totals()),
    Check(
        "delivered_without_delivery",
        "a delivered order has the time of its delivery",
        _orders_with(deliveries, orders.c.status).where(
            orders.c.status == OrderStatus.DELIVERED, deliveries.c.delivered_at.is_(None)
        ),
    ),
    Check(
        "ended_but_delivered",
        "what was cancelled or merged was not delivered",
        _orders_with(deliveries, orders.c.status, deliveries.c.delivered_at).where(
            orders.c.status.in_(_ENDED), deliveries.c.delivered_at.is_not(None)
        ),
    ),
    Check(
        "refund_above_payment",
        "no more is paid back than was paid",
        _refunds_above_payment(),
    ),
    Check(
        "cancelled_without_refund",
        "a cancelled order that was paid has a refund",
        _orders_with(refunds, orders.c.paid_krw).where(
            orders.c.status == OrderStatus.CANCELLED, orders.c.paid_krw > 0, refunds.c.order_id.is_(None)
        ),
    ),
    Check("merged_into_nothing", "an order that was merged leads to another order", _merged_into_nothing()),
    Check("points_below_zero", "nobody has fewer than no points", _negative_balances()),
    Check(
        "coupon_used_too_late",
        "a coupon is used before it expires",
        sa.select(coupons.c.coupon_id.label("subject"), coupon_events.c.at.label("used_at"), coupons.c.expires_at)
        .join(
            coupon_events,
            sa.and_(
                coupon_events.c.customer_id == coupons.c.customer_id,
                coupon_events.c.coupon_id == coupons.c.coupon_id,
            ),
        )
        .where(coupon_events.c.kind == CouponEventKind.USED.value, coupon_events.c.at > coupons.c.expires_at),
    ),
    Check(
        "grant_without_decision",
        "what was given for an order was decided",
        sa.select(grants.c.order_id.label("subject"), grants.c.cause)
        .outerjoin(compensation_decisions, compensation_decisions.c.decision_id == grants.c.decision_id)
        .where(grants.c.order_id.is_not(None), compensation_decisions.c.decision_id.is_(None)),
    ),
)
