"""The faults. Each strikes, holds for as long as it lasts, lets go, and says from when on recovery counts.

None means that it could not strike this time (no process there to kill, no message came by the named step).
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import cycle

from kernel import failpoints
from ops.faults import slow_readers
from ops.faults.proxy import Mood, Proxy
from ops.faults.scene import Scene, Struck

Strike = Callable[[Scene], Awaitable[Struck | None]]

STEPS = (
    *(f"{what}.{when}" for what in ("customer_message", "handed_over", "claimed") for when in ("written", "committed")),
    *("turn.asked", "turn.answered", "bot_message.written", "bot_message.committed"),
    *(f"{what}.{when}" for what in ("agent_message", "transferred") for when in ("written", "committed")),
    *(f"{what}.{when}" for what in ("returned_to_bot", "closed", "outbox_taken") for when in ("written", "committed")),
)
# The gateway the most: all steps are in it. As many as have no divisor in common with the count of steps.
VICTIMS = ("gateway", "bot", "gateway", "redis", "gateway", "actions", "gateway")
_REACHED_WITHIN_S = 4.0
_CLOCK_STEPS_S = (-3_600.0, 3_600.0, -60.0, 90_000.0, -90_000.0, 300.0)


@dataclass(frozen=True)
class Fault:
    """One kind of fault; `family` is what figures are grouped by."""

    name: str
    family: str
    strike: Strike


def kill(kind: str) -> Fault:
    """kill -9 of one process of a kind, at any moment."""

    async def strike(scene: Scene) -> Struck | None:
        victim = await asyncio.to_thread(scene.product.identify, kind, scene.dice.randrange(2))
        if victim is None:
            return None
        os.kill(victim.pid, signal.SIGKILL)
        return Struck(time.monotonic(), kind, victim)

    return Fault(f"kill {kind}", f"kill {kind}", strike)


def kill_at(step: str, kind: str) -> Fault:
    """kill -9 of one process of a kind in the very moment in which the gateway reaches a step."""

    async def strike(scene: Scene) -> Struck | None:
        victim = await asyncio.to_thread(scene.product.identify, kind)
        if victim is None or not await _order(scene, step, victim.pid, signal.SIGKILL):
            return None
        return Struck(time.monotonic(), kind, victim)

    return Fault(f"kill {kind} at {step}", f"kill {kind} at a step", strike)


async def _order(scene: Scene, step: str, pid: int, number: signal.Signals) -> bool:
    folder = scene.product.failpoints_dir
    failpoints.write_order(folder, step, pid=pid, signal=number)
    deadline = time.monotonic() + _REACHED_WITHIN_S
    while not failpoints.is_struck(folder, step):
        if time.monotonic() > deadline:
            failpoints.withdraw_order(folder, step)
            return failpoints.is_struck(folder, step)
        await asyncio.sleep(0.005)
    return True


async def _kill_supervisor(scene: Scene) -> Struck | None:
    victim = scene.product.find_supervisor()
    if victim is None:
        return None
    os.kill(victim.pid, signal.SIGKILL)
    return Struck(time.monotonic())


# The last of a run: nobody starts again what dies from then on.
KILL_SUPERVISOR = Fault("kill supervisord", "kill supervisord", _kill_supervisor)


async def _kill_second_gateway(scene: Scene) -> Struck | None:
    if scene.second is None:
        return None
    scene.second.kill()
    struck = Struck(time.monotonic())
    await asyncio.to_thread(scene.second.start)
    return struck


def pause(kind: str, seconds: float) -> Fault:
    """SIGSTOP, and SIGCONT after a while."""

    async def strike(scene: Scene) -> Struck | None:
        victim = await asyncio.to_thread(scene.product.identify, kind, scene.dice.randrange(2))
        if victim is None:
            return None
        os.kill(victim.pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            os.kill(victim.pid, signal.SIGCONT)
        return Struck(time.monotonic())

    return Fault(f"stop {kind} for {seconds:g} s", f"stop {kind}", strike)


async def flush_redis(scene: Scene) -> Struck | None:
    """FLUSHALL."""
    try:
        reader, writer = await asyncio.open_unix_connection(scene.product.instance.redis_socket)
        writer.write(b"FLUSHALL\r\n")
        answer = await asyncio.wait_for(reader.readline(), 2)
        writer.close()
    except (OSError, TimeoutError):
        return None
    return Struck(time.monotonic()) if answer.startswith(b"+OK") else None


async def step_clock(scene: Scene) -> Struck | None:
    """Set the product's clock forward or back, for good."""
    file = scene.product.failpoints_dir / failpoints.CLOCK_FILE
    before_s = float(file.read_text()) if file.exists() else 0.0
    file.write_text(repr(before_s + scene.dice.choice(_CLOCK_STEPS_S)))
    return Struck(time.monotonic())


async def fill_disk(scene: Scene) -> Struck | None:
    """Let the disk be full for a while."""
    if scene.disk is None:
        return None
    with scene.disk.full():
        await asyncio.sleep(1.0)
    return Struck(time.monotonic())


