"""Turns when something is odd, full, away or stopping: nobody is left in silence, nothing is left behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from handoff.domain.conversation import Author, Owner
from handoff.service.customers import Customers
from handoff.service.handing_over import APOLOGY_SENTENCES
from handoff.service.ports import TurnRequest, TurnResult
from handoff.service.turns import TurnRunner
from tests.fakes import OneCustomerShop, answer
from tests.unit.handoff.world import KEY, World


async def test_an_answer_that_cannot_be_stored_brings_a_person_instead_of_silence(world: World) -> None:
    world.bot.script = lambda _: answer(nlu={"intent": "greet", "confidence": "high"})
    talk = await world.open()
    await world.say(talk, "안녕")
    await world.idle(talk)
    assert (await world.get(talk)).owner is Owner.WAITING
    assert (await world.texts(talk, Author.BOT)) == [APOLOGY_SENTENCES["bot_error"]]


async def test_a_bot_that_fails_in_an_unknown_way_brings_a_person(world: World) -> None:
    def broken(request: TurnRequest) -> TurnResult:
        raise KeyError("replies")

    world.bot.script = broken
    talk = await world.open()
    await world.say(talk, "안녕")
    await world.idle(talk)
    assert (await world.get(talk)).owner is Owner.WAITING


@pytest.mark.parametrize("failure_count", [1, 3])
async def test_a_store_that_fails_for_a_while_costs_no_answer(
    world: World, monkeypatch: pytest.MonkeyPatch, failure_count: int
) -> None:
    monkeypatch.setattr("handoff.service.turns.LEASE_S", 0.05)
    talk = await world.open()
    world.bot.gate.clear()
    await world.say(talk, "안녕")
    await world.until(lambda: world.bot.asked)
    failures = iter([OSError("the database is away")] * failure_count)
    committing = world.store.write

    def failing() -> object:
        if error := next(failures, None):
            raise error
        return committing()

    monkeypatch.setattr(world.store, "write", failing)
    world.bot.gate.set()
    await world.answered(talk, 1)
    assert await world.texts(talk, Author.BOT) == ["“안녕”라고 하셨네요."]


async def test_a_commit_whose_answer_was_lost_keeps_no_one_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handoff.service.turns.DOUBT_S", 0.05)
    monkeypatch.setattr("handoff.service.turns.SWEEP_EVERY_S", 0.02)
    world.runner.start()
    talk = await world.open()
    committing, is_cut = world.store.write, iter([True])

    @asynccontextmanager
    async def cut_off() -> AsyncIterator[object]:
        async with committing() as tx:
            yield tx
        if next(is_cut, False):
            raise OSError("the connection was cut after COMMIT")

    monkeypatch.setattr(world.store, "write", cut_off)
    with pytest.raises(OSError, match="cut"):
        await world.say(talk, "안녕", "m1")
    assert await world.say(talk, "안녕", "m1") == 1
    await world.answered(talk, 1)
    world.bot.gate.clear()
    for number in (2, 3):
        await world.say(talk, f"{number}번", f"m{number}")
    is_cut = iter([True])  # the next answer, with the lease for the one after it
    world.bot.gate.set()
    await world.answered(talk, 3)
    await world.runner.stop()
    assert await world.texts(talk, Author.BOT) == [f"“{said}”라고 하셨네요." for said in ("안녕", "2번", "3번")]


async def test_stop_leaves_no_task_behind(world: World) -> None:
    talks = [await world.open() for _ in range(5)]
    world.bot.gate.clear()
    for talk in talks:
        await world.say(talk, "안녕")
    await world.until(lambda: len(world.bot.asked) == 5)
    await world.runner.stop(grace_s=0.05)
    assert [task.get_name() for task in asyncio.all_tasks() if task.get_name().startswith("turn")] == []
    world.bot.gate.set()
    second = world.new_runner()
    second.start()
    for talk in talks:
        await world.answered(talk, 1)
    await second.stop(grace_s=1)
    assert [len(await world.texts(talk, Author.BOT)) for talk in talks] == [1] * 5


async def test_stop_lets_a_turn_in_hand_end(world: World) -> None:
    talk = await world.open()
    world.bot.gate.clear()
    await world.say(talk, "안녕")
    await world.say(talk, "또요")
    await world.until(lambda: world.bot.asked)
    stopping = asyncio.create_task(world.runner.stop(grace_s=2))
    await asyncio.sleep(0)
    world.bot.gate.set()
    await stopping
    assert len(await world.texts(talk, Author.BOT)) == 1
    left = await world.get(talk)
    assert left.lease is None  # so that the next life takes the second turn at once


async def test_a_full_runner_goes_on_with_the_conversations_it_has(world: World) -> None:
    small = TurnRunner(
        world.store, world.bot, OneCustomerShop(), world.hub, world.clock, name="small", context_key=KEY, at_once=1
    )
    customers = Customers(world.store, small, world.hub, world.clock)
    await world.runner.stop(grace_s=0)
    talk = await world.open()
    world.bot.gate.clear()
    for number in range(5):
        await customers.accept(talk, client_msg_id=f"m{number}", text=str(number))
    world.bot.gate.set()
    await world.answered(talk, 5)  # no sweeper runs: the runner must not count itself as the one that fills it
    await small.stop(grace_s=1)


async def test_what_a_full_runner_could_not_take_is_taken_as_soon_as_it_has_room(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handoff.service.turns.SWEEP_EVERY_S", 60.0)
    small = TurnRunner(
        world.store, world.bot, OneCustomerShop(), world.hub, world.clock, name="small", context_key=KEY, at_once=2
    )
    await world.runner.stop(grace_s=0)
    small.start()
    customers = Customers(world.store, small, world.hub, world.clock)
    talks = [await world.open() for _ in range(9)]
    world.bot.gate.clear()
    for talk in talks:
        await customers.accept(talk, client_msg_id="m", text="안녕")
    world.bot.gate.set()
    for talk in talks:
        await world.answered(talk, 1)
    await small.stop(grace_s=1)


async def test_a_lease_is_not_kept_on_a_conversation_without_work(world: World) -> None:
    talk = await world.open()
    await world.say(talk, "안녕")
    await world.answered(talk, 1)
    async with world.store.write() as tx:
        locked = await tx.lock_conversation(talk)
        assert locked is not None and await world.runner.take(tx, locked) is None
    assert (await world.get(talk)).lease is None


async def test_an_unsure_utterance_is_kept_no_longer_than_trainers_need(world: World) -> None:
    world.bot.script = lambda _: answer(nlu={"intent": "greet", "confidence": 0.1, "ranking": []})
    talk = await world.open()
    await world.say(talk, "긴 이야기 " * 300)
    await world.answered(talk, 1)
    async with world.store.read() as tx:
        (candidate,) = await tx.list_candidates(limit=5)
    assert len(candidate["text"]) == 500
