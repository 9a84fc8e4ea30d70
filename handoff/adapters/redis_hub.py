"""Hints between gateway processes, over Redis publish/subscribe while it is there.

A process knows that it hears the others as long as it hears itself: it says something every few seconds. While it
does not, the watcher looks into the store every second instead.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from handoff.adapters.hub import LocalHub
from handoff.service.ports import Signal

log = structlog.get_logger()

RECONNECT_S = 1.0
GATHER_S = 0.005  # what changes within this goes to other processes as one hint
BATCH_MAX = 500
SEND_WITHIN_S = 2.0
OUTGOING_MAX = 10_000
SIGNALS_MAX = 500  # of each round; typing that is not told is no loss
BEAT_EVERY_S = 2.0
DEAF_AFTER_S = 7.0


class RedisHub(LocalHub):
    """Hints within the process at once, and to the others over Redis while it is there."""

    CHANNEL = "ieum:hints"

    def __init__(self, url: str) -> None:
        super().__init__()
        self._redis = Redis.from_url(url, decode_responses=True, socket_connect_timeout=1, socket_timeout=None)
        self._me = secrets.token_hex(8)
        self._outgoing: set[str] = set()
        self._signals: list[Signal] = []
        self._heard_at = 0.0  # monotonic; when this process last heard itself
        self._sent_at = 0.0
        self._is_alone = False  # when the last beat reached nobody else
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def connected(self) -> bool:
        """Tell whether hints of other processes arrive here for sure."""
        return time.monotonic() - self._heard_at < DEAF_AFTER_S

    async def open(self) -> None:
        """Begin to send and receive."""
        self._tasks = [
            asyncio.create_task(self._forever(self._receive), name="hub-receive"),
            asyncio.create_task(self._forever(self._send), name="hub-send"),
        ]

    async def close(self) -> None:
        """Stop, and leave the server."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._redis.aclose()

    def publish(self, *topics: str) -> None:
        """Wake everybody who listens to these topics, in every process."""
        self.wake(*topics)
        self._outgoing.update(topics)
        if len(self._outgoing) > OUTGOING_MAX:  # nobody takes them: pages look by themselves meanwhile
            self._outgoing = set(topics)
        self._wake.set()

    async def _forever(self, step: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await step()
            except (RedisError, OSError, ValueError) as error:  # ValueError: what came is no text
                log.warning("hub_disconnected", error=type(error).__name__)
                await asyncio.sleep(RECONNECT_S)

    def tell(self, signal: Signal) -> None:
        """Pass on what is true only now, in every process."""
        super().tell(signal)
        if len(self._signals) < SIGNALS_MAX:
            self._signals.append(signal)
            self._wake.set()

    async def _send(self) -> None:
        while True:
            if time.monotonic() - self._sent_at > BEAT_EVERY_S:
                await self._pass_on([], [])
            with suppress(TimeoutError):
                async with asyncio.timeout(BEAT_EVERY_S):
                    await self._wake.wait()
                await asyncio.sleep(GATHER_S)
            self._wake.clear()
            if self._is_alone:  # until the next beat; who comes meanwhile says so, and reads the store
                self._outgoing.clear()
                self._signals.clear()
            while self._outgoing or self._signals:
                batch = sorted(self._outgoing)[:BATCH_MAX]
                self._outgoing.difference_update(batch)  # before it is sent: what changes meanwhile is another hint
                signals, self._signals = self._signals, []
                try:
                    await self._pass_on(batch, signals)
                except BaseException:
                    self._outgoing.update(batch)
                    self._wake.set()
                    raise

    async def _pass_on(self, topics: list[str], signals: list[Signal]) -> None:
        body: dict[str, Any] = {"from": self._me, "topics": topics}
        if signals:
            body["signals"] = [[signal.topic, signal.kind, signal.body] for signal in signals]
        async with asyncio.timeout(SEND_WITHIN_S):
            reached_count = await self._redis.publish(self.CHANNEL, json.dumps(body))
        self._is_alone = reached_count <= 1 and self.connected
        self._sent_at = time.monotonic()

    async def _receive(self) -> None:
        async with self._redis.pubsub() as pubsub:
            await pubsub.subscribe(self.CHANNEL)
            self._heard_at = time.monotonic()
            self._is_alone = False
            await self._pass_on([], [])  # tell the others that somebody came
            try:
                # Whatever was missed while away: everybody looks once.
                self.wake(*self.list_topics())
                async for message in pubsub.listen():
                    if message["type"] == "message":
                        self._hear(message["data"])
            finally:
                self._heard_at = 0.0

    def _hear(self, data: str) -> None:
        if self._me in data[:40]:
            self._hear_myself()
            return
        self._is_alone = False
        try:
            body = json.loads(data)
            self.wake(*body["topics"])
            for topic, kind, content in body.get("signals", ()):
                super().tell(Signal(topic, kind, content))
        except (ValueError, TypeError, KeyError, AttributeError):  # of another version, or not ours
            log.warning("hub_hint_unreadable")

    def _hear_myself(self) -> None:
        if not self.connected:  # Redis stood still for a while: what others said meanwhile may be lost
            self.wake(*self.list_topics())
        self._heard_at = time.monotonic()
