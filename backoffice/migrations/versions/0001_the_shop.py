"""The shop: customers, orders, deliveries, verification, blocks, benefits, grants, consents.

Revision: 0001, the first.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kernel.database import JsonValue, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "customers",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("joined_at", UtcDateTime(), nullable=True),
        sa.Column("kakao_user_key", sa.Text(), nullable=True),
        sa.CheckConstraint("grade IN ('basic', 'vip')", name=op.f("ck_customers_known_grade")),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customers")),
        sa.UniqueConstraint("kakao_user_key", name=op.f("uq_customers_kakao_user_key")),
    )
    op.create_table(
        "blocks",
        sa.Column("row_id", RowId, autoincrement=True, nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("blocked_at", UtcDateTime(), nullable=False),
        sa.Column("auto_release_at", UtcDateTime(), nullable=True),
        sa.Column("released_at", UtcDateTime(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "reason IN ('info_mismatch', 'sms_failures', 'abnormal_access', 'identity_misuse', 'other')",
            name=op.f("ck_blocks_known_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.customer_id"], name=op.f("fk_blocks_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_blocks")),
    )
    op.create_index(op.f("ix_blocks_customer_id_blocked_at"), "blocks", ["customer_id", "blocked_at"], unique=False)
    op.create_table(
        "consents",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('service', 'marketing', 'night_ads', 'third_party')", name=op.f("ck_consents_known_kind")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.customer_id"], name=op.f("fk_consents_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer_id", "kind", name=op.f("pk_consents")),
    )
    op.create_table(
        "coupons",
        sa.Column("row_id", RowId, autoincrement=True, nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("coupon_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("rate_percent", sa.Numeric(precision=5, scale=2, asdecimal=False), nullable=True),
        sa.Column("amount_krw", sa.BigInteger(), nullable=True),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("stackable", sa.Boolean(), nullable=True),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("amount_krw >= 0", name=op.f("ck_coupons_amount_not_negative")),
        sa.CheckConstraint("rate_percent >= 0 AND rate_percent <= 100", name=op.f("ck_coupons_rate_is_percent")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.customer_id"], name=op.f("fk_coupons_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_coupons")),
        sa.UniqueConstraint("customer_id", "coupon_id", name=op.f("uq_coupons_customer_id_coupon_id")),
    )
    op.create_index(op.f("ix_coupons_customer_id_issued_at"), "coupons", ["customer_id", "issued_at"], unique=False)
    op.create_table(
        "demo_stories",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_demo_stories")),
    )
    op.create_table(
        "grants",
        sa.Column("row_id", RowId, autoincrement=True, nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("amount_krw", sa.BigInteger(), nullable=True),
        sa.Column("rate_percent", sa.Numeric(precision=5, scale=2, asdecimal=False), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("amount_krw >= 0", name=op.f("ck_grants_amount_not_negative")),
        sa.CheckConstraint("rate_percent >= 0 AND rate_percent <= 100", name=op.f("ck_grants_rate_is_percent")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.customer_id"], name=op.f("fk_grants_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_grants")),
    )
    op.create_index(op.f("ix_grants_customer_id_at"), "grants", ["customer_id", "at"], unique=False)
    op.create_index(op.f("ix_grants_order_id_cause"), "grants", ["order_id", "cause"], unique=False)
    op.create_table(
        "orders",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("ordered_at", UtcDateTime(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("paid_krw", sa.BigInteger(), nullable=True),
        sa.Column("discount_krw", sa.BigInteger(), nullable=True),
        sa.Column("payment_method", sa.Text(), nullable=True),
        sa.Column("cancelled_at", UtcDateTime(), nullable=True),
        sa.Column("cancelled_by", sa.Text(), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status IN ('received', 'paid', 'packed', 'shipped', 'in_transit', 'delivered', 'cancelled', 'merged', 'returned')",
            name=op.f("ck_orders_known_status"),
        ),
        sa.CheckConstraint("discount_krw >= 0", name=op.f("ck_orders_discount_not_negative")),
        sa.CheckConstraint("paid_krw >= 0", name=op.f("ck_orders_paid_not_negative")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.customer_id"], name=op.f("fk_orders_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_orders")),
    )
    op.create_index(op.f("ix_orders_customer_id_ordered_at"), "orders", ["customer_id", "ordered_at"], unique=False)
    op.create_index(
        op.f("ix_orders_customer_id_status_ordered_at"), "orders", ["customer_id", "status", "ordered_at"], unique=False
    )
    op.create_table(
        "points",
        sa.Column("row_id", RowId, autoincrement=True, nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("amount_krw", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.customer_id"], name=op.f("fk_points_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_points")),
    )
    op.create_index(op.f("ix_points_customer_id_at"), "points", ["customer_id", "at"], unique=False)
    op.create_table(
        "verification_attempts",
        sa.Column("row_id", RowId, autoincrement=True, nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("carrier", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("browser", sa.Text(), nullable=True),
        sa.CheckConstraint("method IN ('SMS', 'PASS', 'ARS')", name=op.f("ck_verification_attempts_known_method")),
        sa.CheckConstraint("result IN ('success', 'failure')", name=op.f("ck_verification_attempts_known_result")),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.customer_id"],
            name=op.f("fk_verification_attempts_customer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_verification_attempts")),
    )
    op.create_index(
        op.f("ix_verification_attempts_customer_id_at"), "verification_attempts", ["customer_id", "at"], unique=False
    )
    op.create_table(
        "deliveries",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("promised_date", sa.Date(), nullable=True),
        sa.Column("eta_date", sa.Date(), nullable=True),
        sa.Column("eta_at", UtcDateTime(), nullable=True),
        sa.Column("eta_history", JsonValue, nullable=True),
        sa.Column("delivered_at", UtcDateTime(), nullable=True),
        sa.Column("delivered_place", sa.Text(), nullable=True),
        sa.Column("courier", sa.Text(), nullable=True),
        sa.Column("tracking_no", sa.Text(), nullable=True),
        sa.Column("delay_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.order_id"], name=op.f("fk_deliveries_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_deliveries")),
    )
    op.create_table(
        "delivery_stages",
        sa.Column("row_id", RowId, autoincrement=True, nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("planned_at", UtcDateTime(), nullable=True),
        sa.Column("actual_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.order_id"], name=op.f("fk_delivery_stages_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_delivery_stages")),
    )
    op.create_index(op.f("ix_delivery_stages_order_id_row_id"), "delivery_stages", ["order_id", "row_id"], unique=False)
    op.create_table(
        "order_items",
        sa.Column("row_id", RowId, autoincrement=True, nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("option", sa.Text(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("price_krw", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("price_krw >= 0", name=op.f("ck_order_items_price_not_negative")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_order_items_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.order_id"], name=op.f("fk_order_items_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_order_items")),
    )
    op.create_index(op.f("ix_order_items_order_id_row_id"), "order_items", ["order_id", "row_id"], unique=False)
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


def downgrade() -> None:
    op.drop_table("refunds")
    op.drop_index(op.f("ix_order_items_order_id_row_id"), table_name="order_items")
    op.drop_table("order_items")
    op.drop_index(op.f("ix_delivery_stages_order_id_row_id"), table_name="delivery_stages")
    op.drop_table("delivery_stages")
    op.drop_table("deliveries")
    op.drop_index(op.f("ix_verification_attempts_customer_id_at"), table_name="verification_attempts")
    op.drop_table("verification_attempts")
    op.drop_index(op.f("ix_points_customer_id_at"), table_name="points")
    op.drop_table("points")
    op.drop_index(op.f("ix_orders_customer_id_status_ordered_at"), table_name="orders")
    op.drop_index(op.f("ix_orders_customer_id_ordered_at"), table_name="orders")
    op.drop_table("orders")
    op.drop_index(op.f("ix_grants_order_id_cause"), table_name="grants")
    op.drop_index(op.f("ix_grants_customer_id_at"), table_name="grants")
    op.drop_table("grants")
    op.drop_table("demo_stories")
    op.drop_index(op.f("ix_coupons_customer_id_issued_at"), table_name="coupons")
    op.drop_table("coupons")
    op.drop_table("consents")
    op.drop_index(op.f("ix_blocks_customer_id_blocked_at"), table_name="blocks")
    op.drop_table("blocks")
    op.drop_table("customers")
