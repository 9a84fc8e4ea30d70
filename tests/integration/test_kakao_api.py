"""KakaoTalk's door: answered in time whatever happens, stored before it is answered, nothing lost on the way."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa

from backoffice.customers.tables import customers
from handoff.adapters.sql.store import SqlStore
from handoff.adapters.sql.tables import conversations
from handoff.channels import kakao
from handoff.domain.conversation import Author, Conversation, Message
from kernel import database
from tests.integration.conftest import AgentPage, GatewayUnderTest, Json, plain_turn


def _payload(utterance: str, user: str = "kakao-user", extra: Json | None = None) -> Json:
    """A SkillPayload as Kakao sends it from the fallback block."""
    return {
        "intent": {"id": "i", "name": "폴백 블록"},
        "userRequest": {
            "timezone": "Asia/Seoul",
            "params": {"ignoreMe": "true"},
            "block": {"id": "b", "name": "폴백 블록"},
            "utterance": utterance,
            "lang": None,
            "user": {"id": user, "type": "botUserKey", "properties": {"botUserKey": user, "plusfriendUserKey": "p"}},
        },
        "bot": {"id": "bot!", "name": "이음"},
        "action": {"name": "이음", "clientExtra": extra, "params": {}, "id": "a", "detailParams": {}},
    }


class KakaoUser:
    """Somebody who talks to the channel."""

    def __init__(self, gateway: GatewayUnderTest, key: str = "kakao-user") -> None:
        self.gateway = gateway
        self.key = key

    async def post(self, payload: Json, request_id: str | None = None) -> httpx.Response:
        headers = {"X-Request-Id": request_id} if request_id else {}
        address = f"/api/kakao/skill/{self.gateway.settings.kakao_secret}"
        return await self.gateway.http.post(address, content=json.dumps(payload), headers=headers)

    async def say(self, utterance: str, *, extra: Json | None = None, request_id: str | None = "") -> Json:
        """Say something; each time is another request unless a request id is given."""
        request_id = uuid4().hex if request_id == "" else request_id
        answer = await self.post(_payload(utterance, self.key, extra), request_id)
        assert answer.status_code == 200
        body: Json = answer.json()
        return body

    async def more(self) -> Json:
        return await self.say(kakao.MORE_LABEL, extra={"ieum_more": True})


def texts(answer: Json) -> list[str]:
    assert answer["version"] == "2.0"
    return [output["simpleText"]["text"] for output in answer["template"]["outputs"]]


def labels(answer: Json) -> list[str]:
    return [reply["label"] for reply in answer["template"].get("quickReplies", [])]


async def _stored(gateway: GatewayUnderTest, key: str = "kakao-user") -> tuple[list[Conversation], list[Message]]:
    """Return the user's conversations, oldest first, and all their messages."""
    engine = database.create_engine(gateway.settings.database_url)
    ours = sa.select(conversations.c.conversation_id).where(conversations.c.channel_user == key)
    try:
        async with database.read(engine) as connection:
            ids = sorted((await connection.execute(ours)).scalars())
        async with SqlStore(engine).read() as tx:
            found = [await tx.find_conversation(conversation_id) for conversation_id in ids]
            messages = [m for conversation_id in ids for m in await tx.list_messages(conversation_id)]
    finally:
        await engine.dispose()
    return [conversation for conversation in found if conversation], messages


async def _customer_texts(gateway: GatewayUnderTest, key: str = "kakao-user") -> list[str]:
    return [m.text for m in (await _stored(gateway, key))[1] if m.author is Author.CUSTOMER]


async def _until(holds: Callable[[], Any], within_s: float = 5.0) -> None:
    async with asyncio.timeout(within_s):
        while not await holds():
            await asyncio.sleep(0.02)


async def _taken_and_given_back(gateway: GatewayUnderTest) -> bool:
    """Tell whether the bot has answered and no request is under way any more."""
    busy = any(task.get_name() == "kakao" for task in asyncio.all_tasks())
    return not busy and len((await _stored(gateway))[1]) == 2


async def _claimed(gateway: GatewayUnderTest, user: KakaoUser) -> tuple[str, AgentPage, int]:
    """Bring the user to an agent; return the conversation, the agent and the version."""
    await user.say("상담원")
    agent = await gateway.agent()
    (item,) = await agent.queue()
    done = await agent.do(item["conversation_id"], "claim", version=item["version"])
    return item["conversation_id"], agent, done.json()["version"]


async def _writes(agent: AgentPage, talk: str, version: int, text: str) -> None:
    sent = await agent.do(talk, "messages", version=version, client_msg_id=str(uuid4()), text=text)
    assert sent.status_code == 200


