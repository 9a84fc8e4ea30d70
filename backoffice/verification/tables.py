"""The log of attempts to prove who one is by mobile phone. Never the code itself, never a resident number."""

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


verification_attempts = sa.Table(
    "verification_attempts",
    metadata,
    row_id(),
    customer_id(),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("method", sa.Text),
    sa.Column("result", sa.Text),
    sa.Column("cause", sa.Text),
    sa.Column("error_code", sa.Text),
    sa.Column("carrier", sa.Text),
    sa.Column("region", sa.Text),
    sa.Column("browser", sa.Text),
    one_of("method", Method),
    one_of("result", Result),
    sa.Index(None, "customer_id", "at"),
)
