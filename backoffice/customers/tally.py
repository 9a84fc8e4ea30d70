"""How often something happened to a customer: what a list of the latest few cannot tell an agent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backoffice.compensation.tables import grants
from backoffice.privacy.request_tables import privacy_requests
from backoffice.privacy.rules import load_request_rules
from backoffice.verification.tables import Result, verification_attempts
from kernel.clock import KST

_YEAR = timedelta(days=365)
_WHOSE: sa.BindParameter[str] = sa.bindparam("customer_id")
_ATTEMPTS = verification_attempts.c
_TODAY = sa.and_(_ATTEMPTS.customer_id == _WHOSE, _ATTEMPTS.at >= sa.bindparam("today"))
_GIVEN = sa.and_(grants.c.customer_id == _WHOSE, grants.c.at >= sa.bindparam("a_year_ago"))
_COUNTS = sa.select(
    sa.select(sa.func.count()).where(_TODAY).scalar_subquery().label("attempts_today"),
    sa.select(sa.func.count())
    .where(_TODAY, _ATTEMPTS.result == Result.FAILURE.value)
    .scalar_subquery()
    .label("failures_today"),
    sa.select(sa.func.count()).select_from(grants).where(_GIVEN).scalar_subquery().label("grants_in_a_year"),
    sa.select(sa.func.coalesce(sa.func.sum(grants.c.amount_krw), 0))
    .where(_GIVEN, grants.c.kind == "points")
    .scalar_subquery()
    .label("points_in_a_year_krw"),
)
_PRIVACY = (
    sa.select(privacy_requests.c.kind, privacy_requests.c.state, privacy_requests.c.due_at)
    .where(privacy_requests.c.subject_id == _WHOSE, privacy_requests.c.ended_at.is_(None))
    .order_by(privacy_requests.c.due_at)
    .limit(3)
)


async def count_within(connection: AsyncConnection, customer_id: str, now: datetime) -> dict[str, int]:
    """Return attempts and failures since midnight in Seoul, grants and points of the last 365 days."""
    today = now.astimezone(KST).replace(hour=0, minute=0, second=0, microsecond=0)
    asked = {"customer_id": customer_id, "today": today, "a_year_ago": now - _YEAR}
    row = (await connection.execute(_COUNTS, asked)).one()
    return {str(name): int(count) for name, count in row._mapping.items()}


async def list_open_privacy_requests(connection: AsyncConnection, customer_id: str) -> list[dict[str, Any]]:
    """Return the customer's privacy requests that wait for an answer, the one due first at the top."""
    kinds = load_request_rules().kinds
    found = await connection.execute(_PRIVACY, {"customer_id": customer_id})
    return [
        {"kind": row.kind, "label": kinds[row.kind].label, "state": row.state, "due_at": row.due_at} for row in found
    ]
