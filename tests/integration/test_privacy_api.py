"""The privacy officer's door: a request from its letter to the archive or the deletion, and who may do what."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa

from handoff.adapters.sql.store import SqlStore
from handoff.adapters.sql.tables import metadata
from handoff.adapters.talks import SqlTalks
from handoff.service import staff
from kernel import database
from kernel.clock import ProductClock
from tests.integration.conftest import PASSWORD, GatewayUnderTest

WHO = "demo-story-03"
REQUESTS = "/api/desk/privacy/requests"
SECRET = "비밀스러운 이야기예요"
OFFICER_ONLY = [
    ("GET", REQUESTS),
    ("GET", f"{REQUESTS}/P1"),
    ("POST", REQUESTS),
    ("POST", f"{REQUESTS}/P1/identity"),
    ("POST", f"{REQUESTS}/P1/start"),
    ("POST", f"{REQUESTS}/P1/answer"),
    ("POST", f"{REQUESTS}/P1/refuse"),
    ("GET", f"{REQUESTS}/P1/archive"),
    ("GET", "/api/desk/privacy/affected"),
    ("GET", "/api/desk/privacy/accesses/2026-11"),
    ("POST", "/api/desk/privacy/accesses/2026-11/review"),
]


async def officer(gateway: GatewayUnderTest) -> httpx.AsyncClient:
    """Log in as the privacy officer."""
    engine = database.create_engine(gateway.settings.database_url)
    await staff.add(SqlStore(engine), login="officer", name="한지우", password=PASSWORD, role="privacy_officer")
    await engine.dispose()
    return (await gateway.agent("officer")).http


async def take_in(http: httpx.AsyncClient, kind: str) -> str:
    """Take a letter in and bring it into work; return its number."""
    opened = await http.post(REQUESTS, json={"customer_id": WHO, "kind": kind, "channel": "letter"})
    assert opened.status_code == 200, opened.text
    number: str = opened.json()["request_id"]
    for step, body in (("identity", {"how": "신분증 사본"}), ("start", {})):
        done = await http.post(f"{REQUESTS}/{number}/{step}", json=body)
        assert done.status_code == 200, done.text
    return number


async def test_a_request_for_access_ends_in_an_archive_that_is_recorded(gateway: GatewayUnderTest) -> None:
    http = await officer(gateway)
    customer = await gateway.customer(WHO)
    await customer.say(SECRET)
    await customer.read_until(lambda view: len(view["messages"]) == 2)
    number = await take_in(http, "access")
    (listed,) = (await http.get(REQUESTS)).json()["requests"]
    assert (listed["request_id"], listed["days_left"], listed["alarm"]) == (number, 10, None)
    seen = (await http.get(f"{REQUESTS}/{number}")).json()
    assert [step["what"] for step in seen["steps"]] == ["received", "identity_checked", "in_work"]
    assert "*" in seen["customer"]["name"]

    packed = await http.get(f"{REQUESTS}/{number}/archive")
    assert packed.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        assert "박서연" in archive.read("요약.txt").decode()
        assert SECRET in archive.read("data/conversations.json").decode()
    affected = await http.get(
        "/api/desk/privacy/affected", params={"since": "2020-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z"}
    )
    assert [one["customer_id"] for one in affected.json()["customers"]] == [WHO]

    ended = await http.post(f"{REQUESTS}/{number}/answer", json={"answer": "등기로 보내 드렸어요."})
    assert (ended.json()["state"], (await http.get(REQUESTS)).json()) == ("answered", {"requests": []})
    again = await http.post(f"{REQUESTS}/{number}/answer", json={"answer": "또요."})
    assert (again.status_code, again.json()["code"]) == (422, "privacy_request_wrong_state")


async def test_deletion_takes_the_words_out_of_conversations_too(gateway: GatewayUnderTest) -> None:
    customer = await gateway.customer(WHO)
    await customer.say(SECRET)
    await customer.read_until(lambda view: len(view["messages"]) == 2)
    engine = database.create_engine(gateway.settings.database_url)
    talks = SqlTalks(engine)
    (talk,) = await talks.list_of_customer(WHO)
    assert talk.conversation_id == customer.conversation_id and not talk.is_complaint
    for _ in range(2):
        await talks.forget(WHO, "former_1")
    assert await talks.list_of_customer(WHO) == []
    (left,) = await talks.list_of_customer("former_1")
    assert [message["text"] for message in left.content["messages"]] == ["", ""]
    async with database.read(engine) as connection:
        for table in ("messages", "turns", "memories", "handoffs", "conversations"):
            rows = await connection.exec_driver_sql(f"SELECT * FROM {table}")
            assert SECRET not in str(rows.all()), table
    await engine.dispose()


async def test_a_ticket_and_what_was_left_with_it_are_the_customers_and_are_forgotten(
    gateway: GatewayUnderTest,
) -> None:
    customer = await gateway.customer(WHO)
    await customer.say("상담원")
    await customer.read_until(lambda view: view["owner"] == "waiting")
    left = await gateway.http.post("/api/chat/contact", json={"contact": "010-9876-5432"}, headers=customer.headers)
    assert left.status_code == 200
    engine = database.create_engine(gateway.settings.database_url)
    talks = SqlTalks(engine)
    (talk,) = await talks.list_of_customer(WHO)
    (ticket,) = talk.content["tickets"]
    assert ticket["contact"] == "010-9876-5432"
    await talks.forget(WHO, "former_1")
    (forgotten,) = await talks.list_of_customer("former_1")
    assert forgotten.content["tickets"] == [ticket | {"contact": None}]
    async with database.read(engine) as connection:
        rows = await connection.exec_driver_sql("SELECT * FROM tickets")
        assert WHO not in str(rows.all())
    await engine.dispose()


async def test_no_table_of_the_conversations_names_or_quotes_a_forgotten_customer(gateway: GatewayUnderTest) -> None:
    customer, agent = await gateway.customer(WHO), await gateway.agent()
    talk = customer.conversation_id
    await customer.say(SECRET)
    await customer.answered("상담원")
    await gateway.http.post("/api/chat/contact", json={"contact": "010-9876-5432"}, headers=customer.headers)
    said = {"messages": {"client_msg_id": str(uuid4()), "text": SECRET}, "notes": {"text": SECRET}}
    for what, body in {"claim": {}, **said, "close": {}}.items():
        seen = await agent.see(talk)
        if what == "close":
            due_at = (ProductClock().now() + timedelta(days=1)).isoformat()
            promise = {"kind": "follow_up", "due_at": due_at, "note": SECRET}
            made = await agent.http.post(f"/api/desk/tickets/{seen['ticket']['number']}/promises", json=promise)
            assert made.status_code == 201, made.text
        done = await agent.do(talk, what, version=seen["version"], **body)
        assert done.is_success, (what, done.text)
    rated = await gateway.http.post("/api/chat/rating", json={"score": 1, "words": SECRET}, headers=customer.headers)
    assert rated.status_code == 201
    engine = database.create_engine(gateway.settings.database_url)
    talks = SqlTalks(engine)
    (held,) = await talks.list_of_customer(WHO)
    assert [(one["score"], one["words"]) for one in held.content["ratings"]] == [(1, SECRET)]
    assert "follow_up" in {one["kind"] for one in held.content["promises"]}
    await talks.forget(WHO, "former_1")
    async with database.read(engine) as connection:
        for table in metadata.sorted_tables:
            rows = str((await connection.execute(sa.select(table))).all())
            assert [word for word in (SECRET, WHO, "9876", "박서연") if word in rows] == [], table.name
    await engine.dispose()


async def test_a_refusal_needs_a_ground_and_a_mandate_is_asked_for(gateway: GatewayUnderTest) -> None:
    http = await officer(gateway)
    new = {"customer_id": WHO, "kind": "deletion", "channel": "phone", "agent_name": "김대리"}
    refused = await http.post(REQUESTS, json=new)
    assert (refused.status_code, refused.json()["code"]) == (422, "mandate_missing")
    number = await take_in(http, "deletion")
    unknown = await http.post(f"{REQUESTS}/{number}/refuse", json={"ground": "no"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown_refusal_ground")
    done = await http.post(f"{REQUESTS}/{number}/refuse", json={"ground": "legal_duty"})
    assert done.json()["refusal_ground"] == "legal_duty" and "이의" in done.json()["answer"]
    nobody = await http.post(REQUESTS, json=new | {"customer_id": "nobody", "mandate": "위임장"})
    assert (nobody.status_code, nobody.json()["code"]) == (404, "customer_not_found")


@pytest.mark.parametrize(("method", "path"), OFFICER_ONLY)
async def test_only_the_officer_comes_in(gateway: GatewayUnderTest, method: str, path: str) -> None:
    assert (await gateway.http.request(method, path)).status_code == 401
    for login in ("agent", "lead", "trainer"):
        refused = await (await gateway.agent(login)).http.request(method, path)
        assert (refused.status_code, refused.json()["code"]) == (403, "role_not_allowed")


async def test_unmasking_in_a_conversation_needs_the_right_and_a_reason(gateway: GatewayUnderTest) -> None:
    customer = await gateway.customer(WHO)
    path = f"/api/desk/conversations/{customer.conversation_id}/unmask"

    async def unmask(login: str, **body: Any) -> httpx.Response:
        http = (await gateway.agent(login)).http
        return await http.post(path, json={"fields": ["phone"], "reason": "배송지 확인 전화"} | body)

    shown = await unmask("lead")
    assert shown.json() == {"customer": {"phone": "010-0000-9003"}}
    assert shown.headers["cache-control"] == "no-store"
    for login, body, code in (
        ("agent", {}, "unmasking_refused"),
        ("lead", {"reason": "  "}, "reason_missing"),
        ("lead", {"fields": ["password_hash"]}, "unmasking_refused"),
        ("trainer", {}, "role_not_allowed"),
    ):
        assert (await unmask(login, **body)).json()["code"] == code
    http = await officer(gateway)
    found = await http.get(
        "/api/desk/privacy/affected", params={"since": "2020-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z"}
    )
    assert [(one["customer_id"], one["times"]) for one in found.json()["customers"]] == [(WHO, 1)]


async def test_a_period_that_is_none_is_named(gateway: GatewayUnderTest) -> None:
    http = await officer(gateway)
    for query in ({}, {"since": "yesterday"}, {"since": "2026-01-01T00:00:00", "until": "2026-02-01T00:00:00Z"}):
        refused = await http.get("/api/desk/privacy/affected", params=query)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_period")
    refused = await http.get("/api/desk/privacy/accesses/2026-13")
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_period")
