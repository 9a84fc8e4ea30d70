"""The HTTP door: who may pass, and what a caller sees when something is wrong."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket as socketlib
import threading

import pytest
from sanic import Sanic

from bot.channel import IeumChannel
from bot.errors import BadState, BadTurn, NotReady, StateTooLarge

TOKEN = {"Authorization": "Bearer secret"}


class FakeDialogue:
    """Answers with `outcome`, or raises it."""

    def __init__(self, outcome=None, model_id="m1"):
        self.outcome = outcome
        self.model_id = model_id
        self.bodies = []

    async def run(self, body):
        self.bodies.append(body)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


class Door:
    """A served channel whose dialogue can be exchanged; Sanic allows one app a process."""

    def __init__(self):
        self.dialogue = FakeDialogue()
        self.port = None
        self.loop = asyncio.new_event_loop()
        self.opened = threading.Event()
        self.thread = threading.Thread(target=self._serve, name="door", daemon=True)

    @property
    def model_id(self):
        return self.dialogue.model_id

    async def run(self, body):
        return await self.dialogue.run(body)

    def _serve(self):
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self._open())
        self.opened.set()
        self.loop.run_forever()

    async def _open(self):
        app = Sanic("channel_test", configure_logging=False)
        app.blueprint(IeumChannel(self, "secret").blueprint(None), url_prefix="/webhooks/ieum")
        socket = socketlib.socket()
        socket.bind(("127.0.0.1", 0))
        self.port = socket.getsockname()[1]
        server = await app.create_server(sock=socket, return_asyncio_server=True, access_log=False)
        await server.startup()


@pytest.fixture(scope="module")
def door():
    opened = Door()
    opened.thread.start()
    assert opened.opened.wait(10)
    yield opened
    opened.loop.call_soon_threadsafe(opened.loop.stop)
    opened.thread.join(10)


@pytest.fixture
def call(door):
    def exchange(dialogue, method="POST", path="/turn", headers=None, data=None):
        door.dialogue = dialogue
        connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=10)
        connection.request(method, f"/webhooks/ieum{path}", data, headers or {})
        response = connection.getresponse()
        found = response.status, json.loads(response.read())
        connection.close()
        return found

    return exchange


def test_a_turn_is_answered(call):
    dialogue = FakeDialogue({"replies": [{"text": "안녕하세요"}]})
    assert call(dialogue, headers=TOKEN, data=b"{}") == (200, dialogue.outcome)
    assert dialogue.bodies == [b"{}"]


def test_half_characters_can_be_answered(call):
    dialogue = FakeDialogue({"text": "\ud800"})
    assert call(dialogue, headers=TOKEN, data=b"{}") == (200, {"text": "\ud800"})


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer other"}, {"Authorization": "secret"}, {"Authorization": ""}],
)
@pytest.mark.parametrize(("method", "path"), [("POST", "/turn"), ("GET", "/health")])
def test_a_caller_without_the_token_gets_nothing(call, headers, method, path):
    dialogue = FakeDialogue({})
    status, body = call(dialogue, method, path, headers=headers)
    assert (status, body["code"]) == (401, "unauthorized")
    assert dialogue.bodies == []


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (BadTurn("text_too_long"), 400, "text_too_long"),
        (BadState("bad_state"), 400, "bad_state"),
        (NotReady(), 503, "not_ready"),
        (StateTooLarge(), 500, "state_too_large"),
        (RuntimeError("홍길동"), 500, "turn_failed"),
    ],
)
def test_a_failure_is_answered_as_a_failure(call, error, status, code):
    found, body = call(FakeDialogue(error), headers=TOKEN, data=b"{}")
    assert (found, body["code"]) == (status, code)
    assert "홍길동" not in str(body)


def test_health_tells_the_model_in_use(call):
    status, body = call(FakeDialogue(), "GET", "/health", headers=TOKEN)
    assert (status, body["ready"], body["model_id"]) == (200, True, "m1")


def test_health_says_when_no_model_is_loaded_yet(call):
    status, body = call(FakeDialogue(model_id=None), "GET", "/health", headers=TOKEN)
    assert (status, body["ready"]) == (503, False)
