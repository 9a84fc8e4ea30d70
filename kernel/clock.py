"""The one clock of the product.

Whatever asks "what time is it" for a customer, an order or a deadline asks a `Clock`, so that a
story can be replayed on its day (`ieum up --clock`). Leases, time-outs and token lifetimes are
about the machine and use real time instead.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

KST = ZoneInfo("Asia/Seoul")


class Clock(Protocol):
    """Tells the product's time."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""


class ProductClock:
    """The machine's clock, moved by a fixed number of seconds."""

    def __init__(self, offset_s: float = 0.0) -> None:
        self._offset = timedelta(seconds=offset_s)

    def now(self) -> datetime:
        """Return the machine's time plus the offset."""
        return datetime.now(UTC) + self._offset


class FixedClock:
    """A clock that stands still until told to move, for tests."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("a clock needs an aware time")
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """Return the time it was set to."""
        return self._at

    def advance(self, seconds: float) -> None:
        """Move the clock forward (or back, when negative)."""
        self._at += timedelta(seconds=seconds)
