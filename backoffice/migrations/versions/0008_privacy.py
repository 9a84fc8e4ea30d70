"""Privacy: consents with their history, requests, terms, settings, records of access, deletion with what is kept.

Revision: 0008, after 0007. Consents keep what they say; when it was said is not known.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kernel.database import JsonValue, UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KINDS = "kind IN ('service', 'marketing', 'night_ads', 'third_party')"


def upgrade() -> None:
    _make_consents_a_history()
    op.create_table(
        "access_log",
        sa.Column("row_id", RowId, autoincrement=True, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("viewer_id", sa.Text(), nullable=False),
        sa.Column("viewer_name", sa.Text(), nullable=False),
        sa.Column("viewer_role", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("fields", JsonValue, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_access_log")),
    )
    op.create_index(op.f("ix_access_log_at_subject_id"), "access_log", ["at", "subject_id"], unique=False)
    op.create_index(op.f("ix_access_log_subject_id_at"), "access_log", ["subject_id", "at"], unique=False)
    op.create_index(op.f("ix_access_log_viewer_id_at"), "access_log", ["viewer_id", "at"], unique=False)
    op.create_table(
        "access_reviews",
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("reviewed_at", UtcDateTime(), nullable=False),
        sa.Column("reviewed_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_access_reviews")),
    )
    op.create_table(
        "erasures",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=True),
        sa.Column("pseudonym", sa.Text(), nullable=False),
        sa.Column("ordered_at", UtcDateTime(), nullable=False),
        sa.Column("shop_done_at", UtcDateTime(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("counts", JsonValue, nullable=True),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_erasures")),
        sa.UniqueConstraint("pseudonym", name=op.f("uq_erasures_pseudonym")),
        sa.UniqueConstraint("subject_id", name=op.f("uq_erasures_subject_id")),
    )
    op.create_table(
        "kept_records",
        sa.Column("row_id", RowId, autoincrement=True, nullable=False),
        sa.Column("pseudonym", sa.Text(), nullable=False),
        sa.Column("record_kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("content", JsonValue, nullable=False),
        sa.Column("moved_at", UtcDateTime(), nullable=False),
        sa.Column("kept_until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_kept_records")),
        sa.UniqueConstraint(
            "pseudonym", "source", "source_key", name=op.f("uq_kept_records_pseudonym_source_source_key")
        ),
    )
    op.create_index(op.f("ix_kept_records_kept_until"), "kept_records", ["kept_until"], unique=False)
    op.create_table(
        "privacy_requests",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("agent_name", sa.Text(), nullable=True),
        sa.Column("mandate", sa.Text(), nullable=True),
        sa.Column("details", sa.Text(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("refusal_ground", sa.Text(), nullable=True),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("event_key", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('access', 'correction', 'deletion', 'stop', 'leave', 'automated_refusal', 'automated_explanation')",
            name=op.f("ck_privacy_requests_known_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('received', 'identity_checked', 'in_work', 'answered', 'refused', 'withdrawn')",
            name=op.f("ck_privacy_requests_known_state"),
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_privacy_requests")),
        sa.UniqueConstraint("event_key", name=op.f("uq_privacy_requests_event_key")),
    )
    op.create_index(
        "ix_privacy_requests_due",
        "privacy_requests",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        op.f("ix_privacy_requests_subject_id_opened_at"), "privacy_requests", ["subject_id", "opened_at"], unique=False
    )
    op.create_index(
        "uq_privacy_requests_open",
        "privacy_requests",
        ["subject_id", "kind"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "terms_versions",
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("needs_agreement", sa.Boolean(), nullable=False),
        sa.Column("announced_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "document IN ('service_terms', 'privacy_policy', 'marketing_terms')",
            name=op.f("ck_terms_versions_known_document"),
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_terms_versions_version_counts_from_one")),
        sa.PrimaryKeyConstraint("document", "version", name=op.f("pk_terms_versions")),
    )
    op.create_table(
        "notification_settings",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("order_notices", sa.Boolean(), nullable=False),
        sa.Column("delivery_notices", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("quiet_from_min", sa.Integer(), nullable=True),
        sa.Column("quiet_until_min", sa.Integer(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("channel IN ('sms', 'kakao', 'email')", name=op.f("ck_notification_settings_known_channel")),
        sa.CheckConstraint(
            "quiet_from_min >= 0 AND quiet_from_min < 1440", name=op.f("ck_notification_settings_quiet_from_in_a_day")
        ),
        sa.CheckConstraint(
            "quiet_until_min >= 0 AND quiet_until_min < 1440",
            name=op.f("ck_notification_settings_quiet_until_in_a_day"),
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.customer_id"],
            name=op.f("fk_notification_settings_customer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_notification_settings")),
    )
    op.create_table(
        "privacy_request_steps",
        sa.Column("row_id", RowId, autoincrement=True, nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["privacy_requests.request_id"],
            name=op.f("fk_privacy_request_steps_request_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_privacy_request_steps")),
    )
    op.create_index(
        op.f("ix_privacy_request_steps_request_id_row_id"),
        "privacy_request_steps",
        ["request_id", "row_id"],
        unique=False,
    )


def _make_consents_a_history() -> None:
    op.execute("CREATE TABLE consents_before AS SELECT customer_id, kind, granted FROM consents")
    op.drop_table("consents")
    op.create_table(
        "consents",
        sa.Column("row_id", RowId, autoincrement=True, nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("terms_version", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("event_key", sa.Text(), nullable=True),
        sa.CheckConstraint(_KINDS, name=op.f("ck_consents_known_kind")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.customer_id"], name=op.f("fk_consents_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_consents")),
        sa.UniqueConstraint("event_key", name=op.f("uq_consents_event_key")),
    )
    op.create_index(
        op.f("ix_consents_customer_id_kind_row_id"), "consents", ["customer_id", "kind", "row_id"], unique=False
    )
    op.execute(
        "INSERT INTO consents (customer_id, kind, granted, channel) "
        "SELECT customer_id, kind, granted, 'import' FROM consents_before ORDER BY customer_id, kind"
    )
    op.drop_table("consents_before")


def downgrade() -> None:
    op.drop_table("privacy_request_steps")
    op.drop_table("notification_settings")
    op.drop_table("terms_versions")
    op.drop_table("privacy_requests")
    op.drop_table("kept_records")
    op.drop_table("erasures")
    op.drop_table("access_reviews")
    op.drop_table("access_log")
    _make_consents_a_state()


def _make_consents_a_state() -> None:
    newest = "SELECT max(row_id) FROM consents GROUP BY customer_id, kind"
    op.execute(
        f"CREATE TABLE consents_before AS SELECT customer_id, kind, granted FROM consents WHERE row_id IN ({newest})"  # noqa: S608
    )
    op.drop_table("consents")
    op.create_table(
        "consents",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.CheckConstraint(_KINDS, name=op.f("ck_consents_known_kind")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.customer_id"], name=op.f("fk_consents_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer_id", "kind", name=op.f("pk_consents")),
    )
    op.execute("INSERT INTO consents SELECT customer_id, kind, granted FROM consents_before")
    op.drop_table("consents_before")
