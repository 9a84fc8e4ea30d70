"""What customers ask about their own data, and every step that was taken on it."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa

from backoffice.metadata import metadata, one_of, row_id
from kernel.database import UtcDateTime


class RequestKind(StrEnum):
    """What a person may ask for."""

    ACCESS = "access"
    CORRECTION = "correction"
    DELETION = "deletion"
    STOP = "stop"
    LEAVE = "leave"
    AUTOMATED_REFUSAL = "automated_refusal"
    AUTOMATED_EXPLANATION = "automated_explanation"


class RequestState(StrEnum):
    """Where a request stands; `policy.py` says which follows which."""

    RECEIVED = "received"
    IDENTITY_CHECKED = "identity_checked"
    IN_WORK = "in_work"
    ANSWERED = "answered"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


# Not foreign keys: a request outlives the customer who asked to be deleted, under the name they have then.
privacy_requests = sa.Table(
    "privacy_requests",
    metadata,
    sa.Column("request_id", sa.Text, primary_key=True),
    sa.Column("subject_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    # Null where the person asks for themselves; else who acts, and the mandate that was shown.
    sa.Column("agent_name", sa.Text),
    sa.Column("mandate", sa.Text),
    sa.Column("details", sa.Text),
    sa.Column("opened_at", UtcDateTime, nullable=False),
    sa.Column("due_at", UtcDateTime, nullable=False),
    sa.Column("ended_at", UtcDateTime),
    sa.Column("answer", sa.Text),
    sa.Column("refusal_ground", sa.Text),
    sa.Column("rules_version", sa.Integer, nullable=False),
    # Names the turn or letter that asked: the same one again opens nothing.
    sa.Column("event_key", sa.Text, unique=True),
    one_of("kind", RequestKind),
    one_of("state", RequestState),
    sa.Index(None, "subject_id", "opened_at"),
    # One open request of a kind for each person, decided here.
    sa.Index(
        "uq_privacy_requests_open",
        "subject_id",
        "kind",
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    ),
    sa.Index(
        "ix_privacy_requests_due",
        "due_at",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    ),
)

privacy_request_steps = sa.Table(
    "privacy_request_steps",
    metadata,
    row_id(),
    sa.Column("request_id", sa.Text, sa.ForeignKey("privacy_requests.request_id", ondelete="CASCADE"), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    # A state that was reached, or `alarm:…`, `archive`, `erasure:…`.
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("note", sa.Text),
    sa.Index(None, "request_id", "row_id"),
)
