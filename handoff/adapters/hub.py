"""Hints that something changed, to every page of every gateway process.

Within a process a hint is an event that wakes the listeners. Between processes it goes over Redis
publish/subscribe (`redis_hub.py`). A hint carries only a topic: what changed is read from the store, so a hint lost
with Redis costs a page at most the watcher's round (`service/watching.py`), never a message. A signal carries
something that is true only now and is nowhere stored, such as who is typing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from handoff.service.ports import Signal


class LocalSubscription:
    """The topics that changed since a listener last looked, and the newest signal of each kind: neither can pile up."""

    def __init__(self) -> None:
        self.topics: set[str] = set()  # kept by the hub
        self._changed: set[str] = set()
        self._signals: dict[tuple[str, str], Signal] = {}
        self._event = asyncio.Event()

    def notify(self, topic: str) -> None:
        """Wake the listener."""
        self._changed.add(topic)
        self._event.set()

    def signal(self, signal: Signal) -> None:
        """Wake the listener with something that is true only now."""
        self._signals[signal.topic, signal.kind] = signal
        self._event.set()

    async def wait(self, timeout_s: float) -> Collection[str]:
        """Return the topics that changed since the last wait; empty when the time ran out or only signals came."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._event.wait()
        except TimeoutError:
            return frozenset()
        self._event.clear()
        changed, self._changed = self._changed, set()
        return changed

    def take_signals(self) -> Collection[Signal]:
        """Return the signals that came since they were last taken, of each topic and kind the newest."""
        signals, self._signals = self._signals, {}
        return signals.values()


class LocalHub:
    """Hints within one process."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[LocalSubscription]] = {}

    @property
    def connected(self) -> bool:
        """Tell whether hints of other processes arrive here for sure."""
        return False

    def publish(self, *topics: str) -> None:
        """Wake everybody who listens to these topics."""
        self.wake(*topics)

    def wake(self, *topics: str) -> None:
        """Wake who listens to these topics in this process, and nobody else."""
        for topic in topics:
            for listener in self._listeners.get(topic, ()):
                listener.notify(topic)

    def tell(self, signal: Signal) -> None:
        """Pass on what is true only now, to who listens now. It may be lost, and nothing depends on it."""
        for listener in self._listeners.get(signal.topic, ()):
            listener.signal(signal)

    def list_topics(self) -> list[str]:
        """Return the topics that somebody in this process listens to."""
        return list(self._listeners)

    @contextmanager
    def subscribe(self, *topics: str) -> Iterator[LocalSubscription]:
        """Listen to topics for as long as the block lasts."""
        subscription = LocalSubscription()
        for topic in topics:
            self.add(subscription, topic)
        try:
            yield subscription
        finally:
            self._leave(subscription)

    def add(self, subscription: LocalSubscription, topic: str) -> None:
        """Let a subscription listen to one more topic."""
        self._listeners.setdefault(topic, set()).add(subscription)
        subscription.topics.add(topic)

    def remove(self, subscription: LocalSubscription, topic: str) -> None:
        """Let a subscription listen to a topic no longer."""
        subscription.topics.discard(topic)
        listeners = self._listeners.get(topic, set())
        listeners.discard(subscription)
        if not listeners:
            self._listeners.pop(topic, None)

    def _leave(self, subscription: LocalSubscription) -> None:
        for topic in list(subscription.topics):
            self.remove(subscription, topic)
