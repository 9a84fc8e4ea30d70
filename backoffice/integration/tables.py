"""Keys of the shop's systems, and their requests that were answered."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa

from backoffice.metadata import metadata
from kernel.database import JsonValue, UtcDateTime


class Scope(StrEnum):
    """What a key may do."""

    ORDERS_READ = "orders:read"
    DELIVERIES_WRITE = "deliveries:write"
    DISCOUNTS_READ = "discounts:read"
    VERIFICATIONS_WRITE = "verifications:write"
    BLOCKS_WRITE = "blocks:write"
    MESSAGES_WRITE = "messages:write"


api_keys = sa.Table(
    "api_keys",
    metadata,
    sa.Column("key_id", sa.Text, primary_key=True),
    # SHA-256 of the secret, which is long and random: a slow hash would protect nothing more.
    sa.Column("secret_hash", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("scopes", JsonValue, nullable=False),
    sa.Column("per_minute", sa.Integer, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("revoked_at", UtcDateTime),
    sa.CheckConstraint("per_minute > 0", name="per_minute_positive"),
)

answered_requests = sa.Table(
    "answered_requests",
    metadata,
    sa.Column("key_id", sa.Text, sa.ForeignKey("api_keys.key_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("idempotency_key", sa.Text, primary_key=True),
    # Of method, path and body: the same key with another request is a mistake.
    sa.Column("request_hash", sa.Text, nullable=False),
    sa.Column("taken_at", UtcDateTime, nullable=False),
    # Null while the request is being carried out.
    sa.Column("status", sa.Integer),
    sa.Column("body", JsonValue),
    sa.Index(None, "taken_at"),
)
