"""A conversation given back: what was agreed is said first, the bot takes up what was interrupted, nothing is lost."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from handoff.domain.conversation import Agent, Author, Owner
from handoff.errors import Conflict, IllegalTransition, Invalid
from handoff.service.desk import Desk
from handoff.service.handing_back import GivenBack, HandingBack
from handoff.service.leaving import Leaving
from handoff.service.ports import TurnRequest, TurnResult
from kernel.clock import FixedClock
from tests import building
from tests.fakes import OneCustomerShop, answer, wants_person
from tests.unit.handoff.world import World

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
INTERRUPTED = replace(
    wants_person(skill="delivery"), slots={"interrupted": "delivery_change", "order_id": "2026-10001"}
)


class Back(World):
    """A customer in an agent's hands, and the way back."""

    agent: Agent

    async def held(self, result: TurnResult = INTERRUPTED, customer_id: str = "demo-1") -> str:
        """Return a conversation that the agent holds."""
        self.bot.script = lambda request: result
        conversation_id = await self.open(customer_id)
        await self.say(conversation_id, "상담원이요")
        await self.idle(conversation_id)
        self.agent = building.agent("a", agent_id="a_1", name="이하나")
        async with self.store.write() as tx:
            await tx.add_agent(self.agent)
        await Desk(self.store, self.hub, self.clock).claim(
            conversation_id, self.agent, version=await self.version(conversation_id)
        )
        self.bot.asked.clear()
        self.bot.script = lambda request: answer("어느 주문의 배송지를 바꿀까요?")
        return conversation_id

    async def version(self, conversation_id: str) -> int:
        return (await self.get(conversation_id)).version

    async def give_back(self, conversation_id: str, given: GivenBack, version: int | None = None) -> None:
        service = HandingBack(self.store, self.runner, OneCustomerShop(), self.hub, self.clock)
        version = version or await self.version(conversation_id)
        await service.return_to_bot(conversation_id, self.agent, version=version, given=given)


@pytest.fixture
def world() -> Back:
    return Back(FixedClock(NOW))


async def test_the_first_words_say_what_was_agreed_and_the_question_follows(world: Back) -> None:
    talk = await world.held()
    await world.give_back(talk, GivenBack(agreed="11월 26일(목)에 다시 배송해 드리기로 했어요."))
    await world.answered(talk, 3)
    assert await world.texts(talk, Author.BOT) == [
        "상담원에게 연결할게요.",
        "상담원과 이렇게 정했어요: 11월 26일(목)에 다시 배송해 드리기로 했어요.",
        "어느 주문의 배송지를 바꿀까요?",
    ]
    assert (await world.get(talk)).owner is Owner.BOT
    (asked,) = world.bot.asked
    assert (asked.text, asked.payload, asked.state) == ("", "/handed_back", {"v": 1})


async def test_what_the_agent_learned_goes_to_the_bot_as_a_hint(world: Back) -> None:
    talk = await world.held(wants_person())
    await world.give_back(talk, GivenBack(order_id="2026-10001", topic="order_cancel"))
    await world.answered(talk, 2)
    payload = world.bot.asked[0].payload or ""
    assert json.loads(payload.removeprefix("/handed_back")) == {"order_id": "2026-10001", "choice": "order_cancel"}


async def test_where_nothing_was_interrupted_the_bot_keeps_quiet(world: Back) -> None:
    talk = await world.held(wants_person())
    await world.give_back(talk, GivenBack(note="환불은 안내했음"))
    await world.idle(talk)
    assert world.bot.asked == [] and len(await world.texts(talk, Author.BOT)) == 1


async def test_a_question_is_not_taken_up_against_the_agents_word(world: Back) -> None:
    talk = await world.held()
    await world.give_back(talk, GivenBack(resumes=False))
    await world.idle(talk)
    assert world.bot.asked == []


async def test_another_customers_order_is_refused_and_nothing_changes(world: Back) -> None:
    talk = await world.held()
    before = await world.get(talk)
    with pytest.raises(Invalid) as refused:
        await world.give_back(talk, GivenBack(order_id="2026-77777"))
    assert refused.value.code == "order_unknown"
    assert await world.get(talk) == before


async def test_a_stale_version_or_somebody_elses_conversation_is_refused(world: Back) -> None:
    talk = await world.held()
    with pytest.raises(Conflict):
        await world.give_back(talk, GivenBack(agreed="네"), version=1)
    await world.give_back(talk, GivenBack())
    with pytest.raises((IllegalTransition, Conflict)):
        await world.give_back(talk, GivenBack())
    assert "상담원과 이렇게 정했어요: 네" not in await world.texts(talk, Author.BOT)


async def test_the_next_person_sees_what_was_given_back(world: Back) -> None:
    talk = await world.held(wants_person())
    await world.give_back(talk, GivenBack(agreed="내일 전화드려요.", note="성격이 급하심", order_id="2026-10001"))
    await world.answered(talk, 3)
    world.bot.script = lambda request: wants_person()
    await world.say(talk, "상담원 다시요")
    await world.idle(talk)
    async with world.store.read() as tx:
        handoffs = await tx.list_handoffs([talk])
    (told,) = handoffs[-1].context["handed_back"]
    assert (told["agreed"], told["note"], told["agent_name"]) == ("내일 전화드려요.", "성격이 급하심", "이하나")
    said = [guess["intent"] for guess in handoffs[-1].context["intent_history"]]
    assert "handed_back" not in said


async def test_a_bot_that_fails_then_brings_nobody_and_the_customer_is_answered_later(world: Back) -> None:
    talk = await world.held()
    world.bot.down = True
    await world.give_back(talk, GivenBack(agreed="네, 그렇게 할게요."))
    await world.idle(talk)
    assert (await world.get(talk)).owner is Owner.BOT
    assert (await world.texts(talk, Author.BOT))[-1].endswith("네, 그렇게 할게요.")
    world.bot.down = False
    await world.say(talk, "배송지는요?")
    await world.answered(talk, 3)


async def test_a_customer_who_writes_first_is_answered_and_not_asked_over(world: Back) -> None:
    talk = await world.held()
    world.bot.gate.clear()

    def script(request: TurnRequest) -> TurnResult:
        return answer("다시 여쭤볼게요" if request.payload else "네, 주문 내역이에요")

    world.bot.script = script
    await world.give_back(talk, GivenBack())
    await world.say(talk, "주문 내역 보여 주세요")
    world.bot.gate.set()
    await world.answered(talk, 2)
    await world.idle(talk)
    assert (await world.texts(talk, Author.BOT))[1:] == ["네, 주문 내역이에요"]


async def test_an_interrupted_question_is_told_to_the_person_by_its_name(world: Back) -> None:
    talk = await world.held()
    async with world.store.read() as tx:
        (handoff,) = await tx.list_handoffs([talk])
    assert handoff.context["interrupted"]["name"] == "배송지·일정 변경"
    assert handoff.context["slots"] == {"order_id": "2026-10001"}


async def test_who_leaves_the_queue_without_another_word_is_asked_the_interrupted_question_again(world: Back) -> None:
    world.bot.script = lambda request: INTERRUPTED
    talk = await world.open("demo-1")
    await world.say(talk, "상담원이요")
    await world.idle(talk)
    world.bot.script = lambda request: answer("어느 주문의 배송지를 바꿀까요?")
    await Leaving(world.store, world.runner, world.hub, world.clock).leave(talk)
    await world.answered(talk, 2)
    assert world.bot.asked[-1].payload == "/handed_back"
