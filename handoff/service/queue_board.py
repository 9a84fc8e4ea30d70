"""The queue as this process last saw it: who waits at which place, and what an agent's list shows.

One reading serves every page: waiting customers are woken only when their place has changed, agents' pages get the
lines that have changed. The more wait, the longer the pause between two readings.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from handoff.domain.live import Fingerprint
from handoff.service.desk import QueueItem, list_items
from handoff.service.ports import QUEUE_TOPIC, Hub, position_topic
from handoff.service.store import Store

log = structlog.get_logger()

BOARD_TOPIC = "board"  # woken within a process only, when the board has been read again
SHOWN = 200  # lines on an agent's page; who waits behind them is counted
PAUSE_S = 0.02
PAUSE_A_WAITING_S = 0.0005  # a thousand who wait: two readings a second
RECHECK_S = 30.0


@dataclass(frozen=True)
class Board:
    """The queue at one moment. `items` are the first in serving order."""

    items: Sequence[QueueItem] = ()
    waiting_count: int = 0
    positions: Mapping[str, int] = field(default_factory=dict)


class QueueBoard:
    """Keeps the board fresh for as long as it runs."""

    def __init__(self, store: Store, hub: Hub) -> None:
        self._store = store
        self._hub = hub
        self.board = Board()
        self._seen: dict[str, Fingerprint] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to follow the queue."""
        self._task = asyncio.create_task(self._follow(), name="queue-board")

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def position_of(self, conversation_id: str) -> int | None:
        """Return a waiting conversation's place, from 1; None when the board does not have it yet."""
        return self.board.positions.get(conversation_id)

    async def _follow(self) -> None:
        with self._hub.subscribe(QUEUE_TOPIC) as news:
            while True:
                try:
                    await self.refresh()
                except Exception:  # the database may be away for a while
                    log.exception("queue_board_failed")
                    await asyncio.sleep(1.0)
                    continue
                await asyncio.sleep(max(PAUSE_S, self.board.waiting_count * PAUSE_A_WAITING_S))
                await news.wait(RECHECK_S)

    async def refresh(self) -> None:
        """Read the queue and wake the pages for which something has changed."""
        async with self._store.read() as tx:
            waiting = await tx.list_waiting()
            first = waiting[:SHOWN]
            known = {item.conversation.conversation_id: item for item in self.board.items}
            stale = [key for key, print_ in first if key not in known or self._seen.get(key) != print_]
            known |= {
                item.conversation.conversation_id: item
                for item in (await list_items(tx, await tx.list_by_ids(stale)) if stale else ())
            }
        before = self.board
        self._seen = dict(first)
        positions = {key: place for place, (key, _) in enumerate(waiting, start=1)}
        self.board = Board([known[key] for key, _ in first if key in known], len(waiting), positions)
        if stale or positions != before.positions:
            moved = [key for key, place in positions.items() if before.positions.get(key) != place]
            self._hub.wake(BOARD_TOPIC, *(position_topic(key) for key in moved))
