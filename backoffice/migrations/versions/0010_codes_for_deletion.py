"""One-time codes that prove who wants their data deleted or their account closed.

Revision: 0010, after 0009.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_CODES = "one_time_codes"
_KNOWN = "ck_one_time_codes_known_purpose"


def upgrade() -> None:
    with op.batch_alter_table(_CODES) as batch:
        batch.drop_constraint(op.f(_KNOWN), type_="check")
        batch.create_check_constraint(
            op.f(_KNOWN), "purpose IN ('lift_block', 'identify', 'delete_data', 'close_account')"
        )


def downgrade() -> None:
    codes = sa.table(_CODES, sa.column("purpose", sa.Text))
    op.execute(codes.delete().where(codes.c.purpose.in_(["delete_data", "close_account"])))
    with op.batch_alter_table(_CODES) as batch:
        batch.drop_constraint(op.f(_KNOWN), type_="check")
        batch.create_check_constraint(op.f(_KNOWN), "purpose IN ('lift_block', 'identify')")
