"""A turn in which the customer proved who they are, and messages that nobody may read later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from handoff.domain.conversation import Author, Owner
from handoff.domain.text import conceal
from handoff.service.ports import HandoffRequest, TurnRequest, TurnResult
from kernel.tokens import IdentityClaim, read_turn_context, sign_identity_claim, sign_turn_context
from tests.fakes import answer
from tests.unit.handoff.world import KEY, World

UNSURE = {"intent": "greet", "confidence": 0.2, "ranking": [], "entities": [], "out_of_scope": True}


def claim_of(request: TurnRequest, customer_id: str = "demo-1", **changed: str) -> str:
    claim = IdentityClaim(request.turn_id, request.conversation_id, customer_id)
    return sign_identity_claim(replace(claim, **changed), KEY)


def identified(request: TurnRequest) -> TurnResult:
    return answer("본인 확인이 끝났어요.", identity=claim_of(request), conceal="code", nlu=UNSURE)


async def test_the_conversation_becomes_the_customers_with_the_answer(world: World) -> None:
    talk = await world.open()
    world.bot.script = identified
    await world.say(talk, "123456")
    await world.answered(talk, 1)
    assert (await world.get(talk)).customer_id == "demo-1"
    world.bot.script = lambda request: answer("네")
    await world.say(talk, "배송 조회")
    await world.answered(talk, 2)
    assert read_turn_context(world.bot.asked[-1].context, KEY).customer_id == "demo-1"


async def test_a_person_who_takes_over_in_that_very_turn_sees_whose_it_is(world: World) -> None:
    talk = await world.open()
    person = HandoffRequest("topic_unsupported", "bot", "security_review")
    world.bot.script = lambda request: replace(identified(request), handoff=person)
    await world.say(talk, "123456")
    await world.idle(talk)
    async with world.store.read() as tx:
        handoff = await tx.find_open_handoff(talk)
    assert handoff is not None
    assert handoff.context["customer"]["name"] == "김*늘" and handoff.context["verified"] is True
    assert "123456" not in handoff.context["summary"] and "●●●●●●" in handoff.context["summary"]


CLAIMS: dict[str, Callable[[TurnRequest], str]] = {
    "another turn's": lambda request: claim_of(request, turn_id="t_other"),
    "another conversation's": lambda request: claim_of(request, conversation_id="c_other"),
    "under another key": lambda request: sign_identity_claim(
        IdentityClaim(request.turn_id, request.conversation_id, "demo-1"), "x" * 40
    ),
    "a context instead": lambda request: sign_turn_context(read_turn_context(request.context, KEY), KEY),
    "no token at all": lambda request: "demo-1",
}


@pytest.mark.parametrize("made", CLAIMS.values(), ids=CLAIMS.keys())
async def test_a_claim_that_does_not_fit_keeps_the_whole_answer_back(
    world: World, made: Callable[[TurnRequest], str]
) -> None:
    talk = await world.open()
    world.bot.script = lambda request: answer("고객님의 주문은 …", identity=made(request))
    await world.say(talk, "123456")
    await world.idle(talk)
    conversation = await world.get(talk)
    assert (conversation.customer_id, conversation.owner) == (None, Owner.WAITING)
    assert "고객님의 주문은 …" not in await world.texts(talk, Author.BOT)


async def test_a_known_customer_does_not_become_another(world: World) -> None:
    talk = await world.open("demo-1")
    world.bot.script = lambda request: answer("네", identity=claim_of(request, "demo-2"))
    await world.say(talk, "123456")
    await world.idle(talk)
    assert (await world.get(talk)).customer_id == "demo-1"
    assert (await world.get(talk)).owner is Owner.WAITING


async def test_a_code_stays_neither_in_the_transcript_nor_among_utterances_for_trainers(world: World) -> None:
    talk = await world.open()
    world.bot.script = lambda request: answer("네", conceal="code", nlu=UNSURE)
    await world.say(talk, "인증번호는 123456이요")
    await world.answered(talk, 1)
    assert await world.texts(talk, Author.CUSTOMER) == ["인증번호는 ●●●●●●이요"]
    async with world.store.read() as tx:
        assert await tx.list_candidates(limit=9) == []


async def test_a_code_is_hidden_even_where_the_answer_came_too_late(world: World) -> None:
    talk = await world.open()
    world.bot.gate.clear()
    world.bot.script = lambda request: answer("네", conceal="code")
    await world.say(talk, "123456")
    await world.until(lambda: world.bot.asked)
    async with world.store.write() as tx:
        locked = await tx.lock_conversation(talk)
        assert locked is not None
        await tx.save_conversation(replace(locked, version=locked.version + 1))
    world.bot.gate.set()
    await world.idle(talk)
    assert await world.texts(talk, Author.BOT) == []
    assert await world.texts(talk, Author.CUSTOMER) == ["●●●●●●"]


@pytest.mark.parametrize(
    ("text", "what", "kept"),
    [
        ("123456", "code", "●●●●●●"),
        ("１２３ ４５６ 이요", "code", "●●● ●●● 이요"),
        ("일이삼사오육", "code", "●●●●●●"),
        ("010-1234-5678이에요", "phone", "010-****-5678이에요"),
        ("01012345678", "phone", "010-****-5678"),
        ("０１０ １２３４ ５６７８", "phone", "010-****-5678"),
        ("0101234", "phone", "●●●●●●●"),
        ("공일공 일이삼사 오육칠팔", "phone", "●●●●●●"),
    ],
)
def test_what_nobody_may_read_later_is_taken_out(text: str, what: str, kept: str) -> None:
    assert conceal(text, what) == kept
