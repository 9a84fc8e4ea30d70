"""Whether a block still holds, and what may be done about one. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from backoffice.blocking.tables import BlockReason


@dataclass(frozen=True)
class BlockRule:
    """What one reason for a block means; see `rules.yml` for each field."""

    because: str
    meanwhile: str | None
    avoid: str | None
    may_lift_early: bool
    skill: str


@dataclass(frozen=True)
class BlockRules:
    """The rule of every reason."""

    version: int
    reasons: Mapping[BlockReason, BlockRule]


@dataclass(frozen=True)
class Block:
    """One time a customer was kept out. Without `auto_release_at` it is lifted by hand only."""

    reason: BlockReason
    blocked_at: datetime
    auto_release_at: datetime | None = None
    released_at: datetime | None = None


def is_active(auto_release_at: datetime | None, released_at: datetime | None, now: datetime) -> bool:
    """Return whether a block holds at `now`: neither lifted nor past its own end."""
    return not any(end is not None and end <= now for end in (auto_release_at, released_at))


def find_holding(blocks: Sequence[Block], *, now: datetime) -> Block | None:
    """Return the block that keeps the customer out longest, None when none holds; one lifted by hand outlasts all."""
    holding = [block for block in blocks if is_active(block.auto_release_at, block.released_at, now)]
    by_hand = [block for block in holding if block.auto_release_at is None]
    if by_hand:
        return by_hand[0]
    return max(holding, key=lambda block: block.auto_release_at or now, default=None)


def find_ended(blocks: Sequence[Block], *, now: datetime) -> tuple[Block, datetime] | None:
    """Return the block that ended last, and when; None when none has ended."""
    ended = [
        (block, min(end for end in (block.auto_release_at, block.released_at) if end is not None and end <= now))
        for block in blocks
        if not is_active(block.auto_release_at, block.released_at, now)
    ]
    return max(ended, key=lambda pair: pair[1], default=None)
