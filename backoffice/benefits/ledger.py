"""How points are earned in lots, spent oldest first, given back and lost. Pure.

A line with a positive amount and no lot is a lot of its own. A negative line takes from the lot it names,
or, where it names none, from the oldest lots that still hold something; what it takes beyond them is owed
by the lots to come. A positive line that names a lot gives back to it. So what the lots hold is always the
sum of the lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the points ledger; spending is negative. `row_id` grows in the order of writing."""

    amount_krw: int
    why: str | None
    at: datetime
    expires_at: datetime | None = None
    row_id: int = 0
    lot_row_id: int | None = None
    entry_key: str | None = None


@dataclass(frozen=True, kw_only=True)
class Lot:
    """What is left of one line that was earned."""

    row_id: int
    left_krw: int
    earned_at: datetime
    expires_at: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        """Return whether it can no longer be spent."""
        return self.expires_at is not None and self.expires_at <= now


@dataclass(frozen=True)
class Take:
    """So much from one lot."""

    lot_row_id: int
    amount_krw: int


def list_lots(lines: Iterable[Line]) -> list[Lot]:
    """Return the lots with what is left of each, oldest first; empty ones too."""
    lots: list[Lot] = []
    place_of: dict[int, int] = {}
    owed = 0
    for line in sorted(lines, key=lambda line: (line.at, line.row_id)):
        named = place_of.get(line.lot_row_id) if line.lot_row_id is not None else None
        if named is not None:
            lots[named] = replace(lots[named], left_krw=lots[named].left_krw + line.amount_krw)
        elif line.amount_krw < 0:
            owed += _take(lots, -line.amount_krw)
        else:
            paid_back = min(owed, line.amount_krw)
            owed -= paid_back
            place_of[line.row_id] = len(lots)
            left = line.amount_krw - paid_back
            lots.append(Lot(row_id=line.row_id, left_krw=left, earned_at=line.at, expires_at=line.expires_at))
    return lots


def _take(lots: list[Lot], amount_krw: int) -> int:
    """Take from the oldest lots; return what they could not give."""
    for place, lot in enumerate(lots):
        taken = min(lot.left_krw, amount_krw)
        lots[place] = replace(lot, left_krw=lot.left_krw - taken)
        amount_krw -= taken
    return amount_krw


def list_expired(lots: Iterable[Lot], *, now: datetime) -> list[Take]:
    """Return what has to be taken back at `now` because its time is over."""
    return [Take(lot.row_id, lot.left_krw) for lot in lots if lot.left_krw > 0 and lot.is_over(now)]


def sum_usable(lots: Iterable[Lot], *, now: datetime) -> int:
    """Return what can be spent at `now`."""
    return sum(lot.left_krw for lot in lots if not lot.is_over(now))


def plan_spending(lots: Sequence[Lot], amount_krw: int, *, now: datetime) -> list[Take]:
    """Return what to take from which lots, oldest first; less than `amount_krw` in sum where they do not hold it."""
    takes: list[Take] = []
    for lot in lots:
        taken = 0 if lot.is_over(now) else min(lot.left_krw, amount_krw)
        if taken > 0:
            takes.append(Take(lot.row_id, taken))
            amount_krw -= taken
    return takes


def find_next_expiry(lots: Iterable[Lot]) -> datetime | None:
    """Return when the next points are lost, None when none will be."""
    return min((lot.expires_at for lot in lots if lot.left_krw > 0 and lot.expires_at), default=None)
