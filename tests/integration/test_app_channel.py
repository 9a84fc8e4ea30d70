"""A shop's own app as a channel: its users' messages come in with a key, the answers go out signed and in order."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from backoffice.integration import keys
from backoffice.integration.tables import Scope
from kernel.clock import ProductClock
from kernel.database import create_engine
from tests.contract.test_delivery import App
from tests.integration.conftest import FakeWorker, GatewayUnderTest, free_port, serving, settings_for


@pytest.fixture
async def app() -> AsyncIterator[App]:
    made = App()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    yield made
    server.close()


@pytest.fixture
async def shop(tmp_path: Path, filled: Path, app: App) -> AsyncIterator[GatewayUnderTest]:
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    webhook = {"IEUM_WEBHOOK_URL": app.url, "IEUM_WEBHOOK_SECRET": "w" * 32}
    async with serving(settings_for(tmp_path, free_port(), **webhook), FakeWorker()) as running:
        yield running


async def _key(gateway: GatewayUnderTest, *scopes: Scope) -> dict[str, str]:
    engine = create_engine(gateway.settings.shop_database_url)
    token = await keys.create_key(engine, name="app", scopes=scopes, now=ProductClock().now())
    await engine.dispose()
    return {"Authorization": f"Bearer {token}"}


async def _say(gateway: GatewayUnderTest, key: dict[str, str], text: str, msg_id: str = "") -> httpx.Response:
    body = {"user": "app-user-1", "client_msg_id": msg_id or str(uuid4()), "text": text}
    return await gateway.http.post("/api/v1/messages", json=body, headers=key)


async def _until_taken(app: App, count: int) -> list[dict[str, object]]:
    async with asyncio.timeout(8):
        while len(app.taken) < count:
            await asyncio.sleep(0.02)
    return [json.loads(body) for _, body in app.requests]


async def test_a_user_of_the_app_is_answered_by_bot_and_people(shop: GatewayUnderTest, app: App) -> None:
    key, msg_id = await _key(shop, Scope.MESSAGES_WRITE), str(uuid4())
    first = await _say(shop, key, "안녕하세요", msg_id)
    assert first.status_code == 202 and first.json()["seq"] == 1
    again = await _say(shop, key, "안녕하세요", msg_id)
    assert (again.status_code, again.json()) == (200, first.json())
    (told,) = await _until_taken(app, 1)
    assert (told["user"], told["author"], told["seq"]) == ("app-user-1", "bot", 2)

    await _say(shop, key, "상담원")
    await _until_taken(app, 3)
    agent, talk = await shop.agent(), first.json()["conversation_id"]
    version = (await agent.queue())[0]["version"]
    version = (await agent.do(talk, "claim", version=version)).json()["version"]
    await agent.do(talk, "messages", version=version, client_msg_id=str(uuid4()), text="도와드릴게요")
    await _until_taken(app, 5)
    seqs = [seq for _, seq in app.taken]
    assert seqs == sorted(set(seqs)) and json.loads(app.requests[-1][1])["text"] == "도와드릴게요"


async def test_what_the_app_refuses_is_seen_by_its_agent_and_sent_again_by_a_supervisor(
    shop: GatewayUnderTest, app: App
) -> None:
    app.answer = lambda number, body: (410 if number == 1 else 200, 0.0)
    key = await _key(shop, Scope.MESSAGES_WRITE)
    talk = (await _say(shop, key, "안녕하세요")).json()["conversation_id"]
    lead, agent = await shop.agent("lead"), await shop.agent()
    async with asyncio.timeout(8):
        while not (found := (await lead.http.get("/api/desk/outbox")).json()["messages"]):
            await asyncio.sleep(0.05)
    assert (found[0]["conversation_id"], found[0]["state"], found[0]["error"]) == (talk, "failed", "HTTP 410")
    assert (await lead.see(talk))["undelivered"][0]["state"] == "failed"
    assert (await agent.http.get("/api/desk/outbox")).status_code == 403
    which = {"conversation_id": talk, "seq": found[0]["seq"]}
    assert (await lead.http.post("/api/desk/outbox/resend", json=which)).status_code == 200
    await _until_taken(app, 1)
    refused = await lead.http.post("/api/desk/outbox/resend", json=which)
    assert (refused.status_code, refused.json()["code"]) == (404, "delivery_not_found")
    assert (await lead.http.get("/api/desk/outbox")).json()["messages"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"user": "", "client_msg_id": str(uuid4()), "text": "x"}, 422),
        ({"user": "u\n", "client_msg_id": str(uuid4()), "text": "x"}, 422),
        ({"user": "u", "client_msg_id": "1", "text": "x"}, 422),
        ({"user": "u", "client_msg_id": str(uuid4()), "text": "x", "choice": "1"}, 422),
        ({"user": "u", "client_msg_id": str(uuid4()), "text": " "}, 422),
        ({"user": "u", "client_msg_id": str(uuid4()), "choice": "1-x"}, 404),
        ({"user": "u", "client_msg_id": str(uuid4()), "text": "x", "identity_token": "x"}, 401),
    ],
)
async def test_a_request_that_makes_no_sense_is_refused(
    shop: GatewayUnderTest, body: dict[str, str], status: int
) -> None:
    answer = await shop.http.post("/api/v1/messages", json=body, headers=await _key(shop, Scope.MESSAGES_WRITE))
    assert answer.status_code == status and answer.json()["code"]


async def test_keys_for_other_things_and_shops_without_an_app_are_refused(
    shop: GatewayUnderTest, gateway: GatewayUnderTest
) -> None:
    assert (await _say(shop, await _key(shop, Scope.ORDERS_READ), "안녕")).json()["code"] == "scope_missing"
    assert (await _say(shop, {}, "안녕")).status_code == 401
    without = await _say(gateway, await _key(gateway, Scope.MESSAGES_WRITE), "안녕")
    assert (without.status_code, without.json()["code"]) == (409, "no_webhook")
