"""The way to the bot: any worker will do, a dead one costs a second try, a silent one never the whole budget."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from handoff.adapters import bot as bot_module
from handoff.adapters.bot import BotPool
from handoff.domain.conversation import Json
from handoff.service.ports import BotReply, BotUnavailable, HandoffRequest, TurnRequest

WORKERS = ["http://bot-0", "http://bot-1", "http://bot-2"]
ANSWER: Json = {
    "replies": [
        {"text": "네", "choices": [{"label": "배송", "payload": "/delivery_status"}], "cards": [{"kind": "order"}]},
        {"text": "또요"},
    ],
    "state": {"v": 1},
    "nlu": {"intent": "greet", "confidence": 0.9},
    "handoff": None,
    "slots": {"order_id": "1"},
    "tried": ["action_x"],
    "failed_actions": [],
    "model_id": "m",
    "ms": 3.0,
}

Handler = Callable[[httpx.Request], Any]


class Workers:
    """Bot workers at the end of the transport: each host answers by its own function."""

    def __init__(self, **behaviour: Handler) -> None:
        self.behaviour = behaviour
        self.asked: list[tuple[str, Json]] = []
        self.headers: list[httpx.Headers] = []

    async def handle(self, request: httpx.Request) -> httpx.Response:
        name = request.url.host.replace("-", "_")
        self.asked.append((request.url.host, json.loads(request.content) if request.content else {}))
        self.headers.append(request.headers)
        answer = self.behaviour.get(name, works)(request)
        if asyncio.iscoroutine(answer):
            answer = await answer
        assert isinstance(answer, httpx.Response)
        return answer

    @property
    def hosts(self) -> list[str]:
        return [host for host, _ in self.asked]

    def pool(self, urls: list[str] = WORKERS) -> BotPool:
        return BotPool(urls, "the token", transport=httpx.MockTransport(self.handle))


def works(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json=ANSWER)


def refuses(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused")


def breaks_off(request: httpx.Request) -> httpx.Response:
    raise httpx.RemoteProtocolError("killed")


def says(status: int, **body: Any) -> Handler:
    return lambda request: httpx.Response(status, json=body)


def turn(**changed: Any) -> TurnRequest:
    values: dict[str, Any] = {
        "turn_id": "t_1",
        "conversation_id": "c_1",
        "text": "안녕",
        "payload": None,
        "state": {"v": 1},
        "said_at": datetime(2026, 11, 24, 3, 0, tzinfo=UTC),
        "context": "signed",
    }
    return TurnRequest(**values | changed)


@pytest.fixture(autouse=True)
def short_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """The budget and its parts, a hundredth of their length."""
    for name in ("BUDGET_S", "ATTEMPT_S", "CONNECT_S", "PAUSE_S", "REST_S"):
        monkeypatch.setattr(bot_module, name, getattr(bot_module, name) / 20)


async def test_a_turn_is_asked_as_the_bot_wants_it_and_read_as_it_answers() -> None:
    workers = Workers()
    result = await workers.pool().take_turn(turn())
    assert workers.asked[0][1] == {
        "turn_id": "t_1",
        "conversation_id": "c_1",
        "message": {"kind": "text", "text": "안녕"},
        "state": {"v": 1},
        "now": "2026-11-24T03:00:00+00:00",
        "context": "signed",
    }
    assert workers.headers[0]["authorization"] == "Bearer the token"
    first, second = result.replies
    assert first == BotReply("네", (("배송", "/delivery_status"),), ({"kind": "order"},)) and second == BotReply("또요")
    assert (result.state, result.slots, result.tried, result.failed_actions) == (
        {"v": 1},
        {"order_id": "1"},
        ("action_x",),
        (),
    )


async def test_a_button_goes_as_payload_and_never_as_text() -> None:
    workers = Workers()
    await workers.pool().take_turn(turn(text="배송", payload="/delivery_status"))
    assert workers.asked[0][1]["message"] == {"kind": "payload", "payload": "/delivery_status"}


async def test_a_wish_for_a_person_is_read() -> None:
    asked = {"reason": "complaint", "requested_by": "customer", "skill": "complaint"}
    workers = Workers(bot_0=says(200, **ANSWER | {"handoff": asked}))
    result = await workers.pool(WORKERS[:1]).take_turn(turn())
    assert result.handoff == HandoffRequest("complaint", "customer", "complaint", None)


@pytest.mark.parametrize(
    "failing",
    [
        refuses,
        breaks_off,
        says(503),
        says(500),
        says(401),
        says(200),
        says(200, replies=None, **{k: v for k, v in ANSWER.items() if k != "replies"}),
        lambda request: httpx.Response(200, content=b"\xff not json"),
        lambda request: httpx.Response(200, json=[1]),
    ],
)
async def test_a_worker_that_fails_is_passed_over(failing: Handler) -> None:
    workers = Workers(bot_0=failing)
    assert (await workers.pool(WORKERS[:2]).take_turn(turn())).state == {"v": 1}
    assert workers.hosts == ["bot-0", "bot-1"]


async def test_a_worker_that_failed_is_tried_last_for_a_while() -> None:
    workers = Workers(bot_0=refuses)
    pool = workers.pool(WORKERS[:2])
    for _ in range(3):
        await pool.take_turn(turn())
    assert workers.hosts == ["bot-0", "bot-1", "bot-1", "bot-1"]
    workers.behaviour.clear()
    await asyncio.sleep(bot_module.REST_S * 1.2)
    await pool.take_turn(turn())
    assert workers.hosts[-1] == "bot-0"


async def test_the_least_busy_worker_is_asked() -> None:
    gate = asyncio.Event()

    async def slow(request: httpx.Request) -> httpx.Response:
        await gate.wait()
        return works(request)

    workers = Workers(bot_0=slow, bot_1=slow, bot_2=slow)
    pool = workers.pool()
    turns = [asyncio.create_task(pool.take_turn(turn())) for _ in range(6)]
    await asyncio.sleep(0.01)
    assert sorted(workers.hosts) == sorted(["bot-0", "bot-1", "bot-2"] * 2)
    gate.set()
    await asyncio.gather(*turns)


async def test_a_worker_that_comes_back_within_the_budget_answers() -> None:
    attempts = 0

    def comes_back(request: httpx.Request) -> httpx.Response:
        nonlocal attempts
        attempts += 1
        return works(request) if attempts > 4 else refuses(request)

    assert (await Workers(bot_0=comes_back).pool(WORKERS[:1]).take_turn(turn())).replies
    assert attempts == 5


@pytest.mark.parametrize("failing", [refuses, says(503), says(400), says(401), says(200)])
async def test_when_no_worker_answers_the_budget_is_spent_and_not_more(failing: Handler) -> None:
    began = time.monotonic()
    with pytest.raises(BotUnavailable):
        await Workers(bot_0=failing, bot_1=failing, bot_2=failing).pool().take_turn(turn(state=None))
    took_s = time.monotonic() - began
    assert bot_module.BUDGET_S * 0.9 <= took_s < bot_module.BUDGET_S + bot_module.ATTEMPT_S + 0.2


async def test_without_workers_there_is_no_answer() -> None:
    with pytest.raises(BotUnavailable):
        await Workers().pool([]).take_turn(turn())


async def test_a_state_the_bot_refuses_is_dropped_once_and_the_talk_goes_on() -> None:
    def old_state(request: httpx.Request) -> httpx.Response:
        return httpx.Response(400, json={}) if json.loads(request.content)["state"] else works(request)

    workers = Workers(bot_0=old_state)
    assert (await workers.pool(WORKERS[:1]).take_turn(turn())).replies
    assert [body["state"] for _, body in workers.asked] == [{"v": 1}, None]


async def test_a_turn_that_is_given_up_leaves_no_worker_busy() -> None:
    async def hangs(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(60)
        return works(request)

    workers = Workers(bot_0=hangs)
    pool = workers.pool(WORKERS[:1])
    asking = asyncio.create_task(pool.take_turn(turn()))
    await asyncio.sleep(0.01)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    assert [worker.busy for worker in pool._workers] == [0]


async def test_health_tells_of_each_worker_whatever_it_says() -> None:
    workers = Workers(bot_0=says(200, ready=True, model_id="m", pid=7), bot_1=refuses, bot_2=says(503, ready=False))
    assert await workers.pool().health() == [
        {"url": "http://bot-0", "ready": True, "model_id": "m", "pid": 7},
        {"url": "http://bot-1", "ready": False},
        {"url": "http://bot-2", "ready": False},
    ]
    odd = Workers(
        bot_0=lambda request: httpx.Response(200, json=[1]), bot_1=lambda r: httpx.Response(200, content=b"x")
    )
    assert [worker["ready"] for worker in await odd.pool(WORKERS[:2]).health()] == [False, False]


async def _never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def _in_drops(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while True:
        writer.write(b" ")
        await asyncio.sleep(0.02)


async def _half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"replies"')
    writer.close()


async def _at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


@pytest.mark.parametrize("behaviour", [_never, _in_drops, _half, _at_once])
async def test_a_worker_that_hangs_drips_or_breaks_off_leaves_time_for_another(behaviour: Any) -> None:
    body = json.dumps(ANSWER).encode()

    async def well(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        writer.close()

    servers = [await asyncio.start_server(serve, "127.0.0.1", 0) for serve in (behaviour, well)]
    pool = BotPool([f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}" for server in servers], "token")
    began = time.monotonic()
    assert (await pool.take_turn(turn())).state == {"v": 1}
    assert time.monotonic() - began < bot_module.ATTEMPT_S + 0.3
    await pool.close()
    for server in servers:
        server.close()