def through(name: str, which: str, mood: Callable[[Scene], Mood], seconds: float) -> Fault:
    """Let a proxy misbehave for a while, then reset what it has swallowed something of."""

    async def strike(scene: Scene) -> Struck | None:
        proxy: Proxy | None = getattr(scene, which)
        if proxy is None:
            return None
        cut_before, proxy.mood = proxy.cut_count, mood(scene)
        is_cut = proxy.mood.cut_after is not None or proxy.mood.cut_at_word is not None
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not (is_cut and proxy.cut_count > cut_before):
            await asyncio.sleep(0.02)
        swallowed, proxy.mood = proxy.mood.swallows, Mood()
        if swallowed:
            proxy.reset_all()
        return None if is_cut and proxy.cut_count == cut_before else Struck(time.monotonic())

    return Fault(f"{name} ({_BETWEEN[which]})", f"{name} ({_BETWEEN[which]})", strike)


_BETWEEN = {"door": "customers and gateway", "wire": "product and database"}


def _cut_somewhere(scene: Scene) -> Mood:
    return Mood(cut_after=scene.dice.randrange(30_000))


def restart_postgres(mode: str) -> Fault:
    """Stop PostgreSQL as it is, and start it."""

    async def strike(scene: Scene) -> Struck | None:
        if scene.postgres is None:
            return None
        await asyncio.to_thread(scene.postgres.restart, mode)
        return Struck(time.monotonic())

    return Fault(f"restart PostgreSQL ({mode})", "restart PostgreSQL", strike)


def crash_postgres_at(step: str) -> Fault:
    """Crash all of PostgreSQL in the moment in which a unit of work says COMMIT, and start it."""

    async def strike(scene: Scene) -> Struck | None:
        if scene.postgres is None or not await _order(scene, step, scene.postgres.pid, signal.SIGQUIT):
            return None
        await asyncio.to_thread(scene.postgres.restart, "immediate")
        return Struck(time.monotonic())

    return Fault(f"crash PostgreSQL at {step}", "crash PostgreSQL in mid-commit", strike)


async def kill_backend(scene: Scene) -> Struck | None:
    """kill -9 of one of PostgreSQL's own processes, which makes it start over."""
    backends = scene.postgres.list_backends() if scene.postgres else []
    if not backends:
        return None
    os.kill(scene.dice.choice(backends), signal.SIGKILL)
    return Struck(time.monotonic())


def list_faults() -> list[Fault]:
    """Return the faults of a round, those at steps and those of databases that are not there included."""
    return [
        *(kill(kind) for kind in ("gateway", "bot", "actions", "redis")),
        *(pause(kind, seconds) for kind, seconds in (("gateway", 0.8), ("bot", 1.5), ("actions", 1.0), ("redis", 1.0))),
        Fault("kill the second gateway", "kill the second gateway", _kill_second_gateway),
        Fault("FLUSHALL", "FLUSHALL", flush_redis),
        Fault("step of the clock", "step of the clock", step_clock),
        Fault("full disk", "full disk", fill_disk),
        Fault("slow readers", "slow readers", slow_readers.strike),
        through("delay", "door", lambda _: Mood(delay_s=0.15), 1.5),
        through("loss", "door", lambda _: Mood(swallows=True), 1.0),
        *(through("cut at a byte", "door", _cut_somewhere, 2.0) for _ in range(2)),
        through("delay", "wire", lambda _: Mood(delay_s=0.05), 1.0),
        through("loss", "wire", lambda _: Mood(swallows=True), 1.0),
        through("cut at a byte", "wire", _cut_somewhere, 2.0),
        through("cut before COMMIT", "wire", lambda _: Mood(cut_at_word=b"COMMIT"), 2.0),
        through("cut after COMMIT", "wire", lambda _: Mood(cut_at_word=b"COMMIT", word_arrives=True), 2.0),
        restart_postgres("fast"),
        restart_postgres("immediate"),
        Fault("kill a process of PostgreSQL", "kill a process of PostgreSQL", kill_backend),
    ]


class Deck:
    """Deals faults in rounds: everything once, with ever other steps, in an order of its own each time."""

    def __init__(self, scene: Scene, *, at_steps: int) -> None:
        self._scene = scene
        self._at_steps = at_steps
        steps = scene.dice.sample(STEPS, len(STEPS))
        self._places = zip(cycle(steps), cycle(VICTIMS))
        written = [step for step in STEPS if step.endswith(".written")]
        scene.dice.shuffle(written)
        self._commits = cycle(written)

    def deal_round(self) -> list[Fault]:
        """Return the faults of the next round."""
        scene = self._scene
        faults = [fault for fault in list_faults() if self._is_possible(fault)]
        faults += [kill_at(step, kind) for step, kind in (next(self._places) for _ in range(self._at_steps))]
        if scene.postgres is not None:
            faults += [crash_postgres_at(next(self._commits)) for _ in range(2)]
        scene.dice.shuffle(faults)
        return faults

    def _is_possible(self, fault: Fault) -> bool:
        needs_postgres = any(word in fault.name for word in ("PostgreSQL", "database", "second gateway"))
        needs_disk = fault.name == "full disk"
        scene = self._scene
        return (scene.postgres is not None or not needs_postgres) and (scene.disk is not None or not needs_disk)
