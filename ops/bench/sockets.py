"""Open sockets under load: how long it takes to be accepted, to be seen by an agent, to reach a customer.

The product runs on the first two processors, with its commits on disk; the customers and agents of the measurement run
on the others where there are any. A thousand customers hold a socket each. Phases:

- `bot`: a hundred messages a second, each answered by the bot;
- `people`: a hundred a second in conversations that wait for people or are with them, as after a campaign gone wrong;
- `stalled`: the same, once with 200 pages more that read and once with 200 that never do;
- `escalation`: from the customer's wish for a person to the frame on an agent's screen; and back: an agent's message.

There is no peer: none of the desks looked at publishes such figures, and stock Rasa keeps nothing on disk.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psutil

from ops.bench.figures import at_most, percentile
from ops.bench.live import Http, LiveAgent, LiveCustomer
from ops.bench.servers import Ours, our_instance
from ops.steps import step
from ops.supervision import list_recorded

_SERVER_PROCESSORS = 2
_CUSTOMERS = 1_000
_RATE_PER_S = 100
_LOAD_S = 15.0
_WARM_UP_S = 5.0
_OPENED_AT_ONCE = 25
_STALLED = 200
_ESCALATIONS = 60
_ANSWERS = 100
_BACKGROUND_PER_S = 20
_PAUSE_S = 0.1
_ACCEPT_P99_MS, _SEEN_P95_MS, _REACHED_P95_MS = 150, 150, 100
_STALLED_MB, _STALLED_RATIO = 100, 1.2
_LONG = "배송이 늦어서 너무 답답해요. " * 60
_WISH = "상담원 연결해 주세요"
_SMALL_TALK = "택배 언제 와요?"


@dataclass
class _Load:
    """What one phase measured, in seconds."""

    accepted: list[float] = field(default_factory=list)
    echoed: list[float] = field(default_factory=list)  # own message back on the own socket
    late: list[float] = field(default_factory=list)  # the measuring side itself

    def figures(self) -> dict[str, Any]:
        return {
            "message_count": len(self.accepted),
            **_summary("accept", self.accepted),
            **_summary("echo", self.echoed),
        }


def measure() -> dict[str, Any]:
    """Return latencies and memory, and whether the goals are met."""
    with _on_processors(_server_processors()), our_instance() as ours, _on_processors(_client_processors()):
        found = asyncio.run(_Measurement(ours).run())
    return {"bench": "sockets", "processors": sorted(_server_processors()), **found, "goals": _goals(found)}


class _Measurement:
    def __init__(self, ours: Ours) -> None:
        self._ours = ours
        self._http = Http(ours.port)
        self._gateway = psutil.Process(list_recorded(ours.instance)["gateway"].pid)
        self._customers: list[LiveCustomer] = []

    async def run(self) -> dict[str, Any]:
        with step(f"opening {_CUSTOMERS} sockets"):
            self._customers = await self._open(_CUSTOMERS)
            memory_mb = self._memory_mb()
        await self._load("warming up", self._customers, _SMALL_TALK, for_s=_WARM_UP_S)
        bot = await self._load("with the bot", self._customers, _SMALL_TALK)
        agents = await self._open_agents()
        people = self._customers[: _CUSTOMERS // 2]
        escalation = await self._escalate(people[:_ESCALATIONS], agents)
        reached = await self._answer(people[: len(agents) * 2], agents)
        await self._make_wait(people[_ESCALATIONS:])
        with_people = await self._load("with people", people, _SMALL_TALK)
        stalled = await self._stall(people)
        return {
            "sockets": _CUSTOMERS,
            "rate_per_s": _RATE_PER_S,
            "with_bot": bot.figures(),
            "with_people": with_people.figures(),
            "escalation_to_agent": escalation,
            "agent_to_customer": reached,
            "stalled": stalled,
            "gateway_mb": {"idle": memory_mb, "end": self._memory_mb()},
            "measuring_side": _summary("late", [*bot.late, *with_people.late]),
        }

    async def _open(self, count: int, *, listening: bool = True) -> list[LiveCustomer]:
        made = [LiveCustomer(self._http) for _ in range(count)]
        await _in_groups(made, lambda one: one.open())
        if listening:
            await _in_groups(made, lambda one: one.listen())
        return made

    async def _open_agents(self) -> list[LiveAgent]:
        agents = [
            LiveAgent(self._http, who["login"], who["password"])
            for who in self._ours.staff
            if who["role"] in ("agent", "senior_agent", "supervisor", "administrator")
        ]
        for agent in agents:
            await agent.open()
        return agents

    async def _load(
        self,
        name: str,
        customers: Sequence[LiveCustomer],
        text: str,
        *,
        for_s: float = _LOAD_S,
        rate: int = _RATE_PER_S,
    ) -> _Load:
        load, sending = _Load(), []
        with step(f"{name}: {rate} messages a second for {for_s:g} s"):
            began = time.perf_counter()
            for number in range(int(for_s * rate)):
                await _until(began + number / rate)
                load.late.append(time.perf_counter() - began - number / rate)
                sending.append(asyncio.create_task(_say(random.choice(customers), text, load)))  # noqa: S311
            await asyncio.gather(*sending)
        return load

    async def _escalate(self, customers: Sequence[LiveCustomer], agents: Sequence[LiveAgent]) -> dict[str, float]:
        """Measure from the wish to the frame on an agent's screen, with other customers talking to the bot."""
        seen: list[float] = []
        others = self._customers[_CUSTOMERS // 2 :]
        seconds = len(customers) * (_PAUSE_S + 0.1)
        background = asyncio.create_task(
            self._load("escalations", others, _SMALL_TALK, for_s=seconds, rate=_BACKGROUND_PER_S)
        )
        for customer in customers:
            began = time.perf_counter()
            await customer.say(_WISH)
            key = customer.conversation_id
            await agents[0].wait_for(lambda key=key: key in agents[0].visible)  # type: ignore[misc]
            seen.append(agents[0].visible[key][0] - began)
            await asyncio.sleep(_PAUSE_S)
        await background
        return _summary("seen", seen)

    async def _answer(self, customers: Sequence[LiveCustomer], agents: Sequence[LiveAgent]) -> dict[str, float]:
        """Measure from an agent's message to the frame on the customer's socket."""
        held = []
        for number, customer in enumerate(customers):
            agent = agents[number % len(agents)]
            version = agent.visible[customer.conversation_id][1]["version"]
            done = await agent.do(customer.conversation_id, "claim", version=version)
            held.append((customer, agent, done["version"]))
        reached = []
        with step(f"{_ANSWERS} answers of agents"):
            for number in range(_ANSWERS):
                customer, agent, version = held[number % len(held)]
                began = time.perf_counter()
                seq = await agent.write(customer.conversation_id, version, f"확인해 드릴게요 {number}")
                await customer.wait_for(lambda c=customer, seq=seq: seq in c.frames)  # type: ignore[misc]
                reached.append(customer.frames[seq][0] - began)
                await asyncio.sleep(_PAUSE_S / 2)
        return _summary("reached", reached)

    async def _make_wait(self, customers: Sequence[LiveCustomer]) -> None:
        with step(f"{len(customers)} customers more who wait for people"):
            await _in_groups(customers, lambda one: one.say(_WISH))
            for one in customers:
                await one.wait_for(lambda one=one: one.owner == "waiting", 120.0)  # type: ignore[misc]

    async def _stall(self, customers: Sequence[LiveCustomer]) -> dict[str, Any]:
        """Measure others' latency while long messages go to pages that read, then to as many that do not."""
        figures: dict[str, Any] = {}
        for name in ("reading", "stalled"):
            extra = await self._open(_STALLED, listening=name == "reading")
            await _in_groups(extra, lambda one: one.say(_WISH))
            await asyncio.sleep(_WARM_UP_S)
            sockets = [] if name == "reading" else [await one.stall() for one in extra]
            before_mb, peak_mb = self._memory_mb(), [0.0]
            watching = asyncio.create_task(self._watch_memory(peak_mb))
            writing = asyncio.create_task(_write_long(extra, _LOAD_S))
            load = await self._load(f"{_STALLED} pages {name}", customers, _SMALL_TALK)
            await writing
            watching.cancel()
            figures[name] = load.figures() | {"grown_mb": round(max(0.0, peak_mb[0] - before_mb), 1)}
            for raw in sockets:
                raw.close()
            for one in extra:
                await one.leave()
        figures["added_mb"] = round(max(0.0, figures["stalled"]["grown_mb"] - figures["reading"]["grown_mb"]), 1)
        figures["p99_ratio"] = round(figures["stalled"]["accept_p99_ms"] / figures["reading"]["accept_p99_ms"], 3)
        return figures

    async def _watch_memory(self, peak_mb: list[float]) -> None:
        while True:
            peak_mb[0] = max(peak_mb[0], self._memory_mb())
            await asyncio.sleep(0.5)

    def _memory_mb(self) -> float:
        return round(self._gateway.memory_info().rss / 1024 / 1024, 1)


async def _say(customer: LiveCustomer, text: str, load: _Load) -> None:
    began = time.perf_counter()
    seq, seconds = await customer.say(text)
    load.accepted.append(seconds)
    await customer.wait_for(lambda: seq in customer.frames, 60.0)
    load.echoed.append(customer.frames[seq][0] - began)


async def _write_long(customers: Sequence[LiveCustomer], for_s: float) -> None:
    """Let every page be told much: its own long messages come back to it."""
    until = time.perf_counter() + for_s
    while time.perf_counter() < until:
        for customer in customers:
            await customer.say(_LONG)
            await asyncio.sleep(0.02)
            if time.perf_counter() >= until:
                return


async def _until(at: float) -> None:
    if (left_s := at - time.perf_counter()) > 0:
        await asyncio.sleep(left_s)


async def _in_groups(customers: Sequence[LiveCustomer], do: Callable[[LiveCustomer], Awaitable[Any]]) -> None:
    for first in range(0, len(customers), _OPENED_AT_ONCE):
        await asyncio.gather(*(do(one) for one in customers[first : first + _OPENED_AT_ONCE]))


def _summary(name: str, seconds: Sequence[float]) -> dict[str, float]:
    return {f"{name}_p{share}_ms": round(percentile(seconds, share / 100) * 1000, 1) for share in (50, 95, 99)}


def _server_processors() -> set[int]:
    return set(sorted(os.sched_getaffinity(0) | _ALL)[:_SERVER_PROCESSORS])


def _client_processors() -> set[int]:
    return set(_ALL - _server_processors()) or set(_ALL)


_ALL = frozenset(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else frozenset(range(os.cpu_count() or 1))


@contextmanager
def _on_processors(processors: set[int]) -> Iterator[None]:
    """Run what is started within the block on these processors."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, processors)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _goals(found: dict[str, Any]) -> list[dict[str, Any]]:
    stalled = found["stalled"]
    return [
        at_most("accepted while the bot answers, p99 ms", found["with_bot"]["accept_p99_ms"], _ACCEPT_P99_MS),
        at_most("accepted while people are asked for, p99 ms", found["with_people"]["accept_p99_ms"], _ACCEPT_P99_MS),
        at_most(
            "from the wish to an agent's screen, p95 ms", found["escalation_to_agent"]["seen_p95_ms"], _SEEN_P95_MS
        ),
        at_most(
            "an agent's message to the customer, p95 ms", found["agent_to_customer"]["reached_p95_ms"], _REACHED_P95_MS
        ),
        at_most("memory that 200 stalled readers add, MB", stalled["added_mb"], _STALLED_MB),
        at_most("p99 of the others, to that with readers", stalled["p99_ratio"], _STALLED_RATIO),
    ]
