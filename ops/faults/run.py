"""The run: fault after fault while the crowd is at it, and how long each took to get over."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Self

from ops.faults import report
from ops.faults.calls import Pace
from ops.faults.checker import Violation, check
from ops.faults.customers import Party
from ops.faults.history import History
from ops.faults.postgres import is_there
from ops.faults.scene import Scene, Struck
from ops.faults.stage import Crowd, crowd_at, open_scene
from ops.faults.stored import count_queued, read_stored
from ops.faults.strikes import KILL_SUPERVISOR, Deck, Fault
from ops.processes import is_alive
from ops.steps import Progress, step

RECOVERY_GIVEN_UP_S = 60.0
_QUIET_WITHIN_S = 60.0
_BETWEEN_S = 0.1
_POLL_S = 0.05
_WARM_UP_S = 2.0


@dataclass(frozen=True)
class Wishes:
    """How long a run shall be: by time of striking, or by faults, in all."""

    minutes: float | None = None
    faults: int | None = None
    quick: bool = False
    seed: int = 1
    messages_per_s: float = 250.0
    stores: tuple[str, ...] = ("sqlite", "postgres")


@dataclass
class Outcome:
    """What came of one store's part of the run."""

    store: str
    history: History
    disk: str | None = None
    struck: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    recovery_s: list[tuple[str, float]] = field(default_factory=list)
    worker_back_s: list[float] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0


def run(wishes: Wishes) -> dict[str, object]:
    """Carry a run out and return its report. Blocks."""
    stores = [store for store in wishes.stores if store != "postgres" or is_there()]
    outcomes: list[Outcome] = []
    with _Interruption() as interruption:
        for store in stores:
            if not interruption.is_asked_for:
                outcomes.append(asyncio.run(_run_store(store, _Limit(wishes, len(stores), interruption))))
    return report.describe(wishes.seed, outcomes)


class _Interruption:
    """Ctrl-C or SIGTERM end the striking, and what was done is accounted for; the second time they end the run."""

    def __init__(self) -> None:
        self.is_asked_for = False

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._ask) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _ask(self, number: int, frame: object) -> None:
        if self.is_asked_for:
            raise KeyboardInterrupt
        self.is_asked_for = True


async def _run_store(store: str, limit: _Limit) -> Outcome:
    wishes, history = limit.wishes, History()
    party = Party(history, Pace(wishes.messages_per_s))
    outcome = Outcome(store, history, failures=party.failures)
    with step(f"faults on {store}") as progress:
        progress.note("starting")
        async with open_scene(store, party, random.Random(wishes.seed)) as scene:  # noqa: S311
            outcome.disk = scene.disk.kind if scene.disk else None
            async with crowd_at(scene) as crowd:
                await asyncio.sleep(_WARM_UP_S)
                began_s = time.monotonic()
                limit.begin()
                await _Storm(scene, crowd, outcome, progress).blow(limit)
                outcome.seconds = time.monotonic() - began_s
                progress.note("letting everybody finish")
                await crowd.leave()
            await _quiet(scene)
            progress.note("checking")
            outcome.violations = check(history, await read_stored(_url_of(scene)))
    return outcome


def _url_of(scene: Scene) -> str:
    if scene.postgres is not None:
        return scene.postgres.url()
    return f"sqlite+aiosqlite:///{scene.product.data_dir / 'conversations.db'}"


async def _quiet(scene: Scene) -> None:
    """Wait until the bot owes nobody an answer, or too long."""
    deadline = time.monotonic() + _QUIET_WITHIN_S
    while await count_queued(_url_of(scene)) and time.monotonic() < deadline:
        await asyncio.sleep(0.3)


class _Limit:
    """When a store's part of the run has had enough."""

    def __init__(self, wishes: Wishes, share: int, interruption: _Interruption) -> None:
        minutes = wishes.minutes if wishes.minutes is not None or wishes.faults is not None else 10.0
        seconds = 25.0 * share if wishes.quick else (minutes * 60 if minutes is not None else float("inf"))
        self.wishes = wishes
        self._seconds = seconds / share
        self._faults = float("inf") if wishes.faults is None else wishes.faults / share
        self._interruption = interruption
        self._began_s = time.monotonic()

    def begin(self) -> None:
        """Count the time from now on."""
        self._began_s = time.monotonic()

    def is_reached(self, struck_count: int) -> bool:
        is_late = time.monotonic() - self._began_s > self._seconds
        return is_late or struck_count >= self._faults or self._interruption.is_asked_for


class _Storm:
    """Strikes one fault after the other, and measures."""

    def __init__(self, scene: Scene, crowd: Crowd, outcome: Outcome, progress: Progress) -> None:
        self._scene = scene
        self._crowd = crowd
        self._outcome = outcome
        self._progress = progress
        self._coming_back: set[asyncio.Task[None]] = set()

    async def blow(self, limit: _Limit) -> None:
        """Strike until the limit is reached."""
        deck = Deck(self._scene, at_steps=10)
        hand: list[Fault] = []
        while not limit.is_reached(self._outcome.struck.total()):
            hand = hand or deck.deal_round()
            await self._strike(self._draw(hand) or self._draw(hand := hand + deck.deal_round()) or hand.pop())
            await asyncio.sleep(_BETWEEN_S)
        await asyncio.gather(*self._coming_back)
        if self._scene.product.find_supervisor() is None:
            self._outcome.failures.append("supervisord did not live through the faults")
        await self._strike(KILL_SUPERVISOR)

    def _draw(self, hand: list[Fault]) -> Fault | None:
        """Take the next fault that may strike: of the bot's workers one at a time, the other is to serve meanwhile."""
        self._coming_back = {task for task in self._coming_back if not task.done()}
        found = next((fault for fault in hand if not (self._coming_back and "bot" in fault.family)), None)
        if found is not None:
            hand.remove(found)
        return found

    async def _strike(self, fault: Fault) -> None:
        struck = await fault.strike(self._scene)
        if struck is None:
            self._outcome.missed[fault.family] += 1
            return
        self._outcome.struck[fault.family] += 1
        if struck.kind == "bot":
            self._coming_back.add(asyncio.create_task(self._await_worker(struck), name="worker coming back"))
        recovered_s = await self._recovered(struck)
        self._outcome.recovery_s.append((fault.name, recovered_s - struck.at_s))
        self._progress.note(
            f"{self._outcome.struck.total()} faults, {self._outcome.history.accepted_count} messages accepted"
        )

    async def _recovered(self, struck: Struck) -> float:
        """Return when customers were served again and, but for the bot's workers, every process was back."""
        answered = asyncio.create_task(self._crowd.prober.answered_after(struck.at_s, RECOVERY_GIVEN_UP_S))
        back_s = await self._back(struck) if struck.kind in ("gateway", "actions", "redis") else struck.at_s
        answered_s = await answered
        return max(back_s, answered_s if answered_s is not None else struck.at_s + RECOVERY_GIVEN_UP_S)

    async def _back(self, struck: Struck) -> float:
        while time.monotonic() - struck.at_s < RECOVERY_GIVEN_UP_S:
            if struck.victim and not is_alive(struck.victim) and await asyncio.to_thread(self._scene.product.serves):
                break
            await asyncio.sleep(_POLL_S)
        return time.monotonic()

    async def _await_worker(self, struck: Struck) -> None:
        while time.monotonic() - struck.at_s < RECOVERY_GIVEN_UP_S:
            if struck.victim and not is_alive(struck.victim) and await asyncio.to_thread(self._scene.product.is_whole):
                break
            await asyncio.sleep(0.3)
        self._outcome.worker_back_s.append(time.monotonic() - struck.at_s)
