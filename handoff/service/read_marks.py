"""How far customers have read: told to agents at once, written by the second, many in one commit.

What a killed process had not written yet the page says again when it comes back.
"""

from __future__ import annotations

import asyncio

import structlog

from handoff.domain.live import ReadMark
from handoff.service.ports import Hub, Signal, conversation_topic
from handoff.service.store import Store
from kernel.clock import Clock

log = structlog.get_logger()

WRITE_EVERY_S = 1.0
READ = "read"


class ReadMarks:
    """Takes what pages say they have shown."""

    def __init__(self, store: Store, hub: Hub, clock: Clock) -> None:
        self._store = store
        self._hub = hub
        self._clock = clock
        self._new: dict[str, ReadMark] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write."""
        self._task = asyncio.create_task(self._forever(), name="read-marks")

    async def stop(self) -> None:
        """Write what is left, and end."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            await self.write()

    def mark(self, conversation_id: str, seq: int) -> None:
        """Take that the customer has seen everything up to `seq`."""
        known = self._new.get(conversation_id)
        if known is None or known.seq < seq:
            self._new[conversation_id] = ReadMark(conversation_id, seq, self._clock.now())
            self._hub.tell(Signal(conversation_topic(conversation_id), READ, {"seq": seq}))

    async def find(self, conversation_id: str) -> int:
        """Return up to which seq the customer has read; 0 when nothing is known."""
        async with self._store.read() as tx:
            stored = await tx.find_read_mark(conversation_id)
        new = self._new.get(conversation_id)
        return max(stored.seq if stored else 0, new.seq if new else 0)

    async def write(self) -> None:
        """Store what came since the last time."""
        if not (marks := self._new):
            return
        self._new = {}
        try:
            async with self._store.write() as tx:
                await tx.save_read_marks(list(marks.values()))
        except Exception:  # the database may be away for a while
            log.exception("read_marks_not_written")
            self._new = marks | self._new

    async def _forever(self) -> None:
        while True:
            await asyncio.sleep(WRITE_EVERY_S)
            await self.write()
