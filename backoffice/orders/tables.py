"""What customers ordered, of what, what became of it, and what was paid back.

`order_events` only grows: the database itself refuses to change a line of it.
"""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa

from backoffice.metadata import customer_id, metadata, one_of, order_id, row_id
from kernel.database import JsonValue, UtcDateTime


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


class EventKind(StrEnum):
    """What can happen to an order besides its way to the customer."""

    CANCELLED = "cancelled"
    ITEMS_CANCELLED = "items_cancelled"
    OPTION_CHANGED = "option_changed"
    QUANTITY_CHANGED = "quantity_changed"
    ITEM_ADDED = "item_added"
    PAYMENT_CHANGED = "payment_changed"
    MERGED = "merged"
    TOOK_IN = "took_in"
    RETURN_REQUESTED = "return_requested"
    EXCHANGE_REQUESTED = "exchange_requested"
    RETURN_WITHDRAWN = "return_withdrawn"
    RETURN_RECEIVED = "return_received"
    RECEIPT_SENT = "receipt_sent"


class Actor(StrEnum):
    """Who did something to an order."""

    CUSTOMER = "customer"
    AGENT = "agent"
    SHOP = "shop"


class ReturnKind(StrEnum):
    """What is to happen with what comes back."""

    RETURN = "return"
    EXCHANGE = "exchange"


class ReturnState(StrEnum):
    """How far a return has come."""

    REQUESTED = "requested"
    RECEIVED = "received"
    WITHDRAWN = "withdrawn"


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
    # What was paid with besides money; given back when the order is cancelled.
    sa.Column("used_points_krw", sa.BigInteger),
    sa.Column("used_coupon_id", sa.Text),
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
    # Of the quantity ordered, how many were cancelled and how many are on their way back or were.
    sa.Column("cancelled_count", sa.Integer, nullable=False, server_default="0"),
    sa.Column("returned_count", sa.Integer, nullable=False, server_default="0"),
    sa.CheckConstraint("cancelled_count >= 0 AND cancelled_count <= quantity", name="cancelled_within_quantity"),
    sa.CheckConstraint(
        "returned_count >= 0 AND cancelled_count + returned_count <= quantity", name="returned_within_quantity"
    ),
    sa.CheckConstraint("quantity > 0", name="quantity_positive"),
    sa.CheckConstraint("price_krw >= 0", name="price_not_negative"),
    sa.Index(None, "order_id", "row_id"),
)

refunds = sa.Table(
    "refunds",
    metadata,
    row_id(),
    order_id(nullable=False),
    sa.Column("amount_krw", sa.BigInteger),
    sa.Column("state", sa.Text),
    sa.Column("due_date", sa.Date),
    # Null for what came in from elsewhere.
    sa.Column("requested_at", UtcDateTime),
    # The operators' rule that set the day, as `refunds.card@1`.
    sa.Column("rule", sa.Text),
    sa.CheckConstraint("amount_krw >= 0", name="amount_not_negative"),
    sa.Index(None, "order_id", "row_id"),
)

order_events = sa.Table(
    "order_events",
    metadata,
    row_id(),
    order_id(nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    # Which agent; null for customers and for the shop's own machinery.
    sa.Column("actor_id", sa.Text),
    sa.Column("why", sa.Text),
    # What exactly: items, amounts, options before and after.
    sa.Column("detail", JsonValue, nullable=False),
    # The rule that allowed it, the version of the operators' table it stood in, and what it was decided on.
    sa.Column("rule", sa.Text),
    sa.Column("rules_version", sa.Integer),
    sa.Column("inputs", JsonValue),
    one_of("kind", EventKind),
    one_of("actor", Actor),
    sa.Index(None, "order_id", "row_id"),
)

# What was asked for under which key, and what came of it: asked again, it is answered and not done again.
order_requests = sa.Table(
    "order_requests",
    metadata,
    sa.Column("customer_id", sa.ForeignKey("customers.customer_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("request_key", sa.Text, primary_key=True),
    sa.Column("asked", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("outcome", JsonValue),
)

order_returns = sa.Table(
    "order_returns",
    metadata,
    sa.Column("return_id", sa.Text, primary_key=True),
    order_id(nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    # [{"place", "count"}]: which of the order's items, counted from 0.
    sa.Column("items", JsonValue, nullable=False),
    sa.Column("wanted_option", sa.Text),
    sa.Column("pickup_date", sa.Date, nullable=False),
    # What the customer pays for the way back; taken off the refund.
    sa.Column("fee_krw", sa.BigInteger, nullable=False),
    sa.Column("requested_at", UtcDateTime, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    one_of("kind", ReturnKind),
    one_of("state", ReturnState),
    sa.CheckConstraint("fee_krw >= 0", name="fee_not_negative"),
    sa.Index(None, "order_id", "requested_at"),
)

receipts = sa.Table(
    "receipts",
    metadata,
    order_id(primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("sent_at", UtcDateTime, nullable=False),
    sa.Column("sent_count", sa.Integer, nullable=False),
)

# What can be had of a product now, and at what price: the shop's catalogue as far as orders need it.
product_options = sa.Table(
    "product_options",
    metadata,
    sa.Column("product", sa.Text, primary_key=True),
    # Empty for a product without options.
    sa.Column("option", sa.Text, primary_key=True),
    sa.Column("price_krw", sa.BigInteger, nullable=False),
    sa.Column("is_sold", sa.Boolean, nullable=False),
    sa.CheckConstraint("price_krw >= 0", name="price_not_negative"),
)
