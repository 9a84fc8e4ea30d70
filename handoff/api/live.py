"""One live socket of a page: what it may send and how fast, and how long it may take to read.

Nothing piles up for a page that does not read: a frame is made when the one before it has left, and a page that takes
none for a while is cut off and resumes when it comes back. A page that says what no page says is closed with a code
that tells why; nobody else notices.
"""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import orjson
import structlog
from sanic import Websocket
from sanic.exceptions import SanicException
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from handoff.domain.live import Allowance

log = structlog.get_logger()

Json = dict[str, Any]

FRAME_BYTES_MAX = 4 * 1024
SEND_WITHIN_S = 10.0
KERNEL_BUFFER_BYTES = 64 * 1024
WRITE_BUFFER_BYTES = 32 * 1024
FRAMES_AT_ONCE, FRAMES_A_SECOND = 60, 20
BYTES_AT_ONCE, BYTES_A_SECOND = 64 * 1024, 16 * 1024

CLOSE_TRY_LATER = 1013
CLOSE_INVALID = 4400
CLOSE_UNAUTHORIZED = 4401
CLOSE_FORBIDDEN = 4403
CLOSE_TOO_MANY = 4429


class Refused(Exception):
    """What a page sent cannot be accepted: its socket is closed with this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class PageGone(Exception):
    """The page has left, or does not read."""


class LiveSocket:
    """A page's socket within its bounds."""

    def __init__(self, ws: Websocket) -> None:
        self._ws = ws
        now_s = time.monotonic()
        self.heard_at_s = now_s  # any byte of the page, a pong too
        self._frames = Allowance.full(FRAMES_AT_ONCE, FRAMES_A_SECOND, now_s=now_s)
        self._bytes = Allowance.full(BYTES_AT_ONCE, BYTES_A_SECOND, now_s=now_s)
        self._is_over = False
        self._take = ws.data_received
        ws.data_received = self._hear  # type: ignore[method-assign]
        self._bound_buffers()

    def _bound_buffers(self) -> None:
        transport = self._ws.io_proto.transport if self._ws.io_proto else None
        if transport is None:
            return
        transport.set_write_buffer_limits(high=WRITE_BUFFER_BYTES)
        if raw := transport.get_extra_info("socket"):
            with suppress(OSError):
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BUFFER_BYTES)

    def _hear(self, data: bytes) -> None:
        """Count what comes in before anything is made of it: pings and halves of frames too."""
        self.heard_at_s = time.monotonic()
        for first in range(0, len(data), FRAME_BYTES_MAX):
            if self._is_over:
                return
            part = data[first : first + FRAME_BYTES_MAX]
            if self._bytes.take(len(part), now_s=self.heard_at_s):
                self._take(part)
                self._is_over = self._ws.ws_proto.state is not State.OPEN
            else:
                self._is_over = True
                self._ws.fail_connection(CLOSE_TOO_MANY, "too_much_at_once")

    async def send(self, body: Json) -> None:
        """Send a frame once the page has taken those before it. Raises PageGone."""
        text = orjson.dumps(body).decode()
        try:
            async with asyncio.timeout(SEND_WITHIN_S):
                await self._ws.send(text)
        except TimeoutError as error:
            log.info("slow_page_dropped")
            self._cut()
            raise PageGone from error
        except (ConnectionClosed, SanicException) as error:
            raise PageGone from error

    async def receive(self, within_s: float | None = None) -> Json:
        """Return the page's next frame. Raises Refused, PageGone, and TimeoutError when it takes longer than that."""
        try:
            async with asyncio.timeout(within_s):
                frame = await self._ws.recv()
        except (ConnectionClosed, SanicException) as error:
            raise PageGone from error
        except asyncio.CancelledError as error:
            if self._is_leaving():
                raise PageGone from error
            raise
        if frame is None:
            raise PageGone
        if not self._frames.take(1, now_s=time.monotonic()):
            raise Refused(CLOSE_TOO_MANY, "too_many_frames")
        return _parse(frame)

    async def frames(self) -> AsyncIterator[Json]:
        """Yield the page's frames until it leaves. Raises Refused."""
        while True:
            try:
                frame = await self.receive()
            except PageGone:
                return
            yield frame

    async def close(self, code: int, reason: str) -> None:
        """Close with a code; a page that does not even take that is cut off."""
        try:
            async with asyncio.timeout(1.0):
                await self._ws.close(code, reason)
        except (TimeoutError, ConnectionClosed, SanicException):
            self._cut()

    def _is_leaving(self) -> bool:
        # The server cancels who reads when the page closes; whoever is cancelled for another reason has a count.
        task = asyncio.current_task()
        return task is not None and task.cancelling() == 0

    def _cut(self) -> None:
        if self._ws.io_proto and self._ws.io_proto.transport:
            self._ws.io_proto.transport.abort()


def _parse(frame: str | bytes) -> Json:
    if not isinstance(frame, str):
        raise Refused(CLOSE_INVALID, "text_expected")
    try:
        body = json.loads(frame)
    except (ValueError, RecursionError) as error:
        raise Refused(CLOSE_INVALID, "invalid_json") from error
    if not isinstance(body, dict) or not isinstance(body.get("type"), str):
        raise Refused(CLOSE_INVALID, "invalid_frame")
    return body


def whole_number(frame: Json, name: str, *, most: int = 2**31 - 1) -> int:
    """Return a field that holds a whole number from 0 on. Raises Refused."""
    value = frame.get(name)
    if type(value) is not int or not 0 <= value <= most:
        raise Refused(CLOSE_INVALID, f"invalid_{name}")
    return value


def flag(frame: Json, name: str) -> bool:
    """Return a field that says yes or no. Raises Refused."""
    value = frame.get(name)
    if type(value) is not bool:
        raise Refused(CLOSE_INVALID, f"invalid_{name}")
    return value


def identifier(frame: Json, name: str) -> str:
    """Return a field that holds an id. Raises Refused."""
    value = frame.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 100:
        raise Refused(CLOSE_INVALID, f"invalid_{name}")
    return value
