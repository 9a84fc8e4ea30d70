"""Customers on the web: one conversation after the other, each read by long poll or over a socket all the while.

A conversation begins with the bot, goes to a person and has most of its messages there; when it has had
enough of them and is nobody's but the bot's, the customer leaves and their page is compared with a fresh reading.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import string
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import uuid4

import aiohttp

from ops.faults.calls import Answer, Caller, GaveUp, Pace
from ops.faults.history import Bubble, History, Page, Sent

QUESTIONS = ("안녕하세요", "쿠폰은 어디에 쓸 수 있어요?", "택배 언제 와요?", "적립금 얼마 있어요?")
WISH = "상담원 연결해 주세요"
WAIT_S = 20
READ_AT_ONCE = 200
_ASKED_OF_BOT = 2
_SENT_TWICE_RATIO = 0.04
_THINKS_S = 0.15
_IDLE_S = 0.4
_IMPATIENT_RATIO = 0.3
_LOOKS_EVERY_S = 0.5  # a page in talk with a person takes several messages at once
_ANSWER_WITHIN_S = 45.0


def new_word() -> str:
    """Return a word that nobody has said before, without digits: those could be taken for a code or a number."""
    return "".join(random.choices(string.ascii_lowercase, k=14))  # noqa: S311


@dataclass
class Party:
    """What everybody in a run shares."""

    history: History
    pace: Pace
    is_over: asyncio.Event = field(default_factory=asyncio.Event)
    failures: list[str] = field(default_factory=list)


class Customer:
    """One page in one conversation."""

    def __init__(self, party: Party, caller: Caller, *, kind: str) -> None:
        self._party = party
        self._caller = caller
        self._page = Page("", kind)
        self._owner = "bot"
        self._news = asyncio.Event()
        self._sent_count = 0
        self._conversation_id = ""

    async def live(self, identity_token: str | None, *, length: int) -> None:
        """Have one conversation of about `length` messages, then compare what the page holds."""
        body = {} if identity_token is None else {"identity_token": identity_token}
        opened = await self._caller.call("POST", "/api/chat/conversations", body)
        if opened.status != 201:
            raise GaveUp(f"opening was answered {opened.status} {opened.code}")
        self._conversation_id = self._page.conversation_id = opened.body["conversation_id"]
        self._caller.headers["Authorization"] = f"Bearer {opened.body['token']}"
        self._party.history.pages.append(self._page)
        reading = asyncio.create_task(self._read_on(), name=f"page-{self._conversation_id}")
        try:
            await self._talk(length)
        finally:
            await self._settle(reading)

    async def _talk(self, length: int) -> None:
        for number in range(_ASKED_OF_BOT):
            await self._ask(QUESTIONS[(number + length) % len(QUESTIONS)])
        await self._ask(WISH)
        while not self._party.is_over.is_set():
            if self._sent_count >= length:
                if self._owner in ("bot", "closed"):
                    return
                await self._pause(_IDLE_S)
            elif self._owner == "human":
                await self._say(f"문의드려요 {new_word()}")
                await self._pause(_THINKS_S * random.random())  # noqa: S311
            elif self._owner == "waiting":
                if random.random() < _IMPATIENT_RATIO:  # noqa: S311
                    await self._say(f"기다리고 있어요 {new_word()}")
                await self._pause(_IDLE_S * 2)
            else:
                await self._ask(random.choice((WISH, *QUESTIONS)))  # noqa: S311

    async def _ask(self, text: str) -> None:
        """Ask the bot, and wait until it answered or a person is asked."""
        if self._party.is_over.is_set():
            return
        asked_s = time.monotonic()
        sent = await self._say(text)
        seq = next(iter(sent.seqs), None)
        while seq is not None and not self._is_answered(seq) and time.monotonic() - asked_s < _ANSWER_WITHIN_S:
            await self._pause(1.0)
        self._party.history.answer_s.append(time.monotonic() - asked_s)

    def _is_answered(self, seq: int) -> bool:
        return self._owner != "bot" or (self._page.last_seq > seq and self._page.bubbles[-1].author != "customer")

    async def _pause(self, longest_s: float) -> None:
        self._news.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), longest_s)

    async def _say(self, text: str) -> Sent:
        await self._party.pace.take()
        sent = Sent("web", self._conversation_id, str(uuid4()), text, time.monotonic())
        self._party.history.sent.append(sent)
        self._sent_count += 1
        body = {"client_msg_id": sent.client_msg_id, "text": text}
        times = 2 if random.random() < _SENT_TWICE_RATIO else 1  # noqa: S311
        calls = [self._caller.call("POST", "/api/chat/messages", body) for _ in range(times)]
        for answer in await asyncio.gather(*calls, return_exceptions=True):
            self._note(sent, answer)
        return sent

    def _note(self, sent: Sent, answer: Answer | BaseException) -> None:
        if isinstance(answer, BaseException):
            if not isinstance(answer, GaveUp):
                raise answer
            self._party.failures.append(f"not accepted within a page's patience: {sent.conversation_id}")
        elif answer.status in (200, 202):
            sent.accepted_s = sent.accepted_s or time.monotonic()
            self._party.pace.note(sent.accepted_s - sent.sent_s)
            sent.seqs.add(answer.body["seq"])
        else:
            sent.refused = answer.code

    async def _read_on(self) -> None:
        read = self._poll if self._page.kind == "poll" else self._listen
        while True:
            try:
                await read()
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError, TypeError):
                await asyncio.sleep(random.uniform(0.05, 0.3))  # noqa: S311

    async def _poll(self) -> None:
        address = f"/api/chat/messages?after={self._page.last_seq}&wait_s={WAIT_S}"
        answer = await self._caller.try_once("GET", address, attempt_s=WAIT_S + 5)
        if answer is None or answer.status != 200:
            raise ValueError("not read")
        self._show(answer.body["messages"], answer.body["owner"])
        if self._owner == "human":
            await asyncio.sleep(random.uniform(0.0, _LOOKS_EVERY_S))  # noqa: S311

    async def _listen(self) -> None:
        ticket = await self._caller.try_once("POST", "/api/chat/tickets", {})
        if ticket is None or ticket.status != 201:
            raise ValueError("no ticket")
        address = f"{self._caller.base_url}/api/chat/socket?ticket={ticket.body['ticket']}"
        async with self._caller.session.ws_connect(address, max_msg_size=0, timeout=CLOSING) as socket:
            await socket.send_json({"type": "resume", "after": self._page.last_seq})
            while True:
                frame = await socket.receive(timeout=WAIT_S * 2)
                if frame.type is not aiohttp.WSMsgType.TEXT:
                    raise ValueError("the socket ended")
                body = json.loads(frame.data)
                if body.get("type") == "messages":
                    self._show(body["messages"], body["owner"])

    def _show(self, messages: Sequence[dict[str, object]], owner: str) -> None:
        self._page.show([as_bubble(message) for message in messages])
        self._owner = owner
        self._news.set()

    async def _settle(self, reading: asyncio.Task[None]) -> None:
        """Let the page catch up with a fresh reading, then stop it."""
        deadline = time.monotonic() + _ANSWER_WITHIN_S
        try:
            while True:
                fresh = await self._read_fresh()
                if not fresh or self._page.last_seq >= fresh[-1].seq or time.monotonic() > deadline:
                    break
                await asyncio.sleep(0.2)
            self._page.fresh = fresh
        except GaveUp as error:
            self._party.failures.append(f"not read afresh: {error}")
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _read_fresh(self) -> list[Bubble]:
        bubbles: list[Bubble] = []
        while True:
            after = bubbles[-1].seq if bubbles else 0
            answer = await self._caller.call("GET", f"/api/chat/messages?after={after}&wait_s=0")
            page = [as_bubble(message) for message in answer.body["messages"]]
            bubbles += page
            if len(page) < READ_AT_ONCE:
                return bubbles


CLOSING = aiohttp.ClientWSTimeout(ws_close=1.0)


def as_bubble(message: dict[str, object]) -> Bubble:
    """Return a message of the API as it is seen."""
    return Bubble(int(str(message["seq"])), str(message["author"]), str(message["text"]))
