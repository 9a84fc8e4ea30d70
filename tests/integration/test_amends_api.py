"""Agents give amends from the desk, supervisors approve what is above an agent's limit."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.integration.conftest import AgentPage, GatewayUnderTest

LATE_CUSTOMER = "demo-story-51"


async def _claimed(gateway: GatewayUnderTest, customer_id: str | None = LATE_CUSTOMER) -> tuple[AgentPage, str, int]:
    customer, agent = await gateway.customer(customer_id), await gateway.agent()
    await customer.say("상담원")
    await customer.read_until(lambda view: view["owner"] == "waiting")
    version = (await agent.queue())[0]["version"]
    done = await agent.do(customer.conversation_id, "claim", version=version)
    return agent, customer.conversation_id, done.json()["version"]


async def _wish(agent: AgentPage, talk: str, krw: int | None, **fields: Any) -> dict[str, Any]:
    orders = (await agent.see(talk))["context"]["orders"]
    wish = {
        "request_id": str(uuid4()),
        "cause": "late",
        "reason": "오래 기다리셨어요",
        "order_id": orders[0]["order_id"],
    }
    return wish | ({"gifts": [{"kind": "points", "amount_krw": krw}]} if krw else {}) | fields


async def test_an_agent_gives_what_the_table_says_once(gateway: GatewayUnderTest) -> None:
    agent, talk, version = await _claimed(gateway)
    answers = [await agent.do(talk, "amends", version=version, **await _wish(agent, talk, None)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    first, again = (answer.json() for answer in answers)
    assert (first["outcome"], first["rule"], first["is_repeat"], again["is_repeat"]) == (
        "granted",
        "late_medium",
        False,
        True,
    )
    assert first["gifts"] == again["gifts"]
    shown = (await agent.http.get(f"/api/desk/conversations/{talk}/amends")).json()
    assert [decision["sentence"] for decision in shown["decisions"]] == [first["sentence"]]


async def test_what_is_above_the_agents_limit_waits_for_a_supervisor(gateway: GatewayUnderTest) -> None:
    agent, talk, version = await _claimed(gateway)
    wish = await _wish(agent, talk, 20_000)
    answers = [await agent.do(talk, "amends", version=version, **wish) for _ in range(2)]
    assert [(answer.status_code, answer.json()["outcome"]) for answer in answers] == [(202, "pending")] * 2
    lead = await gateway.agent("lead")
    (waiting,) = (await lead.http.get("/api/desk/approvals")).json()["requests"]
    assert (waiting["requested_by"], waiting["gifts"]) == ("이름 agent", [{"kind": "points", "amount_krw": 20_000}])
    address = f"/api/desk/approvals/{waiting['request_id']}"
    for attempt in (agent.http.get("/api/desk/approvals"), agent.http.post(f"{address}/approve", json={})):
        refused = await attempt
        assert (refused.status_code, refused.json()["code"]) == (403, "role_not_allowed")
    assert (await lead.http.post(f"{address}/approve", json={})).json()["state"] == "approved"
    late = await lead.http.post(f"{address}/decline", json={"reason": "늦었네요"})
    assert (late.status_code, late.json()["code"]) == (409, "request_already_answered")
    assert (await lead.http.get("/api/desk/approvals")).json()["requests"] == []


async def test_only_who_holds_the_conversation_at_this_version_gives_anything(gateway: GatewayUnderTest) -> None:
    agent, talk, version = await _claimed(gateway)
    wish = await _wish(agent, talk, 1_000)
    stale = await agent.do(talk, "amends", version=version - 1 or 99, **wish)
    assert (stale.status_code, stale.json()["code"]) == (409, "version_conflict")
    over_the_head = await (await gateway.agent("lead")).do(talk, "amends", version=version, **wish)
    assert (over_the_head.status_code, over_the_head.json()["code"]) == (409, "not_owner")


async def test_what_cannot_be_given_is_refused_by_code(gateway: GatewayUnderTest) -> None:
    agent, talk, version = await _claimed(gateway)
    for fields, status, code in (
        ({"order_id": "2026-00000"}, 404, "order_not_found"),
        ({"cause": "bad mood"}, 422, "invalid_field"),
        ({"gifts": [{"kind": "points", "amount_krw": -1}]}, 422, "invalid_grant"),
        ({"gifts": []}, 422, "invalid_grant"),
        ({"gifts": [{"kind": "money"}]}, 422, "invalid_field"),
        ({"request_id": "x"}, 422, "invalid_field"),
        ({"colour": "blue"}, 422, "unknown_field"),
    ):
        refused = await agent.do(talk, "amends", version=version, **await _wish(agent, talk, None, **fields))
        assert (refused.status_code, refused.json()["code"]) == (status, code), fields
    assert (await agent.http.get(f"/api/desk/conversations/{talk}/amends")).json()["decisions"] == []


async def test_nobody_unknown_is_given_anything(gateway: GatewayUnderTest) -> None:
    agent, talk, version = await _claimed(gateway, None)
    wish = {"request_id": str(uuid4()), "cause": "late", "reason": "늦음", "order_id": "2026-1"}
    refused = await agent.do(talk, "amends", version=version, **wish)
    assert (refused.status_code, refused.json()["code"]) == (422, "customer_unknown")
