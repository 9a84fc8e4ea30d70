"""The log of attempts to prove who one is by mobile phone, how many there were, and when too many failed.

Never the code itself, never a resident number. What the agency calls an attempt and a person (transaction id, CI,
DI) is sealed and kept apart from the log, which agents see.
"""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa

from backoffice.metadata import customer_id, metadata, one_of, row_id
from kernel.database import UtcDateTime


class Method(StrEnum):
    """How the customer proves who they are."""

    SMS = "SMS"
    PASS = "PASS"  # noqa: S105 the name of an app
    ARS = "ARS"


class Result(StrEnum):
    """How an attempt ended."""

    SUCCESS = "success"
    FAILURE = "failure"


class Stage(StrEnum):
    """How far an attempt came, in order."""

    REQUEST = "request"
    CARRIER = "carrier"
    CHANNEL = "channel"
    CODE_ENTERED = "code_entered"
    MATCHED = "matched"


class Dimension(StrEnum):
    """By what attempts are counted. The key of `carrier_method` is both, with a stroke between them."""

    ALL = "all"
    CARRIER = "carrier"
    METHOD = "method"
    CARRIER_METHOD = "carrier_method"
    REGION = "region"
    BROWSER = "browser"
    HOUR = "hour"
    CAUSE = "cause"


class Span(StrEnum):
    """How long the time is that one count covers."""

    FIVE_MINUTES = "five_minutes"
    DAY = "day"


verification_attempts = sa.Table(
    "verification_attempts",
    metadata,
    row_id(),
    # Null where nobody is logged in yet.
    customer_id(nullable=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("stage", sa.Text),
    sa.Column("method", sa.Text),
    sa.Column("result", sa.Text),
    sa.Column("cause", sa.Text),
    sa.Column("error_code", sa.Text),
    sa.Column("carrier", sa.Text),
    # The network a virtual operator rents, where it is known.
    sa.Column("network", sa.Text),
    sa.Column("region", sa.Text),
    sa.Column("browser", sa.Text),
    sa.Column("os", sa.Text),
    # 0 for the first try.
    sa.Column("retry_number", sa.Integer),
    one_of("method", Method),
    one_of("result", Result),
    one_of("stage", Stage),
    sa.Index(None, "customer_id", "at"),
    sa.Index(None, "at"),
)

verification_secrets = sa.Table(
    "verification_secrets",
    metadata,
    sa.Column("attempt_id", sa.Text, primary_key=True),
    sa.Column(
        "attempt_row",
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        sa.ForeignKey("verification_attempts.row_id", ondelete="CASCADE"),
        nullable=False,
    ),
    # The keyed hash of the agency's transaction id: an attempt reported twice is there once.
    sa.Column("transaction_mark", sa.Text, unique=True),
    sa.Column("transaction_sealed", sa.Text),
    sa.Column("ci_sealed", sa.Text),
    sa.Column("di_sealed", sa.Text),
    sa.Index(None, "attempt_row"),
)

# Counts grow with each attempt, so that no rate is ever found by reading the log. A cause has no `attempts` of its
# own: its failures are a part of all attempts.
verification_counts = sa.Table(
    "verification_counts",
    metadata,
    sa.Column("span", sa.Text, primary_key=True),
    sa.Column("start_at", UtcDateTime, primary_key=True),
    sa.Column("dimension", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, primary_key=True),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    one_of("span", Span),
    one_of("dimension", Dimension),
)

verification_alerts = sa.Table(
    "verification_alerts",
    metadata,
    sa.Column("alert_id", sa.Text, primary_key=True),
    sa.Column("dimension", sa.Text, nullable=False),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("opened_at", UtcDateTime, nullable=False),
    sa.Column("closed_at", UtcDateTime),
    # Looks in a row that found nothing unusual; enough of them close it.
    sa.Column("quiet_looks", sa.Integer, nullable=False),
    # Whether customers are told: not while a carrier's or a method's trouble explains it.
    sa.Column("is_told", sa.Boolean, nullable=False),
    # What was found at the last look that found it unusual, and with which rules.
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("usual_ratio", sa.Float, nullable=False),
    sa.Column("p_value", sa.Float, nullable=False),
    sa.Column("rules_version", sa.Integer, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False),
    one_of("dimension", Dimension),
    # One open alert for what is counted, whichever process looks.
    sa.Index(
        "uq_verification_alerts_open",
        "dimension",
        "value",
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    ),
    sa.Index(None, "opened_at"),
)
