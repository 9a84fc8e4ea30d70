"""Looks at the rates of failure every few minutes, opens and closes alerts, and says which trouble concerns whom.

A job (`backoffice/jobs`) looks; each attempt sees to it that one is scheduled, and an open alert sees to the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.jobs.service import Job
from backoffice.jobs.tables import jobs
from backoffice.verification.cells import hour_cell, start_of
from backoffice.verification.rates import bucket_end, forget_fine, sum_up
from backoffice.verification.rules import load_watch
from backoffice.verification.tables import Dimension, Span
from backoffice.verification.tables import verification_alerts as alerts
from backoffice.verification.watching import Cell, Counts, Finding, Tally, WatchRules, find_unusual, is_quiet
from kernel.database import insert, read
from kernel.ids import new_id

WATCH = "verification_watch"


@dataclass(frozen=True)
class Alert:
    """A rate of failure that is or was unusual; the counts are those of the last look that found it so."""

    alert_id: str
    cell: Cell
    opened_at: datetime
    closed_at: datetime | None
    is_told: bool
    counts: Counts
    usual_ratio: float
    p_value: float
    rules_version: int
    seen_at: datetime
    quiet_looks: int


async def schedule_look(connection: AsyncConnection, *, at: datetime) -> None:
    """Have the rates looked at when the five minutes of `at` are over; a look that is scheduled already stays."""
    due_at = bucket_end(at)
    values = {"due_at": due_at, "payload": {}, "failures": 0, "last_error": None}
    statement = insert(connection, jobs).values(kind=WATCH, key=due_at.isoformat(), **values)
    await connection.execute(statement.on_conflict_do_nothing())


async def look(connection: AsyncConnection, _job: Job, now: datetime) -> None:
    """Do the job: compare the last minutes with what is usual, open and close alerts, look again while one is open."""
    rules = load_watch()
    end = start_of(Span.FIVE_MINUTES, now)
    today = start_of(Span.DAY, now)
    past = await sum_up(connection, Span.DAY, since=today - timedelta(days=rules.history_days), until=today)
    windows = [
        await sum_up(connection, Span.FIVE_MINUTES, since=end - timedelta(minutes=minutes), until=end)
        for minutes in (*rules.windows_min, rules.closing_window_min)
    ]
    hour = hour_cell(end - timedelta(minutes=1))
    findings = find_unusual(windows[:-1], past=past, hour=hour, rules=rules)
    for finding in findings:
        await _open_or_renew(connection, finding, now=now, rules=rules)
    unusual = {finding.cell for finding in findings}
    rest = [alert for alert in await _list_open(connection) if alert.cell not in unusual]
    for alert in rest:
        quiet = is_quiet(alert.cell, windows[-1], past=past, hour=hour, rules=rules)
        await _count_quiet(connection, alert, is_quiet=quiet, now=now, rules=rules)
    if findings or rest or _has_attempts(windows):
        await schedule_look(connection, at=now)
    await forget_fine(connection, now=now)


async def list_alerts(engine: AsyncEngine, *, since: datetime) -> Sequence[Alert]:
    """Return alerts that are open or were opened after `since`, the newest first."""
    query = sa.select(alerts).where(sa.or_(alerts.c.closed_at.is_(None), alerts.c.opened_at >= since))
    async with read(engine) as connection:
        rows = (await connection.execute(query.order_by(alerts.c.opened_at.desc(), alerts.c.alert_id))).all()
    return [_alert(row) for row in rows]


async def list_told(engine: AsyncEngine, *, now: datetime) -> Sequence[Alert]:
    """Return the open alerts that customers are told of; one that nobody has looked at for a while is none."""
    async with read(engine) as connection:
        found = await _list_open(connection)
    fresh_since = now - timedelta(minutes=load_watch().stale_min)
    return [alert for alert in found if alert.is_told and alert.seen_at >= fresh_since]


def find_concerning(
    told: Sequence[Alert],
    *,
    carrier: str | None,
    method: str | None,
    browser: str | None = None,
    region: str | None = None,
    cause: str | None = None,
) -> Alert | None:
    """Return the most specific alert that concerns somebody with this carrier, method and so on; pure."""
    mine = {
        Cell(Dimension.CARRIER_METHOD, f"{carrier}|{method}"),
        Cell(Dimension.CARRIER, carrier or "-"),
        Cell(Dimension.METHOD, method or "-"),
        Cell(Dimension.BROWSER, browser or "-"),
        Cell(Dimension.REGION, region or "-"),
        Cell(Dimension.CAUSE, cause or "-"),
        Cell(Dimension.ALL, ""),
    }
    concerned = [alert for alert in told if alert.cell in mine]
    return min(concerned, key=lambda alert: _BY_SPECIFICITY.index(alert.cell.dimension), default=None)


_BY_SPECIFICITY = (
    Dimension.CARRIER_METHOD,
    Dimension.METHOD,
    Dimension.CARRIER,
    Dimension.BROWSER,
    Dimension.CAUSE,
    Dimension.REGION,
    Dimension.ALL,
    Dimension.HOUR,
)
_OPEN = sa.select(alerts).where(
    alerts.c.dimension.in_([dimension.value for dimension in Dimension]), alerts.c.closed_at.is_(None)
)


async def _list_open(connection: AsyncConnection) -> Sequence[Alert]:
    return [_alert(row) for row in await connection.execute(_OPEN)]


async def _open_or_renew(connection: AsyncConnection, finding: Finding, *, now: datetime, rules: WatchRules) -> None:
    seen = {
        "quiet_looks": 0,
        "is_told": finding.is_told,
        "attempts": finding.now.attempts,
        "failures": finding.now.failures,
        "usual_ratio": finding.usual_ratio,
        "p_value": finding.p_value,
        "rules_version": rules.version,
        "seen_at": now,
    }
    cell = {"dimension": finding.cell.dimension.value, "value": finding.cell.value}
    statement = insert(connection, alerts).values(alert_id=new_id("alert"), opened_at=now, **cell, **seen)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["dimension", "value"], index_where=alerts.c.closed_at.is_(None), set_=seen
        )
    )


async def _count_quiet(
    connection: AsyncConnection, alert: Alert, *, is_quiet: bool, now: datetime, rules: WatchRules
) -> None:
    if now - alert.seen_at < timedelta(minutes=rules.look_every_min) / 2:
        return  # looks that were missed are made up for in a row; they count once
    quiet_looks = alert.quiet_looks + 1 if is_quiet else 0
    values = {
        "seen_at": now,
        "quiet_looks": quiet_looks,
        "closed_at": now if quiet_looks >= rules.closing_looks else None,
    }
    as_seen = (alerts.c.alert_id == alert.alert_id, alerts.c.closed_at.is_(None), alerts.c.seen_at == alert.seen_at)
    await connection.execute(alerts.update().where(*as_seen).values(values))


def _has_attempts(windows: Sequence[Tally]) -> bool:
    return any(window for window in windows)


def _alert(row: sa.Row[Any]) -> Alert:
    return Alert(
        alert_id=row.alert_id,
        cell=Cell(Dimension(row.dimension), row.value),
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        is_told=row.is_told,
        counts=Counts(row.attempts, row.failures),
        usual_ratio=row.usual_ratio,
        p_value=row.p_value,
        rules_version=row.rules_version,
        seen_at=row.seen_at,
        quiet_looks=row.quiet_looks,
    )
