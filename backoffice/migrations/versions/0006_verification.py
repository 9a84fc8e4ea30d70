"""Attempts with their stage, what is sealed of them, counts of attempts, alerts on unusual rates.

Revision: 0006, after 0005.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kernel.database import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ATTEMPTS = "verification_attempts"
_STAGES = "stage IN ('request', 'carrier', 'channel', 'code_entered', 'matched')"
_DIMENSIONS = "dimension IN ('all', 'carrier', 'method', 'carrier_method', 'region', 'browser', 'hour', 'cause')"


def upgrade() -> None:
    with op.batch_alter_table(_ATTEMPTS) as table:
        table.alter_column("customer_id", existing_type=sa.Text(), nullable=True)
        for name in ("stage", "network", "os"):
            table.add_column(sa.Column(name, sa.Text(), nullable=True))
        table.add_column(sa.Column("retry_number", sa.Integer(), nullable=True))
        table.create_check_constraint(op.f("ck_verification_attempts_known_stage"), _STAGES)
    op.create_index(op.f("ix_verification_attempts_at"), _ATTEMPTS, ["at"], unique=False)
    op.create_table(
        "verification_secrets",
        sa.Column("attempt_id", sa.Text(), nullable=False),
        sa.Column("attempt_row", RowId, nullable=False),
        sa.Column("transaction_mark", sa.Text(), nullable=True),
        sa.Column("transaction_sealed", sa.Text(), nullable=True),
        sa.Column("ci_sealed", sa.Text(), nullable=True),
        sa.Column("di_sealed", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["attempt_row"],
            ["verification_attempts.row_id"],
            name=op.f("fk_verification_secrets_attempt_row"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_verification_secrets")),
        sa.UniqueConstraint("transaction_mark", name=op.f("uq_verification_secrets_transaction_mark")),
    )
    op.create_index(op.f("ix_verification_secrets_attempt_row"), "verification_secrets", ["attempt_row"], unique=False)
    op.create_table(
        "verification_counts",
        sa.Column("span", sa.Text(), nullable=False),
        sa.Column("start_at", UtcDateTime(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.CheckConstraint("span IN ('five_minutes', 'day')", name=op.f("ck_verification_counts_known_span")),
        sa.CheckConstraint(_DIMENSIONS, name=op.f("ck_verification_counts_known_dimension")),
        sa.PrimaryKeyConstraint("span", "start_at", "dimension", "value", name=op.f("pk_verification_counts")),
    )
    op.create_table(
        "verification_alerts",
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("quiet_looks", sa.Integer(), nullable=False),
        sa.Column("is_told", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("usual_ratio", sa.Float(), nullable=False),
        sa.Column("p_value", sa.Float(), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(_DIMENSIONS, name=op.f("ck_verification_alerts_known_dimension")),
        sa.PrimaryKeyConstraint("alert_id", name=op.f("pk_verification_alerts")),
    )
    op.create_index(op.f("ix_verification_alerts_opened_at"), "verification_alerts", ["opened_at"], unique=False)
    op.create_index(
        "uq_verification_alerts_open",
        "verification_alerts",
        ["dimension", "value"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def downgrade() -> None:
    for table in ("verification_alerts", "verification_counts", "verification_secrets"):
        op.drop_table(table)
    # What nobody in particular tried has no place in the older table.
    op.execute("DELETE FROM verification_attempts WHERE customer_id IS NULL")
    op.drop_index(op.f("ix_verification_attempts_at"), table_name=_ATTEMPTS)
    with op.batch_alter_table(_ATTEMPTS) as table:
        table.drop_constraint(op.f("ck_verification_attempts_known_stage"), type_="check")
        for name in ("retry_number", "os", "network", "stage"):
            table.drop_column(name)
        table.alter_column("customer_id", existing_type=sa.Text(), nullable=False)
