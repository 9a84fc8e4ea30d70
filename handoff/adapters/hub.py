"""Hints that something changed, to every page of every gateway process.

Within a process a hint is an event that wakes the listeners. Between processes it goes over Redis
publish/subscribe. A hint carries only a topic: what changed is read from the store, so a hint lost
with Redis costs a page at most its own recheck interval, never a message.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import contextmanager

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

log = structlog.get_logger()

RECONNECT_S = 1.0
GATHER_S = 0.01  # what changes within this goes to other processes as one hint
BATCH_MAX = 500
SEND_WITHIN_S = 2.0
OUTGOING_MAX = 10_000


class LocalSubscription:
    """The topics that changed since a listener last looked; a set, so it cannot grow beyond its topics."""

    def __init__(self) -> None:
        self._changed: set[str] = set()
        self._event = asyncio.Event()

    def notify(self, topic: str) -> None:
        """Wake the listener."""
        self._changed.add(topic)
        self._event.set()

    async def wait(self, timeout_s: float) -> Collection[str]:
        """Return the topics that changed since the last wait; empty when the time ran out."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._event.wait()
        except TimeoutError:
            return frozenset()
        self._event.clear()
        changed, self._changed = self._changed, set()
        return changed


class LocalHub:
    """Hints within one process."""

    connected = False  # to other processes

    def __init__(self) -> None:
        self._listeners: dict[str, set[LocalSubscription]] = {}

    def publish(self, *topics: str) -> None:
        """Wake everybody who listens to these topics."""
        for topic in topics:
            for listener in self._listeners.get(topic, ()):
                listener.notify(topic)

    @contextmanager
    def subscribe(self, *topics: str) -> Iterator[LocalSubscription]:
        """Listen to topics for as long as the block lasts."""
        subscription = LocalSubscription()
        for topic in topics:
            self._listeners.setdefault(topic, set()).add(subscription)
        try:
            yield subscription
        finally:
            for topic in topics:
                self._listeners[topic].discard(subscription)
                if not self._listeners[topic]:
                    del self._listeners[topic]


class RedisHub(LocalHub):
    """Hints within the process at once, and to the others over Redis while it is there."""

    CHANNEL = "ieum:hints"

    def __init__(self, url: str) -> None:
        super().__init__()
        self._redis = Redis.from_url(url, decode_responses=True, socket_connect_timeout=1, socket_timeout=None)
        self._me = secrets.token_hex(8)
        self._outgoing: set[str] = set()
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

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
        super().publish(*topics)
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

    async def _send(self) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(GATHER_S)
            self._wake.clear()
            while self._outgoing:
                batch = sorted(self._outgoing)[:BATCH_MAX]
                self._outgoing.difference_update(batch)  # before it is sent: what changes meanwhile is another hint
                try:
                    async with asyncio.timeout(SEND_WITHIN_S):
                        await self._redis.publish(self.CHANNEL, json.dumps({"from": self._me, "topics": batch}))
                except BaseException:
                    self._outgoing.update(batch)
                    self._wake.set()
                    raise

    async def _receive(self) -> None:
        async with self._redis.pubsub() as pubsub:
            await pubsub.subscribe(self.CHANNEL)
            self.connected = True
            try:
                # Whatever was missed while away: everybody looks once.
                super().publish(*list(self._listeners))
                async for message in pubsub.listen():
                    if message["type"] == "message":
                        self._hear(message["data"])
            finally:
                self.connected = False

    def _hear(self, data: str) -> None:
        try:
            body = json.loads(data)
            if body["from"] != self._me:
                super().publish(*body["topics"])
        except (ValueError, TypeError, KeyError):  # of another version, or not ours
            log.warning("hub_hint_unreadable")
