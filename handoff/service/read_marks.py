"""How far customers and their agents have read: told to the other side at once, written by the second, many in one commit.

What a killed process had not written yet the page says again when it comes back.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

import structlog

from handoff.domain.live import ReadMark
from handoff.service.ports import Hub, Signal, conversation_topic
from handoff.service.store import Store
from kernel.clock import Clock

log = structlog.get_logger()

WRITE_EVERY_S = 1.0
READ = "read"
READ_BY_AGENT = "read:agent"


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
        known = self._known(conversation_id)
        if known.seq < seq:
            self._new[conversation_id] = replace(known, seq=seq, at=self._clock.now())
            self._hub.tell(Signal(conversation_topic(conversation_id), READ, {"seq": seq}))

    def mark_by_agent(self, conversation_id: str, seq: int) -> None:
        """Take that the agent who holds the conversation has seen everything up to `seq`."""
        known = self._known(conversation_id)
        if known.agent_seq < seq:
            self._new[conversation_id] = replace(known, agent_seq=seq, at=self._clock.now())
            self._hub.tell(Signal(conversation_topic(conversation_id), READ_BY_AGENT, {"seq": seq}))

    async def find(self, conversation_id: str) -> ReadMark:
        """Return up to which seq each side has read; 0 when nothing is known."""
        async with self._store.read() as tx:
            stored = await tx.find_read_mark(conversation_id)
        new = self._known(conversation_id)
        return _farther(stored, new) if stored else new

    def _known(self, conversation_id: str) -> ReadMark:
        """Return what is not written yet."""
        return self._new.get(conversation_id) or ReadMark(conversation_id, 0, self._clock.now())

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
            self._new |= {key: _farther(mark, self._known(key)) for key, mark in marks.items()}

    async def _forever(self) -> None:
        while True:
            await asyncio.sleep(WRITE_EVERY_S)
            await self.write()


def _farther(one: ReadMark, other: ReadMark) -> ReadMark:
    return replace(one, seq=max(one.seq, other.seq), agent_seq=max(one.agent_seq, other.agent_seq))
