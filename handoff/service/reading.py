"""Reads conversations for live pages: all that are asked for at one moment in one view of the store.

A hint wakes every page of a conversation at once, and a busy second wakes many conversations. Pages that stand at the
same place share one reading; readings asked for while another is under way wait for it and then go together, so that
the busier the gateway is, the less each page costs.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence

import structlog

from handoff.domain.conversation import Agent, Note
from handoff.service.store import Store
from handoff.service.views import View, view_of
from handoff.service.waiting import Waits

log = structlog.get_logger()

Place = tuple[str, int]  # a conversation, and the seq after which to read

READ_AT_ONCE = 50  # messages: what a page that does not take them keeps in memory
TOGETHER_MAX = 64  # readings in one view of the store
HOLD_S = 0.004  # how long readings keep the loop from everything else


class Reader:
    """What changed in conversations, for the pages that show them."""

    def __init__(self, store: Store, waits: Waits) -> None:
        self._waits = waits
        self._store = store
        self._asked: dict[Place, asyncio.Future[View]] = {}
        self._reading: asyncio.Task[None] | None = None

    async def read(self, conversation_id: str, *, after: int) -> View:
        """Return the first messages after `after`, and who speaks now. Raises NotFound."""
        place = (conversation_id, after)
        if place not in self._asked:
            self._asked[place] = asyncio.get_running_loop().create_future()
        answer = self._asked[place]
        if self._reading is None:
            self._reading = asyncio.create_task(self._read_all(), name="reader")
        return await asyncio.shield(answer)

    async def list_notes(self, conversation_id: str) -> Sequence[Note]:
        """Return what agents told one another about a conversation."""
        async with self._store.read() as tx:
            return await tx.list_notes(conversation_id)

    async def list_team(self, roles: Collection[str]) -> Sequence[Agent]:
        """Return the members of staff with one of these roles."""
        async with self._store.read() as tx:
            return [agent for agent in await tx.list_agents() if agent.is_active and agent.role in roles]

    async def _read_all(self) -> None:
        try:
            while self._asked:
                some = {place: self._asked.pop(place) for place in list(self._asked)[:TOGETHER_MAX]}
                await self._read_some(some)
        finally:
            self._reading = None

    async def _read_some(self, asked: Mapping[Place, asyncio.Future[View]]) -> None:
        until_s = time.perf_counter() + HOLD_S
        try:
            async with self._store.read() as tx:
                for (conversation_id, after), answer in asked.items():
                    try:
                        answer.set_result(
                            await view_of(tx, conversation_id, after=after, limit=READ_AT_ONCE, waits=self._waits)
                        )
                    except Exception as error:  # another page's reading may go well
                        answer.set_exception(error)
                    if time.perf_counter() > until_s:  # others want to go on as well
                        await asyncio.sleep(0)
                        until_s = time.perf_counter() + HOLD_S
        except Exception as error:  # the store is away: every page hears of it and comes back later
            for answer in asked.values():
                if not answer.done():
                    answer.set_exception(error)
        for answer in asked.values():
            answer.exception()  # whoever asked may have left
