"""Sessions of staff can be ended, and who has left is known."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agents", sa.Column("session_number", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("agents", sa.Column("is_active", sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    op.drop_column("agents", "is_active")
    op.drop_column("agents", "session_number")
