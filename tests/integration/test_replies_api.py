"""The desk's macros, suggestions and ratings, and a conversation given back, over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.integration.conftest import AgentPage, Customer, GatewayUnderTest, Json

WRITE = {"name": "새 인사", "text": "{이름} 고객님, 반가워요.", "skill": "delivery", "intents": ["delivery_delay"]}


async def _held(gateway: GatewayUnderTest) -> tuple[Customer, AgentPage, int]:
    stories = (await gateway.http.get("/api/demo/customers")).json()["customers"]
    customer, agent = await gateway.customer(stories[0]["customer_id"]), await gateway.agent()
    await customer.say("상담원")
    await customer.read_until(lambda view: view["owner"] == "waiting")
    version = (await agent.queue())[0]["version"]
    claimed = await agent.do(customer.conversation_id, "claim", version=version)
    return customer, agent, claimed.json()["version"]


async def _get(page: AgentPage, path: str, **params: Any) -> Json:
    answer = await page.http.get(f"/api/desk/{path}", params=params)
    answer.raise_for_status()
    body: Json = answer.json()
    return body


async def _macros(page: AgentPage, **params: Any) -> list[Json]:
    """Return macros once the product's own have been added."""
    for _ in range(50):
        if found := (await _get(page, "macros", **params))["macros"]:
            return list(found)
    raise AssertionError("there are no macros")


async def test_macros_are_read_by_agents_and_kept_by_supervisors(gateway: GatewayUnderTest) -> None:
    agent, lead = await gateway.agent(), await gateway.agent("lead")
    assert len(await _macros(agent)) >= 30
    refused = await agent.http.post("/api/desk/macros", json=WRITE)
    assert (refused.status_code, refused.json()["code"]) == (403, "role_not_allowed")
    made = await lead.http.post("/api/desk/macros", json=WRITE)
    assert made.status_code == 201 and made.json()["version"] == 1
    macro_id = made.json()["macro_id"]
    changed = await lead.http.put(f"/api/desk/macros/{macro_id}", json=WRITE | {"version": 1, "text": "반갑습니다."})
    assert changed.json()["version"] == 2
    stale = await lead.http.put(f"/api/desk/macros/{macro_id}", json=WRITE | {"version": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "version_conflict")
    assert (await _macros(agent, q="새 인사"))[0]["text"] == "반갑습니다."
    assert (await lead.http.delete(f"/api/desk/macros/{macro_id}", params={"version": 2})).status_code == 204
    gone = await lead.http.delete(f"/api/desk/macros/{macro_id}", params={"version": 3})
    assert (gone.status_code, gone.json()["code"]) == (404, "macro_not_found")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"text": "{주소}로 보내요"}, "unknown_placeholder"),
        ({"text": "{상품"}, "unclosed_brace"),
        ({"text": "   "}, "empty_text"),
        ({"text": "가" * 1_001}, "invalid_field"),
        ({"name": ""}, "invalid_field"),
        ({"skill": "astrology"}, "unknown_skill"),
        ({"intents": ["weather"]}, "unknown_intent"),
        ({"intents": ["greet"] * 11}, "invalid_field"),
        ({"colour": "red"}, "unknown_field"),
    ],
)
async def test_a_macro_that_cannot_be_is_refused(gateway: GatewayUnderTest, changed: Json, code: str) -> None:
    refused = await (await gateway.agent("lead")).http.post("/api/desk/macros", json=WRITE | changed)
    assert (refused.status_code, refused.json()["code"]) == (422, code)


async def test_odd_questions_about_macros_are_refused(gateway: GatewayUnderTest) -> None:
    lead = await gateway.agent("lead")
    for method, path, status in (
        ("GET", "/api/desk/macros?skill=astrology", 422),
        ("DELETE", "/api/desk/macros/m_greet", 422),
        ("DELETE", "/api/desk/macros/m_greet?version=x", 422),
        ("GET", "/api/desk/conversations/c_none/suggestions", 404),
        ("GET", "/api/desk/conversations/c_none/macros/m_greet", 404),
        ("GET", "/api/desk/ratings?most=9", 422),
    ):
        assert (await lead.http.request(method, path)).status_code == status, path
    assert (await gateway.http.get("/api/desk/macros")).status_code == 401


