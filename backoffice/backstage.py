"""What the shop does by itself: jobs that come due and notices to be sent.

Every gateway process runs one; they take turns by the database, so that each job is done once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice import nightly
from backoffice.benefits import coupons, points
from backoffice.blocking.service import RELEASE_JOB, carry_out_release
from backoffice.delivery import history, overdue
from backoffice.identity.service import SEND_JOB, carry_out_sending
from backoffice.jobs.service import Handler, Jobs
from backoffice.notices.service import Notifier, Sender
from backoffice.privacy.handlers import HANDLERS as PRIVACY_HANDLERS
from backoffice.reconciliation.service import carry_out_wanted
from backoffice.verification import watch
from kernel.clock import Clock
from kernel.database import write

log = structlog.get_logger()

# Which function does which kind of job.
HANDLERS: Mapping[str, Handler] = {
    nightly.KIND: nightly.carry_out,
    overdue.KIND: overdue.carry_out,
    RELEASE_JOB: carry_out_release,
    SEND_JOB: carry_out_sending,
    points.EXPIRY_JOB: points.expire,
    coupons.EXPIRY_JOB: coupons.expire,
    watch.WATCH: watch.look,
    **PRIVACY_HANDLERS,
}
LOOK_EVERY_S = 1.0
# What is due may be in another process's hands for a while: nobody asks for it without a pause.
PAUSE_S = 0.05
RECONCILE_EVERY_S = 60.0


class Backstage:
    """Looks for what is due until stopped."""

    def __init__(
        self, engine: AsyncEngine, clock: Clock, notifier: Notifier, handlers: Mapping[str, Handler] = HANDLERS
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._jobs = Jobs(engine, clock, handlers)
        self._sender = Sender(engine, clock, notifier)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to look."""
        self._tasks = [asyncio.create_task(self._go_on()), asyncio.create_task(self._reconcile())]

    async def stop(self) -> None:
        """Stop looking; a job in hand is undone and left to the next process."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _go_on(self) -> None:
        begun = False
        while True:
            pause: float | None = None
            try:
                if not begun:
                    async with write(self._engine) as connection:
                        await nightly.begin(connection, self._clock.now())
                        await overdue.begin(connection, self._clock.now())
                    begun = True
                pause = await self._jobs.carry_out_due()
                await self._sender.send_due()
            except Exception:  # the database may be away for a while
                log.exception("backstage_failed")
            await asyncio.sleep(LOOK_EVERY_S if pause is None else max(PAUSE_S, min(pause, LOOK_EVERY_S)))

    async def do_nights_work(self) -> None:
        """Run the checks if they are wanted, then learn how long parcels take: whoever takes the run does both.

        Both read much, and do it in a thread with a connection of its own.
        """
        report = await carry_out_wanted(self._engine, self._clock)
        if report is not None:
            log.info("reconciled", found_count=len(report.found))
            await history.learn_apart(self._engine, self._clock.now())

    async def _reconcile(self) -> None:
        while True:
            try:
                await self.do_nights_work()
            except Exception:
                log.exception("nights_work_failed")
            await asyncio.sleep(RECONCILE_EVERY_S)
