"""The desk's live line: one socket a page, over which an agent gets what is new, or only hints that something is.

A page that says `hello` gets the news itself: the queue's lines, its own conversations, the messages of those it
watches, typing, how far customers have read, who of the team is there. A page that does not gets hints and asks for
what has changed. Frames are described in docs/live.md.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog
from sanic import Blueprint, Request, Websocket

from handoff.adapters.hub import LocalSubscription
from handoff.api import shapes
from handoff.api.app import Gateway, gateway_of
from handoff.api.chat_socket import AGENT_TYPES, CUSTOMER_TYPES
from handoff.api.desk_lists import ListOnPage
from handoff.api.live import (
    CLOSE_FORBIDDEN,
    CLOSE_INVALID,
    CLOSE_TRY_LATER,
    CLOSE_UNAUTHORIZED,
    LiveSocket,
    PageGone,
    Refused,
    flag,
    identifier,
    whole_number,
)
from handoff.api.staff import member
from handoff.api.watched import Watched
from handoff.domain.conversation import Agent
from handoff.errors import HandoffError, Unauthorized
from handoff.service.ports import (
    ALERTS_TOPIC,
    QUEUE_TOPIC,
    TEAM_TOPIC,
    Signal,
    agent_topic,
    conversation_topic,
    session_topic,
)
from handoff.service.queue_board import BOARD_TOPIC
from handoff.service.read_marks import READ
from handoff.service.staff import DESK_ROLES

log = structlog.get_logger()

desk_socket = Blueprint("desk_socket", url_prefix="/api/desk")

LIFE_EVERY_S = 10.0
ALIVE_WITHIN_S = 25.0  # a page answers pings every ten seconds
HINT_PAUSE_S = 0.05
MINE_PAUSE_S = 0.2
WATCHED_MAX = 20


@desk_socket.websocket("/socket")
async def socket(request: Request, ws: Websocket) -> None:
    """Tell an agent's page what is new for as long as it stays."""
    origin, live = request.headers.get("origin"), LiveSocket(ws)
    try:
        agent = await member(request, DESK_ROLES)
    except HandoffError as error:
        await live.close(CLOSE_UNAUTHORIZED, error.code)
        return
    if origin is not None and origin.partition("://")[2] != request.host:
        await live.close(CLOSE_FORBIDDEN, "wrong_origin")
        return
    try:
        async with gateway_of(request).presence.kept(agent.agent_id):
            await _Page(gateway_of(request), live, agent).run()
    except Refused as refused:
        await live.close(refused.code, refused.reason)
    except PageGone:
        pass


