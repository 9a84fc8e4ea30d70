"""What is gathered before a conversation is passed on: the shop's facts if it answers in time, earlier conversations."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from handoff.domain.conversation import Json, Owner
from handoff.service import handing_over
from handoff.service.handing_over import gather_facts
from kernel.clock import FixedClock
from tests import building
from tests.fakes import OneCustomerShop, wants_person
from tests.unit.handoff.world import World

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


class HangingShop(OneCustomerShop):
    """Takes a question and says nothing."""

    async def handoff_facts(self, customer_id: str) -> Json:
        await asyncio.sleep(60)
        return {}


@pytest.fixture
def world() -> World:
    return World(FixedClock(NOW))


async def test_a_shop_that_hangs_holds_nobody_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing_over, "SHOP_WITHIN_S", 0.05)
    conversation = building.conversation(NOW, customer_id="demo-1")
    async with asyncio.timeout(2):
        known = await gather_facts(HangingShop(), world.store, conversation)
    assert (known.facts, known.has_answered) == ({}, False)


async def test_a_shop_that_fails_is_told_apart_from_one_that_knows_nothing(world: World) -> None:
    failing = await gather_facts(OneCustomerShop(), world.store, building.conversation(NOW, customer_id="somebody"))
    anonymous = await gather_facts(OneCustomerShop(), world.store, building.conversation(NOW))
    assert (failing.has_answered, anonymous.has_answered) == (False, True)


async def test_earlier_conversations_come_with_how_they_ended(world: World) -> None:
    by_bot = await world.open("demo-1")
    await world.say(by_bot, "안녕하세요")
    await world.answered(by_bot, 1)
    world.bot.script = lambda request: wants_person(skill="delivery")
    waiting, now = [await world.open("demo-1") for _ in range(2)]
    for conversation_id in (waiting, now):
        await world.say(conversation_id, "상담원이요")
        await world.idle(conversation_id)
    assert (await world.get(now)).owner is Owner.WAITING
    async with world.store.read() as tx:
        (handoff,) = await tx.list_handoffs([now])
    outcomes = {talk["conversation_id"]: talk["outcome"] for talk in handoff.context["previous_conversations"]}
    assert outcomes == {by_bot: "by_bot", waiting: "waiting"}
    assert handoff.context["contacts_in_a_week"] == 2
    assert handoff.context["shop_answered"] is True
