"""Calls of actions: lean, authorised, on one connection, and no failure unseen."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from rasa.core.actions.action import ActionExecutionRejection
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot import turn_scope
from bot.action_endpoint import ActionEndpoint
from bot.remote_action import TurnAction

DOMAIN = Domain.from_dict(
    {"intents": ["ask"], "slots": {"order_id": {"type": "text", "mappings": [{"type": "custom"}]}}}
)


class FakeActionServer:
    """Answers each call with the next of `answers`: a body, or (status, body)."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.calls = []
        self.connections = set()

    async def handle(self, request):
        self.calls.append((dict(request.headers), await request.json()))
        self.connections.add(request.transport.get_extra_info("peername"))
        answer = self.answers.pop(0)
        status, body = answer if isinstance(answer, tuple) else (200, answer)
        if isinstance(body, str):
            return web.Response(status=status, text=body)
        return web.json_response(body, status=status)


@asynccontextmanager
async def served(server):
    app = web.Application()
    app.router.add_post("/webhook", server.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    endpoint = ActionEndpoint(f"http://127.0.0.1:{port}/webhook", "token")
    endpoint.open()
    try:
        yield endpoint
    finally:
        await endpoint.close()
        await runner.cleanup()


def tracker():
    said = UserUttered("택배", {"name": "ask"}, [], metadata={"turn_id": "t1", "context": "signed"})
    events = [ActionExecuted("action_listen"), SlotSet("order_id", "2026-12345"), said]
    return DialogueStateTracker.from_events("c1", events, slots=DOMAIN.slots)


def run(*answers, times=1, endpoint=None):
    """Run an action; returns (events of the last run or the error, scope, server)."""

    async def go():
        server = FakeActionServer(*answers)
        async with served(server) as opened:
            scope = turn_scope.TurnScope("t1", [])
            result = None
            with turn_scope.enter(scope):
                for _ in range(times):
                    try:
                        result = await TurnAction("action_x", endpoint or opened).run(
                            CollectingOutputChannel(),
                            TemplatedNaturalLanguageGenerator({}),
                            tracker(),
                            DOMAIN,
                        )
                    except Exception as error:
                        result = error
        return result, scope, server

    return asyncio.run(go())


OK = {"events": [{"event": "slot", "name": "order_id", "value": None}], "responses": [{"text": "네"}]}


def test_events_and_words_of_an_action_arrive():
    events, scope, _ = run(OK)
    assert [type(event) for event in events] == [BotUttered, SlotSet]
    assert scope.failed_actions == []


def test_a_call_carries_token_slots_and_metadata_but_no_domain_and_no_history():
    _, _, server = run(OK)
    headers, body = server.calls[0]
    assert headers["Authorization"] == "Bearer token"
    assert body["next_action"] == "action_x"
    assert body["sender_id"] == "c1"
    assert body["domain"] == {}
    assert body["tracker"]["events"] == []
    assert body["tracker"]["slots"]["order_id"] == "2026-12345"
    assert body["tracker"]["latest_message"]["metadata"] == {"turn_id": "t1", "context": "signed"}


def test_calls_share_one_connection():
    _, _, server = run(OK, OK, OK, times=3)
    assert len(server.connections) == 1


@pytest.mark.parametrize(
    "answer",
    [
        (500, "broken"),
        (401, {"code": "unauthorized"}),
        "not json",
        [],
        {"events": "x", "responses": []},
        {"events": [1], "responses": []},
        {"events": [{"event": "no_such_event"}], "responses": []},
    ],
)
def test_a_failed_action_is_noted_on_its_turn(answer):
    error, scope, _ = run(answer)
    assert isinstance(error, Exception)
    assert scope.failed_actions == ["action_x"]


def test_an_unreachable_action_server_is_a_failure(monkeypatch):
    monkeypatch.setattr("bot.action_endpoint.RECONNECT_WITHIN_S", 0.2)
    endpoint = ActionEndpoint("http://127.0.0.1:9/webhook", "token")

    async def go():
        endpoint.open()
        scope = turn_scope.TurnScope("t1", [])
        with turn_scope.enter(scope), pytest.raises(Exception):  # noqa: B017
            await TurnAction("action_x", endpoint).run(
                CollectingOutputChannel(), TemplatedNaturalLanguageGenerator({}), tracker(), DOMAIN
            )
        await endpoint.close()
        return scope

    assert asyncio.run(go()).failed_actions == ["action_x"]


def test_a_call_waits_for_an_action_server_that_comes_back():
    async def go():
        server = FakeActionServer(OK)
        async with served(server) as endpoint:
            gone = ActionEndpoint(endpoint.url, "token")
        gone.open()
        call = asyncio.create_task(gone.request(json={}))
        await asyncio.sleep(0.2)
        assert not call.done()
        app = web.Application()
        app.router.add_post("/webhook", server.handle)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", int(gone.url.split(":")[2].split("/")[0])).start()
        answer = await call
        await gone.close()
        await runner.cleanup()
        return answer

    assert asyncio.run(go()) == OK


def test_a_form_that_declines_a_message_has_not_failed():
    error, scope, _ = run((400, {"action_name": "action_x", "error": "not mine"}))
    assert isinstance(error, ActionExecutionRejection)
    assert scope.failed_actions == []
