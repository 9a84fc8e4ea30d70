"""The clockwork: every task is asked, one that fails or hangs holds up no other, a nudge is heard at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from handoff.service.clockwork import Clockwork, Task

WITHIN_S = 5.0


class Counted:
    """A task that counts its rounds and says what it did."""

    def __init__(self, *did: int) -> None:
        self.rounds = 0
        self._did = list(did)
        self._looked = asyncio.Event()

    async def __call__(self) -> int:
        self.rounds += 1
        self._looked.set()
        return self._did.pop(0) if self._did else 0

    async def reached(self, rounds: int) -> None:
        """Wait until it was asked so many times."""
        async with asyncio.timeout(WITHIN_S):
            while self.rounds < rounds:
                self._looked.clear()
                await self._looked.wait()


async def _failing() -> int:
    raise ConnectionError("the database is away")


async def _hanging() -> int:
    await asyncio.Event().wait()
    return 0


@asynccontextmanager
async def _running(tasks: Sequence[Task], *, every_s: float) -> AsyncIterator[Clockwork]:
    clockwork = Clockwork(tasks, every_s=every_s)
    clockwork.start()
    try:
        yield clockwork
    finally:
        await clockwork.stop()


async def test_asks_every_task_again_and_again() -> None:
    tasks = [Counted(), Counted()]
    async with _running(tasks, every_s=0.01):
        for task in tasks:
            await task.reached(3)


async def test_a_task_that_fails_or_hangs_holds_up_no_other() -> None:
    sound = Counted()
    async with _running([_failing, _hanging, sound], every_s=0.01):
        await sound.reached(3)


async def test_a_task_that_failed_is_asked_again() -> None:
    rounds = Counted()

    async def fails_at_first() -> int:
        await rounds()
        if rounds.rounds == 1:
            raise ConnectionError
        return 0

    async with _running([fails_at_first], every_s=0.01):
        await rounds.reached(2)


async def test_a_nudge_is_heard_long_before_the_next_round() -> None:
    task = Counted()
    async with _running([task], every_s=3_600) as clockwork:
        await task.reached(1)
        begun = time.monotonic()
        clockwork.nudge()
        await task.reached(2)
        assert time.monotonic() - begun < 1.0


async def test_a_nudge_during_a_round_is_another_round() -> None:
    task = Counted()
    nudge: list[Callable[[], None]] = []

    async def nudged_while_it_looks() -> int:
        await task()
        if task.rounds == 1:
            nudge[0]()
        return 0

    clockwork = Clockwork([nudged_while_it_looks], every_s=3_600)
    nudge.append(clockwork.nudge)
    clockwork.start()
    await task.reached(2)
    await clockwork.stop()


async def test_a_task_that_did_something_is_asked_again_at_once() -> None:
    task = Counted(2, 1, 0)
    async with _running([task], every_s=3_600):
        await task.reached(3)


async def test_nothing_is_asked_any_more_once_it_stopped() -> None:
    task = Counted()
    async with _running([task], every_s=0.001):
        await task.reached(2)
    rounds = task.rounds
    for _ in range(50):
        await asyncio.sleep(0.001)
    assert task.rounds == rounds
