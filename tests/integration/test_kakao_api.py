"""KakaoTalk's door: answered in its own shapes, stored before it is answered, closed to everybody else."""

from __future__ import annotations

import asyncio

import pytest

from backoffice.customers.tables import customers
from handoff.channels import kakao
from kernel import database
from tests.integration.conftest import GatewayUnderTest, plain_turn
from tests.integration.kakao_user import KakaoUser, customer_texts, labels, payload, stored, texts, until


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
    assert await customer_texts(gateway) == ["메뉴", "배송 조회"]


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

    await until(asked)
    assert await customer_texts(gateway) == ["저장 먼저"]
    gateway.worker.gate.set()
    await asking


async def test_a_wrong_secret_finds_nothing(gateway: GatewayUnderTest) -> None:
    for secret in ("x" * 43, "%ff%fe", "%ed%a0%80"):
        refused = await gateway.http.post(f"/api/kakao/skill/{secret}", json=payload("안녕"))
        assert (refused.status_code, refused.json()["code"]) == (404, "no_such_address")
        assert gateway.settings.kakao_secret not in refused.text
    refused = await gateway.http.post("/api/kakao/skill/%00", json=payload("안녕"))
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_request")
    assert await stored(gateway) == ([], [])


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
    assert await customer_texts(gateway) == []


async def test_what_kakao_lets_through_is_stored_without_what_cannot_be(gateway: GatewayUnderTest) -> None:
    user = KakaoUser(gateway)
    await user.say("안\u0000녕\ud83d")
    await user.say("가" * 5_000)
    first, second = await customer_texts(gateway)
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
    linked, _ = await stored(gateway, "kakao-linked")
    stranger, _ = await stored(gateway, "kakao-stranger")
    assert (linked[0].customer_id, stranger[0].customer_id) == (known, None)


async def test_the_bots_failure_is_told_and_a_person_is_asked(gateway: GatewayUnderTest) -> None:
    failing = {**plain_turn({"message": {"text": "x"}}), "failed_actions": ["action_x"]}
    gateway.worker.turn = lambda body: failing
    answer = await KakaoUser(gateway).say("배송")
    assert any("죄송해요" in text for text in texts(answer))
    assert labels(answer) == [kakao.LEAVE_LABEL, kakao.MORE_LABEL]
    (item,) = await (await gateway.agent()).queue()
    assert (item["channel"], item["reason"]) == ("kakao", "action_failed")
