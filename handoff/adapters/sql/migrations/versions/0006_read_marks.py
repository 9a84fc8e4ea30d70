"""Up to which message a customer has read."""

import sqlalchemy as sa
from alembic import op

from kernel.database import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "read_marks",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.conversation_id"],
            name="fk_read_marks_conversation_id",
        ),
        sa.PrimaryKeyConstraint("conversation_id", name="pk_read_marks"),
    )


def downgrade() -> None:
    op.drop_table("read_marks")
