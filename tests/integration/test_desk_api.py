"""The agents' door: one winner for each claim, nothing over a colleague's head, nothing for strangers."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from uuid import uuid4

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.integration.conftest import PASSWORD, AgentPage, Customer, GatewayUnderTest


async def _waiting(gateway: GatewayUnderTest, customer_id: str | None = None) -> Customer:
    customer = await gateway.customer(customer_id)
    await customer.say("상담원")
    await customer.read_until(lambda view: view["owner"] == "waiting")
    return customer


async def _claimed(gateway: GatewayUnderTest) -> tuple[Customer, AgentPage, int]:
    customer, agent = await _waiting(gateway), await gateway.agent()
    version = (await agent.queue())[0]["version"]
    done = await agent.do(customer.conversation_id, "claim", version=version)
    assert done.status_code == 200
    return customer, agent, done.json()["version"]


async def test_the_whole_story_of_a_handoff(gateway: GatewayUnderTest) -> None:
    stories = (await gateway.http.get("/api/demo/customers")).json()["customers"]
    customer, agent = await _waiting(gateway, stories[0]["customer_id"]), await gateway.agent()
    (item,) = await agent.queue()
    assert (item["reason"], item["skill"], item["verified"]) == ("customer_request", "delivery", True)
    assert "*" in item["customer"]["name"]
    assert (await customer.read())["position"] == 1

    talk = customer.conversation_id
    version = (await agent.do(talk, "claim", version=item["version"])).json()["version"]
    view = await customer.read_until(lambda view: view["owner"] == "human")
    assert view["agent_name"] == "이름 agent"

    sent = await agent.do(talk, "messages", version=version, client_msg_id=str(uuid4()), text="안녕하세요, 확인할게요.")
    assert sent.status_code == 200
    await agent.do(talk, "notes", version=version, text="우리끼리 메모")
    view = await customer.read_until(lambda view: view["messages"][-1]["author"] == "agent")
    assert view["messages"][-1]["author_name"] == "이름 agent"
    assert "우리끼리 메모" not in json.dumps(view, ensure_ascii=False)
    seen = await agent.see(talk)
    assert [n["text"] for n in seen["notes"]] == ["우리끼리 메모"]
    assert seen["context"]["orders"] and "*" in seen["customer"]["name"]

    assert (await agent.do(talk, "return-to-bot", version=version)).status_code == 200
    view = await customer.answered("다시 봇이죠?")
    assert view["owner"] == "bot" and view["messages"][-1]["author"] == "bot"


async def test_every_customer_of_the_demo_can_be_handed_over_and_seen(gateway: GatewayUnderTest) -> None:
    stories = (await gateway.http.get("/api/demo/customers")).json()["customers"]
    lead = await gateway.agent("lead")
    histories: dict[str, int] = {"orders": 0, "blocks": 0, "verification_attempts": 0, "grants": 0}
    for story in stories:
        seen = await lead.see((await _waiting(gateway, story["customer_id"])).conversation_id)
        assert seen["customer"] and seen["context"]["customer"]
        for name in histories:
            histories[name] += len(seen["context"][name])
    assert all(histories.values()), histories


async def test_the_bot_never_answers_while_a_person_owns_the_conversation(gateway: GatewayUnderTest) -> None:
    customer, agent, version = await _claimed(gateway)
    asked = len(gateway.worker.asked)
    for text in ("계세요?", "배송 언제 와요"):
        await customer.say(text)
    await agent.do(customer.conversation_id, "close", version=version)
    view = await customer.read_until(lambda view: view["owner"] == "closed")
    assert len(gateway.worker.asked) == asked
    assert [m["text"] for m in view["messages"] if m["author"] == "customer"] == ["상담원", "계세요?", "배송 언제 와요"]


async def test_of_two_agents_who_claim_at_once_one_wins_and_the_other_is_told_who(gateway: GatewayUnderTest) -> None:
    customer = await _waiting(gateway)
    pages = [await gateway.agent(), await gateway.agent("other")]
    version = (await pages[0].queue())[0]["version"]
    answers = await asyncio.gather(*(p.do(customer.conversation_id, "claim", version=version) for p in pages))
    assert sorted(a.status_code for a in answers) == [200, 409]
    lost = next(a for a in answers if a.status_code == 409).json()
    assert lost["code"] == "version_conflict" and lost["winner"]["owner"] == "human"
    assert lost["winner"]["agent_name"] in ("이름 agent", "이름 other")


async def test_an_agent_cannot_act_on_a_colleagues_conversation(gateway: GatewayUnderTest) -> None:
    customer, _, version = await _claimed(gateway)
    other, talk = await gateway.agent("other"), customer.conversation_id
    for what, body in {
        "messages": {"client_msg_id": str(uuid4()), "text": "끼어들기"},
        "notes": {"text": "끼어들기"},
        "transfer": {"skill": "orders"},
        "return-to-bot": {},
        "close": {},
    }.items():
        refused = await other.do(talk, what, version=version, **body)
        assert (refused.status_code, refused.json()["code"]) == (409, "not_owner")
    refused = await other.http.get(f"/api/desk/conversations/{talk}")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_yours")
    assert (await (await gateway.agent("lead")).see(talk))["owner"] == "human"


async def test_a_stale_version_changes_nothing(gateway: GatewayUnderTest) -> None:
    customer, agent, version = await _claimed(gateway)
    refused = await agent.do(customer.conversation_id, "close", version=version - 1)
    assert (refused.status_code, refused.json()["code"]) == (409, "version_conflict")
    assert refused.json()["winner"]["version"] == version
    assert (await customer.read())["owner"] == "human"


async def test_an_agents_repeated_message_is_sent_once(gateway: GatewayUnderTest) -> None:
    customer, agent, version = await _claimed(gateway)
    body = {"version": version, "client_msg_id": str(uuid4()), "text": "한 번만"}
    answers = [await agent.do(customer.conversation_id, "messages", **body) for _ in range(3)]
    assert len({a.json()["seq"] for a in answers}) == 1
    view = await customer.read()
    assert [m["text"] for m in view["messages"] if m["author"] == "agent"] == ["한 번만"]


async def test_a_transfer_waits_again_for_the_other_team(gateway: GatewayUnderTest) -> None:
    customer, agent, version = await _claimed(gateway)
    assert (await agent.do(customer.conversation_id, "transfer", version=version, skill="orders")).status_code == 200
    (item,) = await agent.queue()
    assert (item["skill"], item["reason"]) == ("orders", "transferred")
    refused = await agent.do(customer.conversation_id, "transfer", version=item["version"], skill="cooking")
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_skill")


async def test_strangers_and_other_roles_are_kept_out(gateway: GatewayUnderTest) -> None:
    assert (await gateway.http.get("/api/desk/queue")).json()["code"] == "login_required"
    forged = {"Cookie": "ieum_desk=e30.e30.e30"}
    assert (await gateway.http.get("/api/desk/queue", headers=forged)).status_code == 401
    trainer = await gateway.agent("trainer")
    assert (await trainer.http.get("/api/desk/queue")).json()["code"] == "role_not_allowed"
    agent = await gateway.agent()
    assert (await agent.http.get("/api/studio/candidates")).json()["code"] == "role_not_allowed"
    del agent.http.headers["X-CSRF-Token"]
    refused = await agent.http.put("/api/desk/presence", json={"state": "online"})
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")


async def test_guessing_passwords_is_slowed_down(gateway: GatewayUnderTest) -> None:
    async def attempt(password: str) -> httpx.Response:
        return await gateway.http.post("/api/desk/login", json={"login": "agent", "password": password})

    codes = [(await attempt("wrong")).json()["code"] for _ in range(11)]
    assert codes == ["wrong_credentials"] * 10 + ["too_many_attempts"]
    assert (await attempt(PASSWORD)).status_code == 429


async def test_presence_is_kept_and_checked(gateway: GatewayUnderTest) -> None:
    agent = await gateway.agent()
    assert (await agent.http.get("/api/desk/session")).json()["agent"]["presence"] == "online"
    assert (await agent.http.put("/api/desk/presence", json={"state": "away"})).json() == {"state": "away"}
    await agent.http.post("/api/desk/logout")
    agent = await gateway.agent()
    assert (await agent.http.put("/api/desk/presence", json={"state": "online"})).json() == {"state": "online"}
    refused = await agent.http.put("/api/desk/presence", json={"state": "asleep"})
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_presence")


async def test_a_close_tells_until_when_the_place_stays_taken(gateway: GatewayUnderTest) -> None:
    customer, agent, version = await _claimed(gateway)
    closed = (await agent.do(customer.conversation_id, "close", version=version)).json()
    assert datetime.fromisoformat(closed["wrap_up_until"]).tzinfo is not None
    again, agent, version = await _claimed(gateway)
    closed = (await agent.do(again.conversation_id, "close", version=version, wrap_up=False)).json()
    assert "wrap_up_until" not in closed


async def test_the_desk_is_told_of_news_by_hints(gateway: GatewayUnderTest) -> None:
    agent = await gateway.agent()
    cookie = "; ".join(f"{name}={value}" for name, value in agent.http.cookies.items())
    address = f"{gateway.base_url.replace('http', 'ws')}/api/desk/socket"
    async with connect(address, additional_headers={"Cookie": cookie}, proxy=None) as socket:
        assert json.loads(await asyncio.wait_for(socket.recv(), 3)) == {"type": "queue"}
        customer = await _waiting(gateway)
        assert json.loads(await asyncio.wait_for(socket.recv(), 3))["type"] == "queue"
        version = (await agent.queue())[0]["version"]
        await agent.do(customer.conversation_id, "claim", version=version)
        await customer.say("저 왔어요")
        async with asyncio.timeout(5):
            while json.loads(await socket.recv())["type"] != "mine":
                pass


async def test_the_desks_socket_refuses_other_sites_and_strangers(gateway: GatewayUnderTest) -> None:
    agent = await gateway.agent()
    cookie = "; ".join(f"{name}={value}" for name, value in agent.http.cookies.items())
    address = f"{gateway.base_url.replace('http', 'ws')}/api/desk/socket"
    for headers, code in (
        ({"Cookie": cookie, "Origin": "http://elsewhere.example.com"}, 4403),
        ({}, 4401),
    ):
        async with connect(address, additional_headers=headers, proxy=None) as socket:
            with pytest.raises(ConnectionClosed) as closed:
                await asyncio.wait_for(socket.recv(), 3)
            assert closed.value.rcvd is not None and closed.value.rcvd.code == code
