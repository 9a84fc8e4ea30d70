"""What happens to orders: events, requests, returns, receipts, several refunds an order, part of an item cancelled.

Revision: 0007, after 0006.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kernel.database import JsonValue, UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_COUNTS = {
    "cancelled_count": ("cancelled_within_quantity", "cancelled_count >= 0 AND cancelled_count <= quantity"),
    "returned_count": (
        "returned_within_quantity",
        "returned_count >= 0 AND cancelled_count + returned_count <= quantity",
    ),
}


def upgrade() -> None:
    op.add_column("orders", sa.Column("used_points_krw", sa.BigInteger(), nullable=True))
    op.add_column("orders", sa.Column("used_coupon_id", sa.Text(), nullable=True))
    for column, (name, check) in _COUNTS.items():
        # Both databases take a check with a new column; SQLite would otherwise have to write the table anew.
        op.execute(
            f"ALTER TABLE order_items ADD COLUMN {column} INTEGER DEFAULT 0 NOT NULL"
            f" CONSTRAINT ck_order_items_{name} CHECK ({check})"
        )
    _number_refunds()
    _create_events()
    _create_requests_and_returns()
    op.create_table(
        "receipts",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("sent_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.order_id"], name=op.f("fk_receipts_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("order_id", "kind", name=op.f("pk_receipts")),
    )
    op.create_table(
        "product_options",
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("option", sa.Text(), nullable=False),
        sa.Column("price_krw", sa.BigInteger(), nullable=False),
        sa.Column("is_sold", sa.Boolean(), nullable=False),
        sa.CheckConstraint("price_krw >= 0", name=op.f("ck_product_options_price_not_negative")),
        sa.PrimaryKeyConstraint("product", "option", name=op.f("pk_product_options")),
    )


def _number_refunds() -> None:
    """Let an order have several refunds: the key is a number now, no longer the order."""
    op.execute("CREATE TABLE refunds_kept AS SELECT order_id, amount_krw, state, due_date FROM refunds")
    op.drop_table("refunds")
    op.create_table(
        "refunds",
        sa.Column("row_id", RowId, autoincrement=True, nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("amount_krw", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("requested_at", UtcDateTime(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.CheckConstraint("amount_krw >= 0", name=op.f("ck_refunds_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.order_id"], name=op.f("fk_refunds_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_refunds")),
    )
    op.create_index(op.f("ix_refunds_order_id_row_id"), "refunds", ["order_id", "row_id"], unique=False)
    op.execute(
        "INSERT INTO refunds (order_id, amount_krw, state, due_date)"
        " SELECT order_id, amount_krw, state, due_date FROM refunds_kept"
    )
    op.drop_table("refunds_kept")


def _create_events() -> None:
    op.create_table(
        "order_events",
        sa.Column("row_id", RowId, autoincrement=True, nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("detail", JsonValue, nullable=False),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("rules_version", sa.Integer(), nullable=True),
        sa.Column("inputs", JsonValue, nullable=True),
        sa.CheckConstraint(
            "kind IN ('cancelled', 'items_cancelled', 'option_changed', 'quantity_changed', 'item_added',"
            " 'payment_changed', 'merged', 'took_in', 'return_requested', 'exchange_requested', 'return_withdrawn',"
            " 'return_received', 'receipt_sent')",
            name=op.f("ck_order_events_known_kind"),
        ),
        sa.CheckConstraint("actor IN ('customer', 'agent', 'shop')", name=op.f("ck_order_events_known_actor")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.order_id"], name=op.f("fk_order_events_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_order_events")),
    )
    op.create_index(op.f("ix_order_events_order_id_row_id"), "order_events", ["order_id", "row_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_order_event_change() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'order_events only grows'; END $$"
        )
        op.execute(
            "CREATE TRIGGER order_events_only_grow BEFORE UPDATE ON order_events"
            " FOR EACH ROW EXECUTE FUNCTION refuse_order_event_change()"
        )
    else:
        op.execute(
            "CREATE TRIGGER order_events_only_grow BEFORE UPDATE ON order_events"
            " BEGIN SELECT RAISE(ABORT, 'order_events only grows'); END"
        )


def _create_requests_and_returns() -> None:
    op.create_table(
        "order_requests",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("request_key", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("outcome", JsonValue, nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.customer_id"],
            name=op.f("fk_order_requests_customer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("customer_id", "request_key", name=op.f("pk_order_requests")),
    )
    op.create_table(
        "order_returns",
        sa.Column("return_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("items", JsonValue, nullable=False),
        sa.Column("wanted_option", sa.Text(), nullable=True),
        sa.Column("pickup_date", sa.Date(), nullable=False),
        sa.Column("fee_krw", sa.BigInteger(), nullable=False),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('return', 'exchange')", name=op.f("ck_order_returns_known_kind")),
        sa.CheckConstraint(
            "state IN ('requested', 'received', 'withdrawn')", name=op.f("ck_order_returns_known_state")
        ),
        sa.CheckConstraint("fee_krw >= 0", name=op.f("ck_order_returns_fee_not_negative")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.order_id"], name=op.f("fk_order_returns_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("return_id", name=op.f("pk_order_returns")),
    )
    op.create_index(
        op.f("ix_order_returns_order_id_requested_at"), "order_returns", ["order_id", "requested_at"], unique=False
    )


def downgrade() -> None:
    for table in ("product_options", "receipts", "order_returns", "order_requests", "order_events"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_order_event_change()")
    op.execute(
        "CREATE TABLE refunds_kept AS SELECT order_id, amount_krw, state, due_date FROM refunds"
        " WHERE row_id IN (SELECT max(row_id) FROM refunds GROUP BY order_id)"
    )
    op.drop_table("refunds")
    op.create_table(
        "refunds",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("amount_krw", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.CheckConstraint("amount_krw >= 0", name=op.f("ck_refunds_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.order_id"], name=op.f("fk_refunds_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_refunds")),
    )
    op.execute(
        "INSERT INTO refunds (order_id, amount_krw, state, due_date)"
        " SELECT order_id, amount_krw, state, due_date FROM refunds_kept"
    )
    op.drop_table("refunds_kept")
    for column in reversed(_COUNTS):
        op.drop_column("order_items", column)
    op.drop_column("orders", "used_coupon_id")
    op.drop_column("orders", "used_points_krw")
