"""Carries messages to customers over channels that take what is sent to them, each conversation's in its order.

A message is tried until its channel takes it, ever more slowly; what the channel refuses for good, or never takes,
is put before people, who may send it again, and the conversation goes on with the next. Of several processes the one
that holds the lease delivers. A process that dies while it delivers leaves a message that may have arrived: it is sent
again under the same key, by which the receiver drops the repeat.
"""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections.abc import Callable
from typing import Protocol

import structlog

from handoff.domain.conversation import Conversation, Message
from handoff.domain.outbox import ERROR_LENGTH_MAX, OutboxEntry, next_try_at
from handoff.service.ports import OUTBOX_TOPIC, Hub, agent_topic
from handoff.service.store import Store
from kernel.clock import Clock

log = structlog.get_logger()

LOOK_EVERY_S = 1.0
LEASE_S = 30.0  # longer than a carrier takes
AT_ONCE = 16


class CarrierFailed(Exception):
    """The channel did not take a message; it may later, at the earliest in `wait_s` if it said so."""

    def __init__(self, reason: str, *, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


class CarrierRefused(Exception):
    """The channel will not take this message, however often it is sent."""


class Carrier(Protocol):
    """The way to a channel that messages are sent to."""

    async def carry(self, conversation: Conversation, message: Message, *, key: str) -> None:
        """Hand a message over; `key` is the same whenever it is sent. Raises CarrierFailed and CarrierRefused."""


class Deliverer:
    """Delivers until stopped."""

    def __init__(
        self,
        store: Store,
        hub: Hub,
        clock: Clock,
        carrier: Carrier,
        *,
        chance: Callable[[], float] = random.random,
        real_s: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._hub = hub
        self._clock = clock
        self._carrier = carrier
        self._chance = chance
        self._real_s = real_s
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to deliver."""
        self._task = asyncio.create_task(self._forever(), name="deliverer")

    async def stop(self) -> None:
        """End; what is being delivered is left to its lease."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _forever(self) -> None:
        with self._hub.subscribe(OUTBOX_TOPIC) as news:
            while True:
                count = 0
                try:
                    count = await self.deliver_due()
                except Exception:  # the database may be away for a while
                    log.exception("delivery_failed")
                if count == 0:
                    await news.wait(LOOK_EVERY_S)

    async def deliver_due(self) -> int:
        """Deliver what is due, the first message of each conversation; return how many were settled."""
        async with self._store.read() as tx:
            due = await tx.list_due_deliveries(now=self._clock.now(), now_s=self._real_s(), limit=AT_ONCE)
        done = await asyncio.gather(*(self._deliver(entry) for entry in due))
        return sum(done)

    async def _deliver(self, entry: OutboxEntry) -> bool:
        token, now_s = secrets.token_hex(8), self._real_s()
        async with self._store.write() as tx:
            if not await tx.lease_delivery(entry, token=token, until_s=now_s + LEASE_S, now_s=now_s):
                return False
            conversation = await tx.find_conversation(entry.conversation_id)
            found = await tx.list_messages(entry.conversation_id, after=entry.seq - 1, limit=1)
        if conversation is None or not found:
            return False
        try:
            await self._carrier.carry(conversation, found[0], key=f"{entry.conversation_id}:{entry.seq}")
        except CarrierRefused as error:
            await self._give_up(entry, token, conversation, str(error))
        except CarrierFailed as error:
            await self._try_later(entry, token, conversation, error)
        else:
            async with self._store.write() as tx:
                await tx.finish_delivery(entry, token=token, at=self._clock.now())
        return True

    async def _try_later(
        self, entry: OutboxEntry, token: str, conversation: Conversation, failed: CarrierFailed
    ) -> None:
        due_at = next_try_at(entry, now=self._clock.now(), random=self._chance(), wait_s=failed.wait_s)
        if due_at is None:
            await self._give_up(entry, token, conversation, str(failed))
            return
        log.info("delivery_put_off", conversation_id=entry.conversation_id, seq=entry.seq, tries=entry.tries + 1)
        async with self._store.write() as tx:
            await tx.postpone_delivery(entry, token=token, due_at=due_at, error=str(failed)[:ERROR_LENGTH_MAX])

    async def _give_up(self, entry: OutboxEntry, token: str, conversation: Conversation, reason: str) -> None:
        log.warning("delivery_given_up", conversation_id=entry.conversation_id, seq=entry.seq, tries=entry.tries + 1)
        async with self._store.write() as tx:
            await tx.fail_delivery(entry, token=token, at=self._clock.now(), error=reason[:ERROR_LENGTH_MAX])
        if conversation.agent_id is not None:
            self._hub.publish(agent_topic(conversation.agent_id))
