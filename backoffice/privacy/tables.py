"""What customers agreed to, how they want to be told things, and which terms hold from when."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa

from backoffice.metadata import customer_id, metadata, one_of, row_id
from kernel.database import UtcDateTime


class ConsentKind(StrEnum):
    """What a customer can agree to, each on its own."""

    SERVICE = "service"
    MARKETING = "marketing"
    NIGHT_ADS = "night_ads"
    THIRD_PARTY = "third_party"


class NoticeChannel(StrEnum):
    """The way on which notices reach a customer."""

    SMS = "sms"
    KAKAO = "kakao"
    EMAIL = "email"


class Document(StrEnum):
    """What has versions that customers are told of."""

    SERVICE_TERMS = "service_terms"
    PRIVACY_POLICY = "privacy_policy"
    MARKETING_TERMS = "marketing_terms"


# Lines are only ever added: what holds now is the newest line of each kind.
consents = sa.Table(
    "consents",
    metadata,
    row_id(),
    customer_id(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("granted", sa.Boolean, nullable=False),
    # Null where it was given before versions and times were written down.
    sa.Column("terms_version", sa.Integer),
    sa.Column("at", UtcDateTime),
    sa.Column("channel", sa.Text, nullable=False),
    # Names what was done, such as a turn: done again, it changes nothing.
    sa.Column("event_key", sa.Text, unique=True),
    one_of("kind", ConsentKind),
    sa.Index(None, "customer_id", "kind", "row_id"),
)

notification_settings = sa.Table(
    "notification_settings",
    metadata,
    sa.Column("customer_id", sa.Text, sa.ForeignKey("customers.customer_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("order_notices", sa.Boolean, nullable=False),
    sa.Column("delivery_notices", sa.Boolean, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    # Minutes after midnight in Seoul; both null where there are no quiet hours.
    sa.Column("quiet_from_min", sa.Integer),
    sa.Column("quiet_until_min", sa.Integer),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    one_of("channel", NoticeChannel),
    sa.CheckConstraint("quiet_from_min >= 0 AND quiet_from_min < 1440", name="quiet_from_in_a_day"),
    sa.CheckConstraint("quiet_until_min >= 0 AND quiet_until_min < 1440", name="quiet_until_in_a_day"),
)

terms_versions = sa.Table(
    "terms_versions",
    metadata,
    sa.Column("document", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    # The day in Seoul from which it holds.
    sa.Column("effective_on", sa.Date, nullable=False),
    sa.Column("published_at", UtcDateTime, nullable=False),
    # What changed against the version before, in a sentence to customers.
    sa.Column("summary", sa.Text, nullable=False),
    # To the customer's disadvantage: it needs agreement again.
    sa.Column("needs_agreement", sa.Boolean, nullable=False),
    # Null until every customer's notice was written.
    sa.Column("announced_at", UtcDateTime),
    one_of("document", Document),
    sa.CheckConstraint("version > 0", name="version_counts_from_one"),
)
