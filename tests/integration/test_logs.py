"""Logs tell events and ids: never what somebody wrote, who they are, or a secret, whatever goes wrong."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
import structlog

from handoff.adapters.sql.store import SqlTransaction
from handoff.adapters.sql.tables import messages
from handoff.service.customers import Customers
from handoff.service.utterances import Utterances
from kernel import logs
from tests.integration.conftest import PASSWORD, GatewayUnderTest, Json, plain_turn

WORDS = "홍길동 010-9876-5432 비밀이에요"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """All that the gateway writes to its log, in the form it has in use."""
    root = logging.getLogger()
    handlers, level, config = root.handlers[:], root.level, structlog.get_config()
    output = io.StringIO()
    monkeypatch.setattr(sys, "stderr", output)
    logs.configure("gateway")
    structlog.configure(cache_logger_on_first_use=False)
    yield output
    root.handlers[:], root.level = handlers, level
    structlog.configure(**config)
    structlog.contextvars.clear_contextvars()


def _events(output: io.StringIO) -> list[Json]:
    return [json.loads(line) for line in output.getvalue().splitlines()]


def _fails(error: Exception) -> Callable[..., Any]:
    def failing(*_: object, **__: object) -> object:
        raise error

    return failing


async def test_a_day_on_which_everything_fails_leaves_no_word_of_a_customers_in_the_log(
    gateway: GatewayUnderTest, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer, agent = await gateway.customer(), await gateway.agent()
    turns = iter(
        [
            _fails(httpx.ReadError(WORDS)),
            lambda body: {"replies": [{"text": WORDS}]},
            lambda body: plain_turn(body) | {"nlu": {"intent": WORDS, "confidence": WORDS}},
        ]
    )
    gateway.worker.turn = lambda body: next(turns, plain_turn)(body)
    await customer.answered(WORDS)
    await customer.say(WORDS)

    async def taken_twice(tx: SqlTransaction, new: Any) -> None:
        for _ in range(2):
            await tx._connection.execute(sa.insert(messages), [{"conversation_id": WORDS, "seq": 1, "text": WORDS}])

    monkeypatch.setattr(SqlTransaction, "add_messages", taken_twice)
    assert (await customer.say(WORDS)).status_code == 500
    address = f"/api/kakao/skill/{gateway.settings.kakao_secret}"
    skill = {"userRequest": {"user": {"id": "u"}, "utterance": WORDS}}
    assert (await gateway.http.post(address, json=skill)).status_code == 200
    monkeypatch.undo()
    monkeypatch.setattr(Customers, "read", _fails(ValueError("a mistake of ours")))
    assert (await gateway.http.get("/api/chat/messages", headers=customer.headers)).status_code == 500
    monkeypatch.setattr(Utterances, "list_open", _fails(ValueError("a mistake of ours")))
    await (await gateway.agent("trainer")).http.get("/api/studio/candidates")
    await gateway.http.post("/api/desk/login", json={"login": WORDS, "password": WORDS})
    await agent.do(WORDS, "claim", version=1)

    events = _events(written)
    assert {"request_failed", "kakao_skill_failed", "bot_answer_unreadable"} <= {event["event"] for event in events}
    everything = json.dumps(events, ensure_ascii=False)
    token = customer.headers["Authorization"].removeprefix("Bearer ")
    for secret in (
        "홍길동",
        "9876",
        "비밀",
        PASSWORD,
        token,
        gateway.settings.kakao_secret,
        gateway.settings.session_key,
    ):
        assert secret not in everything


async def test_a_line_of_the_log_is_json_with_its_process_and_time(
    gateway: GatewayUnderTest, written: io.StringIO
) -> None:
    structlog.get_logger().info("something_happened", conversation_id="c_1")
    logging.getLogger("elsewhere").warning("from a library")
    first, second = _events(written)
    assert first["event"] == "something_happened" and first["conversation_id"] == "c_1"
    assert (first["level"], first["process"]) == ("info", "gateway") and first["timestamp"].endswith("Z")
    assert (second["event"], second["level"]) == ("from a library", "warning")
