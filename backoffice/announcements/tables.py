"""What customers are told for a while, about what, and who entered it."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa

from backoffice.metadata import metadata, one_of
from kernel.database import UtcDateTime


class Topic(StrEnum):
    """Which answers an announcement belongs to; each is told with a greeting."""

    DELIVERY = "delivery"
    GENERAL = "general"


announcements = sa.Table(
    "announcements",
    metadata,
    sa.Column("announcement_id", sa.Text, primary_key=True),
    # The page's own id of it: sent twice it is there once.
    sa.Column("request_id", sa.Text, nullable=False, unique=True),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("begins_at", UtcDateTime, nullable=False),
    sa.Column("ends_at", UtcDateTime, nullable=False),
    sa.Column("entered_at", UtcDateTime, nullable=False),
    sa.Column("entered_by", sa.Text, nullable=False),
    sa.Column("withdrawn_at", UtcDateTime),
    sa.Column("withdrawn_by", sa.Text),
    one_of("topic", Topic),
    sa.CheckConstraint("begins_at < ends_at", name="begins_before_it_ends"),
    sa.Index(None, "ends_at"),
)
