"""One customer who never stops asking: by their answers it is measured how long an outage lasted."""

from __future__ import annotations

import asyncio
import time
from uuid import uuid4

from ops.faults.calls import Answer, Caller, Json
from ops.faults.customers import Party
from ops.faults.history import Sent

QUESTION = "쿠폰은 어디에 쓸 수 있어요?"  # goes through the bot and the action server
_ATTEMPT_S = 1.5
_LOOK_S = 1
_BETWEEN_S = 0.15


class Prober:
    """Asks, waits for the bot's answer, asks again; the next question waits for the answer to the last."""

    def __init__(self, party: Party, caller: Caller) -> None:
        self._party = party
        self._caller = caller
        self._conversation_id: str | None = None
        self._answered: list[tuple[float, float]] = []  # when it was asked, when the answer was seen
        self._news = asyncio.Event()

    async def ask_on(self) -> None:
        """Ask until cancelled."""
        while True:
            asked_s = time.monotonic()
            if await self._ask():
                self._answered.append((asked_s, time.monotonic()))
                self._news.set()
            await asyncio.sleep(_BETWEEN_S)

    async def answered_after(self, struck_s: float, within_s: float) -> float | None:
        """Return when the first question asked after a moment was answered; None when none was in time."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            first = next((answered for asked, answered in self._answered[-200:] if asked >= struck_s), None)
            if first is not None:
                return first
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), 0.5)
            except TimeoutError:
                continue
        return None

    async def _ask(self) -> bool:
        """Ask once; tell whether the bot answered. A conversation that people have now is left to them."""
        if self._conversation_id is None:
            opened = await self._until_answered("POST", "/api/chat/conversations", {})
            self._conversation_id = opened.body["conversation_id"]
            self._caller.headers["Authorization"] = f"Bearer {opened.body['token']}"
        sent = Sent("web", self._conversation_id or "", str(uuid4()), QUESTION, time.monotonic())
        self._party.history.sent.append(sent)
        body = {"client_msg_id": sent.client_msg_id, "text": QUESTION}
        accepted = await self._until_answered("POST", "/api/chat/messages", body)
        sent.accepted_s = time.monotonic()
        sent.seqs.add(accepted.body["seq"])
        while True:
            address = f"/api/chat/messages?after={accepted.body['seq']}&wait_s={_LOOK_S}"
            seen = await self._until_answered("GET", address, None)
            if seen.body["owner"] != "bot":
                self._conversation_id = None
                return False
            if seen.body["messages"]:
                return True

    async def _until_answered(self, method: str, path: str, body: Json | None) -> Answer:
        while True:
            answer = await self._caller.try_once(method, path, body, attempt_s=_ATTEMPT_S + _LOOK_S)
            if answer is not None and answer.status < 300:
                return answer
            await asyncio.sleep(0.05)
