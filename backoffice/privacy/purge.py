"""Erases, every night, what has been kept for its whole time: kept records, access records, ended requests, old logs."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from backoffice.blocking.tables import block_releases
from backoffice.customers.tables import customers
from backoffice.jobs.service import Job, schedule
from backoffice.privacy.access_tables import access_log
from backoffice.privacy.kept_tables import kept_records
from backoffice.privacy.request_tables import privacy_requests
from backoffice.privacy.retention import add_months, load_retention, months_of
from backoffice.verification.tables import verification_attempts

log = structlog.get_logger()

PURGE_JOB = "privacy_purge"
_KEY = "nightly"
_ROWS_AT_ONCE = 1_000


async def want_purge(connection: AsyncConnection, now: datetime) -> None:
    """Have everything purged whose time is over, from now on batch by batch."""
    await schedule(connection, kind=PURGE_JOB, key=_KEY, due_at=now)


async def purge(connection: AsyncConnection, _job: Job, now: datetime) -> None:
    """Do the job: a batch of each table, and again at once while there is more."""
    kinds = load_retention().kinds
    people = (await connection.execute(sa.select(sa.func.count()).select_from(customers))).scalar_one()
    seen_before = add_months(now, -months_of(kinds["access_record"], people=people))
    ended_before = add_months(now, -kinds["complaint"].total_months)
    tried_before = add_months(now, -kinds["verification"].total_months)
    gone = [
        await _erase(connection, kept_records.c.row_id, kept_records.c.kept_until <= now),
        await _erase(connection, access_log.c.row_id, access_log.c.at < seen_before),
        await _erase(connection, privacy_requests.c.request_id, privacy_requests.c.ended_at < ended_before),
        await _erase(connection, block_releases.c.block_id, block_releases.c.kept_until <= now),
        # Of customers who stay: what was sealed with an attempt goes along.
        await _erase(connection, verification_attempts.c.row_id, verification_attempts.c.at < tried_before),
    ]
    if sum(gone):
        counts = dict(zip(("kept", "access", "request", "block_release", "attempt"), gone, strict=True))
        log.info("privacy_purged", **{f"{name}_count": count for name, count in counts.items()})
    if max(gone) == _ROWS_AT_ONCE:
        await want_purge(connection, now)


async def _erase(connection: AsyncConnection, key: sa.Column[object], is_over: sa.ColumnElement[bool]) -> int:
    """Erase a batch of a table's rows, and return how many they were."""
    batch = sa.select(key).where(is_over).limit(_ROWS_AT_ONCE)
    return (await connection.execute(key.table.delete().where(key.in_(batch)))).rowcount
