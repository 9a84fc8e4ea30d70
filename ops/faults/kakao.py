"""KakaoTalk's users: what they say comes twice, late and out of order, as its webhooks do.

A request that got no answer is repeated under its id until it got one; some are repeated after the next ones.
"""

from __future__ import annotations

import asyncio
import random
import time
from uuid import uuid4

from handoff.channels import kakao as protocol
from ops.faults.calls import Caller, GaveUp, Json
from ops.faults.customers import QUESTIONS, WISH, Party, new_word
from ops.faults.history import Sent, Shown

ATTEMPT_S = 5.0  # what Kakao waits
_NOT_TAKEN = {protocol.TRY_AGAIN}
_NOTHING_LEFT = {protocol.NOTHING_NEW, protocol.WITH_AGENT}
_LOOKS_MOST = 200
_PAUSE_S = (0.05, 0.4)


class KakaoUser:
    """One user in one conversation."""

    def __init__(self, party: Party, caller: Caller, address: str) -> None:
        self._party = party
        self._caller = caller
        self._address = address
        self._key = uuid4().hex

    async def live(self, *, length: int) -> None:
        """Say `length` things, most of them to people, then look until nothing is left to see."""
        says = [QUESTIONS[0], QUESTIONS[1], WISH, *(f"여쭤볼게요 {new_word()}" for _ in range(length))]
        late: list[asyncio.Task[object]] = []
        for text in says:
            if self._party.is_over.is_set():
                break
            await self._party.pace.take()
            request_id = uuid4().hex
            calls = [self._say(text, request_id)]
            if random.random() < 0.15:  # noqa: S311
                calls.append(self._repeat(text, request_id, random.uniform(0.0, 0.05)))  # noqa: S311
            if random.random() < 0.15:  # noqa: S311
                late.append(asyncio.create_task(self._repeat(text, request_id, random.uniform(0.3, 2.0))))  # noqa: S311
            if random.random() < 0.1:  # the next one overtakes it  # noqa: S311
                late += [asyncio.create_task(call) for call in calls]
            else:
                await asyncio.gather(*calls)
            await asyncio.sleep(random.uniform(*_PAUSE_S))  # noqa: S311
        await asyncio.gather(*late)

    async def look_until_nothing_is_left(self) -> None:
        """Press “show more” until nothing new comes."""
        for _ in range(_LOOKS_MOST):
            texts = await self._request(protocol.MORE_LABEL, uuid4().hex)
            if texts is None or set(texts) & _NOTHING_LEFT or texts[0].endswith(protocol.LOOK_AGAIN):
                return
            if protocol.STILL_THINKING in texts:  # it took too long: what is left comes with a later look
                await asyncio.sleep(random.uniform(*_PAUSE_S))  # noqa: S311

    async def _say(self, text: str, request_id: str) -> None:
        sent = Sent("kakao", self._key, f"kakao:{request_id}", text, time.monotonic())
        self._party.history.sent.append(sent)
        if await self._request(text, request_id) is not None:
            sent.accepted_s = time.monotonic()

    async def _repeat(self, text: str, request_id: str, after_s: float) -> None:
        await asyncio.sleep(after_s)
        await self._request(text, request_id)

    async def _request(self, text: str, request_id: str) -> tuple[str, ...] | None:
        """Return the bubbles of the first answer that took the message; None when patience was over."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            self._caller.headers["X-Request-Id"] = request_id
            caller = Caller(self._caller.session, self._caller.base_url, {"X-Request-Id": request_id})
            answer = await caller.try_once("POST", self._address, _payload(self._key, text), attempt_s=ATTEMPT_S)
            if answer is not None and answer.status == 200:
                texts = tuple(output["simpleText"]["text"] for output in answer.body["template"]["outputs"])
                if not set(texts) & _NOT_TAKEN:
                    self._party.history.shown.append(Shown(self._key, request_id, [texts]))
                    return texts
            await asyncio.sleep(random.uniform(0.1, 0.4))  # noqa: S311
        self._party.failures.append("a KakaoTalk request was never answered")
        return None


def _payload(user_key: str, text: str) -> Json:
    return {
        "userRequest": {"user": {"id": user_key, "type": "botUserKey"}, "utterance": text, "lang": None},
        "action": {"clientExtra": {}},
        "bot": {"id": "faults!"},
    }


__all__ = ["GaveUp", "KakaoUser"]
