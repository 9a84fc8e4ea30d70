"""How blocks were decided and who ended them; one-time codes; customers found by their number.

Revision: 0004, after 0003.
"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from kernel.database import JsonValue, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _name_blocks()
    _create_releases()
    _create_codes()
    op.create_index(op.f("ix_customers_phone"), "customers", ["phone"], unique=False)


def _name_blocks() -> None:
    """Give every block an id; those that hold get the job that ends them."""
    with op.batch_alter_table("blocks") as batch:
        batch.add_column(sa.Column("block_id", sa.Text(), nullable=True))
        batch.add_column(sa.Column("signals", JsonValue, nullable=True))
        batch.add_column(sa.Column("rule_id", sa.Text(), nullable=True))
        batch.add_column(sa.Column("rules_version", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("event_id", sa.Text(), nullable=True))
    op.execute("UPDATE blocks SET block_id = 'b_' || row_id")
    with op.batch_alter_table("blocks") as batch:
        batch.alter_column("block_id", existing_type=sa.Text(), nullable=False)
        batch.create_unique_constraint(op.f("uq_blocks_block_id"), ["block_id"])
        batch.create_unique_constraint(op.f("uq_blocks_event_id"), ["event_id"])
    blocks = sa.table(
        "blocks",
        sa.column("block_id", sa.Text),
        sa.column("auto_release_at", UtcDateTime),
        sa.column("released_at", UtcDateTime),
    )
    jobs = sa.table(
        "jobs",
        sa.column("kind", sa.Text),
        sa.column("key", sa.Text),
        sa.column("due_at", UtcDateTime),
        sa.column("payload", JsonValue),
        sa.column("failures", sa.Integer),
    )
    holding = sa.and_(blocks.c.released_at.is_(None), blocks.c.auto_release_at > datetime.now(UTC))
    found = op.get_bind().execute(sa.select(blocks.c.block_id, blocks.c.auto_release_at).where(holding)).all()
    if found:
        op.bulk_insert(
            jobs,
            [
                {
                    "kind": "release_block",
                    "key": row.block_id,
                    "due_at": row.auto_release_at,
                    "payload": {},
                    "failures": 0,
                }
                for row in found
            ],
        )


def _create_releases() -> None:
    op.create_table(
        "block_releases",
        sa.Column("block_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=True),
        sa.Column("rules_version", sa.Integer(), nullable=True),
        sa.Column("blocked_at", UtcDateTime(), nullable=False),
        sa.Column("released_at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("released_by", sa.Text(), nullable=False),
        sa.Column("justification", sa.Text(), nullable=False),
        sa.Column("is_our_fault", sa.Boolean(), nullable=False),
        sa.Column("kept_until", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('time', 'code', 'staff')", name=op.f("ck_block_releases_known_kind")),
        sa.PrimaryKeyConstraint("block_id", name=op.f("pk_block_releases")),
    )
    op.create_index(
        op.f("ix_block_releases_customer_id_released_at"),
        "block_releases",
        ["customer_id", "released_at"],
        unique=False,
    )
    op.create_index(op.f("ix_block_releases_kept_until"), "block_releases", ["kept_until"], unique=False)


def _create_codes() -> None:
    op.create_table(
        "one_time_codes",
        sa.Column("code_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("used_by", sa.Text(), nullable=True),
        sa.CheckConstraint("purpose IN ('lift_block', 'identify')", name=op.f("ck_one_time_codes_known_purpose")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.customer_id"], name=op.f("fk_one_time_codes_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code_id", name=op.f("pk_one_time_codes")),
        sa.UniqueConstraint("subject", "purpose", name=op.f("uq_one_time_codes_subject_purpose")),
        sa.UniqueConstraint("conversation_id", "purpose", name=op.f("uq_one_time_codes_conversation_id_purpose")),
    )
    op.create_index(op.f("ix_one_time_codes_customer_id"), "one_time_codes", ["customer_id"], unique=False)
    op.create_index(op.f("ix_one_time_codes_expires_at"), "one_time_codes", ["expires_at"], unique=False)
    op.create_table(
        "code_limits",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("sent_count", sa.Integer(), nullable=False),
        sa.Column("last_sent_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_code_limits")),
    )
    op.create_index(op.f("ix_code_limits_last_sent_at"), "code_limits", ["last_sent_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_customers_phone"), table_name="customers")
    op.drop_table("code_limits")
    op.drop_table("one_time_codes")
    op.drop_table("block_releases")
    with op.batch_alter_table("blocks") as batch:
        batch.drop_constraint(op.f("uq_blocks_event_id"), type_="unique")
        batch.drop_constraint(op.f("uq_blocks_block_id"), type_="unique")
        for name in ("event_id", "rules_version", "rule_id", "signals", "block_id"):
            batch.drop_column(name)
