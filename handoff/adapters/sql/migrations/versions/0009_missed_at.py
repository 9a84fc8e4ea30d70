"""When an agent's last missed offer was counted: what they were asked before it is not counted again."""

import sqlalchemy as sa
from alembic import op

from kernel.database import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agents", sa.Column("missed_at", UtcDateTime()))


def downgrade() -> None:
    op.drop_column("agents", "missed_at")
