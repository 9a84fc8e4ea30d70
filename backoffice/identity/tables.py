"""One-time codes that were asked for, and how many. Neither a code nor a phone number is kept in them."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa

from backoffice.metadata import customer_id, metadata, one_of
from kernel.database import UtcDateTime


class CodePurpose(StrEnum):
    """What a code proves the right to."""

    LIFT_BLOCK = "lift_block"
    IDENTIFY = "identify"
    DELETE_DATA = "delete_data"
    CLOSE_ACCOUNT = "close_account"


one_time_codes = sa.Table(
    "one_time_codes",
    metadata,
    sa.Column("code_id", sa.Text, primary_key=True),
    # The number it was asked for, hashed with a key.
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("conversation_id", sa.Text, nullable=False),
    # Whose number it is; null for a number that is nobody's: such a code is never sent and never right.
    customer_id(nullable=True),
    sa.Column("code_hash", sa.Text, nullable=False),
    # The turn that asked for it: the same turn, run again, asks for nothing more.
    sa.Column("asked_by", sa.Text, nullable=False),
    sa.Column("sent_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("tries_left", sa.Integer, nullable=False),
    sa.Column("used_at", UtcDateTime),
    # The turn that typed it rightly: the same turn, run again, is right again.
    sa.Column("used_by", sa.Text),
    one_of("purpose", CodePurpose),
    # One live code for a purpose, of a number as of a conversation.
    sa.UniqueConstraint("subject", "purpose"),
    sa.UniqueConstraint("conversation_id", "purpose"),
    sa.Index(None, "customer_id"),
    sa.Index(None, "expires_at"),
)

code_limits = sa.Table(
    "code_limits",
    metadata,
    # A number or a conversation, hashed with a key.
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("began_at", UtcDateTime, nullable=False),
    sa.Column("sent_count", sa.Integer, nullable=False),
    sa.Column("last_sent_at", UtcDateTime, nullable=False),
    sa.Index(None, "last_sent_at"),
)
