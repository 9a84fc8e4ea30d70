"""A KakaoTalk user who waits for a person, gives it up, comes at night, or says how it was: as on the web."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from handoff.channels import kakao
from handoff.domain.conversation import Owner
from handoff.service.leaving import LEFT_SENTENCE
from tests.integration.conftest import AgentPage, FakeWorker, GatewayUnderTest, Json, free_port, serving, settings_for
from tests.integration.kakao_user import KakaoUser, claimed, customer_texts, labels, stored, texts, until

NOON = datetime(2026, 11, 24, 3, tzinfo=UTC)  # a Tuesday in Seoul
LATE = datetime(2026, 11, 24, 13, tzinfo=UTC)  # that evening at ten


@pytest.fixture(params=[NOON], ids=["noon"])
async def gateway(request: pytest.FixtureRequest, tmp_path: Path, filled: Path) -> AsyncIterator[GatewayUnderTest]:
    """A gateway in which it is noon on a Tuesday, or the time that a test asks for."""
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    offset_s = str((request.param - datetime.now(UTC)).total_seconds())
    settings = settings_for(tmp_path, free_port(), IEUM_CLOCK_OFFSET_S=offset_s)
    async with serving(settings, FakeWorker()) as running:
        yield running


at_night = pytest.mark.parametrize("gateway", [LATE], ids=["late"], indirect=True)


def _button(answer: Json, label: str) -> Json:
    found: Json = next(reply for reply in answer["template"]["quickReplies"] if reply["label"] == label)
    return found


async def _press(user: KakaoUser, button: Json, request_id: str | None = "") -> Json:
    return await user.say(button["messageText"], extra=button["extra"], request_id=request_id)


async def _owner(gateway: GatewayUnderTest) -> Owner:
    return (await stored(gateway))[0][-1].owner


async def _ended(gateway: GatewayUnderTest, user: KakaoUser) -> tuple[AgentPage, Json]:
    """Let an agent take and close the user's conversation; return the agent and the answer that tells of it."""
    talk, agent, version = await claimed(gateway, user)
    await user.more()
    assert (await agent.do(talk, "close", version=version)).status_code == 200
    return agent, await user.more()


async def test_whoever_waits_is_told_place_time_and_number(gateway: GatewayUnderTest) -> None:
    first, second = KakaoUser(gateway, "k-1"), KakaoUser(gateway, "k-2")
    assert "바로 다음 순서예요." in texts(await first.say("상담원"))[-1]
    told = texts(await second.say("상담원"))
    assert "CS-20002예요." in told[-2] and "앞에 1명이 있어요." in told[-1]
    await gateway.agent()

    async def knows_how_long() -> bool:  # now that somebody is there
        place, number = texts(await second.more())
        return "CS-20002예요." in number and place.startswith("앞에 1명이 있어요. 곧 연결돼요.")

    await until(knows_how_long)
    assert labels(await second.say("아직인가요?")) == [kakao.LEAVE_LABEL, kakao.MORE_LABEL]


async def test_whoever_waits_may_go_on_with_the_bot(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    left = await _press(user, _button(await user.say("상담원"), kakao.LEAVE_LABEL))
    assert texts(left) == [LEFT_SENTENCE] and labels(left) == []
    assert await _owner(gateway) is Owner.BOT and await (await gateway.agent()).queue() == []
    assert texts(await user.say("배송")) == ["“배송”라고 하셨네요."]
    assert await customer_texts(gateway) == ["상담원", "배송"]


async def test_what_was_said_while_waiting_is_answered_by_the_bot(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    await user.say("상담원")
    await user.say("배송 언제 와요?")
    assert texts(await user.say("상담원  연결 취소")) == [LEFT_SENTENCE, "“배송 언제 와요?”라고 하셨네요."]


async def test_a_repeated_wish_to_leave_gets_the_same_answer(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    button = _button(await user.say("상담원"), kakao.LEAVE_LABEL)
    answers = await asyncio.gather(*(_press(user, button, "r-1") for _ in range(3)))
    assert [texts(answer) for answer in answers] == [[LEFT_SENTENCE]] * 3
    assert texts(await _press(user, button)) == [kakao.WITH_BOT]
    assert await customer_texts(gateway) == ["상담원"]


async def test_who_leaves_when_an_agent_has_come_is_heard_by_the_agent(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    await claimed(gateway, user)
    answer = await user.say(kakao.LEAVE_LABEL)
    assert await _owner(gateway) is Owner.HUMAN and any("연결되었어요" in text for text in texts(answer))
    assert kakao.LEAVE_LABEL in await customer_texts(gateway)


@at_night
async def test_at_night_a_message_and_a_contact_can_be_left(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    told = texts(await user.say("상담원"))[-2]
    assert "내일(11월 25일 수요일) 오전 9시부터" in told and "CS-20001이에요" in told and "전화번호나 이메일" in told
    (thanks, _) = texts(await user.say("선물이 안 왔어요. 010 1234 5678 로 연락 주세요"))
    assert thanks.startswith("010-****-5678로 연락드릴게요.")
    (_, told) = texts(await user.say("급해요"))
    assert "전화번호나 이메일" not in told  # it was left already
    assert (await customer_texts(gateway))[1] == "선물이 안 왔어요. 010-****-5678 로 연락 주세요"
    lead = await gateway.agent("lead")
    ticket = (await lead.http.get("/api/desk/tickets/CS-20001")).json()
    assert ticket["contact"] == {"kind": "phone", "masked": "010-****-5678"}


async def test_after_the_close_the_user_is_asked_how_it_was(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    agent, told = await _ended(gateway, user)
    assert "상담이 종료되었어요" in texts(told)[0] and texts(told)[-1] == kakao.RATING_ASKED
    assert labels(told) == list(kakao.RATING_LABELS.values())
    for score in (5, 2):  # the last word counts
        said = await _press(user, _button(told, kakao.RATING_LABELS[score]))
    assert texts(said) == [kakao.RATING_SORRY]
    (rating,) = (await agent.http.get("/api/desk/ratings?days=1")).json()["ratings"]
    assert (rating["score"], rating["channel"]) == (2, "kakao")
    assert len((await stored(gateway))[0]) == 1  # to rate opens no other conversation


async def test_a_rating_of_somebody_elses_conversation_is_not_taken(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    agent, told = await _ended(gateway, user)
    button = _button(told, kakao.RATING_LABELS[1])
    assert texts(await _press(KakaoUser(gateway, "other"), button)) == [kakao.RATING_UNKNOWN]
    assert (await agent.http.get("/api/desk/ratings?days=1")).json()["ratings"] == []


async def test_a_conversation_that_goes_on_is_not_rated(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    talk, _, _ = await claimed(gateway, user)
    (button, *_) = kakao.rating_replies(talk)
    assert texts(await _press(user, button)) == ["상담이 끝난 뒤에 평가할 수 있어요."]
