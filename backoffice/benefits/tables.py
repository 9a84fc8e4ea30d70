"""Points and coupons. Points are a ledger that only grows: a balance is the sum of its lines, spending is a negative line."""

from __future__ import annotations

import sqlalchemy as sa

from backoffice.metadata import customer_id, metadata, row_id
from kernel.database import UtcDateTime

points = sa.Table(
    "points",
    metadata,
    row_id(),
    customer_id(),
    sa.Column("amount_krw", sa.BigInteger, nullable=False),
    sa.Column("why", sa.Text),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime),
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
    sa.Column("used_at", UtcDateTime),
    sa.UniqueConstraint("customer_id", "coupon_id"),
    sa.CheckConstraint("amount_krw >= 0", name="amount_not_negative"),
    sa.CheckConstraint("rate_percent >= 0 AND rate_percent <= 100", name="rate_is_percent"),
    sa.Index(None, "customer_id", "issued_at"),
)
