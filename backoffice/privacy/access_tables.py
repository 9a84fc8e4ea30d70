"""Who saw whose data unmasked, and who went over that list afterwards."""

from __future__ import annotations

import sqlalchemy as sa

from backoffice.metadata import metadata, row_id
from kernel.database import JsonValue, UtcDateTime

# Not foreign keys: the record outlives both the customer and the member of staff.
access_log = sa.Table(
    "access_log",
    metadata,
    row_id(),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("viewer_id", sa.Text, nullable=False),
    sa.Column("viewer_name", sa.Text, nullable=False),
    sa.Column("viewer_role", sa.Text, nullable=False),
    sa.Column("subject_id", sa.Text, nullable=False),
    sa.Column("fields", JsonValue, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Index(None, "subject_id", "at"),
    sa.Index(None, "viewer_id", "at"),
    sa.Index(None, "at", "subject_id"),
)

access_reviews = sa.Table(
    "access_reviews",
    metadata,
    # `2026-11`, a month in Seoul.
    sa.Column("month", sa.Text, primary_key=True),
    sa.Column("reviewed_at", UtcDateTime, nullable=False),
    sa.Column("reviewed_by", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
)
