"""Messages on their way to a customer over a channel that carries them away, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

PUSHED = frozenset({"webhook"})  # channels that messages are sent to; others come and take them
FETCHED = frozenset({"kakao"})

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 300.0
TRIES_MAX = 14  # about an hour
ERROR_LENGTH_MAX = 200


class OutboxState(StrEnum):
    """Where a message stands: still to go, or failed for good until a person sends it again."""

    WAITING = "waiting"
    FAILED = "failed"


@dataclass(frozen=True)
class OutboxEntry:
    """One message that the channel has not taken."""

    conversation_id: str
    seq: int
    channel: str
    created_at: datetime
    due_at: datetime | None  # None where the channel fetches
    tries: int = 0
    failed_at: datetime | None = None
    error: str | None = None

    @property
    def state(self) -> OutboxState:
        """Where it stands."""
        return OutboxState.FAILED if self.failed_at else OutboxState.WAITING


def next_try_at(entry: OutboxEntry, *, now: datetime, random: float, wait_s: float | None = None) -> datetime | None:
    """Return when to try again after one more failure; None when it was tried often enough.

    Exponential with full jitter over the upper half, `random` from [0, 1), so that a receiver that comes back is not
    met by all at once. `wait_s`: what the receiver itself asked for, as far as it is reasonable.
    """
    if entry.tries + 1 >= TRIES_MAX:
        return None
    longest = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2**entry.tries)
    pause_s = longest * (0.5 + random / 2)
    if wait_s is not None:
        pause_s = max(pause_s, min(wait_s, LONGEST_PAUSE_S))
    return now + timedelta(seconds=pause_s)
