"""The customer's door: what is accepted, what is refused and how, what a page sees."""

from __future__ import annotations

import asyncio
import json
from uuid import uuid4

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from kernel.tokens import sign_conversation, sign_identity
from tests.integration.conftest import GatewayUnderTest


async def _socket(gateway: GatewayUnderTest, ticket: str) -> ClientConnection:
    return await connect(f"{gateway.base_url.replace('http', 'ws')}/api/chat/socket?ticket={ticket}", proxy=None)


async def test_a_customer_writes_and_reads_the_answer(gateway: GatewayUnderTest) -> None:
    customer = await gateway.customer()
    accepted = await customer.say("안녕하세요")
    assert (accepted.status_code, accepted.json()) == (202, {"seq": 1})
    view = await customer.read_until(lambda view: len(view["messages"]) == 2)
    assert [(m["seq"], m["author"], m["text"]) for m in view["messages"]] == [
        (1, "customer", "안녕하세요"),
        (2, "bot", "“안녕하세요”라고 하셨네요."),
    ]
    assert (view["owner"], view["position"]) == ("bot", None)


async def test_a_repeated_client_msg_id_gets_the_same_seq_with_200(gateway: GatewayUnderTest) -> None:
    customer, msg_id = await gateway.customer(), str(uuid4())
    answers = [await customer.say("안녕", msg_id), await customer.say("안녕", msg_id.upper())]
    answers += await asyncio.gather(*(customer.say("안녕", msg_id) for _ in range(5)))
    assert [a.status_code for a in answers] == [202, 200, 200, 200, 200, 200, 200]
    assert {a.json()["seq"] for a in answers} == {1}
    view = await customer.read_until(lambda view: len(view["messages"]) >= 2)
    assert len(view["messages"]) == 2


async def test_a_button_is_pressed_by_an_id_that_tells_nothing(gateway: GatewayUnderTest) -> None:
    customer = await gateway.customer()
    view = await customer.answered("메뉴")
    (choice,) = view["messages"][-1]["choices"]
    assert set(choice) == {"id", "label"} and "delivery" not in json.dumps(view)
    body = {"client_msg_id": str(uuid4()), "choice": choice["id"]}
    assert (await gateway.http.post("/api/chat/messages", json=body, headers=customer.headers)).status_code == 202
    await customer.read_until(lambda view: len(view["messages"]) == 4)
    assert gateway.worker.asked[-1]["message"] == {"kind": "payload", "payload": "/delivery_status"}

    stranger = await gateway.customer()
    body["client_msg_id"] = str(uuid4())
    refused = await gateway.http.post("/api/chat/messages", json=body, headers=stranger.headers)
    assert (refused.status_code, refused.json()["code"]) == (404, "choice_not_found")


def _message(**changed: object) -> str:
    return json.dumps({"client_msg_id": str(uuid4()), "text": "안녕"} | changed)


BAD_MESSAGES = {
    "not JSON": ("안녕", 400, "invalid_json"),
    "nothing": ("", 400, "invalid_json"),
    "a list": ("[]", 422, "invalid_field"),
    "a number for the text": (_message(text=5), 422, "invalid_field"),
    "null for the text": (_message(text=None), 422, "invalid_field"),
    "no text": (json.dumps({"client_msg_id": str(uuid4())}), 422, "invalid_field"),
    "text and choice": (_message(choice="1-x"), 422, "invalid_field"),
    "an unknown field": (_message(customer_id="demo-1"), 422, "unknown_field"),
    "no client_msg_id": (json.dumps({"text": "안녕"}), 422, "missing_field"),
    "a client_msg_id that is no UUID": (_message(client_msg_id="1"), 422, "invalid_field"),
    "an empty text": (_message(text=""), 422, "empty_text"),
    "only white space": (_message(text=" \n\t　"), 422, "empty_text"),
    "2,001 characters": (_message(text="가" * 2_001), 422, "text_too_long"),
    "a control character": (_message(text="안\u0000녕"), 422, "control_characters"),
    "an escape sequence": (_message(text="\u001b[31m빨강"), 422, "control_characters"),
    "a lone surrogate": (_message(text="\ud800"), 422, "invalid_unicode"),
    "a button that does not exist": (
        json.dumps({"client_msg_id": str(uuid4()), "choice": "1-zzz"}),
        404,
        "choice_not_found",
    ),
    "bytes that are no UTF-8": (b'{"text": "\xff\xfe"}', 400, "invalid_json"),
    "deep nesting": ('{"text":' + "[" * 30_000, 400, "invalid_json"),
}


