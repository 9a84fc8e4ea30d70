"""Units of work have steps that can be struck, named after what they change."""

from __future__ import annotations

from pathlib import Path

import pytest

from handoff.adapters.failpoints import with_steps
from handoff.adapters.hub import LocalHub
from handoff.domain.conversation import Author
from handoff.service.customers import Customers
from handoff.service.turns import TurnRunner
from kernel.clock import FixedClock
from kernel.failpoints import Failpoints
from tests.fakes import OneCustomerShop, wants_person
from tests.unit.handoff.world import KEY, World

Step = str


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[Step]:
    """The steps that were reached, in order."""
    steps: list[Step] = []
    monkeypatch.setattr(Failpoints, "reach", lambda _, step: steps.append(step))
    return steps


async def test_every_unit_of_work_tells_before_and_after_its_commit(
    clock: FixedClock, tmp_path: Path, reached: list[Step]
) -> None:
    world = World(clock)
    store, bot = with_steps(world.store, world.bot, tmp_path)
    world.runner = TurnRunner(store, bot, OneCustomerShop(), LocalHub(), clock, name="g", context_key=KEY)
    world.customers = Customers(store, world.runner, LocalHub(), clock)
    talk = await world.open()
    await world.say(talk, "안녕")
    await world.answered(talk, 1)
    world.bot.script = lambda _: wants_person(skill="delivery")
    await world.say(talk, "상담원")
    await world.until(lambda: "handed_over.committed" in reached)
    named = [step for step in reached if not step.startswith("other")]
    assert named == [
        *("customer_message.written", "customer_message.committed"),
        *("turn.asked", "turn.answered", "bot_message.written", "bot_message.committed"),
        *("customer_message.written", "customer_message.committed"),
        *("turn.asked", "turn.answered", "handed_over.written", "handed_over.committed"),
    ]
    assert await world.texts(talk, Author.CUSTOMER) == ["안녕", "상담원"]
