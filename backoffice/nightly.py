"""What is done once a night: ask for the checks (see `backstage.py`), and forget what need not be kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from backoffice.integration import requests
from backoffice.jobs.service import Job, ensure
from backoffice.privacy.purge import want_purge
from backoffice.reconciliation.service import next_night, want_run

KIND = "nightly"


async def begin(connection: AsyncConnection, now: datetime) -> None:
    """See to it that there is a next night."""
    await ensure(connection, kind=KIND, key="shop", due_at=next_night(now))


async def carry_out(connection: AsyncConnection, _job: Job, now: datetime) -> None:
    """Do the night's work, and see to the next one's."""
    await want_run(connection, now)
    await requests.forget_old(connection, now)
    await want_purge(connection, now)
    await begin(connection, now)
