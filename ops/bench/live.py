"""Live pages for measurements: many customers and agents with open sockets, in one event loop, as lean as can be.

What a page receives is stamped when its frame has arrived, before it is read: the loop of the measuring side adds
as little as possible to what is measured.
"""

from __future__ import annotations

import asyncio
import json
import socket
import time
import uuid
from collections.abc import Callable
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

Json = dict[str, Any]

_TIMEOUT_S = 60.0


class RequestRefused(Exception):
    """The gateway answered with something else than success."""


class Http:
    """Kept-alive connections to one port, as many as are needed at once."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def call(self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> Json:
        """Send a request and return the JSON that came back. Raises RequestRefused."""
        found, _ = await self.exchange(method, path, body, headers)
        return found

    async def exchange(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> tuple[Json, list[str]]:
        """Send a request; return the JSON and the cookies that came back."""
        reader, writer = self._free.pop() if self._free else await self._connect()
        content = json.dumps(body, ensure_ascii=False).encode() if body is not None else b""
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
        lines += [f"Content-Length: {len(content)}", *(f"{name}: {value}" for name, value in (headers or {}).items())]
        writer.write("\r\n".join([*lines, "", ""]).encode() + content)
        async with asyncio.timeout(_TIMEOUT_S):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            fields = [line.partition(": ")[::2] for line in head[1:] if line]
            length = next((int(value) for name, value in fields if name.lower() == "content-length"), 0)
            answer = json.loads(await reader.readexactly(length) or b"{}")
        self._free.append((reader, writer))
        if not 200 <= int(head[0].split()[1]) < 300:
            raise RequestRefused(f"{method} {path.partition('?')[0]}: {head[0]} {answer.get('code')}")
        return answer, [value for name, value in fields if name.lower() == "set-cookie"]

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    def close(self) -> None:
        """Leave all connections."""
        for _, writer in self._free:
            writer.close()


class LiveCustomer:
    """A customer's page: a conversation and its socket."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self.conversation_id = ""
        self.owner = "bot"
        self.seen = 0  # the last seq
        self.frames: dict[int, tuple[float, Json]] = {}  # by seq: when it arrived, and the message
        self._token = ""
        self._socket: ClientConnection | None = None
        self._reading: asyncio.Task[None] | None = None
        self.changed = asyncio.Event()

    async def open(self) -> None:
        """Begin a conversation."""
        opened = await self._http.call("POST", "/api/chat/conversations", {})
        self.conversation_id, self._token = opened["conversation_id"], opened["token"]

    async def listen(self) -> None:
        """Open the socket and read it from now on."""
        self._socket = await connect(await self._address(), proxy=None, compression=None, ping_interval=None)
        await self._socket.send(json.dumps({"type": "resume", "after": 0}))
        self._reading = asyncio.create_task(self._read(self._socket))

    async def stall(self) -> socket.socket:
        """Open a socket that is never read from; return it."""
        address = await self._address()
        raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        raw.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(raw, ("127.0.0.1", self._http.port))
        path = address.partition(str(self._http.port))[2]
        ask = f"GET {path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        ask += "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        await loop.sock_sendall(raw, ask.encode())
        await loop.sock_recv(raw, 4_096)
        said = json.dumps({"type": "resume", "after": 0}).encode()
        await loop.sock_sendall(raw, bytes([0x81, 0x80 | len(said), 0, 0, 0, 0]) + said)  # masked with zeros
        return raw

    async def _address(self) -> str:
        issued = await self._http.call("POST", "/api/chat/tickets", {}, self._headers())
        return f"ws://127.0.0.1:{self._http.port}/api/chat/socket?ticket={issued['ticket']}"

    async def say(self, text: str) -> tuple[int, float]:
        """Send a message; return its seq and the seconds until it was accepted."""
        body = {"client_msg_id": str(uuid.uuid4()), "text": text}
        began = time.perf_counter()
        seq = (await self._http.call("POST", "/api/chat/messages", body, self._headers()))["seq"]
        return seq, time.perf_counter() - began

    async def wait_for(self, holds: Callable[[], bool], within_s: float = 30.0) -> None:
        """Wait until something holds of what the page shows. Raises TimeoutError."""
        async with asyncio.timeout(within_s):
            while not holds():
                self.changed.clear()
                await self.changed.wait()

    async def _read(self, live: ClientConnection) -> None:
        try:
            async for frame in live:
                at = time.perf_counter()
                body = json.loads(frame)
                if body["type"] != "messages":
                    continue
                self.owner = body["owner"]
                for message in body["messages"]:
                    self.frames.setdefault(message["seq"], (at, message))
                    self.seen = max(self.seen, message["seq"])
                self.changed.set()
        except ConnectionClosed:
            pass

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    async def leave(self) -> None:
        """Close the socket."""
        if self._reading is not None and self._socket is not None:
            self._reading.cancel()
            self._socket.transport.abort()


class LiveAgent:
    """An agent's page: logged in, with the desk's socket, told of what waits."""

    def __init__(self, http: Http, login: str, password: str) -> None:
        self._http = http
        self._login = {"login": login, "password": password}
        self._headers: dict[str, str] = {}
        self.visible: dict[str, tuple[float, Json]] = {}  # waiting conversations: when first seen, and the item
        self.frame_count = 0
        self._socket: ClientConnection | None = None
        self._reading: asyncio.Task[None] | None = None
        self.changed = asyncio.Event()

    async def open(self) -> None:
        """Log in and open the socket."""
        session, cookies = await self._http.exchange("POST", "/api/desk/login", self._login)
        cookie = cookies[0].partition(";")[0]
        self._headers = {"Cookie": cookie, "X-CSRF-Token": session["csrf"]}
        address = f"ws://127.0.0.1:{self._http.port}/api/desk/socket"
        headers = {"Cookie": cookie}
        self._socket = await connect(
            address, additional_headers=headers, proxy=None, compression=None, ping_interval=None, max_size=None
        )
        await self._socket.send('{"type":"hello"}')
        self._reading = asyncio.create_task(self._read(self._socket))

    async def _read(self, live: ClientConnection) -> None:
        try:
            async for frame in live:
                self.frame_count += 1
                at = time.perf_counter()
                body = json.loads(frame)
                if body["type"] == "queue_changes":
                    self._show(body["items"], at)
        except ConnectionClosed:
            pass

    def _show(self, items: list[Json], at: float) -> None:
        for item in items:
            self.visible.setdefault(item["conversation_id"], (at, item))
        self.changed.set()

    async def wait_for(self, holds: Callable[[], bool], within_s: float = 30.0) -> None:
        """Wait until something holds of what the page shows. Raises TimeoutError."""
        async with asyncio.timeout(within_s):
            while not holds():
                self.changed.clear()
                await self.changed.wait()

    async def do(self, conversation_id: str, what: str, **body: Any) -> Json:
        """Do something with a conversation."""
        return await self._http.call("POST", f"/api/desk/conversations/{conversation_id}/{what}", body, self._headers)

    async def write(self, conversation_id: str, version: int, text: str) -> int:
        """Write to the customer; return the message's seq."""
        body = {"client_msg_id": str(uuid.uuid4()), "text": text}
        return int((await self.do(conversation_id, "messages", version=version, **body))["seq"])

    async def leave(self) -> None:
        """Close the socket."""
        if self._reading is not None and self._socket is not None:
            self._reading.cancel()
            self._socket.transport.abort()
