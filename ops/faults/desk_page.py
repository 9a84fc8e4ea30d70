"""An agent's page: the conversation in hand, read over a socket all the while and compared before it is let go."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from ops.faults.calls import Caller, GaveUp
from ops.faults.customers import CLOSING, Party, as_bubble
from ops.faults.history import Bubble, Page

_SILENT_S = 20.0  # the gateway pings and speaks more often
_CATCHES_UP_WITHIN_S = 45.0


class DeskPage:
    """One conversation as an agent sees it."""

    def __init__(self, party: Party, caller: Caller, conversation_id: str) -> None:
        self.page = Page(conversation_id, "desk")
        self._party = party
        self._caller = caller

    async def read_on(self) -> None:
        """Show what comes, over one socket after the other, until the conversation is not this agent's to see."""
        while True:
            try:
                await self._listen()
                return
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError, TypeError):
                await asyncio.sleep(random.uniform(0.05, 0.3))  # noqa: S311

    async def settle(self) -> None:
        """Let the page catch up with a fresh reading, and keep that beside it."""
        deadline = time.monotonic() + _CATCHES_UP_WITHIN_S
        while True:
            fresh = await self._read_fresh()
            if not fresh or self.page.last_seq >= fresh[-1].seq or time.monotonic() > deadline:
                break
            await asyncio.sleep(0.2)
        if fresh and fresh[0].seq == 1:  # of the longest the desk reads the end alone
            self.page.fresh = fresh

    async def _listen(self) -> None:
        watch = {"type": "watch", "conversation_id": self.page.conversation_id, "after": self.page.last_seq}
        address = f"{self._caller.base_url}/api/desk/socket"
        async with self._caller.session.ws_connect(address, max_msg_size=0, timeout=CLOSING) as socket:
            await socket.send_json(watch)
            while True:
                frame = await socket.receive(timeout=_SILENT_S)
                if frame.type is not aiohttp.WSMsgType.TEXT:
                    raise ValueError("the socket ended")
                body = json.loads(frame.data)
                if body["type"] == "refused":
                    return
                if body["type"] == "messages":
                    self.page.show([as_bubble(message) for message in body["messages"]])

    async def _read_fresh(self) -> list[Bubble]:
        """Return what the desk reads now; nothing where the conversation is another's by now."""
        try:
            answer = await self._caller.call("GET", f"/api/desk/conversations/{self.page.conversation_id}")
        except GaveUp as error:
            self._party.failures.append(f"not read afresh at the desk: {error}")
            return []
        return [as_bubble(message) for message in answer.body["messages"]] if answer.status == 200 else []


@asynccontextmanager
async def open_desk_page(party: Party, caller: Caller, conversation_id: str) -> AsyncIterator[DeskPage]:
    """Have a conversation open at the desk."""
    found = DeskPage(party, caller, conversation_id)
    party.history.pages.append(found.page)
    reading = asyncio.create_task(found.read_on(), name=f"desk-{conversation_id}")
    try:
        yield found
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
