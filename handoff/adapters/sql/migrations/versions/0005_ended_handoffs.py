"""Handoffs are found by their end: how long those that ended last had waited and taken."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_handoffs_ended", "handoffs", ["ended_at"])


def downgrade() -> None:
    op.drop_index("ix_handoffs_ended", "handoffs")
