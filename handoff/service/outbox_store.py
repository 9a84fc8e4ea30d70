"""The part of the store's port that concerns the delivery of messages; see store.py."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from handoff.domain.outbox import OutboxEntry


class OutboxTransaction(Protocol):
    """What can be done with messages that a channel has not taken. Whoever delivers holds a lease on the message."""

    async def list_due_deliveries(self, *, now: datetime, now_s: float, limit: int) -> Sequence[OutboxEntry]:
        """Return what is due and nobody delivers now: of each conversation its first message that is still to go."""

    async def lease_delivery(self, entry: OutboxEntry, *, token: str, until_s: float, now_s: float) -> bool:
        """Take the right to deliver a message until real time `until_s`; False when somebody else has it or did it."""

    async def finish_delivery(self, entry: OutboxEntry, *, token: str, at: datetime) -> bool:
        """Note that the channel has taken it; False when the lease is another's by now."""

    async def postpone_delivery(self, entry: OutboxEntry, *, token: str, due_at: datetime, error: str) -> bool:
        """Note a failure, and when to try again."""

    async def fail_delivery(self, entry: OutboxEntry, *, token: str, at: datetime, error: str) -> bool:
        """Note that it is not tried again by itself."""

    async def resend_delivery(self, conversation_id: str, seq: int, *, due_at: datetime) -> bool:
        """Let a message that had failed for good go again; False when it had not."""

    async def list_undelivered(
        self, *, fetched: Collection[str], before: datetime, limit: int
    ) -> Sequence[OutboxEntry]:
        """Return what failed for good, and what was written before that time and was tried in vain or, on channels
        that fetch, not fetched: oldest first."""

    async def list_undelivered_of(self, conversation_id: str) -> Sequence[OutboxEntry]:
        """Return the messages of a conversation that its channel has not taken, in order."""
