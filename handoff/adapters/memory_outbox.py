"""The outbox's part of the store in memory; see memory.py."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from handoff.domain.outbox import OutboxEntry

Key = tuple[str, int]


class MemoryOutbox:
    """The part of a unit of work that concerns the delivery of messages. `deliveries` holds every entry ever made."""

    _t: Any

    def _open(self) -> dict[Key, OutboxEntry]:
        return {
            key: entry
            for key, entry in sorted(self._t.deliveries.items())
            if self._t.outbox[key] is None and entry.failed_at is None
        }

    def _is_leased(self, key: Key, now_s: float) -> bool:
        return key in self._t.delivery_leases and self._t.delivery_leases[key][1] >= now_s

    async def list_due_deliveries(self, *, now: datetime, now_s: float, limit: int) -> Sequence[OutboxEntry]:
        first: dict[str, OutboxEntry] = {}
        for (conversation_id, _), entry in self._open().items():
            first.setdefault(conversation_id, entry)
        due = [
            e
            for e in first.values()
            if e.due_at is not None and e.due_at <= now and not self._is_leased((e.conversation_id, e.seq), now_s)
        ]
        return sorted(due, key=lambda e: (e.due_at, e.conversation_id))[:limit]

    async def lease_delivery(self, entry: OutboxEntry, *, token: str, until_s: float, now_s: float) -> bool:
        key = (entry.conversation_id, entry.seq)
        if self._open().get(key) != entry or self._is_leased(key, now_s):
            return False
        self._t.delivery_leases[key] = (token, until_s)
        return True

    async def finish_delivery(self, entry: OutboxEntry, *, token: str, at: datetime) -> bool:
        if not self._settle(entry, token, tries=entry.tries + 1, error=None):
            return False
        self._t.outbox[entry.conversation_id, entry.seq] = (at, entry.channel)
        return True

    async def postpone_delivery(self, entry: OutboxEntry, *, token: str, due_at: datetime, error: str) -> bool:
        return self._settle(entry, token, due_at=due_at, tries=entry.tries + 1, error=error)

    async def fail_delivery(self, entry: OutboxEntry, *, token: str, at: datetime, error: str) -> bool:
        return self._settle(entry, token, failed_at=at, tries=entry.tries + 1, error=error)

    def _settle(self, entry: OutboxEntry, token: str, **changed: Any) -> bool:
        key = (entry.conversation_id, entry.seq)
        if key not in self._open() or self._t.delivery_leases.get(key, ("", 0))[0] != token:
            return False
        del self._t.delivery_leases[key]
        self._t.deliveries[key] = replace(self._t.deliveries[key], **changed)
        return True

    async def resend_delivery(self, conversation_id: str, seq: int, *, due_at: datetime) -> bool:
        entry = self._t.deliveries.get((conversation_id, seq))
        if entry is None or entry.failed_at is None:
            return False
        self._t.deliveries[conversation_id, seq] = replace(entry, failed_at=None, tries=0, due_at=due_at)
        return True

    async def list_undelivered(
        self, *, fetched: Collection[str], before: datetime, limit: int
    ) -> Sequence[OutboxEntry]:
        found = [
            entry
            for key, entry in self._t.deliveries.items()
            if self._t.outbox[key] is None
            and (entry.failed_at or ((entry.tries or entry.channel in fetched) and entry.created_at < before))
        ]
        return sorted(found, key=lambda e: (e.created_at, e.seq))[:limit]

    async def list_undelivered_of(self, conversation_id: str) -> Sequence[OutboxEntry]:
        return [
            entry
            for key, entry in sorted(self._t.deliveries.items())
            if key[0] == conversation_id and self._t.outbox[key] is None
        ]
