"""Whatever KakaoTalk repeats, gives up or cuts off: each message arrives, in order, and is stored once."""

from __future__ import annotations

import asyncio
import time

import pytest

from handoff.channels import kakao
from tests.integration.conftest import GatewayUnderTest
from tests.integration.kakao_user import (
    KakaoUser,
    claimed,
    customer_texts,
    gives_back,
    labels,
    payload,
    stored,
    taken_and_given_back,
    texts,
    until,
    writes,
)


async def test_a_slow_bot_costs_no_time_and_no_answer(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    gateway.worker.gate.clear()
    began = time.monotonic()
    answer = await user.say("느린 봇")
    assert time.monotonic() - began < kakao.ANSWER_WITHIN_S
    assert texts(answer) == [kakao.STILL_THINKING] and labels(answer) == [kakao.MORE_LABEL]
    gateway.worker.gate.set()

    async def answered() -> bool:
        return len((await stored(gateway))[1]) == 2

    await until(answered)
    assert texts(await user.more()) == ["“느린 봇”라고 하셨네요."]
    assert texts(await user.more()) == [kakao.NOTHING_NEW]
    assert await customer_texts(gateway) == ["느린 봇"]


async def test_what_agents_write_comes_with_the_next_message(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    talk, agent, version = await claimed(gateway, user)
    await writes(agent, talk, version, "안녕하세요, 김하늘입니다.")
    answer = await user.say("계세요?")
    assert "[상담원 이름 agent]\n안녕하세요, 김하늘입니다." in texts(answer)
    assert labels(answer) == [kakao.MORE_LABEL]
    assert texts(await user.say("또 저예요")) == [kakao.WITH_AGENT]


async def test_many_messages_come_in_order_three_at_a_time_and_none_twice(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    talk, agent, version = await claimed(gateway, user)
    for number in range(7):
        await writes(agent, talk, version, f"{number}번")
    seen: list[str] = []
    while (found := texts(await user.more())) != [kakao.NOTHING_NEW]:
        assert len(found) <= kakao.OUTPUTS_MAX
        seen += [text.rpartition("\n")[2] for text in found]
    assert [text for text in seen if text.endswith("번")] == [f"{number}번" for number in range(7)]


async def test_what_an_agent_wrote_before_closing_is_not_lost(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    talk, agent, version = await claimed(gateway, user)
    await writes(agent, talk, version, "환불 처리했어요.")
    assert (await agent.do(talk, "close", version=version)).status_code == 200
    seen = texts(await user.say("감사합니다"))
    while (found := texts(await user.more())) != [kakao.NOTHING_NEW]:
        seen += found
    assert any("환불 처리했어요." in text for text in seen)
    assert seen[-1] == "상담원 이름 agent 님이 연결되었어요."  # within some days they come back to the same agent
    assert "감사합니다" in await customer_texts(gateway)


async def test_a_closed_conversation_with_nothing_left_is_followed_by_a_new_one(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    talk, agent, version = await claimed(gateway, user)
    await agent.do(talk, "close", version=version)
    while texts(await user.more()) != [kakao.NOTHING_NEW]:
        pass
    await user.say("새 이야기")
    talks, _ = await stored(gateway)
    assert [c.conversation_id == talk for c in talks] == [True, False]


async def test_a_repeated_request_is_stored_once_and_gets_the_same_answer(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    first = await user.say("메뉴", request_id="r-1")
    again = await user.say("메뉴", request_id="r-1")
    assert again == first
    assert await customer_texts(gateway) == ["메뉴"] and len(gateway.worker.asked) == 1


async def test_requests_repeated_at_once_all_get_the_answer(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    answers = await asyncio.gather(*(user.say("한 번만", request_id="r-2") for _ in range(5)))
    assert all(texts(answer) == ["“한 번만”라고 하셨네요."] for answer in answers)
    talks, messages = await stored(gateway)
    assert (len(talks), len(messages)) == (1, 2)


async def test_a_repeated_request_for_more_brings_the_same_again(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    talk, agent, version = await claimed(gateway, user)
    await user.more()
    for number in range(4):
        await writes(agent, talk, version, f"{number}번")
    asks = payload(kakao.MORE_LABEL, extra={"ieum_more": True})
    first, again = (await user.post(asks, "r-3")).json(), (await user.post(asks, "r-3")).json()
    assert texts(first) == texts(again) and len(texts(first)) == 3
    assert texts(await user.more()) == ["[상담원 이름 agent]\n3번"]


async def test_without_a_request_id_the_same_words_at_once_are_one_message(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    answers = [await user.say("같은 말", request_id=None) for _ in range(3)]
    assert [texts(answer) for answer in answers] == [["“같은 말”라고 하셨네요."]] * 3
    assert await customer_texts(gateway) == ["같은 말"]


async def test_the_same_words_under_another_request_id_are_another_message(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    for _ in range(2):
        assert texts(await user.say("네")) == ["“네”라고 하셨네요."]
    assert await customer_texts(gateway) == ["네", "네"]


async def test_two_first_messages_at_once_share_a_conversation(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    await asyncio.gather(*(user.say(f"{number}") for number in range(6)))
    talks, _ = await stored(gateway)
    assert len(talks) == 1
    assert sorted(await customer_texts(gateway)) == list("012345")


async def test_answers_that_went_out_too_late_come_with_the_next_message(
    gateway: GatewayUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The response was given up at the time limit: what the slow request took must not be gone."""
    user = KakaoUser(gateway)
    monkeypatch.setattr(kakao, "ANSWER_WITHIN_S", 0.5)
    gateway.worker.gate.clear()
    assert texts(await user.say("늦은 답")) == [kakao.STILL_THINKING]
    gateway.worker.gate.set()
    await until(lambda: taken_and_given_back(gateway))
    assert texts(await user.more()) == ["“늦은 답”라고 하셨네요."]


async def test_an_answer_that_nobody_waited_for_comes_with_the_next_message(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    gateway.worker.gate.clear()
    with pytest.raises(asyncio.TimeoutError):
        async with asyncio.timeout(0.4):
            await user.say("끊긴 말")
    gateway.worker.gate.set()
    await until(lambda: taken_and_given_back(gateway))
    assert texts(await user.more()) == ["“끊긴 말”라고 하셨네요."]
    assert await customer_texts(gateway) == ["끊긴 말"]


async def test_over_long_texts_are_split_and_nothing_of_them_is_lost(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    talk, agent, version = await claimed(gateway, user)
    await user.more()
    words = " ".join(["가나다라마바사아자차카타파하" * 36] * 4)[:2_000]  # a space only every 504 letters
    await writes(agent, talk, version, words)
    bubbles = texts(await user.more())
    assert len(bubbles) <= 3 and all(len(text) <= 1_000 for text in bubbles)
    assert "".join("".join(bubbles).split()) == "[상담원이름agent]" + "".join(words.split())


async def test_requests_repeated_to_two_gateways_are_one_message_in_one_conversation(
    two_gateways_on_postgres: tuple[GatewayUnderTest, GatewayUnderTest],
) -> None:
    users = [KakaoUser(gateway, "k-1") for gateway in two_gateways_on_postgres]
    for number in range(5):
        asked = [user.say(f"{number}번째", request_id=f"r-{number}") for user in users for _ in range(2)]
        answers = await asyncio.gather(*asked)
        assert {tuple(texts(answer)) for answer in answers} == {(f"“{number}번째”라고 하셨네요.",)}
    talks, messages = await stored(two_gateways_on_postgres[0], "k-1")
    assert (len(talks), [m.seq for m in messages]) == (1, list(range(1, 11)))


async def test_a_request_repeated_after_the_close_is_stored_once_and_answered_as_before(
    gateway: GatewayUnderTest,
) -> None:
    user = KakaoUser(gateway)
    talk, agent, version = await claimed(gateway, user)
    await writes(agent, talk, version, "안녕하세요, 김하늘입니다.")
    answer = await user.say("계세요?", request_id="once")
    assert (await agent.do(talk, "close", version=version)).status_code == 200
    assert texts(await user.more())  # the close is seen: what is said now would open a new conversation
    assert texts(await user.say("계세요?", request_id="once")) == texts(answer)
    assert (await customer_texts(gateway)).count("계세요?") == 1


async def test_what_was_given_back_to_a_closed_conversation_comes_first_in_the_next_one(
    gateway: GatewayUnderTest,
) -> None:
    user = KakaoUser(gateway)
    talk, agent, version = await claimed(gateway, user)
    while texts(await user.more()) != [kakao.NOTHING_NEW]:
        pass
    await writes(agent, talk, version, "환불 처리했어요.")
    asks = payload(kakao.MORE_LABEL, extra={"ieum_more": True})
    assert texts((await user.post(asks, "cut")).json()) == ["[상담원 이름 agent]\n환불 처리했어요."]
    assert (await agent.do(talk, "close", version=version)).status_code == 200
    while texts(await user.more()) != [kakao.NOTHING_NEW]:
        pass
    await user.say("새 이야기")
    await gives_back(gateway, "cut")
    first = await user.say("그건 어떻게 됐어요?", request_id="next")
    assert texts(first) == ["[상담원 이름 agent]\n환불 처리했어요.", "“그건 어떻게 됐어요?”라고 하셨네요."]
    assert await user.say("그건 어떻게 됐어요?", request_id="next") == first
    assert texts(await user.more()) == [kakao.NOTHING_NEW]
    talks, _ = await stored(gateway)
    assert [c.conversation_id == talk for c in talks] == [True, False]
    assert (await customer_texts(gateway)).count("그건 어떻게 됐어요?") == 1
