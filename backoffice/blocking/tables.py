"""Who is kept out for now, why, and until when."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa

from backoffice.metadata import customer_id, metadata, one_of, row_id
from kernel.database import UtcDateTime


class BlockReason(StrEnum):
    """Why a customer was blocked."""

    INFO_MISMATCH = "info_mismatch"
    SMS_FAILURES = "sms_failures"
    ABNORMAL_ACCESS = "abnormal_access"
    IDENTITY_MISUSE = "identity_misuse"
    OTHER = "other"


blocks = sa.Table(
    "blocks",
    metadata,
    row_id(),
    customer_id(),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("blocked_at", UtcDateTime, nullable=False),
    sa.Column("auto_release_at", UtcDateTime),
    sa.Column("released_at", UtcDateTime),
    sa.Column("detail", sa.Text),
    one_of("reason", BlockReason),
    sa.Index(None, "customer_id", "blocked_at"),
)