async def test_a_text_is_answered_by_the_bots_bubbles_and_buttons(gateway: GatewayUnderTest) -> None:
    answer = await KakaoUser(gateway).say("메뉴")
    assert texts(answer) == ["“메뉴”라고 하셨네요."]
    (button,) = answer["template"]["quickReplies"]
    assert (button["label"], button["action"], button["messageText"]) == ("배송 조회", "message", "배송 조회")
    assert "delivery" not in str(answer)


async def test_a_pressed_button_reaches_the_bot_as_its_payload(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    (button,) = (await user.say("메뉴"))["template"]["quickReplies"]
    await user.say(button["messageText"], extra=button["extra"])
    assert gateway.worker.asked[-1]["message"] == {"kind": "payload", "payload": "/delivery_status"}
    assert await _customer_texts(gateway) == ["메뉴", "배송 조회"]


async def test_a_button_that_is_not_known_counts_by_its_words(gateway: GatewayUnderTest) -> None:
    await KakaoUser(gateway).say("배송 조회", extra={"ieum_choice": "7-forged"})
    assert gateway.worker.asked[-1]["message"] == {"kind": "text", "text": "배송 조회"}


async def test_words_that_look_like_a_payload_stay_words(gateway: GatewayUnderTest) -> None:
    await KakaoUser(gateway).say('/inform_order{"order_id":"1"}')
    assert gateway.worker.asked[-1]["message"]["kind"] == "text"


async def test_it_is_stored_before_the_bot_is_asked(gateway: GatewayUnderTest) -> None:
    gateway.worker.gate.clear()
    asking = asyncio.create_task(KakaoUser(gateway).say("저장 먼저"))

    async def asked() -> bool:
        return bool(gateway.worker.asked)

    await _until(asked)
    assert await _customer_texts(gateway) == ["저장 먼저"]
    gateway.worker.gate.set()
    await asking


async def test_a_slow_bot_costs_no_time_and_no_answer(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    gateway.worker.gate.clear()
    began = time.monotonic()
    answer = await user.say("느린 봇")
    assert time.monotonic() - began < kakao.ANSWER_WITHIN_S
    assert texts(answer) == [kakao.STILL_THINKING] and labels(answer) == [kakao.MORE_LABEL]
    gateway.worker.gate.set()

    async def answered() -> bool:
        return len((await _stored(gateway))[1]) == 2

    await _until(answered)
    assert texts(await user.more()) == ["“느린 봇”라고 하셨네요."]
    assert texts(await user.more()) == [kakao.NOTHING_NEW]
    assert await _customer_texts(gateway) == ["느린 봇"]


async def test_what_agents_write_comes_with_the_next_message(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    talk, agent, version = await _claimed(gateway, user)
    await _writes(agent, talk, version, "안녕하세요, 김하늘입니다.")
    answer = await user.say("계세요?")
    assert "[상담원 이름 agent]\n안녕하세요, 김하늘입니다." in texts(answer)
    assert labels(answer) == [kakao.MORE_LABEL]
    assert texts(await user.say("또 저예요")) == [kakao.WITH_AGENT]


async def test_many_messages_come_in_order_three_at_a_time_and_none_twice(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    talk, agent, version = await _claimed(gateway, user)
    for number in range(7):
        await _writes(agent, talk, version, f"{number}번")
    seen: list[str] = []
    while (found := texts(await user.more())) != [kakao.NOTHING_NEW]:
        assert len(found) <= kakao.OUTPUTS_MAX
        seen += [text.rpartition("\n")[2] for text in found]
    assert [text for text in seen if text.endswith("번")] == [f"{number}번" for number in range(7)]


async def test_what_an_agent_wrote_before_closing_is_not_lost(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    talk, agent, version = await _claimed(gateway, user)
    await _writes(agent, talk, version, "환불 처리했어요.")
    assert (await agent.do(talk, "close", version=version)).status_code == 200
    seen = texts(await user.say("감사합니다"))
    while (found := texts(await user.more())) != [kakao.NOTHING_NEW]:
        seen += found
    assert any("환불 처리했어요." in text for text in seen)
    assert any("“감사합니다”라고 하셨네요." in text for text in seen)


async def test_a_closed_conversation_with_nothing_left_is_followed_by_a_new_one(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    talk, agent, version = await _claimed(gateway, user)
    await agent.do(talk, "close", version=version)
    while texts(await user.more()) != [kakao.NOTHING_NEW]:
        pass
    await user.say("새 이야기")
    talks, _ = await _stored(gateway)
    assert [c.conversation_id == talk for c in talks] == [True, False]


async def test_a_repeated_request_is_stored_once_and_gets_the_same_answer(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    first = await user.say("메뉴", request_id="r-1")
    again = await user.say("메뉴", request_id="r-1")
    assert again == first
    assert await _customer_texts(gateway) == ["메뉴"] and len(gateway.worker.asked) == 1


async def test_requests_repeated_at_once_all_get_the_answer(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    answers = await asyncio.gather(*(user.say("한 번만", request_id="r-2") for _ in range(5)))
    assert all(texts(answer) == ["“한 번만”라고 하셨네요."] for answer in answers)
    talks, messages = await _stored(gateway)
    assert (len(talks), len(messages)) == (1, 2)


async def test_a_repeated_request_for_more_brings_the_same_again(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    talk, agent, version = await _claimed(gateway, user)
    await user.more()
    for number in range(4):
        await _writes(agent, talk, version, f"{number}번")
    asks = _payload(kakao.MORE_LABEL, extra={"ieum_more": True})
    first, again = (await user.post(asks, "r-3")).json(), (await user.post(asks, "r-3")).json()
    assert texts(first) == texts(again) and len(texts(first)) == 3
    assert texts(await user.more()) == ["[상담원 이름 agent]\n3번"]


async def test_without_a_request_id_the_same_words_at_once_are_one_message(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    answers = [await user.say("같은 말", request_id=None) for _ in range(3)]
    assert [texts(answer) for answer in answers] == [["“같은 말”라고 하셨네요."]] * 3
    assert await _customer_texts(gateway) == ["같은 말"]


async def test_the_same_words_under_another_request_id_are_another_message(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    for _ in range(2):
        assert texts(await user.say("네")) == ["“네”라고 하셨네요."]
    assert await _customer_texts(gateway) == ["네", "네"]


async def test_two_first_messages_at_once_share_a_conversation(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    await asyncio.gather(*(user.say(f"{number}") for number in range(6)))
    talks, _ = await _stored(gateway)
    assert len(talks) == 1
    assert sorted(await _customer_texts(gateway)) == list("012345")


async def test_answers_that_went_out_too_late_come_with_the_next_message(
    gateway: GatewayUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The response was given up at the time limit: what the slow request took must not be gone."""
    user = KakaoUser(gateway)
    monkeypatch.setattr(kakao, "ANSWER_WITHIN_S", 0.5)
    gateway.worker.gate.clear()
    assert texts(await user.say("늦은 답")) == [kakao.STILL_THINKING]
    gateway.worker.gate.set()
    await _until(lambda: _taken_and_given_back(gateway))
    assert texts(await user.more()) == ["“늦은 답”라고 하셨네요."]


async def test_an_answer_that_nobody_waited_for_comes_with_the_next_message(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    gateway.worker.gate.clear()
    with pytest.raises(asyncio.TimeoutError):
        async with asyncio.timeout(0.4):
            await user.say("끊긴 말")
    gateway.worker.gate.set()
    await _until(lambda: _taken_and_given_back(gateway))
    assert texts(await user.more()) == ["“끊긴 말”라고 하셨네요."]
    assert await _customer_texts(gateway) == ["끊긴 말"]


async def test_a_wrong_secret_finds_nothing(gateway: GatewayUnderTest) -> None:
    for secret in ("x" * 43, "%ff%fe", "%00", "%ed%a0%80"):
        refused = await gateway.http.post(f"/api/kakao/skill/{secret}", json=_payload("안녕"))
        assert (refused.status_code, refused.json()["code"]) == (404, "no_such_address")
        assert gateway.settings.kakao_secret not in refused.text
    assert await _stored(gateway) == ([], [])


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        ("안녕", 400, "invalid_json"),
        ("", 400, "invalid_json"),
        ("[" * 30_000, 400, "invalid_json"),
        ("[]", 422, "invalid_payload"),
        ("{}", 422, "invalid_payload"),
        ('{"userRequest": null}', 422, "invalid_payload"),
        ('{"userRequest": {"user": {"id": 5}, "utterance": "안녕"}}', 422, "invalid_payload"),
        ('{"userRequest": {"user": {"id": "\\u0000"}, "utterance": "안녕"}}', 422, "invalid_payload"),
        ('{"userRequest": {"user": {"id": "\\ud800"}, "utterance": "안녕"}}', 422, "invalid_payload"),
    ],
)
async def test_what_is_no_payload_is_a_problem(gateway: GatewayUnderTest, content: str, status: int, code: str) -> None:
    address = f"/api/kakao/skill/{gateway.settings.kakao_secret}"
    refused = await gateway.http.post(address, content=content.encode())
    assert (refused.status_code, refused.json()["code"]) == (status, code)


async def test_the_consoles_skill_test_is_answered(gateway: GatewayUnderTest) -> None:
    payload = {
        "userRequest": {
            "timezone": "Asia/Seoul",
            "utterance": "발화 내용",
            "lang": None,
            "lastBlock": None,
            "user": {"id": "876543", "type": "accountId", "properties": {}},
        },
        "action": {"clientExtra": None, "params": None},
        "bot": {"id": "67!", "name": "봇 이름"},
    }
    answer = await KakaoUser(gateway).post(payload)
    assert answer.status_code == 200 and texts(answer.json()) == ["“발화 내용”라고 하셨네요."]


@pytest.mark.parametrize("utterance", ["", "  \n", "\u0007"])
async def test_an_empty_message_is_answered_and_not_stored(gateway: GatewayUnderTest, utterance: str) -> None:
    (text,) = texts(await KakaoUser(gateway).say(utterance))
    assert text == "내용을 입력해 주세요."
    assert await _customer_texts(gateway) == []


async def test_what_kakao_lets_through_is_stored_without_what_cannot_be(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    await user.say("안\u0000녕\ud83d")
    await user.say("가" * 5_000)
    first, second = await _customer_texts(gateway)
    assert first == "안녕" and len(second) == 2_000


async def test_a_linked_user_is_a_known_customer(gateway: GatewayUnderTest) -> None:
    known = (await gateway.http.get("/api/demo/customers")).json()["customers"][0]["customer_id"]
    engine = database.create_engine(gateway.settings.shop_database_url)
    async with database.write(engine) as connection:
        await connection.execute(
            customers.update().where(customers.c.customer_id == known).values(kakao_user_key="kakao-linked")
        )
    await engine.dispose()
    await KakaoUser(gateway, "kakao-linked").say("안녕")
    await KakaoUser(gateway, "kakao-stranger").say("안녕")
    linked, _ = await _stored(gateway, "kakao-linked")
    stranger, _ = await _stored(gateway, "kakao-stranger")
    assert (linked[0].customer_id, stranger[0].customer_id) == (known, None)


async def test_over_long_texts_are_split_and_nothing_of_them_is_lost(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    talk, agent, version = await _claimed(gateway, user)
    await user.more()
    words = " ".join(["가나다라마바사아자차카타파하" * 36] * 4)[:2_000]  # a space only every 504 letters
    await _writes(agent, talk, version, words)
    bubbles = texts(await user.more())
    assert len(bubbles) <= 3 and all(len(text) <= 1_000 for text in bubbles)
    assert "".join("".join(bubbles).split()) == "[상담원이름agent]" + "".join(words.split())


async def test_the_bots_failure_is_told_and_a_person_is_asked(gateway: GatewayUnderTest) -> None:
    failing = {**plain_turn({"message": {"text": "x"}}), "failed_actions": ["action_x"]}
    gateway.worker.turn = lambda body: failing
    answer = await KakaoUser(gateway).say("배송")
    assert any("죄송해요" in text for text in texts(answer)) and labels(answer) == [kakao.MORE_LABEL]
    (item,) = await (await gateway.agent()).queue()
    assert (item["channel"], item["reason"]) == ("kakao", "action_failed")


async def test_waiting_customers_hear_how_many_are_before_them(gateway: GatewayUnderTest) -> None:
    first, second = KakaoUser(gateway, "k-1"), KakaoUser(gateway, "k-2")
    for user in (first, second):
        await user.say("상담원")
        await user.more()
    assert texts(await second.say("아직인가요?")) == [kakao.WAITING.format(ahead=1)]


async def test_requests_repeated_to_two_gateways_are_one_message_in_one_conversation(
    two_gateways_on_postgres: tuple[GatewayUnderTest, GatewayUnderTest],
) -> None:
    users = [KakaoUser(gateway, "k-1") for gateway in two_gateways_on_postgres]
    for number in range(5):
        asked = [user.say(f"{number}번째", request_id=f"r-{number}") for user in users for _ in range(2)]
        answers = await asyncio.gather(*asked)
        assert {tuple(texts(answer)) for answer in answers} == {(f"“{number}번째”라고 하셨네요.",)}
    talks, messages = await _stored(two_gateways_on_postgres[0], "k-1")
    assert (len(talks), [m.seq for m in messages]) == (1, list(range(1, 11)))
