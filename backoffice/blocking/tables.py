"""Who is kept out for now, why, and until when; and for good, who was let in again and on what grounds."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa

from backoffice.metadata import customer_id, metadata, one_of, row_id
from kernel.database import JsonValue, UtcDateTime
from kernel.ids import new_id


class BlockReason(StrEnum):
    """Why a customer was blocked."""

    INFO_MISMATCH = "info_mismatch"
    SMS_FAILURES = "sms_failures"
    ABNORMAL_ACCESS = "abnormal_access"
    IDENTITY_MISUSE = "identity_misuse"
    OTHER = "other"


class BlockSignal(StrEnum):
    """How the trouble was noticed; never told to the customer."""

    REPEATED_IP = "repeated_ip"
    FOREIGN_IP = "foreign_ip"
    VPN = "vpn"
    MASS_ATTEMPTS = "mass_attempts"


class ReleaseKind(StrEnum):
    """What ended a block."""

    TIME = "time"
    CODE = "code"
    STAFF = "staff"


blocks = sa.Table(
    "blocks",
    metadata,
    row_id(),
    customer_id(),
    sa.Column("block_id", sa.Text, nullable=False, unique=True, default=lambda: new_id("b")),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("blocked_at", UtcDateTime, nullable=False),
    sa.Column("auto_release_at", UtcDateTime),
    sa.Column("released_at", UtcDateTime),
    sa.Column("detail", sa.Text),
    # With the reason, what the decision was made from; null where a block came without its signals.
    sa.Column("signals", JsonValue),
    # Which rule decided its end, of which version of the rules; null for blocks that came from elsewhere.
    sa.Column("rule_id", sa.Text),
    sa.Column("rules_version", sa.Integer),
    # Names what happened, where the caller may report it twice.
    sa.Column("event_id", sa.Text, unique=True),
    one_of("reason", BlockReason),
    sa.Index(None, "customer_id", "blocked_at"),
)

# Kept for years, and so on its own: a customer who goes takes the blocks along, not these records.
block_releases = sa.Table(
    "block_releases",
    metadata,
    # One release a block, whoever tries.
    sa.Column("block_id", sa.Text, primary_key=True),
    sa.Column("customer_id", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("rule_id", sa.Text),
    sa.Column("rules_version", sa.Integer),
    sa.Column("blocked_at", UtcDateTime, nullable=False),
    sa.Column("released_at", UtcDateTime, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("released_by", sa.Text, nullable=False),
    sa.Column("justification", sa.Text, nullable=False),
    sa.Column("is_our_fault", sa.Boolean, nullable=False),
    sa.Column("kept_until", UtcDateTime, nullable=False),
    one_of("kind", ReleaseKind),
    sa.Index(None, "customer_id", "released_at"),
    sa.Index(None, "kept_until"),
)
