"""Counts of attempts by what they are watched by: grown with each attempt, never found by reading the log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.verification.cells import ALL, BUCKET, Logged, count, start_of
from backoffice.verification.rules import load_causes, load_codes
from backoffice.verification.tables import Dimension, Span
from backoffice.verification.tables import verification_attempts as log
from backoffice.verification.tables import verification_counts as counts
from backoffice.verification.watching import Cell, Counts
from kernel.database import insert, read

# How long the counts of five minutes are kept; those of days stay.
FINE_COUNTS_KEPT = timedelta(days=8)
RECOUNTED = timedelta(days=35)
_ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class HourRate:
    """How many attempts of a cell there were in the hour from `start_at`, and how many failed."""

    cell: Cell
    start_at: datetime
    counts: Counts


async def add(connection: AsyncConnection, attempts: Iterable[Logged], *, fine_since: datetime | None = None) -> None:
    """Add attempts to the counts of their five minutes (not before `fine_since`) and their day.

    Rows are written in one order by everybody, so that two writers never wait for one another in a circle.
    """
    causes, codes = load_causes(), load_codes()
    grown: defaultdict[tuple[Span, datetime, Cell], Counts] = defaultdict(Counts)
    for attempt in attempts:
        for cell, one in count(attempt, causes=causes, codes=codes):
            grown[Span.DAY, start_of(Span.DAY, attempt.at), cell] += one
            if fine_since is None or attempt.at >= fine_since:
                grown[Span.FIVE_MINUTES, start_of(Span.FIVE_MINUTES, attempt.at), cell] += one
    rows = [
        {
            "span": span.value,
            "start_at": start_at,
            "dimension": cell.dimension.value,
            "value": cell.value,
            "attempts": added.attempts,
            "failures": added.failures,
        }
        for (span, start_at, cell), added in sorted(grown.items())
    ]
    for first in range(0, len(rows), _ROWS_AT_ONCE):
        statement = insert(connection, counts).values(rows[first : first + _ROWS_AT_ONCE])
        grow = {name: counts.c[name] + statement.excluded[name] for name in ("attempts", "failures")}
        await connection.execute(statement.on_conflict_do_update(index_elements=list(counts.primary_key), set_=grow))


async def recount(connection: AsyncConnection, *, now: datetime) -> None:
    """Make the counts of the last weeks anew from the log, after rows were written or removed past `add`."""
    since = start_of(Span.DAY, now - RECOUNTED)
    await connection.execute(counts.delete().where(counts.c.start_at >= since))
    rows = (await connection.execute(sa.select(log).where(log.c.at >= since, log.c.at <= now))).all()
    await add(connection, rows, fine_since=now - FINE_COUNTS_KEPT)


async def forget_fine(connection: AsyncConnection, *, now: datetime) -> None:
    """Remove counts of five minutes that nobody looks at any more."""
    old = (counts.c.span == Span.FIVE_MINUTES.value, counts.c.start_at < now - FINE_COUNTS_KEPT)
    await connection.execute(counts.delete().where(*old))


async def sum_up(connection: AsyncConnection, span: Span, *, since: datetime, until: datetime) -> Mapping[Cell, Counts]:
    """Return what all cells counted from `since` until before `until`; causes with all attempts as theirs."""
    query = (
        sa.select(counts.c.dimension, counts.c.value, sa.func.sum(counts.c.attempts), sa.func.sum(counts.c.failures))
        .where(counts.c.span == span.value, counts.c.start_at >= since, counts.c.start_at < until)
        .group_by(counts.c.dimension, counts.c.value)
    )
    found = {
        Cell(Dimension(dimension), value): Counts(int(attempts), int(failures))
        for dimension, value, attempts, failures in await connection.execute(query)
    }
    whole = found.get(ALL, Counts())
    return {
        cell: Counts(whole.attempts, one.failures) if cell.dimension is Dimension.CAUSE else one
        for cell, one in found.items()
    }


async def list_rates(engine: AsyncEngine, *, now: datetime, hours: int = 24) -> Sequence[HourRate]:
    """Return the counts of all cells, hour by hour, oldest first; causes with all attempts of the hour as theirs."""
    since = start_of(Span.FIVE_MINUTES, now).replace(minute=0) - timedelta(hours=hours - 1)
    query = sa.select(counts).where(
        counts.c.span == Span.FIVE_MINUTES.value, counts.c.start_at >= since, counts.c.start_at <= now
    )
    async with read(engine) as connection:
        rows = (await connection.execute(query)).all()
    hourly: defaultdict[tuple[datetime, Cell], Counts] = defaultdict(Counts)
    for row in rows:
        hour = start_of(Span.FIVE_MINUTES, row.start_at).replace(minute=0)
        hourly[hour, Cell(Dimension(row.dimension), row.value)] += Counts(row.attempts, row.failures)
    return [
        HourRate(
            cell, hour, Counts(hourly[hour, ALL].attempts, one.failures) if cell.dimension is Dimension.CAUSE else one
        )
        for (hour, cell), one in sorted(hourly.items())
    ]


def bucket_end(at: datetime) -> datetime:
    """Return when the five minutes end that `at` lies in."""
    return start_of(Span.FIVE_MINUTES, at) + BUCKET
