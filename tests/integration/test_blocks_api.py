"""Staff see the blocks of the customer they talk to, and lift them by role with a reason."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.conftest import AgentPage, GatewayUnderTest

BY_AGENTS, BY_LEADS = "demo-story-31", "demo-story-08"
WHY = "신분증으로 본인을 확인했어요"


async def _claimed(gateway: GatewayUnderTest, customer_id: str | None = BY_AGENTS) -> tuple[AgentPage, str]:
    customer, agent = await gateway.customer(customer_id), await gateway.agent()
    await customer.say("상담원")
    await customer.read_until(lambda view: view["owner"] == "waiting")
    version = (await agent.queue())[0]["version"]
    await agent.do(customer.conversation_id, "claim", version=version)
    return agent, customer.conversation_id


async def _blocks(agent: AgentPage, talk: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await agent.http.get(f"/api/desk/conversations/{talk}/blocks")).json()["blocks"]
    return found


async def test_an_agent_lifts_a_block_once_and_the_reason_is_kept(gateway: GatewayUnderTest) -> None:
    agent, talk = await _claimed(gateway)
    (block,) = await _blocks(agent, talk)
    assert (block["is_active"], block["may_lift"], block["reason_label"]) == (True, True, "정보 불일치")
    path = f"blocks/{block['block_id']}/lift"
    done = await agent.do(talk, path, justification=WHY)
    assert (done.status_code, done.json()["is_active"]) == (200, False)
    again = await agent.do(talk, path, justification=WHY)
    assert (again.status_code, again.json()["code"]) == (409, "block_ended")
    (after,) = await _blocks(agent, talk)
    assert (after["is_active"], after["may_lift"], after["ended_by"], after["justification"]) == (
        False,
        False,
        "staff",
        WHY,
    )


async def test_what_security_holds_is_lifted_by_a_supervisor_who_need_not_take_the_conversation(
    gateway: GatewayUnderTest,
) -> None:
    agent, talk = await _claimed(gateway, BY_LEADS)
    (block,) = await _blocks(agent, talk)
    assert not block["may_lift"]
    path = f"blocks/{block['block_id']}/lift"
    refused = await agent.do(talk, path, justification=WHY)
    assert (refused.status_code, refused.json()["code"]) == (403, "role_not_allowed")
    lead = await gateway.agent("lead")
    assert (await _blocks(lead, talk))[0]["may_lift"]
    assert (await lead.do(talk, path, justification=WHY, is_our_fault=True)).status_code == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "missing_field"),
        ({"justification": "  "}, "empty_text"),
        ({"justification": "네."}, "justification_missing"),
        ({"justification": "가" * 501}, "invalid_field"),
        ({"justification": WHY, "version": 1}, "unknown_field"),
    ],
)
async def test_without_a_justification_nothing_is_lifted(
    gateway: GatewayUnderTest, body: dict[str, Any], code: str
) -> None:
    agent, talk = await _claimed(gateway)
    (block,) = await _blocks(agent, talk)
    refused = await agent.do(talk, f"blocks/{block['block_id']}/lift", **body)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert (await _blocks(agent, talk))[0]["is_active"]


async def test_nobody_lifts_a_block_in_passing(gateway: GatewayUnderTest) -> None:
    customer, agent = await gateway.customer(BY_AGENTS), await gateway.agent()
    await customer.say("상담원")
    await customer.read_until(lambda view: view["owner"] == "waiting")
    (block,) = await _blocks(agent, customer.conversation_id)
    refused = await agent.do(customer.conversation_id, f"blocks/{block['block_id']}/lift", justification=WHY)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_owner")


async def test_a_block_of_another_customer_is_not_found(gateway: GatewayUnderTest) -> None:
    agent, talk = await _claimed(gateway)
    lead, other = await gateway.agent("lead"), await gateway.customer(BY_LEADS)
    (foreign,) = await _blocks(lead, other.conversation_id)
    refused = await agent.do(talk, f"blocks/{foreign['block_id']}/lift", justification=WHY)
    assert (refused.status_code, refused.json()["code"]) == (404, "block_not_found")


async def test_blocks_are_not_for_other_roles_nor_of_nobody(gateway: GatewayUnderTest) -> None:
    agent, talk = await _claimed(gateway, None)
    unknown = await agent.http.get(f"/api/desk/conversations/{talk}/blocks")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "customer_unknown")
    trainer = await gateway.agent("trainer")
    refused = await trainer.http.get(f"/api/desk/conversations/{talk}/blocks")
    assert (refused.status_code, refused.json()["code"]) == (403, "role_not_allowed")