class _Page:
    """One page of an agent while its socket is open."""

    def __init__(self, gateway: Gateway, live: LiveSocket, agent: Agent) -> None:
        self._gateway = gateway
        self._live = live
        self._agent = agent
        self._mine, self._session = agent_topic(agent.agent_id), session_topic(agent.agent_id)
        self._news = LocalSubscription()
        self._gets_news = False
        self._watched: dict[str, Watched] = {}
        self._queue_list, self._mine_list = ListOnPage(), ListOnPage()
        self._offered: list[str] | None = None
        self._mine_at_s = 0.0

    async def run(self) -> None:
        """Push and listen until the page leaves. Raises Refused for what it may not say."""
        with self._gateway.hub.subscribe(QUEUE_TOPIC, ALERTS_TOPIC, self._mine, self._session) as self._news:
            self._news.notify(self._session)  # it may have ended before anybody listened
            pushing = asyncio.create_task(self._push(), name=f"desk-{self._agent.agent_id}")
            try:
                async for frame in self._live.frames():
                    await self._hear(frame)
            finally:
                pushing.cancel()
                await asyncio.gather(pushing, return_exceptions=True)

    async def _hear(self, frame: shapes.Json) -> None:
        kind = frame["type"]
        if kind == "hello":
            self._begin_news()
        elif kind == "watch":
            await self._watch(identifier(frame, "conversation_id"), whole_number(frame, "after"))
        elif kind == "unwatch":
            self._unwatch(identifier(frame, "conversation_id"))
        elif kind == "typing":
            self._type(identifier(frame, "conversation_id"), is_typing=flag(frame, "is_typing"))
        elif kind == "read":
            self._read(identifier(frame, "conversation_id"), whole_number(frame, "up_to"))
        elif kind != "ping":
            raise Refused(CLOSE_INVALID, "unknown_frame")

    def _begin_news(self) -> None:
        self._gets_news = True
        self._gateway.hub.remove(self._news, QUEUE_TOPIC)
        for topic in (BOARD_TOPIC, TEAM_TOPIC):
            self._gateway.hub.add(self._news, topic)
            self._news.notify(topic)
        self._news.notify(self._mine)

    async def _watch(self, conversation_id: str, after: int) -> None:
        if len(self._watched) >= WATCHED_MAX and conversation_id not in self._watched:
            raise Refused(CLOSE_INVALID, "too_many_watched")
        self._watched[conversation_id] = Watched(self._gateway, self._agent, conversation_id, after)
        self._gateway.hub.add(self._news, conversation_topic(conversation_id))
        self._news.notify(conversation_topic(conversation_id))

    def _unwatch(self, conversation_id: str) -> None:
        self._watched.pop(conversation_id, None)
        self._gateway.hub.remove(self._news, conversation_topic(conversation_id))

    def _type(self, conversation_id: str, *, is_typing: bool) -> None:
        watched = self._watched.get(conversation_id)
        if watched is not None and watched.is_held_by(self._agent):
            body = {"is_typing": is_typing, "name": self._agent.name}
            self._gateway.hub.tell(Signal(conversation_topic(conversation_id), AGENT_TYPES, body))

    def _read(self, conversation_id: str, up_to: int) -> None:
        if watched := self._watched.get(conversation_id):
            watched.read(up_to)
            watched.tell_read()

    async def _push(self) -> None:
        try:
            await self._live.send({"type": "queue"})
            while True:
                topics = await self._news.wait(LIFE_EVERY_S)
                if self._session in topics:
                    await self._gateway.logins.get(self._agent.agent_id, self._agent.session_number)
                await self._send_signals()
                for conversation_id in [key for key in self._watched if conversation_topic(key) in topics]:
                    await self._send_watched(conversation_id)
                await (self._send_news(topics) if self._gets_news else self._send_hints(topics))
        except PageGone:
            return
        except Unauthorized as over:
            await self._live.close(CLOSE_UNAUTHORIZED, over.code)
        except Exception:  # the store is away: the page comes back
            log.exception("desk_socket_failed")
            await self._live.close(CLOSE_TRY_LATER, "try_again")

    async def _send_hints(self, topics: object) -> None:
        hints = {QUEUE_TOPIC: "queue", self._mine: "mine", ALERTS_TOPIC: "alerts"}
        told = [hints[topic] for topic in hints if topic in topics]  # type: ignore[operator]
        for hint in told:
            await self._live.send({"type": hint})
        if told:  # what comes meanwhile is one hint more, not many
            await asyncio.sleep(HINT_PAUSE_S)

    async def _send_news(self, topics: object) -> None:
        senders: dict[str, Callable[[], Awaitable[None]]] = {
            BOARD_TOPIC: self._send_queue,
            self._mine: self._send_mine,
            TEAM_TOPIC: self._send_team,
            ALERTS_TOPIC: self._hint_at_alerts,
        }
        for topic, send in senders.items():
            if topic in topics:  # type: ignore[operator]
                await send()

    async def _send_queue(self) -> None:
        board = self._gateway.board.board
        changes = self._queue_list.change(self._gateway.queue_lines.shape(board.items))
        if changes is not None:
            await self._live.send({"type": "queue_changes", "waiting_count": len(board.lines), **changes})

    async def _send_mine(self) -> None:
        await self._send_offers()
        left_s = self._mine_at_s + MINE_PAUSE_S - time.monotonic()
        if left_s > 0:  # the open conversation is told at once; the list may follow a moment later
            asyncio.get_running_loop().call_later(left_s, self._news.notify, self._mine)
            return
        self._mine_at_s = time.monotonic()
        items = await self._gateway.desk.list_mine(self._agent)
        changes = self._mine_list.change([shapes.queue_item(item) for item in items])
        if changes is not None:
            await self._live.send({"type": "mine_changes", **changes})

    async def _send_offers(self) -> None:
        offers = [shapes.offer(offered) for offered in await self._gateway.offers.list_mine(self._agent)]
        if [offer["offer_id"] for offer in offers] != self._offered:
            self._offered = [offer["offer_id"] for offer in offers]
            await self._live.send({"type": "offers", "offers": offers})

    async def _send_team(self) -> None:
        team = await self._gateway.reader.list_team(DESK_ROLES)
        shown = [{"agent_id": a.agent_id, "name": a.name, "presence": a.presence} for a in team]
        await self._live.send({"type": "team", "agents": shown})

    async def _hint_at_alerts(self) -> None:
        await self._live.send({"type": "alerts"})  # each page asks for its own

    async def _send_watched(self, conversation_id: str) -> None:
        watched = self._watched[conversation_id]
        async for frame in watched.news():
            await self._live.send(frame)
        watched.tell_read()  # what was read before it was known whose the conversation is
        if watched.is_over:
            self._unwatch(conversation_id)

    async def _send_signals(self) -> None:
        for signal in self._news.take_signals():
            about = {"conversation_id": signal.topic.removeprefix(conversation_topic(""))}
            if signal.kind == CUSTOMER_TYPES:
                await self._live.send({"type": "typing", "author": "customer", **about, **signal.body})
            elif signal.kind == READ:
                await self._live.send({"type": "read", **about, **signal.body})
