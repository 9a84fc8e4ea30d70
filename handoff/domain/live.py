"""What live pages tell of one another beside messages: how far each side has read, how a frame has to look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ReadMark:
    """The customer has seen every message of a conversation up to `seq`, its agents up to `agent_seq`."""

    conversation_id: str
    seq: int
    at: datetime
    agent_seq: int = 0


@dataclass(frozen=True)
class Fingerprint:
    """What of a conversation tells that something about it has changed."""

    version: int
    last_seq: int


@dataclass(frozen=True)
class WaitingLine:
    """A waiting conversation's place is where it stands among the others; this is what else tells of it."""

    conversation_id: str
    skill: str | None
    fingerprint: Fingerprint


@dataclass
class Allowance:
    """How much somebody may still do: `burst` at once, filled up again by `per_s`. Times are monotonic seconds."""

    burst: float
    per_s: float
    left: float
    at_s: float

    @classmethod
    def full(cls, burst: float, per_s: float, *, now_s: float) -> Allowance:
        """Return an allowance of which nothing is used."""
        return cls(burst, per_s, burst, now_s)

    def take(self, amount: float, *, now_s: float) -> bool:
        """Use `amount` of it; False when there is not enough left, and then nothing is used."""
        self.left = min(self.burst, self.left + (now_s - self.at_s) * self.per_s)
        self.at_s = now_s
        if self.left < amount:
            return False
        self.left -= amount
        return True

    def is_full(self, *, now_s: float) -> bool:
        """Tell whether all of it is there again."""
        return self.left + (now_s - self.at_s) * self.per_s >= self.burst
