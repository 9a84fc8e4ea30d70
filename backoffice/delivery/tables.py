"""Where parcels are, when they were promised, and what each stage was planned and found to be."""

from __future__ import annotations

import sqlalchemy as sa

from backoffice.metadata import metadata, order_id, row_id
from kernel.database import JsonValue, UtcDateTime

deliveries = sa.Table(
    "deliveries",
    metadata,
    order_id(primary_key=True),
    sa.Column("promised_date", sa.Date),
    # The day now expected, in Seoul; `eta_at` only where the courier names an hour.
    sa.Column("eta_date", sa.Date),
    sa.Column("eta_at", UtcDateTime),
    sa.Column("eta_history", JsonValue),
    sa.Column("delivered_at", UtcDateTime),
    sa.Column("delivered_place", sa.Text),
    sa.Column("courier", sa.Text),
    sa.Column("tracking_no", sa.Text),
    sa.Column("delay_reason", sa.Text),
)

delivery_stages = sa.Table(
    "delivery_stages",
    metadata,
    row_id(),
    order_id(nullable=False),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("planned_at", UtcDateTime),
    sa.Column("actual_at", UtcDateTime),
    sa.Index(None, "order_id", "row_id"),
)
