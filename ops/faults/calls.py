"""Calls as pages make them: what failed in passing is tried again until an answer came or patience is over."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from typing import Any

import aiohttp

Json = dict[str, Any]
PATIENCE_S = 60.0  # how long a page tries; longer than any outage that is allowed
ATTEMPT_S = 4.0
_PAUSE_S = (0.05, 0.25)
_LONG_S = 0.15
_SLOWER, _FASTER = 1.01, 0.99
_GAP_MAX_S = 0.05
_BEHIND_S = 0.2
_FAILED_IN_PASSING = (aiohttp.ClientError, TimeoutError, OSError, ValueError)


class GaveUp(Exception):
    """No answer came within a page's patience."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer below 500."""

    status: int
    body: Json

    @property
    def code(self) -> str:
        """The code of a refusal."""
        return str(self.body.get("code") or self.status)


@dataclass
class Caller:
    """One page's connections to the product."""

    session: aiohttp.ClientSession
    base_url: str
    headers: dict[str, str] = field(default_factory=dict)

    async def call(
        self,
        method: str,
        path: str,
        body: Json | None = None,
        *,
        patience_s: float = PATIENCE_S,
        attempt_s: float = ATTEMPT_S,
    ) -> Answer:
        """Return the first answer that is not a failure of the product. Raises GaveUp."""
        deadline = time.monotonic() + patience_s
        while True:
            answer = await self.try_once(method, path, body, attempt_s=attempt_s)
            if answer is not None:
                return answer
            if time.monotonic() > deadline:
                raise GaveUp(f"{method} {path}")
            await asyncio.sleep(random.uniform(*_PAUSE_S))  # noqa: S311

    async def try_once(
        self, method: str, path: str, body: Json | None = None, *, attempt_s: float = ATTEMPT_S
    ) -> Answer | None:
        """Return the answer to one attempt; None when it failed in passing."""
        try:
            async with self.session.request(
                method,
                self.base_url + path,
                json=body,
                headers=self.headers,
                timeout=aiohttp.ClientTimeout(total=attempt_s),
            ) as response:
                if response.status >= 500:
                    await response.read()
                    return None
                content = await response.json(content_type=None)
                return Answer(response.status, content if isinstance(content, dict) else {})
        except _FAILED_IN_PASSING:
            return None


class Pace:
    """Lets the people of a run write so many messages a second together, and fewer where the machine takes no more.

    People who outrun the machine would measure its queues instead of its recovery: while accepting takes long
    they write less, as long as it takes not they write more.
    """

    def __init__(self, messages_per_s: float) -> None:
        self._least_gap_s = self._gap_s = 1.0 / messages_per_s
        self._next_s = 0.0

    async def take(self) -> None:
        """Return when it is the caller's turn to write. What an outage held up is not made up for at once."""
        now_s = time.monotonic()
        self._next_s = max(self._next_s + self._gap_s, now_s - _BEHIND_S)
        if (wait_s := self._next_s - now_s) > 0:
            await asyncio.sleep(wait_s)

    def note(self, accepted_within_s: float) -> None:
        """Learn from how long accepting a message took."""
        changed_s = self._gap_s * (_SLOWER if accepted_within_s > _LONG_S else _FASTER)
        self._gap_s = min(max(changed_s, self._least_gap_s), _GAP_MAX_S)