@pytest.mark.parametrize("name", BAD_MESSAGES)
async def test_a_bad_message_is_refused_with_a_stable_code_and_leaves_no_trace(
    gateway: GatewayUnderTest, name: str
) -> None:
    content, status, code = BAD_MESSAGES[name]
    customer = await gateway.customer()
    refused = await gateway.http.post("/api/chat/messages", content=content, headers=customer.headers)
    body = refused.json()
    assert (refused.status_code, body["code"]) == (status, code)
    assert refused.headers["content-type"] == "application/problem+json"
    assert body["status"] == status and any("가" <= letter <= "힣" for letter in body["detail"])
    assert "Traceback" not in refused.text and ".py" not in refused.text
    assert (await customer.read())["messages"] == []
    assert (await customer.say("그래도 이어져요")).status_code == 202


async def test_2000_characters_and_emoji_and_bidi_marks_are_accepted(gateway: GatewayUnderTest) -> None:
    customer = await gateway.customer()
    for text in ("가" * 2_000, "👨‍👩‍👧‍👦🙏", "\u202eabc", '/inform_order{"order_id":"1"}', "<b>굵게</b>", "ㅠㅠㅠ"):
        assert (await customer.say(text)).status_code == 202
    view = await customer.read_until(lambda view: sum(m["author"] == "bot" for m in view["messages"]) == 6)
    assert gateway.worker.asked[3]["message"]["kind"] == "text"
    assert "<b>굵게</b>" in [m["text"] for m in view["messages"]]


async def test_a_body_of_10_mb_is_refused(gateway: GatewayUnderTest) -> None:
    customer = await gateway.customer()
    content = b'{"text": "' + b"a" * 10_000_000 + b'"}'
    try:
        refused = await gateway.http.post("/api/chat/messages", content=content, headers=customer.headers)
        assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large")
    except (httpx.WriteError, httpx.ReadError):
        pass  # the gateway may hang up before the client has sent it all
    assert (await customer.say("그래도 이어져요")).status_code == 202


async def test_tokens_that_are_wrong_are_refused(gateway: GatewayUnderTest) -> None:
    customer = await gateway.customer()
    key, identity_key = gateway.settings.session_key, gateway.settings.identity_key
    cases = {
        "nonsense": "invalid_token",
        sign_conversation(customer.conversation_id, "x" * 32): "invalid_token",
        sign_identity("demo-1", identity_key): "invalid_token",
        sign_conversation(customer.conversation_id, key, lifetime_s=-60): "token_expired",
    }
    for token, code in cases.items():
        for refused in (
            await gateway.http.get("/api/chat/messages", headers={"Authorization": f"Bearer {token}"}),
            await gateway.http.post(
                "/api/chat/messages", content=_message(), headers={"Authorization": f"Bearer {token}"}
            ),
        ):
            assert (refused.status_code, refused.json()["code"]) == (401, code)
    unknown = {"Authorization": f"Bearer {sign_conversation('c_unknown', key)}"}
    for refused in (
        await gateway.http.get("/api/chat/messages", headers=unknown),
        await gateway.http.post("/api/chat/messages", content=_message(), headers=unknown),
        await gateway.http.post("/api/chat/tickets", headers=unknown),
    ):
        assert (refused.status_code, refused.json()["code"]) == (404, "conversation_not_found")


async def test_a_token_opens_only_its_own_conversation(gateway: GatewayUnderTest) -> None:
    mine, other = await gateway.customer("demo-1"), await gateway.customer("demo-2")
    await other.answered("비밀 이야기")
    assert (await mine.read())["messages"] == []


async def test_an_identity_token_must_be_the_shops_and_fresh(gateway: GatewayUnderTest) -> None:
    key = gateway.settings.identity_key
    for token, code in {
        "": "invalid_token",
        sign_identity("demo-1", "x" * 32): "invalid_token",
        sign_identity("demo-1", key, lifetime_s=3_600): "invalid_token",
        sign_identity("demo-1", key, lifetime_s=-60): "token_expired",
    }.items():
        refused = await gateway.http.post("/api/chat/conversations", json={"identity_token": token})
        assert (refused.status_code, refused.json()["code"]) == (401, code)


