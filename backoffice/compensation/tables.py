"""What the shop gave to make up for something, each decision about it, and what waits for a supervisor."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa

from backoffice.metadata import customer_id, metadata, one_of, row_id
from kernel.database import JsonValue, UtcDateTime


class Cause(StrEnum):
    """What the shop makes up for."""

    LATE = "late"
    WRONG_ITEM = "wrong_item"
    MISSING_ITEM = "missing_item"
    DISSATISFIED = "dissatisfied"


class GiftKind(StrEnum):
    """What the shop gives."""

    POINTS = "points"
    COUPON = "coupon"
    FREE_SHIPPING = "free_shipping_coupon"
    RESEND = "resend"


class Outcome(StrEnum):
    """How a claim ends: given, not given, or for a person (of more authority) to decide."""

    GRANTED = "granted"
    REFUSED = "refused"
    REFERRED = "referred"


class RequestState(StrEnum):
    """Where a request to a supervisor stands."""

    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"


# Each thing given; several may come of one decision.
grants = sa.Table(
    "grants",
    metadata,
    row_id(),
    customer_id(),
    # Not a foreign key: a grant outlives the order it was for.
    sa.Column("order_id", sa.Text),
    sa.Column("cause", sa.Text),
    sa.Column("kind", sa.Text),
    sa.Column("amount_krw", sa.BigInteger),
    sa.Column("rate_percent", sa.Numeric(5, 2, asdecimal=False)),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("decision_id", sa.Text),
    sa.CheckConstraint("amount_krw >= 0", name="amount_not_negative"),
    sa.CheckConstraint("rate_percent >= 0 AND rate_percent <= 100", name="rate_is_percent"),
    sa.Index(None, "customer_id", "at"),
    sa.Index(None, "order_id", "cause"),
)

_IS_GRANTED = sa.text("outcome = 'granted'")

compensation_decisions = sa.Table(
    "compensation_decisions",
    metadata,
    sa.Column("decision_id", sa.Text, primary_key=True),
    customer_id(),
    sa.Column("order_id", sa.Text, nullable=False),
    # As the shop's systems name it; what was granted before this table was kept may have a cause of its own.
    sa.Column("cause", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    # Which row or refusal of which version of the rules, and what it was decided from.
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("rules_version", sa.Integer, nullable=False),
    sa.Column("inputs", JsonValue, nullable=False),
    # What the customer is told, and what else is possible.
    sa.Column("sentence", sa.Text, nullable=False),
    sa.Column("alternative", sa.Text),
    sa.Column("decided_by", sa.Text, nullable=False),
    sa.Column("decided_role", sa.Text, nullable=False),
    sa.Column("decided_at", UtcDateTime, nullable=False),
    # Alike for accounts at one address, without saying which.
    sa.Column("address_key", sa.Text),
    # The same claim decided from the same facts is one decision.
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.UniqueConstraint("customer_id", "order_id", "cause", "fingerprint", name="uq_compensation_decisions_same_facts"),
    one_of("outcome", Outcome),
    # At most one grant for an order and cause, whoever grants at the same moment.
    sa.Index(
        "uq_compensation_decisions_one_grant",
        "customer_id",
        "order_id",
        "cause",
        unique=True,
        sqlite_where=_IS_GRANTED,
        postgresql_where=_IS_GRANTED,
    ),
    sa.Index(None, "customer_id", "decided_at"),
    sa.Index(None, "address_key", "decided_at"),
)

_IS_PENDING = sa.text("state = 'pending'")

compensation_requests = sa.Table(
    "compensation_requests",
    metadata,
    sa.Column("request_id", sa.Text, primary_key=True),
    customer_id(),
    sa.Column("order_id", sa.Text, nullable=False),
    sa.Column("cause", sa.Text, nullable=False),
    # [{"kind", "amount_krw", "rate_percent"}]
    sa.Column("gifts", JsonValue, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("requested_by", sa.Text, nullable=False),
    sa.Column("requested_name", sa.Text, nullable=False),
    sa.Column("requested_role", sa.Text, nullable=False),
    sa.Column("requested_at", UtcDateTime, nullable=False),
    # The page's own id of the wish: the same wish sent twice is one request.
    sa.Column("request_key", sa.Text, nullable=False),
    sa.Column("answered_by", sa.Text),
    sa.Column("answered_at", UtcDateTime),
    sa.Column("answer_reason", sa.Text),
    sa.Column("decision_id", sa.Text),
    # Nobody approves their own request, whatever the code above says.
    sa.CheckConstraint("answered_by IS NULL OR answered_by <> requested_by", name="four_eyes"),
    sa.UniqueConstraint("customer_id", "request_key"),
    one_of("state", RequestState),
    # One wish for an order and cause waits at a time.
    sa.Index(
        "uq_compensation_requests_one_pending",
        "customer_id",
        "order_id",
        "cause",
        unique=True,
        sqlite_where=_IS_PENDING,
        postgresql_where=_IS_PENDING,
    ),
    sa.Index(None, "customer_id", "requested_at"),
    sa.Index(None, "requested_at", sqlite_where=_IS_PENDING, postgresql_where=_IS_PENDING),
)
