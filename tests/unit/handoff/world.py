"""A small world for tests of turns: a store, a scripted bot, a runner, and customers who write."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from handoff.adapters.hub import LocalHub
from handoff.adapters.memory import MemoryStore
from handoff.domain.conversation import Author, Conversation
from handoff.domain.ownership import Change, change_owner
from handoff.service.customers import Customers
from handoff.service.turns import TurnRunner
from kernel.clock import FixedClock
from tests.fakes import OneCustomerShop, ScriptedBot

KEY = "k" * 32


class World:
    """A store, a scripted bot, and customers who write."""

    def __init__(self, clock: FixedClock) -> None:
        self.clock = clock
        self.store = MemoryStore()
        self.bot = ScriptedBot()
        self.hub = LocalHub()
        self.runner = self.new_runner()
        self.customers = Customers(self.store, self.runner, self.hub, clock)

    def new_runner(self, name: str = "gateway") -> TurnRunner:
        return TurnRunner(self.store, self.bot, OneCustomerShop(), self.hub, self.clock, name=name, context_key=KEY)

    async def open(self, customer_id: str | None = None, channel: str = "web", channel_user: str | None = None) -> str:
        opened = await self.customers.open(channel=channel, customer_id=customer_id, channel_user=channel_user)
        return opened.conversation_id

    async def say(self, conversation_id: str, text: str, client_msg_id: str | None = None) -> int:
        msg_id = client_msg_id or f"{text}-{time.monotonic_ns()}"
        return (await self.customers.accept(conversation_id, client_msg_id=msg_id, text=text)).seq

    async def texts(self, conversation_id: str, *authors: Author) -> list[str]:
        async with self.store.read() as tx:
            messages = await tx.list_messages(conversation_id)
        return [m.text for m in messages if m.author in authors]

    async def get(self, conversation_id: str) -> Conversation:
        async with self.store.read() as tx:
            found = await tx.find_conversation(conversation_id)
        assert found is not None
        return found

    async def change(self, conversation_id: str, change: Change, **values: str) -> None:
        async with self.store.write() as tx:
            locked = await tx.lock_conversation(conversation_id)
            assert locked is not None
            await tx.save_conversation(change_owner(locked, change, at=self.clock.now(), **values))

    async def until(self, holds: Callable[[], object], within_s: float = 3.0) -> None:
        """Wait until something holds, at most for `within_s` of real time."""
        async with asyncio.timeout(within_s):
            while True:
                found = holds()
                if await found if asyncio.iscoroutine(found) else found:
                    return
                await asyncio.sleep(0.002)

    async def answered(self, conversation_id: str, count: int) -> None:
        async def enough() -> bool:
            return len(await self.texts(conversation_id, Author.BOT)) >= count

        await self.until(enough)

    async def idle(self, conversation_id: str) -> None:
        async def nothing_queued() -> bool:
            async with self.store.read() as tx:
                return await tx.next_turn(conversation_id) is None

        await self.until(nothing_queued)