async def test_suggestions_and_macros_are_filled_from_the_conversation(gateway: GatewayUnderTest) -> None:
    customer, agent, _ = await _held(gateway)
    await _macros(agent)
    await customer.say("배송이 너무 늦어요")
    found = (await _get(agent, f"conversations/{customer.conversation_id}/suggestions"))["suggestions"]
    assert found and {one["kind"] for one in found} == {"macro"}
    assert all(one["source"]["name"] and one["text"] for one in found)
    filled = await _get(agent, f"conversations/{customer.conversation_id}/macros/m_greet")
    assert "이름 agent" in filled["text"] and "*" in filled["text"] and filled["missing"] == []
    other = await gateway.agent("other")
    refused = await other.http.get(f"/api/desk/conversations/{customer.conversation_id}/suggestions")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_yours")


async def test_what_a_colleague_answered_is_suggested_for_the_next_customer(gateway: GatewayUnderTest) -> None:
    customer, agent, version = await _held(gateway)
    await customer.say("배송이 너무 늦어서 화가 나요")
    text = "정말 죄송합니다. 택배사에 바로 확인해서 010-1234-5678로 다시 연락드릴게요."
    sent = await agent.do(customer.conversation_id, "messages", version=version, client_msg_id=str(uuid4()), text=text)
    await agent.do(customer.conversation_id, "close", version=sent.json()["version"])
    following, agent, _ = await _held(gateway)
    await following.say("배송이 늦어서 화나요")
    found = (await _get(agent, f"conversations/{following.conversation_id}/suggestions"))["suggestions"]
    (solved,) = [one for one in found if one["kind"] == "solved"]
    assert solved["source"]["conversation_id"] == customer.conversation_id and solved["source"]["date"]
    assert "택배사에 바로 확인해서" in solved["text"] and "1234" not in solved["text"] and solved["has_gaps"]


async def test_a_conversation_is_given_back_with_what_was_agreed(gateway: GatewayUnderTest) -> None:
    customer, agent, version = await _held(gateway)
    talk = customer.conversation_id
    order_id = (await agent.see(talk))["context"]["orders"][0]["order_id"]
    for body, code in (
        ({"learned": {"customer_id": "demo-story-02"}}, "unknown_field"),
        ({"learned": {"order_id": "2026-00000"}}, "order_unknown"),
        ({"topic": "weather"}, "unknown_topic"),
        ({"agreed": "가" * 301}, "text_too_long"),
        ({"agreed": "네\x00"}, "control_characters"),
    ):
        refused = await agent.do(talk, "return-to-bot", version=version, **body)
        assert (refused.status_code, refused.json()["code"]) == (422, code), body
    done = await agent.do(
        talk,
        "return-to-bot",
        version=version,
        agreed="내일 다시 배송해 드리기로 했어요.",
        note="경비실 부재",
        learned={"order_id": order_id},
        topic="delivery_status",
    )
    assert done.status_code == 200
    view = await customer.read_until(lambda view: "handed_back" in view["messages"][-1]["text"])
    said = [message["text"] for message in view["messages"] if message["author"] == "bot"]
    assert said[-2] == "상담원과 이렇게 정했어요: 내일 다시 배송해 드리기로 했어요."
    payload = gateway.worker.asked[-1]["message"]
    assert payload["kind"] == "payload" and order_id in payload["payload"] and "경비실" not in str(view)
    stale = await agent.do(talk, "return-to-bot", version=version)
    assert stale.status_code == 409


async def test_a_customer_rates_what_has_ended_and_a_low_rating_is_seen_at_the_desk(gateway: GatewayUnderTest) -> None:
    customer, agent, version = await _held(gateway)

    async def rate(**body: Any) -> tuple[int, Json]:
        answer = await gateway.http.post("/api/chat/rating", json=body, headers=customer.headers)
        return answer.status_code, answer.json()

    status, problem = await rate(score=2)
    assert (status, problem["code"], problem["current"], problem["asked"]) == (409, "not_closed", "human", "rate")
    await agent.do(customer.conversation_id, "close", version=version)
    for body in ({"score": 0}, {"score": 6}, {"score": "5"}, {"score": 2.5}, {}, {"score": 3, "words": "가" * 501}):
        assert (await rate(**body))[0] == 422
    read = (await gateway.http.get("/api/chat/rating", headers=customer.headers)).json()
    assert read == {"rating": None, "may_rate": True}
    assert await rate(score=2, words="답이 늦었어요") == (
        201,
        {"score": 2, "words": "답이 늦었어요", "followed_up": True},
    )
    assert (await rate(score=2))[0] == 200
    lead = await gateway.agent("lead")
    (seen,) = (await _get(lead, "ratings", most=3))["ratings"]
    assert (seen["score"], seen["words"], seen["agent_name"]) == (2, "답이 늦었어요", "이름 agent")
    assert seen["ticket_number"].startswith("CS-")
    assert (await gateway.http.post("/api/chat/rating", json={"score": 1})).status_code == 401
