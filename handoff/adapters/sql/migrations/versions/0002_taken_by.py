"""Which request of a channel took a message from the outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("taken_by", sa.Text(), nullable=True))
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["conversation_id", "seq"],
        sqlite_where=sa.text("taken_at IS NULL"),
        postgresql_where=sa.text("taken_at IS NULL"),
    )
    op.create_index("ix_outbox_taken_by", "outbox", ["conversation_id", "taken_by"])


def downgrade() -> None:
    op.drop_index("ix_outbox_taken_by", "outbox")
    op.drop_index("ix_outbox_waiting", "outbox")
    op.drop_column("outbox", "taken_by")
