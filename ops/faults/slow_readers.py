"""Pages that open a socket and then read nothing, while much is said to them; later they read on, or come again."""

from __future__ import annotations

import asyncio
import json
import time
from uuid import uuid4

import aiohttp

from ops.faults.calls import Answer, Caller, GaveUp
from ops.faults.customers import WISH, as_bubble, new_word
from ops.faults.history import Page, Sent
from ops.faults.scene import Scene, Struck

_READERS = 12
_MESSAGES = 30
_LENGTH = 1_500
_CLOSING = aiohttp.ClientWSTimeout(ws_close=0.5)


async def strike(scene: Scene) -> Struck | None:
    """Stall a dozen sockets while their conversation grows, then let them catch up."""
    caller = Caller(scene.session, scene.product.base_url)
    try:
        opened = await caller.call("POST", "/api/chat/conversations", {}, patience_s=5)
        caller.headers["Authorization"] = f"Bearer {opened.body['token']}"
        conversation_id = opened.body["conversation_id"]
        pages = [Page(conversation_id, "socket") for _ in range(_READERS)]
        sockets = [await _open(caller) for _ in pages]
        for number in range(_MESSAGES):
            text = WISH if number == 0 else f"{new_word()} " + "가" * _LENGTH
            await _say(scene, caller, conversation_id, text)
    except (GaveUp, OSError, aiohttp.ClientError, TimeoutError, KeyError):
        return None
    struck = Struck(time.monotonic())
    try:
        await _catch_up(caller, pages, sockets)
    except (OSError, aiohttp.ClientError, TimeoutError, GaveUp):
        return struck  # another fault's time: these pages are compared no more
    scene.party.history.pages += pages
    return struck


async def _say(scene: Scene, caller: Caller, conversation_id: str, text: str) -> None:
    sent = Sent("web", conversation_id, str(uuid4()), text, time.monotonic())
    scene.party.history.sent.append(sent)
    answer = await caller.call("POST", "/api/chat/messages", {"client_msg_id": sent.client_msg_id, "text": text})
    sent.accepted_s = time.monotonic()
    sent.seqs.add(answer.body["seq"])


async def _open(caller: Caller, after: int = 0) -> aiohttp.ClientWebSocketResponse:
    ticket: Answer = await caller.call("POST", "/api/chat/tickets", {}, patience_s=5)
    address = f"{caller.base_url}/api/chat/socket?ticket={ticket.body['ticket']}"
    socket = await caller.session.ws_connect(address, max_msg_size=0, timeout=_CLOSING)
    await socket.send_json({"type": "resume", "after": after})
    return socket


async def _catch_up(caller: Caller, pages: list[Page], sockets: list[aiohttp.ClientWebSocketResponse]) -> None:
    deadline = time.monotonic() + 20
    while True:
        answer = await caller.call("GET", "/api/chat/messages?after=0&wait_s=0", patience_s=10)
        fresh = [as_bubble(message) for message in answer.body["messages"]]
        await asyncio.gather(
            *(_read_to(caller, *one, fresh[-1].seq, deadline) for one in zip(pages, sockets, strict=True))
        )
        again = await caller.call("GET", f"/api/chat/messages?after={fresh[-1].seq}&wait_s=0", patience_s=10)
        if not again.body["messages"] or time.monotonic() > deadline:
            break
        sockets = [await _open(caller, page.last_seq) for page in pages]
    for page in pages:
        page.fresh = fresh


async def _read_to(
    caller: Caller, page: Page, socket: aiohttp.ClientWebSocketResponse, last_seq: int, deadline: float
) -> None:
    while page.last_seq < last_seq and time.monotonic() < deadline:
        try:
            frame = await socket.receive(timeout=3)
        except TimeoutError:
            break
        if frame.type is not aiohttp.WSMsgType.TEXT:  # it was given up on: it comes again, from where it was
            await asyncio.sleep(0.1)
            socket = await _open(caller, page.last_seq)
            continue
        body = json.loads(frame.data)
        if body.get("type") == "messages":
            page.show([as_bubble(message) for message in body["messages"]])
    await socket.close()
