"""The action server over HTTP: who may call it, what it makes of bad calls, what it lets out."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sanic import Sanic

from actions.serve import create_app
from backoffice import schema
from kernel.settings import load_settings
from kernel.tokens import TurnContext, sign_turn_context

KEY = "k" * 40
SECRET_TEXT = "제 번호는 010-1234-5678이에요"


def call(name: str | None = "action_delivery_status", *, context: str | None = None, **extra: Any) -> dict[str, Any]:
    """Return a call as the bot sends it; without the domain unless `extra` brings one."""
    message = {
        "text": SECRET_TEXT,
        "intent": {"name": "delivery_status"},
        "entities": [],
        "metadata": {"context": context},
    }
    tracker = {"sender_id": "c1", "slots": {}, "latest_message": message, "events": []}
    return {"next_action": name, "sender_id": "c1", "version": "3.6.21", "tracker": tracker, **extra}


@pytest.fixture
async def server(sqlite_url: str, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a running action server over an empty shop, with the right token."""
    await asyncio.to_thread(schema.upgrade, sqlite_url)
    names = ("BOT_TOKEN", "ACTIONS_TOKEN", "CONTEXT_KEY", "IDENTITY_KEY", "SESSION_KEY", "KAKAO_SECRET", "DATA_KEY")
    secrets = {f"IEUM_{name}": KEY for name in names}
    settings = load_settings({"IEUM_DATA_DIR": str(tmp_path), "IEUM_SHOP_DATABASE_URL": sqlite_url, **secrets})
    Sanic.test_mode = True
    app = create_app(settings, name=f"actions-{tmp_path.name}")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        running = await app.create_server(sock=listener, return_asyncio_server=True)
        await running.startup()
        await running.before_start()
        await running.start_serving()
        await running.after_start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with httpx.AsyncClient(base_url=address, headers={"Authorization": f"Bearer {KEY}"}) as client:
            yield client
        await running.before_stop()
        running.close()
        await running.after_stop()


async def test_a_call_without_a_domain_is_answered(server: httpx.AsyncClient) -> None:
    answer = await server.post("/webhook", json=call())
    assert answer.status_code == 200
    assert answer.json()["responses"][0]["text"] == "배송 상황을 확인하려면 먼저 로그인해 주세요."


async def test_a_known_customer_is_known_by_the_signed_context_only(server: httpx.AsyncClient) -> None:
    context = sign_turn_context(TurnContext("t1", "c1", "u1", "web"), KEY)
    answer = await server.post("/webhook", json=call(context=context))
    assert answer.json()["responses"][0]["text"] == "아직 주문하신 내역이 없어요."


@pytest.mark.parametrize("token", ["", "Bearer", f"Bearer {KEY}x", f"bearer {KEY}", "Bearer ü"])
async def test_nothing_is_answered_without_the_token(server: httpx.AsyncClient, token: str) -> None:
    for method, path in (("POST", "/webhook"), ("GET", "/health")):
        answer = await server.request(method, path, headers=[("Authorization", token.encode())])
        assert answer.status_code == 401


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (b"", 400, "bad_request"),
        (b"not json", 400, "bad_request"),
        (b"[]", 400, "bad_request"),
        (b'{"next_action": "action_human_agent"}', 400, "bad_request"),
        (json.dumps(call(None)).encode(), 400, "bad_request"),
        (json.dumps(call("action_unknown")).encode(), 404, "unknown_action"),
        (b"x" * 2_000_000, 413, "bad_request"),
    ],
)
async def test_bad_calls_are_refused_with_a_code(
    server: httpx.AsyncClient, body: bytes, status: int, error: str
) -> None:
    answer = await server.post("/webhook", content=body)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


async def test_a_failed_action_is_a_failure_and_lets_out_nothing(
    server: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = await server.post("/webhook", json=call(context="forged"))
    assert (answer.status_code, answer.json()) == (500, {"error": "action_failed"})
    output = capfd.readouterr()
    assert SECRET_TEXT not in caplog.text + output.out + output.err
    assert "forged" not in caplog.text + output.out + output.err


@pytest.mark.parametrize("path", ["/actions", "/webhooks", "/"])
async def test_there_are_no_other_doors(server: httpx.AsyncClient, path: str) -> None:
    assert (await server.get(path)).status_code == 404
