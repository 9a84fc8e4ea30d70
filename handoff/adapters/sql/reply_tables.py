"""The tables of prepared words, of answers that may be suggested again, and of ratings."""

from __future__ import annotations

import sqlalchemy as sa

from handoff.adapters.sql.tables import metadata
from kernel.database import JsonValue, UtcDateTime

macros = sa.Table(
    "macros",
    metadata,
    sa.Column("macro_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("skill", sa.Text),
    sa.Column("intents", JsonValue, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("changed_by", sa.Text, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    # Kept, so that one that came with the product does not come back.
    sa.Column("retired_at", UtcDateTime),
)

# Nothing personal is in here; it goes all the same when its customer is forgotten.
solved_replies = sa.Table(
    "solved_replies",
    metadata,
    sa.Column("reply_id", sa.Text, primary_key=True),
    sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversations.conversation_id"), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("skill", sa.Text, nullable=False),
    sa.Column("intents", JsonValue, nullable=False),
    sa.Column("asked", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Index("ix_solved_replies_skill", "skill", "at"),
    sa.Index("ix_solved_replies_conversation", "conversation_id"),
)

ratings = sa.Table(
    "ratings",
    metadata,
    sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversations.conversation_id"), nullable=False),
    # The version at which the conversation ended: each end is rated once.
    sa.Column("closed_version", sa.Integer, nullable=False),
    sa.Column("score", sa.Integer, nullable=False),
    sa.Column("words", sa.Text),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("agent_id", sa.Text),
    sa.Column("skill", sa.Text),
    sa.Column("ticket_number", sa.Text),
    sa.PrimaryKeyConstraint("conversation_id", "closed_version"),
    sa.Index("ix_ratings_score", "score", "at"),
)
