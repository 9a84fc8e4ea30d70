"""What is still to be done. A job that was done is no longer here."""

from __future__ import annotations

import sqlalchemy as sa

from backoffice.metadata import metadata, row_id
from kernel.database import JsonValue, UtcDateTime

jobs = sa.Table(
    "jobs",
    metadata,
    row_id(),
    sa.Column("kind", sa.Text, nullable=False),
    # What the job is about, such as a block's id: one job of a kind for each.
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("due_at", UtcDateTime, nullable=False),
    sa.Column("payload", JsonValue, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("last_error", sa.Text),
    sa.UniqueConstraint("kind", "key"),
    sa.Index(None, "due_at"),
)
