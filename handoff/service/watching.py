"""Looks into the store for changes that no hint told of, and wakes the pages they concern.

While hints of other processes arrive for sure this is a matter of seconds, otherwise of one. A round reads three
numbers of each conversation that somebody looks at, so a thousand open pages cost milliseconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from handoff.service.ports import QUEUE_TOPIC, Hub, agent_topic, conversation_topic
from handoff.service.store import Store

log = structlog.get_logger()

EVERY_S = 1.0  # while other processes are not heard
EVERY_CONNECTED_S = 10.0
_CONVERSATION, _AGENT = conversation_topic(""), agent_topic("")


class Watcher:
    """Watches what the pages of this process look at."""

    def __init__(self, store: Store, hub: Hub, *, topics: Callable[[], list[str]], is_connected: Callable[[], bool]):
        self._store = store
        self._hub = hub
        self._topics = topics
        self._is_connected = is_connected
        self._seen: dict[str, object] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._forever(), name="watcher")

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _forever(self) -> None:
        waited_s = 0.0
        while True:
            await asyncio.sleep(EVERY_S)
            waited_s += EVERY_S
            if self._is_connected() and waited_s < EVERY_CONNECTED_S:
                continue
            waited_s = 0.0
            try:
                await self.look()
            except Exception:  # the database may be away for a while
                log.exception("watch_failed")

    async def look(self) -> int:
        """Wake whoever looks at something that has changed since the last look; return how many topics that were."""
        topics = self._topics()
        talks = [topic.removeprefix(_CONVERSATION) for topic in topics if topic.startswith(_CONVERSATION)]
        agents = [topic.removeprefix(_AGENT) for topic in topics if topic.startswith(_AGENT)]
        found: dict[str, object] = {}
        async with self._store.read() as tx:
            if talks:
                prints = await tx.read_fingerprints(talks)
                found |= {conversation_topic(key): print_ for key, print_ in prints.items()}
            if agents:
                held = await tx.read_held(agents)
                offers = [(offer.agent_id, offer.offer_id) for offer in await tx.list_open_offers()]
                found |= {
                    agent_topic(key): (held.get(key), tuple(offer for agent_id, offer in offers if agent_id == key))
                    for key in agents
                }
            if QUEUE_TOPIC in topics:
                found[QUEUE_TOPIC] = tuple(await tx.list_waiting())
        changed = [topic for topic, value in found.items() if topic not in self._seen or self._seen[topic] != value]
        self._seen = found
        self._hub.wake(*changed)
        return len(changed)
