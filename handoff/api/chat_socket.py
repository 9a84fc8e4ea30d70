"""The customer's live line: everything after the seq that the page resumes from, and what is going on meanwhile.

Frames are described in docs/live.md. What the page gets is read from the store, so a frame that is lost with its
socket comes again after the resume.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import structlog
from sanic import Blueprint, Request, Websocket

from handoff.api import shapes
from handoff.api.app import Gateway, gateway_of
from handoff.api.limits import address_of
from handoff.api.live import (
    CLOSE_INVALID,
    CLOSE_TOO_MANY,
    CLOSE_TRY_LATER,
    CLOSE_UNAUTHORIZED,
    LiveSocket,
    PageGone,
    Refused,
    flag,
    whole_number,
)
from handoff.domain.conversation import Message, Owner
from handoff.errors import HandoffError, TooManyAttempts
from handoff.service.ports import Signal, Subscription, conversation_topic, position_topic, presence_topic
from handoff.service.read_marks import READ_BY_AGENT
from handoff.service.views import View

log = structlog.get_logger()

chat_socket = Blueprint("chat_socket", url_prefix="/api/chat")

RESUME_WITHIN_S = 10.0
WAIT_S = 60.0
FRAME_TEXT_MAX = 8_000  # letters of messages in one frame: what a stalled page keeps in memory is a few frames
CUSTOMER_TYPES = "typing:customer"
AGENT_TYPES = "typing:agent"


@chat_socket.websocket("/socket")
async def socket(request: Request, ws: Websocket) -> None:
    """Push everything after the seq that the page resumes from, for as long as the page stays."""
    gateway, live = gateway_of(request), LiveSocket(ws)
    try:
        with gateway.limits.socket(address_of(request)):
            conversation_id = await gateway.tickets.redeem(request.args.get("ticket", ""))
            after = _resumed_after(await live.receive(RESUME_WITHIN_S))
            await _Page(gateway, live, conversation_id, after).run()
    except TooManyAttempts as error:
        await live.close(CLOSE_TOO_MANY, error.code)
    except HandoffError as error:
        await live.close(CLOSE_UNAUTHORIZED, error.code)
    except TimeoutError:
        await live.close(CLOSE_INVALID, "resume_expected")
    except Refused as refused:
        await live.close(refused.code, refused.reason)
    except PageGone:
        pass


def _resumed_after(frame: shapes.Json) -> int:
    if frame["type"] != "resume":
        raise Refused(CLOSE_INVALID, "resume_expected")
    return whole_number(frame, "after")


class _Page:
    """One page of a customer while its socket is open."""

    def __init__(self, gateway: Gateway, live: LiveSocket, conversation_id: str, after: int) -> None:
        self._gateway = gateway
        self._live = live
        self._id = conversation_id
        self._after = after
        self._shown: View | None = None

    async def run(self) -> None:
        """Push and listen until the page leaves. Raises Refused for what it may not say."""
        pushing = asyncio.create_task(self._push(), name=f"socket-{self._id}")
        try:
            async for frame in self._live.frames():
                self._hear(frame)
        finally:
            pushing.cancel()
            await asyncio.gather(pushing, return_exceptions=True)

    def _hear(self, frame: shapes.Json) -> None:
        if frame["type"] == "typing":
            body = {"is_typing": flag(frame, "is_typing")}
            self._gateway.hub.tell(Signal(conversation_topic(self._id), CUSTOMER_TYPES, body))
        elif frame["type"] == "read":
            seq = min(whole_number(frame, "up_to"), self._after)  # nobody has read what was not shown
            self._gateway.read_marks.mark(self._id, seq)
        elif frame["type"] != "ping":
            raise Refused(CLOSE_INVALID, "unknown_frame")

    async def _push(self) -> None:
        try:
            with self._gateway.hub.subscribe(conversation_topic(self._id), position_topic(self._id)) as news:
                await self._send_new()
                await self._send_read((await self._gateway.read_marks.find(self._id)).agent_seq)
                while True:
                    topics = await news.wait(WAIT_S)
                    await self._send_signals(news)
                    if topics == {position_topic(self._id)}:
                        await self._send_position()
                    elif topics:
                        await self._send_new()
                    self._follow_presence(news)
        except PageGone:
            return
        except Exception:  # the store is away: the page comes back and goes on where it was
            log.exception("socket_failed")
            await self._live.close(CLOSE_TRY_LATER, "try_again")

    async def _send_new(self) -> None:
        """Send what came after the last message sent, and who speaks now, where either has changed."""
        while True:
            view = await self._gateway.reader.read(self._id, after=self._after)
            if self._shown is not None and not view.messages and view.same_state(self._shown):
                return
            for part in _parts(view.messages):
                await self._send(replace(view, messages=part))
            if not view.messages or view.messages[-1].seq >= view.last_seq:
                return

    async def _send(self, view: View) -> None:
        await self._live.send({"type": "messages", **shapes.view(view)})
        self._shown = replace(view, messages=())
        if view.messages:
            self._after = view.messages[-1].seq

    async def _send_position(self) -> None:
        wait, shown = self._gateway.board.wait_of(self._id), self._shown
        if shown and wait and shown.owner is Owner.WAITING and shown.position != wait.position:
            await self._send(replace(shown, position=wait.position, estimated_wait_s=wait.estimated_s))

    async def _send_signals(self, news: Subscription) -> None:
        for signal in news.take_signals():
            if signal.kind == AGENT_TYPES:
                await self._live.send({"type": "typing", "author": "agent", **signal.body})
            elif signal.kind == READ_BY_AGENT:
                await self._send_read(signal.body["seq"])

    async def _send_read(self, seq: int) -> None:
        if seq:
            await self._live.send({"type": "read", "author": "agent", "seq": seq})

    def _follow_presence(self, news: Subscription) -> None:
        """Listen to the presence of whoever holds the conversation, and of nobody else."""
        agent_id = self._shown.agent_id if self._shown else None
        wanted = {presence_topic(agent_id)} if agent_id else set()
        have = {topic for topic in news.topics if topic.startswith(presence_topic(""))}
        for topic in wanted - have:
            self._gateway.hub.add(news, topic)
        for topic in have - wanted:
            self._gateway.hub.remove(news, topic)


def _parts(messages: tuple[Message, ...]) -> Iterator[tuple[Message, ...]]:
    """Yield messages in frames of bounded size, at least one frame."""
    part: list[Message] = []
    length = 0
    for message in messages:
        if part and length + len(message.text) > FRAME_TEXT_MAX:
            yield tuple(part)
            part, length = [], 0
        part.append(message)
        length += len(message.text)
    yield tuple(part)
