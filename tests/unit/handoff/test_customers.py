"""What a customer's page may rely on, whatever happens to its connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from handoff.adapters.hub import LocalHub
from handoff.adapters.memory import MemoryStore, MemoryTransaction
from handoff.domain.conversation import Author, Owner
from handoff.service.customers import Customers
from handoff.service.ports import QUEUE_TOPIC
from handoff.service.queue_board import QueueBoard
from handoff.service.turns import TurnRunner
from handoff.service.waiting import Waits
from kernel.clock import FixedClock
from tests import building
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


async def test_a_busy_queue_does_not_keep_a_page_from_looking_again(
    clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hint may be lost; then the page's own recheck must find the message, whatever goes on elsewhere."""
    monkeypatch.setattr("handoff.service.customers.RECHECK_S", 0.1)
    store, hub = MemoryStore(), LocalHub()
    runner = TurnRunner(store, ScriptedBot(), OneCustomerShop(), hub, clock, name="gateway", context_key="k" * 32)
    customers = Customers(store, runner, hub, clock)
    talk = await customers.open(channel="web", customer_id=None)

    async def crowd() -> None:
        while True:
            hub.publish(QUEUE_TOPIC)
            await asyncio.sleep(0.002)

    crowding = asyncio.create_task(crowd())
    waiting = asyncio.create_task(customers.wait(talk.conversation_id, after=0, wait_s=20))
    await asyncio.sleep(0.02)
    async with store.write() as tx:
        await tx.add_messages([building.message(talk.conversation_id, 1, clock.now())])
        await tx.save_conversation(replace(talk, last_seq=1))
    async with asyncio.timeout(2):
        assert [m.seq for m in (await waiting).messages] == [1]
    crowding.cancel()


async def test_a_page_in_the_queue_hears_that_the_queue_moved(clock: FixedClock) -> None:
    store, hub = MemoryStore(), LocalHub()
    runner = TurnRunner(store, ScriptedBot(), OneCustomerShop(), hub, clock, name="gateway", context_key="k" * 32)
    customers = Customers(store, runner, hub, clock)
    now = clock.now()
    first = building.conversation(now, owner=Owner.WAITING, waiting_since=now)
    second = building.conversation(now, owner=Owner.WAITING, waiting_since=now + timedelta(seconds=1))
    async with store.write() as tx:
        await tx.add_conversation(first)
        await tx.add_conversation(second)
    board = QueueBoard(store, hub, Waits(clock))
    board.start()
    waiting = asyncio.create_task(customers.wait(second.conversation_id, after=0, wait_s=20))
    await asyncio.sleep(0.05)
    async with store.write() as tx:
        await tx.save_conversation(replace(first, owner=Owner.HUMAN, waiting_since=None))
    hub.publish(QUEUE_TOPIC)
    async with asyncio.timeout(1):
        assert (await waiting).position == 1
    await board.stop()


@pytest.mark.parametrize("wait_s", [0, 0.05])
async def test_a_page_without_news_gets_what_there_is_when_its_time_is_up(clock: FixedClock, wait_s: float) -> None:
    store, hub = MemoryStore(), LocalHub()
    runner = TurnRunner(store, ScriptedBot(), OneCustomerShop(), hub, clock, name="gateway", context_key="k" * 32)
    customers = Customers(store, runner, hub, clock)
    talk = await customers.open(channel="web", customer_id=None)
    async with asyncio.timeout(1):
        view = await customers.wait(talk.conversation_id, after=0, wait_s=wait_s)
    assert (view.messages, view.owner, view.position) == ((), Owner.BOT, None)
