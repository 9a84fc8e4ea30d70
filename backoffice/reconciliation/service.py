"""Runs the checks every night, or when asked, and keeps the report.

The checks read whole tables. They run in a thread with a connection of their own, in no transaction that
anybody waits for; which process runs them is settled in the database.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.reconciliation.checks import CHECKS
from backoffice.reconciliation.tables import discrepancies, reconciliations
from kernel.clock import KST, Clock
from kernel.database import create_engine, read, write

EVERY_NIGHT_AT = time(3, 0, tzinfo=KST)
KEPT = timedelta(days=90)
MOST_OF_A_CHECK = 1000
_RUN_WITHIN = timedelta(minutes=30)


@dataclass(frozen=True)
class Discrepancy:
    """One disagreement: which check, about what, and the values that do not agree."""

    check: str
    subject: str
    found: dict[str, Any]


@dataclass(frozen=True)
class Report:
    """What a run found, at most `MOST_OF_A_CHECK` of each check."""

    finished_at: datetime
    found: Sequence[Discrepancy]


def next_night(now: datetime) -> datetime:
    """Return when the checks run next after `now`."""
    local = now.astimezone(KST)
    tonight = datetime.combine(local.date(), EVERY_NIGHT_AT)
    return tonight if tonight > local else tonight + timedelta(days=1)


async def want_run(connection: AsyncConnection, now: datetime) -> int:
    """Ask for a run, and drop reports that are too old; return its id."""
    await connection.execute(reconciliations.delete().where(reconciliations.c.wanted_at < now - KEPT))
    made = await connection.execute(reconciliations.insert().values(wanted_at=now).returning(reconciliations.c.row_id))
    return int(made.scalar_one())


async def carry_out_wanted(engine: AsyncEngine, clock: Clock) -> Report | None:
    """Run the checks if somebody asked for them and nobody runs them; return what was found."""
    run_id = await _take(engine, clock.now())
    if run_id is None:
        return None
    url = engine.url.render_as_string(hide_password=False)
    found = await asyncio.to_thread(asyncio.run, _look(url))
    return await _keep(engine, run_id, found, clock.now())


async def find_last_report(engine: AsyncEngine) -> Report | None:
    """Return the report of the last run that ended, None before the first one."""
    last = (
        sa.select(reconciliations)
        .where(reconciliations.c.finished_at.is_not(None))
        .order_by(reconciliations.c.finished_at.desc())
        .limit(1)
    )
    async with read(engine) as connection:
        run = (await connection.execute(last)).first()
        if run is None:
            return None
        query = sa.select(discrepancies).where(discrepancies.c.run_id == run.row_id).order_by(discrepancies.c.row_id)
        rows = (await connection.execute(query)).all()
    return Report(run.finished_at, [Discrepancy(row.check_name, row.subject, row.found) for row in rows])


async def _take(engine: AsyncEngine, now: datetime) -> int | None:
    c = reconciliations.c
    free = sa.and_(c.finished_at.is_(None), sa.or_(c.taken_until.is_(None), c.taken_until < now))
    async with write(engine) as connection:
        query = sa.select(c.row_id).where(free).order_by(c.row_id).limit(1).with_for_update(skip_locked=True)
        run_id = (await connection.execute(query)).scalar()
        if run_id is not None:
            taken = reconciliations.update().where(c.row_id == run_id)
            await connection.execute(taken.values(taken_until=now + _RUN_WITHIN))
    return run_id


async def _look(url: str) -> list[Discrepancy]:
    engine = create_engine(url, pool_size=1)
    try:
        async with read(engine) as connection:
            return [
                Discrepancy(check.name, row["subject"], {key: _plain(row[key]) for key in row if key != "subject"})
                for check in CHECKS
                for row in (await connection.execute(check.query.limit(MOST_OF_A_CHECK))).mappings()
            ]
    finally:
        await engine.dispose()


async def _keep(engine: AsyncEngine, run_id: int, found: Sequence[Discrepancy], now: datetime) -> Report:
    async with write(engine) as connection:
        ended = reconciliations.update().where(reconciliations.c.row_id == run_id)
        await connection.execute(ended.values(finished_at=now, found_count=len(found)))
        if found:
            rows = [{"run_id": run_id, "check_name": d.check, "subject": d.subject, "found": d.found} for d in found]
            await connection.execute(discrepancies.insert(), rows)
    return Report(now, found)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else int(value) if hasattr(value, "as_tuple") else value
