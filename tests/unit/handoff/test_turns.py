"""Turns: answered once, in order, and never over a person's head."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from handoff.domain.conversation import Author, Lease, Owner
from handoff.domain.ownership import Change
from handoff.service.customers import Customers
from handoff.service.ports import BotReply, TurnResult
from kernel.tokens import read_turn_context
from tests.fakes import answer, wants_person
from tests.unit.handoff.world import KEY, World


async def test_a_message_is_answered_in_its_own_commit_after_it(world: World) -> None:
    talk = await world.open()
    seq = await world.say(talk, "안녕")
    await world.answered(talk, 1)
    async with world.store.read() as tx:
        messages = await tx.list_messages(talk)
    assert [(m.seq, m.author) for m in messages] == [(seq, Author.CUSTOMER), (seq + 1, Author.BOT)]
    assert (await world.get(talk)).lease is None


async def test_the_same_client_id_is_stored_and_answered_once(world: World) -> None:
    talk = await world.open()
    first = await world.say(talk, "안녕", "m1")
    again = await world.say(talk, "안녕", "m1")
    await world.idle(talk)
    assert first == again
    assert len(world.bot.asked) == 1
    assert await world.texts(talk, Author.CUSTOMER) == ["안녕"]


async def test_quick_messages_of_one_customer_are_answered_one_at_a_time_in_order(world: World) -> None:
    talk = await world.open()
    for number in range(5):
        await world.say(talk, str(number))
    await world.answered(talk, 5)
    assert [request.text for request in world.bot.asked] == list("01234")
    assert world.bot.most_at_once[talk] == 1
    async with world.store.read() as tx:
        assert [m.seq for m in await tx.list_messages(talk)] == list(range(1, 11))


async def test_many_conversations_are_answered_at_once(world: World) -> None:
    talks = [await world.open() for _ in range(10)]
    world.bot.gate.clear()
    for talk in talks:
        await world.say(talk, "안녕")
    await world.until(lambda: len(world.bot.asked) == 10)
    world.bot.gate.set()
    for talk in talks:
        await world.answered(talk, 1)


async def test_the_state_of_a_turn_goes_into_the_next_one(world: World) -> None:
    world.bot.script = lambda request: answer(state={"v": 1, "turns": (request.state or {}).get("turns", 0) + 1})
    talk = await world.open()
    for text in ("가", "나", "다"):
        await world.say(talk, text)
    await world.answered(talk, 3)
    assert [request.state for request in world.bot.asked] == [None, {"v": 1, "turns": 1}, {"v": 1, "turns": 2}]


async def test_a_turn_carries_a_signed_context_of_the_customer(world: World) -> None:
    talk = await world.open("demo-1")
    await world.say(talk, "안녕")
    await world.answered(talk, 1)
    context = read_turn_context(world.bot.asked[0].context, KEY)
    assert (context.customer_id, context.conversation_id, context.channel) == ("demo-1", talk, "web")


async def test_a_turn_says_when_it_was_said_on_the_products_clock(world: World) -> None:
    talk = await world.open()
    said_at = world.clock.now()
    world.bot.gate.clear()
    await world.say(talk, "어제 산 거요")
    world.clock.advance(3600)
    world.bot.gate.set()
    await world.answered(talk, 1)
    assert world.bot.asked[0].said_at == said_at


async def test_a_button_is_answered_by_its_payload_and_shown_by_its_label(world: World) -> None:
    world.bot.script = lambda _: answer(replies=(BotReply("무엇을 도울까요?", (("배송 조회", "/delivery_status"),)),))
    talk = await world.open()
    await world.say(talk, "메뉴")
    await world.answered(talk, 1)
    async with world.store.read() as tx:
        button = (await tx.list_messages(talk))[-1].choices[0]
    await world.customers.accept(talk, client_msg_id="press", choice_id=button.choice_id)
    await world.answered(talk, 2)
    assert world.bot.asked[-1].payload == "/delivery_status"
    assert (await world.texts(talk, Author.CUSTOMER))[-1] == "배송 조회"


async def test_text_that_looks_like_a_payload_stays_text(world: World) -> None:
    talk = await world.open()
    await world.say(talk, '/inform_order{"order_id":"2026-1"}')
    await world.answered(talk, 1)
    assert world.bot.asked[0].payload is None


async def test_a_wish_for_a_person_hands_over_with_all_that_is_known(world: World) -> None:
    talk = await world.open("demo-1")
    await world.say(talk, "안녕")
    await world.answered(talk, 1)
    world.bot.script = lambda _: wants_person(skill="delivery")
    await world.say(talk, "사람 불러 주세요")
    await world.idle(talk)
    waiting = await world.get(talk)
    assert (waiting.owner, waiting.skill, waiting.priority) == (Owner.WAITING, "delivery", 2)
    async with world.store.read() as tx:
        handoff = await tx.find_open_handoff(talk)
    assert handoff is not None
    context = handoff.context
    assert context["customer"]["name"] == "김*늘"
    assert context["orders"] == [{"order_id": "2026-10001"}]
    assert "사람 불러 주세요" in context["summary"]
    assert [entry["intent"] for entry in context["intent_history"]] == ["greet", "greet"]


async def test_the_bot_is_silent_while_a_person_owns_the_conversation(world: World) -> None:
    talk = await world.open()
    world.bot.script = lambda _: wants_person()
    await world.say(talk, "사람")
    await world.idle(talk)
    asked = len(world.bot.asked)
    await world.say(talk, "기다릴게요")
    await world.change(talk, Change.CLAIMED, agent_id="a_1")
    await world.say(talk, "여보세요")
    await world.idle(talk)
    assert len(world.bot.asked) == asked
    assert await world.texts(talk, Author.CUSTOMER) == ["사람", "기다릴게요", "여보세요"]


async def test_an_answer_that_comes_after_a_person_took_over_is_dropped(world: World) -> None:
    talk = await world.open()
    world.bot.gate.clear()
    await world.say(talk, "안녕")
    await world.until(lambda: world.bot.asked)
    await world.change(talk, Change.HANDED_OVER, skill="general")
    await world.change(talk, Change.CLAIMED, agent_id="a_1")
    world.bot.gate.set()
    await world.idle(talk)
    assert await world.texts(talk, Author.BOT) == []
    assert (await world.get(talk)).owner is Owner.HUMAN


async def test_an_answer_to_an_earlier_ownership_of_the_bot_is_dropped(world: World) -> None:
    talk = await world.open()
    world.bot.gate.clear()
    await world.say(talk, "안녕")
    await world.until(lambda: world.bot.asked)
    for change, values in [
        (Change.HANDED_OVER, {"skill": "general"}),
        (Change.CLAIMED, {"agent_id": "a_1"}),
        (Change.RETURNED, {}),
    ]:
        await world.change(talk, change, **values)
    world.bot.gate.set()
    await world.idle(talk)
    assert await world.texts(talk, Author.BOT) == []


async def test_a_runner_whose_lease_was_taken_commits_nothing(world: World) -> None:
    talk = await world.open()
    world.bot.gate.clear()
    await world.say(talk, "안녕")
    await world.until(lambda: world.bot.asked)
    async with world.store.write() as tx:
        locked = await tx.lock_conversation(talk)
        assert locked is not None
        await tx.save_conversation(replace(locked, lease=Lease("other/1", "stolen", time.time() + 60)))
    world.bot.gate.set()
    await world.runner.stop(grace_s=1)
    assert await world.texts(talk, Author.BOT) == []
    assert (await world.get(talk)).lease == Lease("other/1", "stolen", pytest.approx(time.time() + 60, abs=5))


async def test_the_next_life_of_a_runner_takes_up_what_the_last_one_left(world: World) -> None:
    talk = await world.open()
    await world.runner.stop(grace_s=0)
    await world.say(talk, "안녕")
    async with world.store.write() as tx:
        locked = await tx.lock_conversation(talk)
        assert locked is not None
        await tx.save_conversation(replace(locked, lease=Lease("gateway/dead", "t", time.time() + 60)))
    second = world.new_runner()
    second.start()
    await world.answered(talk, 1)
    await second.stop(grace_s=1)
    assert len(world.bot.asked) == 1


async def test_two_runners_answer_every_message_once(world: World) -> None:
    other = world.new_runner("other")
    other.start()
    writers = Customers(world.store, other, world.hub, world.clock)
    talk = await world.open()
    for number in range(20):
        side = world.customers if number % 2 else writers
        await side.accept(talk, client_msg_id=f"m{number}", text=str(number))
    await world.answered(talk, 20)
    await other.stop(grace_s=1)
    assert sorted(request.text for request in world.bot.asked) == sorted(str(n) for n in range(20))
    assert len(await world.texts(talk, Author.BOT)) == 20


async def test_an_unreachable_bot_apologises_and_brings_a_person(world: World) -> None:
    world.bot.down = True
    talk = await world.open()
    await world.say(talk, "안녕")
    await world.idle(talk)
    assert (await world.get(talk)).owner is Owner.WAITING
    assert "죄송해요" in (await world.texts(talk, Author.BOT))[0]


async def test_a_failed_action_brings_a_person(world: World) -> None:
    world.bot.script = lambda _: answer(failed_actions=("action_delivery_status",))
    talk = await world.open()
    await world.say(talk, "배송")
    await world.idle(talk)
    async with world.store.read() as tx:
        handoff = await tx.find_open_handoff(talk)
    assert handoff is not None and handoff.reason == "action_failed"
    assert handoff.context["failed_actions"] == ["action_delivery_status"]


async def test_a_shop_that_fails_does_not_keep_the_customer_from_a_person(world: World) -> None:
    world.bot.script = lambda _: wants_person()
    talk = await world.open("unknown")
    await world.say(talk, "사람")
    await world.idle(talk)
    assert (await world.get(talk)).owner is Owner.WAITING


async def test_an_unsure_utterance_is_kept_for_trainers_without_numbers(world: World) -> None:
    unsure: TurnResult = answer(nlu={"intent": "greet", "confidence": 0.3, "ranking": [], "entities": []})
    world.bot.script = lambda _: unsure
    talk = await world.open()
    await world.say(talk, "010-0000-1234로 그거 해줘요")
    await world.answered(talk, 1)
    async with world.store.read() as tx:
        assert [c["text"] for c in await tx.list_candidates(limit=5)] == ["010-0000-0000로 그거 해줘요"]


async def test_a_message_to_a_closed_conversation_opens_it_again(world: World) -> None:
    talk = await world.open()
    await world.change(talk, Change.CLOSED)
    await world.say(talk, "하나만 더요")
    await world.answered(talk, 1)
    assert (await world.get(talk)).owner is Owner.BOT


async def test_kakao_answers_wait_in_the_outbox(world: World) -> None:
    talk = await world.open(channel="kakao", channel_user="u")
    await world.say(talk, "안녕")
    await world.answered(talk, 1)
    async with world.store.read() as tx:
        assert [m.author for m in await tx.list_outbox("kakao", "u", limit=5)] == [Author.BOT]
