"""What customers have not received, for people: failed for good, tried in vain, or never fetched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from handoff.domain.outbox import FETCHED, OutboxEntry
from handoff.errors import NotFound
from handoff.service.ports import OUTBOX_TOPIC, Hub
from handoff.service.store import Store
from kernel.clock import Clock

LONG_AFTER = timedelta(minutes=10)
SHOWN = 200


class Undelivered:
    """The list of what did not arrive."""

    def __init__(self, store: Store, hub: Hub, clock: Clock) -> None:
        self._store = store
        self._hub = hub
        self._clock = clock

    async def list_all(self) -> Sequence[OutboxEntry]:
        """Return what failed for good, and what has been on its way for long, oldest first."""
        before = self._clock.now() - LONG_AFTER
        async with self._store.read() as tx:
            return await tx.list_undelivered(fetched=FETCHED, before=before, limit=SHOWN)

    async def list_of(self, conversation_id: str) -> Sequence[OutboxEntry]:
        """Return the messages of a conversation that its channel has not taken."""
        async with self._store.read() as tx:
            return await tx.list_undelivered_of(conversation_id)

    async def resend(self, conversation_id: str, seq: int) -> None:
        """Let a message that failed for good go again, at once. Raises NotFound."""
        async with self._store.write() as tx:
            if not await tx.resend_delivery(conversation_id, seq, due_at=self._clock.now()):
                raise NotFound("다시 보낼 메시지를 찾을 수 없어요. 이미 보냈을 수 있어요.", code="delivery_not_found")
        self._hub.publish(OUTBOX_TOPIC)
