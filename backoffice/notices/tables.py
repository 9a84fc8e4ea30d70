"""Notices on their way to customers."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa

from backoffice.metadata import customer_id, metadata, one_of, row_id
from kernel.database import UtcDateTime


class NoticeCategory(StrEnum):
    """What a notice is, which decides whether and when it may be sent."""

    SECURITY = "security"
    ORDER = "order"
    DELIVERY = "delivery"
    PRIVACY = "privacy"
    ADVERTISING = "advertising"


notices = sa.Table(
    "notices",
    metadata,
    row_id(),
    customer_id(),
    # Names the event: the same event is told once.
    sa.Column("notice_key", sa.Text, nullable=False, unique=True),
    sa.Column("category", sa.Text, nullable=False),
    # Null once it was sent: it may hold a one-time code.
    sa.Column("text", sa.Text),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("send_at", UtcDateTime, nullable=False),
    sa.Column("sent_at", UtcDateTime),
    sa.Column("failures", sa.Integer, nullable=False),
    one_of("category", NoticeCategory),
    sa.Index(None, "customer_id", "created_at"),
    sa.Index(None, "send_at", sqlite_where=sa.text("sent_at IS NULL"), postgresql_where=sa.text("sent_at IS NULL")),
)
