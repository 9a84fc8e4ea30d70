"""Who the shop's customers are."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa

from backoffice.metadata import metadata, one_of
from kernel.database import UtcDateTime


class Grade(StrEnum):
    """How the shop ranks a customer."""

    BASIC = "basic"
    VIP = "vip"


customers = sa.Table(
    "customers",
    metadata,
    sa.Column("customer_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text),
    sa.Column("grade", sa.Text, nullable=False),
    sa.Column("phone", sa.Text),
    sa.Column("email", sa.Text),
    sa.Column("address", sa.Text),
    sa.Column("joined_at", UtcDateTime),
    sa.Column("kakao_user_key", sa.Text, unique=True),
    one_of("grade", Grade),
    sa.Index(None, "phone"),
)
