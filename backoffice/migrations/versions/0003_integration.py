"""Keys and answered requests of the shop's systems; reports of what does not agree.

Revision: 0003, after 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kernel.database import JsonValue, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", JsonValue, nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("per_minute > 0", name=op.f("ck_api_keys_per_minute_positive")),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_api_keys")),
    )
    op.create_table(
        "answered_requests",
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", JsonValue, nullable=True),
        sa.ForeignKeyConstraint(
            ["key_id"], ["api_keys.key_id"], name=op.f("fk_answered_requests_key_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key_id", "idempotency_key", name=op.f("pk_answered_requests")),
    )
    op.create_index(op.f("ix_answered_requests_taken_at"), "answered_requests", ["taken_at"], unique=False)
    op.create_table(
        "reconciliations",
        sa.Column("row_id", RowId, autoincrement=True, nullable=False),
        sa.Column("wanted_at", UtcDateTime(), nullable=False),
        sa.Column("taken_until", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("found_count", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_reconciliations")),
    )
    op.create_index(op.f("ix_reconciliations_finished_at"), "reconciliations", ["finished_at"], unique=False)
    op.create_table(
        "discrepancies",
        sa.Column("row_id", RowId, autoincrement=True, nullable=False),
        sa.Column("run_id", RowId, nullable=False),
        sa.Column("check_name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("found", JsonValue, nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["reconciliations.row_id"], name=op.f("fk_discrepancies_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_discrepancies")),
    )
    op.create_index(op.f("ix_discrepancies_run_id_check_name"), "discrepancies", ["run_id", "check_name"], unique=False)


def downgrade() -> None:
    for table in ("discrepancies", "reconciliations", "answered_requests", "api_keys"):
        op.drop_table(table)
