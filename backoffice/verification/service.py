"""Reads a customer's attempts at verification, causes under the names that the rules know."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.verification.policy import Attempt, CauseRules
from backoffice.verification.rules import load_causes
from backoffice.verification.tables import verification_attempts as log
from kernel.database import read

_RECENT = (
    sa.select(log)
    .where(log.c.customer_id == sa.bindparam("customer_id"))
    .order_by(log.c.at.desc(), log.c.row_id.desc())
    .limit(sa.bindparam("limit"))
)


async def list_attempts(
    engine: AsyncEngine, customer_id: str, *, limit: int, rules: CauseRules | None = None
) -> Sequence[Attempt]:
    """Return the customer's latest attempts, newest first; empty when there are none."""
    causes = rules or load_causes()
    async with read(engine) as connection:
        rows = (await connection.execute(_RECENT, {"customer_id": customer_id, "limit": limit})).all()
    return [
        Attempt(
            at=row.at,
            method=row.method,
            result=row.result,
            cause=causes.name(row.cause, row.error_code),
            error_code=row.error_code,
            carrier=row.carrier,
            browser=row.browser,
        )
        for row in rows
    ]
