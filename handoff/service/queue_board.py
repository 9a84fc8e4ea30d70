"""The queue as this process last saw it: who waits at which place, and what an agent's list shows.

One reading serves every page: agents' pages get the lines that have changed, waiting customers are woken only when
their place has changed, and the less often the more they are.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from handoff.domain.live import WaitingLine
from handoff.service.desk import QueueItem, list_items
from handoff.service.ports import QUEUE_TOPIC, Hub, Subscription, position_topic
from handoff.service.store import Store
from handoff.service.waiting import Estimate, Wait, Waits

log = structlog.get_logger()

BOARD_TOPIC = "board"  # woken within a process only, when the board has been read again
SHOWN = 200  # lines on an agent's page; who waits behind them is counted
PAUSE_S = 0.02
PAUSE_A_WAITING_S = 0.0001
TOLD_A_WAITING_S = 0.001  # a thousand who wait hear of their places once a second
RECHECK_S = 30.0


@dataclass(frozen=True)
class Board:
    """The queue at one moment. `items` are the first in serving order; `lines` all, by id with the place from 1."""

    items: Sequence[QueueItem] = ()
    lines: Mapping[str, tuple[int, WaitingLine]] = field(default_factory=dict)
    ahead: Sequence[Mapping[str, int]] = ()  # by skill, for each place
    estimate: Estimate | None = None


class QueueBoard:
    """Keeps the board fresh for as long as it runs."""

    def __init__(self, store: Store, hub: Hub, waits: Waits) -> None:
        self._store = store
        self._hub = hub
        self._waits = waits
        self.board = Board()
        self._told: Mapping[str, int] = {}
        self._told_at_s = 0.0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to follow the queue."""
        self._task = asyncio.create_task(self._follow(), name="queue-board")

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def wait_of(self, conversation_id: str) -> Wait | None:
        """Return a conversation's place and expected wait; None when the board does not have it among the waiting."""
        place, line = self.board.lines.get(conversation_id, (0, None))
        if line is None or self.board.estimate is None:
            return None
        return Wait(place, self.board.estimate(line.skill, self.board.ahead[place - 1]))

    async def _follow(self) -> None:
        with self._hub.subscribe(QUEUE_TOPIC) as news:
            while True:
                try:
                    await self.refresh()
                except Exception:  # the database may be away for a while
                    log.exception("queue_board_failed")
                    await asyncio.sleep(1.0)
                    continue
                await asyncio.sleep(max(PAUSE_S, len(self.board.lines) * PAUSE_A_WAITING_S))
                await self._until_news(news)

    async def _until_news(self, news: Subscription) -> None:
        """Wait for a change of the queue; who waits is told of their places meanwhile, in its time."""
        while True:
            left_s = self._told_at_s + len(self.board.lines) * TOLD_A_WAITING_S - time.monotonic()
            if left_s <= 0:
                self._tell_places()
                left_s = RECHECK_S
            if await news.wait(left_s) or left_s >= RECHECK_S:
                return

    async def refresh(self) -> None:
        """Read the queue and wake the agents' pages when something has changed."""
        before = self.board
        known = {item.conversation.conversation_id: item for item in before.items}
        async with self._store.read() as tx:
            waiting = await tx.list_waiting()
            first = waiting[:SHOWN]
            stale = [
                line.conversation_id
                for line in first
                if line.conversation_id not in known or before.lines[line.conversation_id][1] != line
            ]
            read = await list_items(tx, await tx.list_by_ids(stale)) if stale else []
            estimate = await self._waits.estimate(tx)
        known |= {item.conversation.conversation_id: item for item in read}
        self.board = Board(
            items=[known[line.conversation_id] for line in first if line.conversation_id in known],
            lines={line.conversation_id: (place, line) for place, line in enumerate(waiting, start=1)},
            ahead=_count_ahead(waiting),
            estimate=estimate,
        )
        if self.board.lines != before.lines:
            self._hub.wake(BOARD_TOPIC)

    def _tell_places(self) -> None:
        places = {key: place for key, (place, _) in self.board.lines.items()}
        self._hub.wake(*(position_topic(key) for key, place in places.items() if self._told.get(key) != place))
        self._told, self._told_at_s = places, time.monotonic()


def _count_ahead(waiting: Sequence[WaitingLine]) -> list[Mapping[str, int]]:
    """Return for each place how many are served before it, by skill."""
    counted: Counter[str] = Counter()
    ahead: list[Mapping[str, int]] = []
    for line in waiting:
        ahead.append(dict(counted))
        counted[line.skill or "general"] += 1
    return ahead
