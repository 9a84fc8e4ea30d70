"""Does what comes due in conversations: each second, every task that was registered.

Every gateway process runs one. A task looks in the store for what is due by now and does it under a condition on
what it found, so that of several processes exactly one does it; nothing is remembered between two rounds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

log = structlog.get_logger()

Task = Callable[[], Awaitable[int]]

EVERY_S = 1.0
ROUND_WITHIN_S = 30.0  # longer than any database keeps a statement waiting
# Between two rounds of a task, however often it is nudged or how much it still has to do.
PAUSE_S = 0.02


class Clockwork:
    """Carries out its tasks until stopped. A task returns how many things it did; if any, it is asked again at once."""

    def __init__(self, tasks: Sequence[Task], *, every_s: float = EVERY_S) -> None:
        self._tasks = tasks
        self._every_s = every_s
        self._loops: list[asyncio.Task[None]] = []
        self._nudges: list[asyncio.Event] = []

    def start(self) -> None:
        """Begin. Each task has a loop of its own: one that hangs or fails holds up no other."""
        self._nudges = [asyncio.Event() for _ in self._tasks]
        self._loops = [
            asyncio.create_task(self._repeat(task, nudged), name=f"clockwork-{_name_of(task)}")
            for task, nudged in zip(self._tasks, self._nudges, strict=True)
        ]

    async def stop(self) -> None:
        """Stop; what a task had in hand is undone and left to another process."""
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        self._loops = []

    def nudge(self) -> None:
        """Let every task look now rather than at its next second."""
        for nudged in self._nudges:
            nudged.set()

    async def _repeat(self, task: Task, nudged: asyncio.Event) -> None:
        while True:
            nudged.clear()  # before it looks: what changes meanwhile is another round
            done_count = await self._do(task)
            await asyncio.sleep(PAUSE_S)
            if done_count:
                continue
            try:
                await asyncio.wait_for(nudged.wait(), self._every_s)
            except TimeoutError:
                pass

    async def _do(self, task: Task) -> int:
        try:
            async with asyncio.timeout(ROUND_WITHIN_S):
                return await task()
        except Exception:  # the database may be away for a while; the next round tries again
            log.exception("clockwork_failed", task=_name_of(task))
            return 0


def _name_of(task: Task) -> str:
    return getattr(task, "__qualname__", type(task).__name__)
