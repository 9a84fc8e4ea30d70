"""Routing: ranks, offers, agents' skills and signs of life, time put aside and after a close, who takes part."""

import sqlalchemy as sa
from alembic import op

from kernel.database import JsonValue, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("ranked_at", UtcDateTime()),
        sa.Column("last_agent_id", sa.Text()),
        sa.Column("preferred_agent_id", sa.Text()),
        sa.Column("language", sa.Text()),
        sa.Column("snoozed_until", UtcDateTime()),
        sa.Column("wrap_up_until", UtcDateTime()),
    ):
        op.add_column("conversations", column)
    op.execute("UPDATE conversations SET ranked_at = waiting_since WHERE owner = 'waiting'")
    op.drop_index("ix_conversations_queue", "conversations")
    op.create_index("ix_conversations_queue", "conversations", ["owner", "ranked_at"])
    for name, column in (("ix_conversations_snoozed", "snoozed_until"), ("ix_conversations_wrap_up", "wrap_up_until")):
        op.create_index(name, "conversations", [column], **_where(f"{column} IS NOT NULL"))
    op.add_column("notes", sa.Column("kind", sa.Text(), nullable=False, server_default="note"))
    for column in (
        sa.Column("skills", JsonValue),
        sa.Column("capacity", sa.Integer(), nullable=False, server_default="4"),
        sa.Column("languages", JsonValue),
        sa.Column("team", sa.Text()),
        sa.Column("seen_at_s", sa.Double()),
        sa.Column("missed_offers", sa.Integer(), nullable=False, server_default="0"),
    ):
        op.add_column("agents", column)
    _create_offers()
    op.create_table(
        "participants",
        sa.Column("conversation_id", sa.Text(), sa.ForeignKey("conversations.conversation_id"), nullable=False),
        sa.Column("agent_id", sa.Text(), sa.ForeignKey("agents.agent_id"), nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "agent_id"),
    )


def _create_offers() -> None:
    op.create_table(
        "offers",
        sa.Column("offer_id", sa.Text(), primary_key=True),
        sa.Column("conversation_id", sa.Text(), sa.ForeignKey("conversations.conversation_id"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Text(), sa.ForeignKey("agents.agent_id"), nullable=False),
        sa.Column("offered_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("outcome", sa.Text()),
    )
    is_open = _where("ended_at IS NULL")
    op.create_index("uq_offers_open", "offers", ["conversation_id"], unique=True, **is_open)
    op.create_index("ix_offers_due", "offers", ["due_at"], **is_open)
    op.create_index("ix_offers_offered", "offers", ["offered_at", "agent_id"])
    op.create_index("ix_offers_ended", "offers", ["ended_at"])


def _where(condition: str) -> dict[str, sa.TextClause]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def downgrade() -> None:
    op.drop_table("participants")
    op.drop_table("offers")
    for column in ("skills", "capacity", "languages", "team", "seen_at_s", "missed_offers"):
        op.drop_column("agents", column)
    op.drop_column("notes", "kind")
    for index in ("ix_conversations_snoozed", "ix_conversations_wrap_up", "ix_conversations_queue"):
        op.drop_index(index, "conversations")
    op.create_index("ix_conversations_queue", "conversations", ["owner", "priority", "waiting_since"])
    for column in (
        "ranked_at",
        "last_agent_id",
        "preferred_agent_id",
        "language",
        "snoozed_until",
        "wrap_up_until",
    ):
        op.drop_column("conversations", column)
