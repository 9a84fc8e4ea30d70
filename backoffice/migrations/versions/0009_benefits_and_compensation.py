"""Ledgers of points and coupons, baskets, decisions about amends and requests to supervisors.

Revision: 0009, after 0008.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kernel.database import JsonValue, UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_COUPON_TERMS = ("minimum_krw", "excluded_products", "excludes_lowest_price")
_KEPT = ("points", "coupon_events")


def upgrade() -> None:
    with op.batch_alter_table("points") as batch:
        batch.add_column(sa.Column("entry_key", sa.Text(), nullable=True))
        batch.add_column(sa.Column("part", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("lot_row_id", sa.BigInteger(), nullable=True))
        batch.create_unique_constraint(
            op.f("uq_points_customer_id_entry_key_part"), ["customer_id", "entry_key", "part"]
        )
    _keep_what_happened_to_coupons()
    op.create_table(
        "baskets",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("items", JsonValue, nullable=False),
        sa.Column("coupon_ids", JsonValue, nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.customer_id"], name=op.f("fk_baskets_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_baskets")),
    )
    _add_decisions()
    _add_requests()
    for table in _KEPT:
        _forbid_changes(table)


def downgrade() -> None:
    for table in _KEPT:
        _allow_changes(table)
    op.drop_table("compensation_requests")
    op.drop_table("compensation_decisions")
    with op.batch_alter_table("grants") as batch:
        batch.drop_column("decision_id")
    op.drop_table("baskets")
    with op.batch_alter_table("coupons") as batch:
        batch.drop_constraint(op.f("ck_coupons_minimum_not_negative"), type_="check")
        for name in _COUPON_TERMS:
            batch.drop_column(name)
        batch.add_column(sa.Column("used_at", UtcDateTime(), nullable=True))
    op.execute(
        "UPDATE coupons SET used_at = (SELECT e.at FROM coupon_events e WHERE e.customer_id = coupons.customer_id "
        "AND e.coupon_id = coupons.coupon_id AND e.kind = 'used' ORDER BY e.place DESC LIMIT 1)"
    )
    op.drop_table("coupon_events")
    with op.batch_alter_table("points") as batch:
        batch.drop_constraint(op.f("uq_points_customer_id_entry_key_part"), type_="unique")
        for name in ("lot_row_id", "part", "entry_key"):
            batch.drop_column(name)


def _keep_what_happened_to_coupons() -> None:
    op.create_table(
        "coupon_events",
        sa.Column("row_id", RowId, autoincrement=True, nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("coupon_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('issued', 'used', 'returned', 'expired')", name=op.f("ck_coupon_events_known_kind")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.customer_id"], name=op.f("fk_coupon_events_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_coupon_events")),
    )
    columns = ["customer_id", "coupon_id", "place"]
    op.create_index(op.f("ix_coupon_events_customer_id_coupon_id_place"), "coupon_events", columns, unique=True)
    op.execute(
        "INSERT INTO coupon_events (customer_id, coupon_id, place, kind, at) "
        "SELECT customer_id, coupon_id, 0, 'issued', issued_at FROM coupons ORDER BY row_id"
    )
    op.execute(
        "INSERT INTO coupon_events (customer_id, coupon_id, place, kind, at) "
        "SELECT customer_id, coupon_id, 1, 'used', used_at FROM coupons WHERE used_at IS NOT NULL ORDER BY row_id"
    )
    with op.batch_alter_table("coupons") as batch:
        batch.drop_column("used_at")
        batch.add_column(sa.Column("minimum_krw", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("excluded_products", JsonValue, nullable=True))
        batch.add_column(sa.Column("excludes_lowest_price", sa.Boolean(), nullable=True))
        batch.create_check_constraint(op.f("ck_coupons_minimum_not_negative"), "minimum_krw >= 0")


def _add_decisions() -> None:
    with op.batch_alter_table("grants") as batch:
        batch.add_column(sa.Column("decision_id", sa.Text(), nullable=True))
    op.create_table(
        "compensation_decisions",
        sa.Column("decision_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("inputs", JsonValue, nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("alternative", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_role", sa.Text(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('granted', 'refused', 'referred')", name=op.f("ck_compensation_decisions_known_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.customer_id"],
            name=op.f("fk_compensation_decisions_customer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_compensation_decisions")),
        sa.UniqueConstraint(
            "customer_id",
            "order_id",
            "cause",
            "fingerprint",
            name="uq_compensation_decisions_same_facts",
        ),
    )
    for columns in (["customer_id", "decided_at"], ["address_key", "decided_at"]):
        op.create_index(op.f(f"ix_compensation_decisions_{'_'.join(columns)}"), "compensation_decisions", columns)
    op.create_index(
        "uq_compensation_decisions_one_grant",
        "compensation_decisions",
        ["customer_id", "order_id", "cause"],
        unique=True,
        sqlite_where=sa.text("outcome = 'granted'"),
        postgresql_where=sa.text("outcome = 'granted'"),
    )
    _decide_what_was_granted()


def _decide_what_was_granted() -> None:
    """Give what was granted so far a decision, so that it is not granted again."""
    op.execute(
        "INSERT INTO compensation_decisions (decision_id, customer_id, order_id, cause, outcome, rule, rules_version, "
        "inputs, sentence, decided_by, decided_role, decided_at, fingerprint) "
        "SELECT 'd_r' || MIN(row_id), customer_id, order_id, COALESCE(cause, ''), 'granted', 'recorded', 0, "
        "'{}', '이 주문에 드린 보상이에요.', 'recorded', 'recorded', MIN(at), 'recorded' "
        "FROM grants WHERE order_id IS NOT NULL GROUP BY customer_id, order_id, COALESCE(cause, '')"
    )
    op.execute(
        "UPDATE grants SET decision_id = (SELECT d.decision_id FROM compensation_decisions d WHERE "
        "d.customer_id = grants.customer_id AND d.order_id = grants.order_id AND d.cause = COALESCE(grants.cause, '')) "
        "WHERE order_id IS NOT NULL"
    )


def _add_requests() -> None:
    op.create_table(
        "compensation_requests",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("gifts", JsonValue, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_name", sa.Text(), nullable=False),
        sa.Column("requested_role", sa.Text(), nullable=False),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.Column("request_key", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answer_reason", sa.Text(), nullable=True),
        sa.Column("decision_id", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "answered_by IS NULL OR answered_by <> requested_by", name=op.f("ck_compensation_requests_four_eyes")
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'approved', 'declined')", name=op.f("ck_compensation_requests_known_state")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.customer_id"],
            name=op.f("fk_compensation_requests_customer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_compensation_requests")),
        sa.UniqueConstraint(
            "customer_id", "request_key", name=op.f("uq_compensation_requests_customer_id_request_key")
        ),
    )
    op.create_index(
        op.f("ix_compensation_requests_customer_id_requested_at"),
        "compensation_requests",
        ["customer_id", "requested_at"],
    )
    op.create_index(
        "uq_compensation_requests_one_pending",
        "compensation_requests",
        ["customer_id", "order_id", "cause"],
        unique=True,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        op.f("ix_compensation_requests_requested_at"),
        "compensation_requests",
        ["requested_at"],
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )


def _forbid_changes(table: str) -> None:
    """Have the database refuse to change a line of a ledger. Its lines go only when all that is held of a person goes."""
    if op.get_bind().dialect.name == "sqlite":
        stop = "BEGIN SELECT RAISE(ABORT, 'a ledger only grows'); END"
        op.execute(f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE ON {table} {stop}")
        return
    op.execute(
        f"CREATE FUNCTION {table}_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'a ledger only grows' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_only_grows()"
    )


def _allow_changes(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER {table}_only_grows")
        return
    op.execute(f"DROP TRIGGER {table}_only_grows ON {table}")
    op.execute(f"DROP FUNCTION {table}_only_grows()")
