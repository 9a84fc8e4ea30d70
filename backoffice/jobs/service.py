"""Schedules jobs and carries them out.

A job is scheduled in the transaction that makes it necessary, and carried out in one transaction with
its own disappearance: what it does in the shop's database happens once, or not yet.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.jobs.tables import jobs
from kernel.clock import Clock
from kernel.database import insert, read, write

log = structlog.get_logger()

AT_ONCE = 20
RETRY_FIRST_S = 5.0
RETRY_LONGEST_S = 3600.0


@dataclass(frozen=True)
class Job:
    """Something to do at `due_at`; `key` names what it is about, `failures` counts earlier tries."""

    row_id: int
    kind: str
    key: str
    due_at: datetime
    payload: Mapping[str, Any]
    failures: int


# Does the job in the transaction it is given; whatever it raises undoes it, and it is tried again later.
Handler = Callable[[AsyncConnection, Job, datetime], Awaitable[None]]

_NEXT_DUE = sa.select(sa.func.min(jobs.c.due_at))
_DUE = sa.select(jobs.c.row_id).where(jobs.c.due_at <= sa.bindparam("now")).order_by(jobs.c.due_at).limit(AT_ONCE)
_LOCK = (
    sa.select(jobs)
    .where(jobs.c.row_id == sa.bindparam("row"), jobs.c.due_at <= sa.bindparam("now"))
    .with_for_update(skip_locked=True)
)


async def schedule(
    connection: AsyncConnection,
    *,
    kind: str,
    key: str,
    due_at: datetime,
    payload: Mapping[str, Any] | None = None,
) -> None:
    """Have the job `kind` done for `key` at `due_at`; one that is already scheduled is moved there, not doubled."""
    values = {"due_at": due_at, "payload": dict(payload or {}), "failures": 0, "last_error": None}
    statement = insert(connection, jobs).values(kind=kind, key=key, **values)
    await connection.execute(statement.on_conflict_do_update(index_elements=["kind", "key"], set_=values))


async def ensure(connection: AsyncConnection, *, kind: str, key: str, due_at: datetime) -> None:
    """Schedule the job unless it is scheduled already, for whenever that may be."""
    row = {"kind": kind, "key": key, "due_at": due_at, "payload": {}, "failures": 0}
    await connection.execute(insert(connection, jobs).values(**row).on_conflict_do_nothing())


async def cancel(connection: AsyncConnection, *, kind: str, key: str) -> None:
    """Forget the job; nothing happens where there is none."""
    await connection.execute(jobs.delete().where(jobs.c.kind == kind, jobs.c.key == key))


async def cancel_all(connection: AsyncConnection, *, kind: str, key_prefix: str) -> None:
    """Forget every job of a kind whose key begins so; reads all jobs, so it is for what is rare."""
    begins_so = jobs.c.key.startswith(key_prefix, autoescape=True)
    await connection.execute(jobs.delete().where(jobs.c.kind == kind, begins_so))


class Jobs:
    """Carries out what is due. Any number of processes may do so at once."""

    def __init__(self, engine: AsyncEngine, clock: Clock, handlers: Mapping[str, Handler]) -> None:
        self._engine = engine
        self._clock = clock
        self._handlers = handlers

    async def carry_out_due(self) -> float | None:
        """Do what is due now; return in how many seconds the next job is, None when none is left."""
        async with read(self._engine) as connection:
            found = (await connection.execute(_DUE, {"now": self._clock.now()})).scalars().all()
        for row in found:
            await self._carry_out(row)
        async with read(self._engine) as connection:
            following = (await connection.execute(_NEXT_DUE)).scalar()
        return None if following is None else max((following - self._clock.now()).total_seconds(), 0.0)

    async def _carry_out(self, row_id: int) -> None:
        now = self._clock.now()
        try:
            async with write(self._engine) as connection:
                row = (await connection.execute(_LOCK, {"row": row_id, "now": now})).first()
                if row is None:
                    return  # another process has it, or it was moved
                job = Job(row.row_id, row.kind, row.key, row.due_at, row.payload, row.failures)
                # Gone first, so that the handler may schedule the same job anew.
                await connection.execute(jobs.delete().where(jobs.c.row_id == row_id))
                await self._handlers[job.kind](connection, job, now)
        except Exception as error:
            log.exception("job_failed", row_id=row_id, error=type(error).__name__)
            await self._put_off(row_id, now, type(error).__name__)

    async def _put_off(self, row_id: int, now: datetime, error: str) -> None:
        async with write(self._engine) as connection:
            failures = (await connection.execute(sa.select(jobs.c.failures).where(jobs.c.row_id == row_id))).scalar()
            if failures is None:
                return
            pause = min(RETRY_FIRST_S * 2**failures, RETRY_LONGEST_S)
            await connection.execute(
                jobs.update()
                .where(jobs.c.row_id == row_id)
                .values(failures=failures + 1, last_error=error, due_at=now + timedelta(seconds=pause))
            )
