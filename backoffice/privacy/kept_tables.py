"""Customers who were deleted, and what the law has the shop keep of them. Nothing but erasure and purge reads it."""

from __future__ import annotations

import sqlalchemy as sa

from backoffice.metadata import metadata, row_id
from kernel.database import JsonValue, UtcDateTime

erasures = sa.Table(
    "erasures",
    metadata,
    # Not a foreign key: the request may be purged earlier.
    sa.Column("request_id", sa.Text, primary_key=True),
    # Null once everything is done: nothing leads back to who it was.
    sa.Column("subject_id", sa.Text, unique=True),
    # What stands for the person from then on, everywhere.
    sa.Column("pseudonym", sa.Text, nullable=False, unique=True),
    sa.Column("ordered_at", UtcDateTime, nullable=False),
    sa.Column("shop_done_at", UtcDateTime),
    sa.Column("done_at", UtcDateTime),
    # How many rows of each table were erased and how many kept.
    sa.Column("counts", JsonValue),
    sa.Column("rules_version", sa.Integer, nullable=False),
)

kept_records = sa.Table(
    "kept_records",
    metadata,
    row_id(),
    sa.Column("pseudonym", sa.Text, nullable=False),
    sa.Column("record_kind", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("source_key", sa.Text, nullable=False),
    sa.Column("content", JsonValue, nullable=False),
    sa.Column("moved_at", UtcDateTime, nullable=False),
    sa.Column("kept_until", UtcDateTime, nullable=False),
    sa.UniqueConstraint("pseudonym", "source", "source_key"),
    sa.Index(None, "kept_until"),
)
