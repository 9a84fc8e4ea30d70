"""Points, coupons and what a customer is about to buy.

Points are a ledger that only grows: a balance is the sum of its lines, spending is a negative line, and a
mistake is put right by a further line. What happened to a coupon is a ledger too; whether it can be used
follows from it. The database itself refuses to change a line.
"""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa

from backoffice.metadata import customer_id, metadata, one_of, row_id
from kernel.database import JsonValue, UtcDateTime


class CouponEventKind(StrEnum):
    """What can happen to a coupon."""

    ISSUED = "issued"
    USED = "used"
    RETURNED = "returned"
    EXPIRED = "expired"


points = sa.Table(
    "points",
    metadata,
    row_id(),
    customer_id(),
    sa.Column("amount_krw", sa.BigInteger, nullable=False),
    sa.Column("why", sa.Text),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime),
    # What the line was written for: written again under the same key, nothing happens. Null where nobody repeats it.
    sa.Column("entry_key", sa.Text),
    # One entry takes from several lots in several lines.
    sa.Column("part", sa.Integer, nullable=False, server_default="0"),
    # The earned line that this one takes from or gives back to. Null: the oldest ones, in their order.
    sa.Column("lot_row_id", sa.BigInteger),
    sa.UniqueConstraint("customer_id", "entry_key", "part"),
    sa.Index(None, "customer_id", "at"),
)

coupons = sa.Table(
    "coupons",
    metadata,
    row_id(),
    customer_id(),
    sa.Column("coupon_id", sa.Text, nullable=False),
    sa.Column("name", sa.Text),
    sa.Column("rate_percent", sa.Numeric(5, 2, asdecimal=False)),
    sa.Column("amount_krw", sa.BigInteger),
    sa.Column("issued_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime),
    sa.Column("stackable", sa.Boolean),
    # What the basket must come to before the coupon counts.
    sa.Column("minimum_krw", sa.BigInteger),
    # Names of products it does not count for.
    sa.Column("excluded_products", JsonValue),
    sa.Column("excludes_lowest_price", sa.Boolean),
    sa.UniqueConstraint("customer_id", "coupon_id"),
    sa.CheckConstraint("amount_krw >= 0", name="amount_not_negative"),
    sa.CheckConstraint("rate_percent >= 0 AND rate_percent <= 100", name="rate_is_percent"),
    sa.CheckConstraint("minimum_krw >= 0", name="minimum_not_negative"),
    sa.Index(None, "customer_id", "issued_at"),
)

coupon_events = sa.Table(
    "coupon_events",
    metadata,
    row_id(),
    customer_id(),
    sa.Column("coupon_id", sa.Text, nullable=False),
    # 0 for the issue, then one more for each event: of two who do something at once, one finds it taken.
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    # Not a foreign key: what was paid with a coupon may be archived.
    sa.Column("order_id", sa.Text),
    one_of("kind", CouponEventKind),
    sa.Index(None, "customer_id", "coupon_id", "place", unique=True),
)

baskets = sa.Table(
    "baskets",
    metadata,
    sa.Column("customer_id", sa.ForeignKey("customers.customer_id", ondelete="CASCADE"), primary_key=True),
    # [{"product", "quantity", "price_krw", "is_lowest_price"}]
    sa.Column("items", JsonValue, nullable=False),
    # The coupons that the customer chose for it.
    sa.Column("coupon_ids", JsonValue, nullable=False),
)
