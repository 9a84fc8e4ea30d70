"""What a customer's page may rely on, whatever happens to its connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from handoff.adapters.hub import LocalHub
from handoff.adapters.memory import MemoryStore, MemoryTransaction
from handoff.domain.conversation import Author
from handoff.service.customers import Customers
from handoff.service.turns import TurnRunner
from kernel.clock import FixedClock
from tests.fakes import OneCustomerShop, ScriptedBot


class SlowCommitStore(MemoryStore):
    """A store whose commit takes effect a while before its caller hears of it."""

    def __init__(self) -> None:
        super().__init__()
        self.committed = asyncio.Event()
        self.heard = asyncio.Event()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[MemoryTransaction]:
        async with super().write() as tx:
            yield tx
        self.committed.set()
        await self.heard.wait()


async def test_a_page_that_hangs_up_during_the_commit_is_still_answered_at_once(clock: FixedClock) -> None:
    store, bot, hub = SlowCommitStore(), ScriptedBot(), LocalHub()
    runner = TurnRunner(store, bot, OneCustomerShop(), hub, clock, name="gateway", context_key="k" * 32)
    customers = Customers(store, runner, hub, clock)
    store.heard.set()
    talk = (await customers.open(channel="web", customer_id=None)).conversation_id
    store.heard.clear()
    store.committed.clear()

    sending = asyncio.create_task(customers.accept(talk, client_msg_id="m1", text="안녕"))
    await store.committed.wait()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    store.heard.set()
    async with asyncio.timeout(2):
        while not bot.asked:  # no sweeper runs: only who accepted it can carry it out
            await asyncio.sleep(0.005)
    await runner.stop(grace_s=1)
    async with store.read() as tx:
        assert [m.author for m in await tx.list_messages(talk)] == [Author.CUSTOMER, Author.BOT]
