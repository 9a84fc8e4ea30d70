"""Each run of the checks, and what it found."""

from __future__ import annotations

import sqlalchemy as sa

from backoffice.metadata import metadata, row_id
from kernel.database import JsonValue, UtcDateTime

reconciliations = sa.Table(
    "reconciliations",
    metadata,
    row_id(),
    sa.Column("wanted_at", UtcDateTime, nullable=False),
    # Whoever runs the checks has until then; afterwards another process may.
    sa.Column("taken_until", UtcDateTime),
    sa.Column("finished_at", UtcDateTime),
    sa.Column("found_count", sa.Integer),
    sa.Index(None, "finished_at"),
)

discrepancies = sa.Table(
    "discrepancies",
    metadata,
    row_id(),
    sa.Column("run_id", sa.ForeignKey("reconciliations.row_id", ondelete="CASCADE"), nullable=False),
    sa.Column("check_name", sa.Text, nullable=False),
    # Which order, customer or coupon it is about.
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("found", JsonValue, nullable=False),
    sa.Index(None, "run_id", "check_name"),
)
