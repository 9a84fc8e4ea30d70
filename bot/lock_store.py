"""Lock store that locks nothing.

The gateway runs one turn of a conversation at a time and commits its outcome only
against the version it started from; a second lock here would only cost.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LOCK_LIFETIME, LockStore


class NoLockStore(LockStore):
    """Lets every message pass at once."""

    @asynccontextmanager
    async def lock(
        self,
        conversation_id: str,
        lock_lifetime: float = LOCK_LIFETIME,
        wait_time_in_seconds: float = 1,
    ) -> AsyncGenerator[TicketLock, None]:
        """Yield a lock that nobody holds."""
        yield TicketLock(conversation_id)
