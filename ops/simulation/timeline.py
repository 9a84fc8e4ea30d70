"""Time that jumps from one event to the next, and what each kind of event cost in real time."""

from __future__ import annotations

import heapq
import itertools
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable

from ops.simulation.centre import SimulatedClock

Action = Callable[[], Awaitable[None]]


class Timeline:
    """Carries out actions in the order of their times; of the same time, in the order they were planned."""

    def __init__(self, clock: SimulatedClock) -> None:
        self._clock = clock
        self._planned: list[tuple[float, int, str, Action]] = []
        self._numbers = itertools.count()
        self.costs_s: defaultdict[str, list[float]] = defaultdict(list)

    def plan(self, at_s: float, kind: str, action: Action) -> None:
        """Let `action` happen at a time; one that is past already happens next."""
        heapq.heappush(self._planned, (at_s, next(self._numbers), kind, action))

    async def run(self, after_each: Action, *, until: Callable[[], bool]) -> None:
        """Go from event to event, and do `after_each` at each of them, until nothing is planned or `until` holds."""
        while self._planned and not until():
            at_s, _, kind, action = heapq.heappop(self._planned)
            self._clock.move_to(max(at_s, self._clock.at_s))
            begun = time.perf_counter()
            await action()
            await after_each()
            self.costs_s[kind].append(time.perf_counter() - begun)
