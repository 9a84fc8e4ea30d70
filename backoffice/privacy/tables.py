"""What each customer agreed to, kind by kind."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa

from backoffice.metadata import metadata, one_of


class ConsentKind(StrEnum):
    """What a customer can agree to, each on its own."""

    SERVICE = "service"
    MARKETING = "marketing"
    NIGHT_ADS = "night_ads"
    THIRD_PARTY = "third_party"


consents = sa.Table(
    "consents",
    metadata,
    sa.Column("customer_id", sa.Text, sa.ForeignKey("customers.customer_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("granted", sa.Boolean, nullable=False),
    one_of("kind", ConsentKind),
)
