"""The real services on a real store, wired as in the gateway, with a clock that somebody else moves.

Only what is outside is stood in for: a bot that asks for a person at the first message, a shop that knows nobody.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from handoff.adapters.hub import LocalHub
from handoff.adapters.sql.store import SqlStore, upgrade
from handoff.domain.conversation import Agent, Json, Owner
from handoff.service.alerts import ServiceLevelWatch
from handoff.service.aside import Aside
from handoff.service.clockwork import Task
from handoff.service.customers import Customers
from handoff.service.desk import Desk
from handoff.service.leaving import Leaving
from handoff.service.offers import Offers
from handoff.service.ports import (
    QUEUE_TOPIC,
    ROUTING_TOPIC,
    BotReply,
    HandoffRequest,
    TurnRequest,
    TurnResult,
)
from handoff.service.presence import Presence
from handoff.service.promises import Promises
from handoff.service.routing import Router
from handoff.service.store import Store
from handoff.service.turns import TurnRunner
from handoff.service.waiting import Wait, Waits
from kernel.database import create_engine

STORES = ("file", "memory")
_IN_MEMORY = Path("/dev/shm")  # noqa: S108 a folder of our own is made in it
_HINT_WITHIN_S = 30.0
_NO_MESSAGES = 1_000_000  # a page that has them all


class SimulatedClock:
    """Product clock and machine's clock in one: stands until it is moved forward to the next event."""

    def __init__(self, begin: datetime) -> None:
        self._begin = begin
        self.at_s = 0.0

    def move_to(self, at_s: float) -> None:
        """Let it be `at_s` seconds after the begin. Raises ValueError for a time that is past."""
        if at_s < self.at_s:
            raise ValueError("time does not run backwards")
        self.at_s = at_s

    def now(self) -> datetime:
        """Return the moment it shows."""
        return self._begin + timedelta(seconds=self.at_s)

    def real_s(self) -> float:
        """Return the same moment in seconds since 1970."""
        return self._begin.timestamp() + self.at_s


class Hints(LocalHub):
    """The hub, with what was published kept until somebody takes it: who would have been woken."""

    def __init__(self) -> None:
        super().__init__()
        self._published: set[str] = set()

    def publish(self, *topics: str) -> None:
        """Wake listeners and remember the topics."""
        super().publish(*topics)
        self._published.update(topics)

    def take(self) -> set[str]:
        """Return the topics published since the last call."""
        taken, self._published = self._published, set()
        return taken


class _HandingOverBot:
    """Asks for a person as soon as a conversation says what it is about."""

    def __init__(self) -> None:
        self.topics: dict[str, str] = {}

    async def take_turn(self, request: TurnRequest) -> TurnResult:
        skill = self.topics.pop(request.conversation_id, None)
        reason = "complaint" if skill == "complaint" else "customer_request"
        return TurnResult(
            replies=(BotReply("상담원에게 연결할게요."),),
            state={"v": 1},
            nlu={"intent": "handoff_request", "confidence": 0.99, "ranking": [], "entities": []},
            handoff=HandoffRequest(reason, "customer", skill) if skill else None,
            slots={},
            tried=(),
            failed_actions=(),
        )


class _NobodyKnown:
    async def handoff_facts(self, customer_id: str) -> Json:
        return {}

    async def owns_order(self, customer_id: str, order_id: str) -> bool:
        return False

    async def find_by_kakao_user(self, user_key: str) -> str | None:
        return None


class Centre:
    """What customers and agents do through the services, and what the services do by themselves."""

    def __init__(self, store: Store, clock: SimulatedClock) -> None:
        self.store, self.clock, self.hints = store, clock, Hints()
        self._bot = _HandingOverBot()
        self._runner = TurnRunner(
            store, self._bot, _NobodyKnown(), self.hints, clock, name="simulation", context_key="s" * 32
        )
        self.customers = Customers(store, self._runner, self.hints, clock)
        self.desk = Desk(store, self.hints, clock)
        self._leaving = Leaving(store, self._runner, self.hints, clock)
        self._waits = Waits(clock, real_s=clock.real_s)
        self.offers = Offers(store, self.hints, clock)
        self.presence = Presence(store, self.hints, clock, real_s=clock.real_s)
        self.router = Router(store, self.hints, clock, real_s=clock.real_s)
        levels, promises = ServiceLevelWatch(store, self.hints, clock), Promises(store, self.hints, clock)
        self.sweeps: Sequence[Task] = [
            levels.check,
            promises.come_due,
            self.presence.sweep,
            self.router.drain,
            Aside(store, self.hints, clock).sweep,
        ]

    async def hire(self, names: Sequence[str], skills: Sequence[tuple[str, ...]], places: int) -> list[Agent]:
        """Add agents, and return them; nobody is there yet."""
        hired = [
            Agent(f"a_{name}", name, f"상담원 {name}", "agent", "x", skills=mine, capacity=places)
            for name, mine in zip(names, skills, strict=True)
        ]
        async with self.store.write() as tx:
            for agent in hired:
                await tx.add_agent(agent)
        return hired

    async def call(self, skill: str) -> str:
        """Let a customer come and be handed over; return the conversation."""
        conversation = await self.customers.open(channel="web", customer_id=None)
        key = conversation.conversation_id
        self._bot.topics[key] = skill
        # Until the hint, which comes after the commit: whoever looks into the store sees the handoff before it is told.
        with self.hints.subscribe(QUEUE_TOPIC) as news:
            await self.customers.accept(key, client_msg_id="1", text="상담원 연결해 주세요.")
            if not await news.wait(_HINT_WITHIN_S):
                raise TimeoutError("the turn was not carried out")
        return key

    async def leave(self, conversation_id: str) -> None:
        """Let a waiting customer give up. Raises IllegalTransition when they do not wait any more."""
        await self._leaving.leave(conversation_id)

    async def tell_wait(self, conversation_id: str) -> Wait | None:
        """Return what the page of a waiting customer shows; None for one who does not wait."""
        async with self.store.read() as tx:
            conversation = await tx.find_conversation(conversation_id)
            if conversation is None or conversation.owner is not Owner.WAITING:
                return None
            return await self._waits.tell(tx, conversation)

    async def owner_of(self, conversation_id: str) -> Owner:
        """Return who answers the customer now."""
        return (await self.customers.read(conversation_id, after=_NO_MESSAGES)).owner

    async def route(self) -> set[str]:
        """Do what the router does when it is woken, for as long as it is; return whom all that wakes."""
        woken: set[str] = set()
        while topics := self.hints.take():
            woken |= topics
            if topics & {QUEUE_TOPIC, ROUTING_TOPIC}:
                await self.router.drain()
        return woken

    async def sweep(self) -> None:
        """Do what the clockwork does each second: every task until it finds nothing more to do."""
        for task in self.sweeps:
            while await task():
                pass


@asynccontextmanager
async def open_store(kind: str) -> AsyncIterator[Store]:
    """Open an empty store in a folder of its own: on disk with every commit synced, or in memory."""
    with tempfile.TemporaryDirectory(prefix="ieum-simulation-", dir=_folder_for(kind)) as folder:
        url = f"sqlite+aiosqlite:///{folder}/conversations.db"
        await asyncio.to_thread(upgrade, url)
        engine = create_engine(url)
        try:
            yield SqlStore(engine)
        finally:
            await engine.dispose()


def _folder_for(kind: str) -> Path | None:
    if kind not in STORES:
        raise ValueError(f"no store {kind!r}; choose one of {', '.join(STORES)}")
    return _IN_MEMORY if kind == "memory" and _IN_MEMORY.is_dir() else None
