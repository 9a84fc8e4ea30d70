"""Prepared words of the desk, answers that may be suggested again, and how content customers were."""

import sqlalchemy as sa
from alembic import op

from kernel.database import JsonValue, UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "macros",
        sa.Column("macro_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("skill", sa.Text(), nullable=True),
        sa.Column("intents", JsonValue, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("macro_id", name="pk_macros"),
    )
    op.create_table(
        "solved_replies",
        sa.Column("reply_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("skill", sa.Text(), nullable=False),
        sa.Column("intents", JsonValue, nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.conversation_id"], name="fk_solved_replies_conversation_id"
        ),
        sa.PrimaryKeyConstraint("reply_id", name="pk_solved_replies"),
    )
    op.create_index("ix_solved_replies_skill", "solved_replies", ["skill", "at"])
    op.create_index("ix_solved_replies_conversation", "solved_replies", ["conversation_id"])
    op.create_table(
        "ratings",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("closed_version", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=True),
        sa.Column("skill", sa.Text(), nullable=True),
        sa.Column("ticket_number", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.conversation_id"], name="fk_ratings_conversation_id"
        ),
        sa.PrimaryKeyConstraint("conversation_id", "closed_version", name="pk_ratings"),
    )
    op.create_index("ix_ratings_score", "ratings", ["score", "at"])


def downgrade() -> None:
    op.drop_table("ratings")
    op.drop_table("solved_replies")
    op.drop_table("macros")
