"""Conversations in which somebody proves who they are, action by action, over a real database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from actions.registry import TOPICS
from backoffice import demo
from backoffice.blocking.service import list_history
from kernel.clock import FixedClock
from tests.contract.backoffice.talks import RULES, Talk, wrong


def a_block(reason: str, **more: str) -> dict[str, str]:
    return {"reason": reason, "blocked_at": "2026-11-24T00:00:00Z", **more}


def an_order(order_id: str, product: str) -> dict[str, Any]:
    placed = {"order_id": order_id, "ordered_at": "2026-11-22T01:00:00Z", "status": "paid"}
    return {**placed, "items": [{"product": product}], "promised_date": "2026-11-27"}


ENDS = {"auto_release_at": "2026-11-25T00:00:00Z"}
CUSTOMERS = [
    {
        "customer_id": "kim",
        "name": "김하늘",
        "phone": "010-1234-5678",
        "orders": [an_order("2026-00011", "텀블러")],
        "blocks": [a_block("info_mismatch", **ENDS)],
    },
    {"customer_id": "lee", "name": "이도윤", "phone": "010-7777-1234", "blocks": [a_block("abnormal_access", **ENDS)]},
    {"customer_id": "no-phone", "blocks": [a_block("sms_failures", **ENDS)]},
    {"customer_id": "landline", "phone": "02-123-4567", "blocks": [a_block("sms_failures", **ENDS)]},
]


@pytest.fixture
async def stocked(shop: AsyncEngine, tmp_path: Path, clock: FixedClock) -> AsyncEngine:
    """A shop with blocked customers, at noon of a day on which their blocks hold."""
    path = tmp_path / "in.json"
    path.write_text(json.dumps({"customers": CUSTOMERS}), encoding="utf-8")
    clock.advance((clock.now().replace(2026, 11, 24, 3, 0, 0, 0) - clock.now()).total_seconds())
    await demo.import_file(shop, path, clock=clock)
    return shop


@pytest.fixture
def kim(stocked: AsyncEngine, clock: FixedClock) -> Talk:
    return Talk(stocked, clock, "kim")


@pytest.fixture
def nobody(stocked: AsyncEngine, clock: FixedClock) -> Talk:
    return Talk(stocked, clock, None)


async def is_blocked(talk: Talk, who: str = "kim") -> bool:
    return (await list_history(talk.engine, who))[0].ending is None


async def test_a_block_is_lifted_by_the_code_to_the_registered_number(kim: Talk) -> None:
    offered = await kim.say("지금 풀어 주세요", "unblock_request")
    assert "010-****-5678" in offered.text and "handoff" not in offered.extras
    sent = await kim.press("인증번호 받기", offered)
    assert "010-****-5678로 인증번호 6자리" in sent.text
    code = await kim.code()
    assert {line["phone"] for line in await kim.texts()} == {"010-****-5678"}
    done = await kim.say(f"인증번호는 {code}이요")
    assert "이용 제한을 풀어 드렸어요" in done.text
    assert done.extras == {"conceal": "code"}
    assert not await is_blocked(kim)
    assert "[이음] 이용 제한이 풀려" in (await kim.texts())[-1]["text"]
    assert "막혀 있지 않아요" in (await kim.say("차단 언제 풀려요", "block_status")).text


@pytest.mark.parametrize("yes", ["네", "네 보내 주세요", "문자로 받을게요"])
async def test_yes_in_any_words_sends_the_code(kim: Talk, yes: str) -> None:
    await kim.say("지금 풀어 주세요", "unblock_request")
    assert "보내 드렸어요" in (await kim.say(yes, "affirm" if yes == "네" else "nlu_fallback")).text


async def test_no_leaves_it_at_that(kim: Talk) -> None:
    await kim.say("지금 풀어 주세요", "unblock_request")
    assert "네, " in (await kim.say("아니요", "deny")).text
    assert await kim.texts() == []
    assert kim.slots["question"] is None


async def test_a_wrong_code_is_told_kindly_and_may_be_tried_again(kim: Talk) -> None:
    await kim.say("지금 풀어 주세요", "unblock_request")
    await kim.say("네", "affirm")
    code = await kim.code()
    for left in (4, 3, 2, 1):
        said = await kim.say(wrong(code))
        assert f"{left}번 더" in said.text and said.extras["conceal"] == "code"
        assert said.labels == ["인증번호 다시 받기", "상담원 연결"]
    said = await kim.say(wrong(code))
    assert "더 쓸 수 없어요" in said.text
    assert "더 쓸 수 없어요" in (await kim.say(code)).text
    assert await is_blocked(kim)


async def test_an_expired_code_is_replaced_by_a_new_one(kim: Talk) -> None:
    await kim.say("지금 풀어 주세요", "unblock_request")
    await kim.say("네", "affirm")
    first = await kim.code()
    kim.clock.advance(RULES.lifetime_s)
    expired = await kim.say(first)
    assert "시간이 지났어요" in expired.text
    await kim.press("인증번호 다시 받기", expired)
    assert "풀어 드렸어요" in (await kim.say(await kim.code())).text


@pytest.mark.parametrize("words", ["다시 보내 주세요", "재전송이요", "한번 더요"])
async def test_another_code_may_be_asked_for_in_words_once_a_minute(kim: Talk, words: str) -> None:
    await kim.say("지금 풀어 주세요", "unblock_request")
    await kim.say("네", "affirm")
    assert "1분에 한 번" in (await kim.say(words)).text
    kim.clock.advance(RULES.pause_s)
    assert "보내 드렸어요" in (await kim.say(words)).text
    assert len(await kim.texts()) == 1


async def test_a_code_that_does_not_arrive_gets_advice_and_the_question_stays(kim: Talk) -> None:
    await kim.say("지금 풀어 주세요", "unblock_request")
    await kim.say("네", "affirm")
    assert "스팸" in (await kim.say("문자가 안 와요", "verify_sms_not_received")).text
    assert "풀어 드렸어요" in (await kim.say(await kim.code())).text


@pytest.mark.parametrize("typed", ["12345", "1234567", "1 2 3"])
async def test_a_number_of_another_length_costs_no_try_and_is_hidden_too(kim: Talk, typed: str) -> None:
    await kim.say("지금 풀어 주세요", "unblock_request")
    await kim.say("네", "affirm")
    said = await kim.say(typed)
    assert "6자리" in said.text and said.extras["conceal"] == "code"
    assert "4번 더" in (await kim.say(wrong(await kim.code()))).text


async def test_a_code_typed_after_something_else_was_asked_still_counts(kim: Talk) -> None:
    await kim.say("지금 풀어 주세요", "unblock_request")
    await kim.say("네", "affirm")
    await kim.say("배송 언제 와요", "delivery_status")
    assert "풀어 드렸어요" in (await kim.say(await kim.code())).text


async def test_six_digits_that_nobody_asked_for_are_just_a_message(kim: Talk) -> None:
    assert "conceal" not in (await kim.say("123456")).extras


async def test_the_turn_with_the_code_run_again_says_the_same(kim: Talk) -> None:
    await kim.say("지금 풀어 주세요", "unblock_request")
    await kim.say("네", "affirm")
    code, slots = await kim.code(), dict(kim.slots)
    first = await kim.say(code)
    kim.slots = slots
    assert (await kim.say(code, again=True)).text == first.text
    assert sum("풀려 지금부터" in line["text"] for line in await kim.texts()) == 1


@pytest.mark.parametrize("who", ["lee", "no-phone", "landline"])
async def test_where_no_code_may_or_can_lift_it_a_person_reviews_it(
    stocked: AsyncEngine, clock: FixedClock, who: str
) -> None:
    said = await Talk(stocked, clock, who).say("지금 풀어 주세요", "unblock_request")
    assert said.extras["handoff"]["skill"] == ("security_review" if who == "lee" else "verification")
    assert "저절로 풀려요" in said.text and not said.labels


async def test_somebody_unknown_is_known_by_the_code_and_gets_the_answer_to_what_they_asked(nobody: Talk) -> None:
    asked = await nobody.say("텀블러 언제 와요", "delivery_status")
    assert "로그인" in asked.text and "휴대폰 번호" in asked.text
    assert nobody.slots["question"] == "phone:delivery_status:0"
    sent = await nobody.say("010 1234 5678이요", phone="010-1234-5678")
    assert "등록된 번호라면" in sent.text and sent.extras == {"conceal": "phone"}
    done = await nobody.say(await nobody.code())
    assert "본인 확인이 끝났어요. 김*늘 고객님" in done.text and "텀블러" in done.text
    assert done.extras["conceal"] == "code" and done.extras["cards"][0]["title"] == "텀블러"
    assert nobody.who == "kim"


async def test_the_order_that_was_named_before_is_the_one_that_is_told(nobody: Talk) -> None:
    nobody.slots["order_id"] = "2026-99999"  # as the bot keeps the number that was typed
    await nobody.say("2026-99999 언제 와요", "delivery_status", order_id="2026-99999")
    await nobody.say("01012345678")
    done = await nobody.say(await nobody.code())
    assert "말씀하신 주문번호로는 고객님의 주문을 찾지 못했어요" in done.text


async def test_one_code_is_enough_to_be_known_and_to_be_let_in(nobody: Talk) -> None:
    await nobody.say("지금 풀어 주세요", "unblock_request")
    await nobody.say("010-1234-5678")
    done = await nobody.say(await nobody.code())
    assert "본인 확인이 끝났어요" in done.text and "이용 제한을 풀어 드렸어요" in done.text
    assert nobody.who == "kim" and not await is_blocked(nobody)


async def test_one_code_makes_known_but_does_not_lift_what_is_for_the_security_team(nobody: Talk) -> None:
    await nobody.say("지금 풀어 주세요", "unblock_request")
    await nobody.say("010-7777-1234")
    done = await nobody.say(await nobody.code())
    assert nobody.who == "lee"
    assert done.extras["handoff"]["skill"] == "security_review"
    assert await is_blocked(nobody, "lee")


@pytest.mark.parametrize(
    "topic", sorted(set(TOPICS) & {"order_history", "refund_status", "receipt_request", "order_cancel"})
)
async def test_each_topic_that_is_personal_can_be_gone_on_with(nobody: Talk, topic: str) -> None:
    first = await nobody.say("그거요", topic)
    assert "로그인" in first.text
    assert nobody.slots["question"] == f"phone:{topic}:0"
    await nobody.say("010-1234-5678")
    done = await nobody.say(await nobody.code())
    assert "본인 확인이 끝났어요" in done.text and "로그인" not in done.text


async def test_a_number_is_answered_alike_word_for_word_whether_it_is_anybodys_or_not(
    stocked: AsyncEngine, clock: FixedClock
) -> None:
    heard = []
    for name, phone in (("c1", "010-1234-5678"), ("c2", "010-9999-0000")):
        talk = Talk(stocked, clock, None, name)
        said = [
            await talk.say("배송 언제 와요", "delivery_status"),
            await talk.say(phone),
            await talk.say(phone),
            await talk.say("다시 보내 주세요"),
            await talk.say("문자가 안 와요"),
        ]
        for typed in ["000000"] * (RULES.tries + 1):
            said.append(await talk.say(typed))
        heard.append([(one.text, one.labels, one.extras) for one in said])
        assert talk.who is None
    assert heard[0] == heard[1]


async def test_a_number_and_its_answer_take_the_same_statements_whether_it_is_anybodys_or_not(
    stocked: AsyncEngine, clock: FixedClock
) -> None:
    asked: list[str] = []
    sa.event.listen(stocked.sync_engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    seen = []
    for name, phone in (("c1", "010-1234-5678"), ("c2", "010-9999-0000")):
        talk = Talk(stocked, clock, None, name)
        await talk.say("배송 언제 와요", "delivery_status")
        asked.clear()
        await talk.say(phone)
        await talk.say("000000")
        seen.append(list(asked))
    assert seen[0] == seen[1]
    assert seen[0]


async def test_the_number_may_be_corrected(nobody: Talk) -> None:
    await nobody.say("배송 언제 와요", "delivery_status")
    await nobody.say("010-9999-0000")
    await nobody.say("아 010-1234-5678이에요")
    assert "본인 확인이 끝났어요" in (await nobody.say(await nobody.code())).text


@pytest.mark.parametrize("typed", ["0101234", "0212345678"])
async def test_what_is_no_mobile_number_is_asked_for_again(nobody: Talk, typed: str) -> None:
    await nobody.say("배송 언제 와요", "delivery_status")
    said = await nobody.say(typed)
    assert "010부터" in said.text and said.extras == {"conceal": "phone"}
    assert nobody.slots["question"] == "phone:delivery_status:0"


async def test_yes_to_being_confirmed_by_phone_asks_for_the_number(nobody: Talk) -> None:
    await nobody.say("배송 언제 와요", "delivery_status")
    assert "010부터" in (await nobody.say("네", "affirm")).text


async def test_somebody_who_asks_too_often_is_sent_to_a_person(nobody: Talk) -> None:
    await nobody.say("배송 언제 와요", "delivery_status")
    for _ in range(RULES.per_day):
        assert "보내 드렸어요" in (await nobody.say("010-1234-5678")).text
        nobody.clock.advance(RULES.pause_s)
    said = await nobody.say("010-1234-5678")
    assert "오늘은" in said.text and said.labels == ["상담원 연결"]


async def test_neither_number_nor_code_is_in_what_the_bot_remembers(nobody: Talk) -> None:
    await nobody.say("배송 언제 와요", "delivery_status")
    await nobody.say("010-1234-5678", phone="010-1234-5678")
    code = await nobody.code()
    await nobody.say(f"인증번호 {code}")
    kept = json.dumps(nobody.slots)
    assert code not in kept and "5678" not in kept


@pytest.mark.parametrize(
    "topic", ["delivery_status", "delivery_delay", "order_detail", "order_cancel", "receipt_request", "inform_order"]
)
async def test_anothers_order_and_a_missing_one_take_the_same_words_and_the_same_statements(
    stocked: AsyncEngine, clock: FixedClock, topic: str
) -> None:
    asked: list[str] = []
    sa.event.listen(stocked.sync_engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    seen = []
    for order_id in ("2026-00011", "2026-77777"):
        talk = Talk(stocked, clock, "lee")
        asked.clear()
        said = await talk.say("그 주문이요", topic, order_id=order_id)
        seen.append((said.text, said.labels, said.extras, list(asked)))
    assert seen[0] == seen[1]
    assert "찾지 못했어요" in seen[0][0] and seen[0][3]


async def test_amends_are_decided_once_it_is_known_who_asks(nobody: Talk) -> None:
    said = await nobody.say("배송이 늦었으니 보상해 주세요", "compensation_request")
    assert "휴대폰 번호를 적어 주세요" in said.text
    await nobody.say("010-7777-1234", "nlu_fallback")
    said = await nobody.say(await nobody.code(), "nlu_fallback")
    assert nobody.who == "lee"
    assert "본인 확인이 끝났어요" in said.text and "주문하신 내역이 없어요" in said.text
