"""Everything couriers report, what a person has to look at, changes of a delivery, and how long parcels took.

Revision: 0005, after 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kernel.database import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NOT_COME = sa.text("delivered_at IS NULL")
_OPEN = sa.text("resolved_at IS NULL")


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("address", sa.Text(), nullable=True))
    op.add_column("deliveries", sa.Column("door_note", sa.Text(), nullable=True))
    op.create_index(
        op.f("ix_deliveries_promised_date"),
        "deliveries",
        ["promised_date"],
        sqlite_where=_NOT_COME,
        postgresql_where=_NOT_COME,
    )
    op.create_index(op.f("ix_deliveries_delivered_at"), "deliveries", ["delivered_at"])
    _create_events()
    _create_flags()
    _create_changes()
    op.create_table(
        "delivery_spans",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("business_days", sa.Integer(), nullable=False),
        sa.Column("parcel_count", sa.Integer(), nullable=False),
        sa.CheckConstraint("parcel_count > 0", name=op.f("ck_delivery_spans_parcel_count_positive")),
        sa.PrimaryKeyConstraint("scope", "business_days", name=op.f("pk_delivery_spans")),
    )


def _create_events() -> None:
    op.create_table(
        "delivery_events",
        sa.Column("row_id", RowId, autoincrement=True, nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("eta_date", sa.Date(), nullable=True),
        sa.Column("courier", sa.Text(), nullable=True),
        sa.Column("tracking_no", sa.Text(), nullable=True),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.order_id"], name=op.f("fk_delivery_events_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_delivery_events")),
        sa.UniqueConstraint("source", "event_id", name=op.f("uq_delivery_events_source_event_id")),
    )
    op.create_index(op.f("ix_delivery_events_order_id_happened_at"), "delivery_events", ["order_id", "happened_at"])


def _create_flags() -> None:
    kinds = "'after_delivery', 'delivered_twice', 'before_order', 'order_ended', 'unknown_code', 'moved_again'"
    op.create_table(
        "delivery_flags",
        sa.Column("row_id", RowId, autoincrement=True, nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("resolved_at", UtcDateTime(), nullable=True),
        sa.Column("resolved_by", sa.Text(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.CheckConstraint(f"kind IN ({kinds})", name=op.f("ck_delivery_flags_known_kind")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.order_id"], name=op.f("fk_delivery_flags_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_delivery_flags")),
    )
    op.create_index(
        op.f("ix_delivery_flags_order_id_kind_subject"), "delivery_flags", ["order_id", "kind", "subject"], unique=True
    )
    op.create_index(
        op.f("ix_delivery_flags_found_at"),
        "delivery_flags",
        ["found_at"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def _create_changes() -> None:
    op.create_table(
        "delivery_changes",
        sa.Column("change_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("applied_at", UtcDateTime(), nullable=True),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('address', 'day', 'door_note')", name=op.f("ck_delivery_changes_known_kind")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.order_id"], name=op.f("fk_delivery_changes_order_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.customer_id"], name=op.f("fk_delivery_changes_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_delivery_changes")),
    )
    op.create_index(op.f("ix_delivery_changes_order_id_proposed_at"), "delivery_changes", ["order_id", "proposed_at"])
    op.create_index(op.f("ix_delivery_changes_customer_id"), "delivery_changes", ["customer_id"])


def downgrade() -> None:
    for name in ("delivery_spans", "delivery_changes", "delivery_flags", "delivery_events"):
        op.drop_table(name)
    op.drop_index(op.f("ix_deliveries_delivered_at"), "deliveries")
    op.drop_index(op.f("ix_deliveries_promised_date"), "deliveries")
    op.drop_column("deliveries", "door_note")
    op.drop_column("deliveries", "address")
