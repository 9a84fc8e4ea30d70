"""When a message is sent to its channel, how often that was tried, and who tries now."""

import sqlalchemy as sa
from alembic import op

from kernel.database import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("due_at", UtcDateTime()),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("failed_at", UtcDateTime()),
        sa.Column("error", sa.Text()),
        sa.Column("lease_token", sa.Text()),
        sa.Column("lease_until_s", sa.Double()),
    ):
        op.add_column("outbox", column)
    waiting = sa.text("taken_at IS NULL")
    op.create_index("ix_outbox_due", "outbox", ["due_at"], sqlite_where=waiting, postgresql_where=waiting)


def downgrade() -> None:
    op.drop_index("ix_outbox_due", "outbox")
    for name in ("lease_until_s", "lease_token", "error", "failed_at", "tries", "due_at"):
        op.drop_column("outbox", name)
