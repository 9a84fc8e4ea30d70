"""What the shop gave to make up for something."""

from __future__ import annotations

import sqlalchemy as sa

from backoffice.metadata import customer_id, metadata, row_id
from kernel.database import UtcDateTime

grants = sa.Table(
    "grants",
    metadata,
    row_id(),
    customer_id(),
    # Not a foreign key: a grant outlives the order it was for.
    sa.Column("order_id", sa.Text),
    sa.Column("cause", sa.Text),
    sa.Column("kind", sa.Text),
    sa.Column("amount_krw", sa.BigInteger),
    sa.Column("rate_percent", sa.Numeric(5, 2, asdecimal=False)),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.CheckConstraint("amount_krw >= 0", name="amount_not_negative"),
    sa.CheckConstraint("rate_percent >= 0 AND rate_percent <= 100", name="rate_is_percent"),
    sa.Index(None, "customer_id", "at"),
    sa.Index(None, "order_id", "cause"),
)
