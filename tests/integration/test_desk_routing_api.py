"""The desk's routing over HTTP: offers, the queue left, conversations put aside, supervisors, who takes what."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.integration.conftest import AgentPage, Customer, GatewayUnderTest, Json


async def _waiting(gateway: GatewayUnderTest, customer_id: str | None = None) -> Customer:
    customer = await gateway.customer(customer_id)
    await customer.say("상담원")
    await customer.read_until(lambda view: view["owner"] == "waiting")
    return customer


async def _offer(agent: AgentPage) -> Json:
    async with asyncio.timeout(5):
        while not (found := (await agent.http.get("/api/desk/offers")).json()["offers"]):
            await asyncio.sleep(0.02)
    offer: Json = found[0]
    return offer


async def _claimed(gateway: GatewayUnderTest) -> tuple[Customer, AgentPage, int]:
    customer, agent = await _waiting(gateway), await gateway.agent()
    version = (await agent.queue())[0]["version"]
    done = await agent.do(customer.conversation_id, "claim", version=version)
    return customer, agent, done.json()["version"]


async def test_who_waits_is_offered_to_the_agent_who_is_there_and_taken_by_a_claim(gateway: GatewayUnderTest) -> None:
    agent = await gateway.agent()
    customer = await _waiting(gateway)
    offer = await _offer(agent)
    asked = offer["conversation"]
    assert asked["conversation_id"] == customer.conversation_id and 0 < offer["seconds_left"] <= 20
    assert (await agent.do(asked["conversation_id"], "claim", version=asked["version"])).status_code == 200
    assert (await agent.http.get("/api/desk/offers")).json() == {"offers": []}


async def test_a_declined_offer_goes_to_the_colleague_and_only_once(gateway: GatewayUnderTest) -> None:
    agent = await gateway.agent()
    await _waiting(gateway)
    offer = await _offer(agent)
    other = await gateway.agent("other")
    address = f"/api/desk/offers/{offer['offer_id']}/decline"
    assert (await other.http.post(address)).json()["code"] == "offer_not_found"
    for _ in range(2):
        assert (await agent.http.post(address)).status_code == 200
    assert (await _offer(other))["conversation"] == offer["conversation"]
    assert (await agent.http.get("/api/desk/offers")).json() == {"offers": []}


async def test_a_customer_leaves_the_queue_and_the_bot_goes_on(gateway: GatewayUnderTest) -> None:
    customer = await _waiting(gateway)
    view = await customer.read()
    assert view["position"] == 1 and view["estimated_wait_s"] is None
    await gateway.agent()
    view = await customer.read_until(lambda view: view["estimated_wait_s"] is not None)
    assert 0 <= view["estimated_wait_s"] < 60
    await customer.say("배송 언제 와요")
    left = await gateway.http.post("/api/chat/leave-queue", headers=customer.headers)
    assert (left.status_code, left.json()) == (200, {"owner": "bot", "position": None})
    view = await customer.read_until(lambda view: view["messages"][-1]["author"] == "bot")
    assert view["messages"][-1]["text"] == "“배송 언제 와요”라고 하셨네요."
    assert (view["owner"], view["position"], view["estimated_wait_s"]) == ("bot", None, None)
    again = await gateway.http.post("/api/chat/leave-queue", headers=customer.headers)
    assert (again.status_code, again.json()["code"]) == (409, "illegal_transition")
    assert (again.json()["current"], again.json()["asked"]) == ("bot", "left_queue")
    assert (await gateway.http.post("/api/chat/leave-queue")).status_code == 401


async def test_the_queue_and_the_positions_have_one_order(gateway: GatewayUnderTest) -> None:
    customers = [await _waiting(gateway) for _ in range(4)]
    stories = (await gateway.http.get("/api/demo/customers")).json()["customers"]
    customers += [await _waiting(gateway, story["customer_id"]) for story in stories[:4]]
    lead = await gateway.agent("lead")
    queue = [item["conversation_id"] for item in await lead.queue()]
    positions = {c.conversation_id: (await c.read())["position"] for c in customers}
    assert [positions[conversation_id] for conversation_id in queue] == list(range(1, len(customers) + 1))


async def test_a_closed_conversation_comes_back_to_its_agent(gateway: GatewayUnderTest) -> None:
    customer, agent, version = await _claimed(gateway)
    closed = await agent.do(customer.conversation_id, "close", version=version, wrap_up=True)
    assert (await agent.see(customer.conversation_id))["wrap_up_until"] is not None
    noted = await agent.do(customer.conversation_id, "notes", version=closed.json()["version"], text="환불 확인")
    assert noted.status_code == 200
    done = await agent.do(customer.conversation_id, "wrap-up", version=closed.json()["version"])
    assert done.status_code == 200
    again = await agent.do(customer.conversation_id, "wrap-up", version=closed.json()["version"])
    assert (again.status_code, again.json()["code"]) == (409, "not_in_wrap_up")
    await customer.say("아직 안 왔어요")
    view = await customer.read_until(lambda view: view["owner"] == "human")
    assert view["agent_name"] == "이름 agent"
    seen = await agent.see(customer.conversation_id)
    assert seen["context"]["reason"] == "reopened" and seen["wrap_up_until"] is None


async def test_a_conversation_is_put_aside_and_wakes_when_the_customer_writes(gateway: GatewayUnderTest) -> None:
    customer, agent, version = await _claimed(gateway)
    until = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    talk = customer.conversation_id
    for odd in ("soon", "2026-11-24T15:00:00", "9999-12-31T23:59:59-23:00", "2020-01-01T00:00:00Z", ""):
        refused = await agent.do(talk, "snooze", version=version, until=odd)
        assert (refused.status_code, refused.json()["code"]) == (422, "impossible_time"), odd
    version = (await agent.do(talk, "snooze", version=version, until=until)).json()["version"]
    assert (await agent.see(talk))["snoozed_until"] is not None
    await customer.say("찾았어요")
    seen = await agent.see(talk)
    assert (seen["owner"], seen["snoozed_until"], seen["version"]) == ("human", None, version + 1)
    refused = await agent.do(talk, "wake", version=version + 1)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_snoozed")


async def test_a_supervisor_pulls_pushes_joins_and_whispers(gateway: GatewayUnderTest) -> None:
    customer, agent, version = await _claimed(gateway)
    lead, other, talk = await gateway.agent("lead"), await gateway.agent("other"), customer.conversation_id
    for what, body in (("pull", {}), ("push", {"agent_id": other.me["agent_id"]}), ("join", {}), ("leave", {})):
        refused = await other.do(talk, what, version=version, **body)
        assert (refused.status_code, refused.json()["code"]) == (403, "role_not_allowed"), what
    assert (await lead.do(talk, "whisper", version=version, text="쿠폰을 드리세요")).status_code == 200
    assert [n["kind"] for n in (await agent.see(talk))["notes"]] == ["whisper"]
    assert (await lead.do(talk, "join", version=version)).status_code == 200
    sent = await lead.do(talk, "messages", version=version, client_msg_id=str(uuid4()), text="제가 함께 볼게요")
    assert sent.status_code == 200
    assert [p["name"] for p in (await agent.see(talk))["participants"]] == ["이름 lead"]
    version = (await lead.do(talk, "push", version=version, agent_id=other.me["agent_id"])).json()["version"]
    view = await customer.read_until(lambda view: view["agent_name"] == "이름 other")
    assert "쿠폰" not in str(view) and "제가 함께 볼게요" in str(view)
    version = (await lead.do(talk, "pull", version=version)).json()["version"]
    late = await other.do(talk, "close", version=version)
    assert (late.status_code, late.json()["winner"]["agent_name"]) == (409, "이름 lead")
    nobody = await lead.do(talk, "push", version=version, agent_id="a_nobody")
    assert (nobody.status_code, nobody.json()["code"]) == (422, "unknown_agent")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"skills": ["cooking"]}, "unknown_skill"),
        ({"skills": []}, "unknown_skill"),
        ({"languages": ["tlh"]}, "unknown_language"),
        ({"capacity": 0}, "invalid_field"),
        ({"capacity": 10_000}, "invalid_field"),
        ({"shoe_size": 42}, "unknown_field"),
    ],
)
async def test_what_an_agent_takes_is_checked(gateway: GatewayUnderTest, body: Json, code: str) -> None:
    lead, agent = await gateway.agent("lead"), await gateway.agent()
    address = f"/api/desk/agents/{agent.me['agent_id']}/routing"
    refused = await lead.http.put(address, json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert (await agent.http.put(address, json={"capacity": 2})).json()["code"] == "role_not_allowed"
    unknown = await lead.http.put("/api/desk/agents/a_nobody/routing", json={"capacity": 2})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_agent")


async def test_an_agent_without_the_skill_is_neither_asked_nor_may_claim(gateway: GatewayUnderTest) -> None:
    lead, agent = await gateway.agent("lead"), await gateway.agent()
    await lead.http.put("/api/desk/presence", json={"state": "away"})
    address = f"/api/desk/agents/{agent.me['agent_id']}/routing"
    changed = await lead.http.put(address, json={"skills": ["privacy"], "capacity": 2, "team": "개인정보"})
    assert (changed.json()["skills"], changed.json()["team"], changed.json()["capacity"]) == (
        ["privacy"],
        "개인정보",
        2,
    )
    customer = await _waiting(gateway)  # for delivery
    (item,) = await agent.queue()
    refused = await agent.do(customer.conversation_id, "claim", version=item["version"])
    assert (refused.status_code, refused.json()["code"]) == (403, "skill_required")
    await asyncio.sleep(0.2)
    assert (await agent.http.get("/api/desk/offers")).json() == {"offers": []}
    await lead.http.put(address, json={"skills": None})
    assert (await _offer(agent))["conversation"]["conversation_id"] == customer.conversation_id
    me = next(a for a in (await agent.http.get("/api/desk/agents")).json()["agents"] if a["name"] == "이름 agent")
    assert (me["is_present"], me["load"], len(me["skills"])) == (True, 1, 8)


async def test_every_address_of_routing_is_described(gateway: GatewayUnderTest) -> None:
    paths = (await gateway.http.get("/api/openapi.json")).json()["paths"]
    talk = "/api/desk/conversations/{conversation_id}"
    for path in (
        "/api/chat/leave-queue",
        "/api/desk/offers",
        "/api/desk/offers/{offer_id}/decline",
        "/api/desk/agents",
        "/api/desk/agents/{agent_id}/routing",
        *(f"{talk}/{what}" for what in ("snooze", "wake", "wrap-up", "pull", "push", "join", "leave", "whisper")),
    ):
        (operation,) = paths[path].values()
        assert operation["summary"] and operation["security"], path