@pytest.mark.parametrize("query", ["after=-1", "after=x", "after=1e3", "wait_s=1.5", "after=99999999999", "after=²"])
async def test_bad_query_parameters_are_refused(gateway: GatewayUnderTest, query: str) -> None:
    customer = await gateway.customer()
    refused = await gateway.http.get(f"/api/chat/messages?{query}", headers=customer.headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_parameter")


async def test_unknown_addresses_and_methods_are_problems_too(gateway: GatewayUnderTest) -> None:
    assert (await gateway.http.get("/api/nothing")).json()["code"] == "no_such_address"
    assert (await gateway.http.delete("/api/chat/messages")).json()["code"] == "method_not_allowed"


async def test_a_long_poll_ends_as_soon_as_there_is_news(gateway: GatewayUnderTest) -> None:
    customer = await gateway.customer()
    waiting = asyncio.create_task(customer.read(after=0, wait_s=20))
    await asyncio.sleep(0.1)
    await customer.say("안녕")
    async with asyncio.timeout(2):
        assert (await waiting)["messages"][0]["text"] == "안녕"


async def test_a_socket_resumes_after_the_seq_it_saw_and_goes_on_live(gateway: GatewayUnderTest) -> None:
    customer = await gateway.customer()
    await customer.answered("하나")
    ticket = (await gateway.http.post("/api/chat/tickets", headers=customer.headers)).json()["ticket"]
    async with await _socket(gateway, ticket) as socket:
        await socket.send(json.dumps({"type": "resume", "after": 1}))
        first = json.loads(await asyncio.wait_for(socket.recv(), 3))
        assert (first["type"], [m["seq"] for m in first["messages"]], first["owner"]) == ("messages", [2], "bot")
        await customer.say("둘")
        seen: list[int] = []
        while seen != [3, 4]:
            seen += [m["seq"] for m in json.loads(await asyncio.wait_for(socket.recv(), 3))["messages"]]


async def test_a_ticket_opens_one_socket(gateway: GatewayUnderTest) -> None:
    customer = await gateway.customer()
    ticket = (await gateway.http.post("/api/chat/tickets", headers=customer.headers)).json()["ticket"]
    async with await _socket(gateway, ticket) as socket:
        await socket.send('{"type":"resume","after":0}')
        await asyncio.wait_for(socket.recv(), 3)
    for bad in (ticket, "nonsense", ""):
        async with await _socket(gateway, bad) as socket:
            with pytest.raises(ConnectionClosed) as closed:
                await asyncio.wait_for(socket.recv(), 3)
            assert closed.value.rcvd is not None and closed.value.rcvd.code == 4401


@pytest.mark.parametrize(
    "frame", ["{}", "nonsense", '{"type":"resume","after":-1}', '{"type":"resume","after":"1"}', b"\x00"]
)
async def test_a_socket_that_does_not_resume_is_closed(gateway: GatewayUnderTest, frame: str | bytes) -> None:
    customer = await gateway.customer()
    ticket = (await gateway.http.post("/api/chat/tickets", headers=customer.headers)).json()["ticket"]
    async with await _socket(gateway, ticket) as socket:
        await socket.send(frame)
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(socket.recv(), 3)
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 4400


async def test_a_worker_that_breaks_off_is_asked_again_and_answers_once(gateway: GatewayUnderTest) -> None:
    plain, failures = gateway.worker.turn, 2

    def flaky(body: dict[str, object]) -> dict[str, object]:
        nonlocal failures
        if failures:
            failures -= 1
            raise httpx.ReadError("the worker died")
        return plain(body)

    gateway.worker.turn = flaky
    customer = await gateway.customer()
    view = await customer.answered("안녕")
    assert [m["author"] for m in view["messages"]] == ["customer", "bot"]
    assert len({asked["turn_id"] for asked in gateway.worker.asked}) == 1


async def test_health_tells_what_serves(gateway: GatewayUnderTest) -> None:
    health = (await gateway.http.get("/api/health")).json()
    assert health["ready"] is True and health["bot"] == {"ready": 1, "of": 1, "model_ids": ["test"]}
