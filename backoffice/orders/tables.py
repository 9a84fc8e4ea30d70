"""What customers ordered, of what, and what was paid back."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa

from backoffice.metadata import customer_id, metadata, one_of, order_id, row_id
from kernel.database import UtcDateTime


class OrderStatus(StrEnum):
    """Where an order stands, as the shop's systems name it."""

    RECEIVED = "received"
    PAID = "paid"
    PACKED = "packed"
    SHIPPED = "shipped"
    IN_TRANSIT = "in_transit"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    MERGED = "merged"
    RETURNED = "returned"


OPEN_STATUSES = (
    OrderStatus.RECEIVED,
    OrderStatus.PAID,
    OrderStatus.PACKED,
    OrderStatus.SHIPPED,
    OrderStatus.IN_TRANSIT,
)

orders = sa.Table(
    "orders",
    metadata,
    sa.Column("order_id", sa.Text, primary_key=True),
    customer_id(),
    sa.Column("ordered_at", UtcDateTime, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("paid_krw", sa.BigInteger),
    sa.Column("discount_krw", sa.BigInteger),
    sa.Column("payment_method", sa.Text),
    sa.Column("cancelled_at", UtcDateTime),
    sa.Column("cancelled_by", sa.Text),
    # Not a foreign key: the order it went into may be archived, or be reported later.
    sa.Column("merged_into", sa.Text),
    one_of("status", OrderStatus),
    sa.CheckConstraint("paid_krw >= 0", name="paid_not_negative"),
    sa.CheckConstraint("discount_krw >= 0", name="discount_not_negative"),
    sa.Index(None, "customer_id", "ordered_at"),
    sa.Index(None, "customer_id", "status", "ordered_at"),
)

order_items = sa.Table(
    "order_items",
    metadata,
    row_id(),
    order_id(nullable=False),
    sa.Column("product", sa.Text, nullable=False),
    sa.Column("option", sa.Text),
    sa.Column("quantity", sa.Integer, nullable=False),
    sa.Column("price_krw", sa.BigInteger),
    sa.CheckConstraint("quantity > 0", name="quantity_positive"),
    sa.CheckConstraint("price_krw >= 0", name="price_not_negative"),
    sa.Index(None, "order_id", "row_id"),
)

refunds = sa.Table(
    "refunds",
    metadata,
    order_id(primary_key=True),
    sa.Column("amount_krw", sa.BigInteger),
    sa.Column("state", sa.Text),
    sa.Column("due_date", sa.Date),
    sa.CheckConstraint("amount_krw >= 0", name="amount_not_negative"),
)
