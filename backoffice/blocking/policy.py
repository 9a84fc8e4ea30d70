"""How long a block lasts, whether it still holds, and what may be done about one. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from backoffice.blocking.tables import BlockReason, BlockSignal
from kernel.clock import KST

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class BlockRule:
    """What one reason for a block means; see `rules.yml` for each field."""

    share_percent: int
    release_after_h: int | None
    reviewed_by: str
    because: str
    meanwhile: str | None
    avoid: str | None
    may_lift_early: bool
    skill: str
    by_case: bool = False


@dataclass(frozen=True)
class SignalRule:
    """What a signal changes about a block; see `rules.yml` for each field."""

    security_only: bool = False
    skill: str | None = None
    release_after_h: int | None = None
    instead_of: Collection[BlockReason] = ()


@dataclass(frozen=True)
class BlockRules:
    """The rule of every reason and every signal."""

    version: int
    author: str
    changed_on: date
    keep_releases_years: int
    justification_letters: int
    lifted_by: Mapping[str, Collection[str]]
    reasons: Mapping[BlockReason, BlockRule]
    signals: Mapping[BlockSignal, SignalRule]


@dataclass(frozen=True)
class Terms:
    """What follows from a reason and its signals. Without `release_after` a block is lifted by hand only."""

    rule_id: str
    rules_version: int
    release_after: timedelta | None
    may_lift_early: bool
    reviewed_by: str
    skill: str


@dataclass(frozen=True)
class Block:
    """One time a customer was kept out. Without `auto_release_at` it is lifted by hand only."""

    reason: BlockReason
    blocked_at: datetime
    auto_release_at: datetime | None = None
    released_at: datetime | None = None
    block_id: str = ""
    signals: Collection[BlockSignal] = ()


def set_terms(rules: BlockRules, reason: BlockReason, signals: Collection[BlockSignal] = ()) -> Terms:
    """Return what the rules say of a block for `reason`.

    A signal for the security team keeps everybody else, and a shorter time, out of it.
    """
    rule = rules.reasons[reason]
    noticed = {signal: rules.signals[signal] for signal in sorted(signals)}
    secured = {signal: found for signal, found in noticed.items() if found.security_only}
    shortening = {signal: found for signal, found in noticed.items() if reason in found.instead_of and not secured}
    hours = min((found.release_after_h or 0 for found in shortening.values()), default=rule.release_after_h)
    skills = [found.skill for found in secured.values() if found.skill]
    return Terms(
        rule_id="+".join([reason, *(secured or shortening)]),
        rules_version=rules.version,
        release_after=None if hours is None else timedelta(hours=hours),
        may_lift_early=rule.may_lift_early and not secured,
        reviewed_by="security_team" if secured else rule.reviewed_by,
        skill=skills[0] if skills else rule.skill,
    )


def is_active(auto_release_at: datetime | None, released_at: datetime | None, now: datetime) -> bool:
    """Return whether a block holds at `now`: neither lifted nor past its own end."""
    return not any(end is not None and end <= now for end in (auto_release_at, released_at))


def list_holding(blocks: Sequence[Block], *, now: datetime) -> Sequence[Block]:
    """Return the blocks that keep the customer out."""
    return [block for block in blocks if is_active(block.auto_release_at, block.released_at, now)]


def find_holding(blocks: Sequence[Block], *, now: datetime) -> Block | None:
    """Return the block that keeps the customer out longest, None when none holds; one lifted by hand outlasts all."""
    holding = list_holding(blocks, now=now)
    return find_longest(holding) if holding else None


def find_longest(holding: Sequence[Block]) -> Block:
    """Return the one of at least one block that lasts longest; one lifted by hand outlasts all."""
    return max(holding, key=lambda block: block.auto_release_at or _NEVER)


def find_in_the_way(holding: Sequence[Block], rules: BlockRules) -> Terms | None:
    """Return the terms of a block that no proof of identity lifts early, None where each of `holding` may be lifted."""
    all_terms = [set_terms(rules, block.reason, block.signals) for block in holding]
    return next((terms for terms in all_terms if not terms.may_lift_early), None)


def may_lift(rules: BlockRules, terms: Terms, role: str) -> bool:
    """Return whether a member of staff with this role lifts such a block by hand."""
    return role in rules.lifted_by[terms.skill]


def is_justified(rules: BlockRules, justification: str) -> bool:
    """Return whether a justification says something: letters and digits count, signs do not."""
    return sum(map(str.isalnum, justification)) >= rules.justification_letters


def find_ended(blocks: Sequence[Block], *, now: datetime) -> tuple[Block, datetime] | None:
    """Return the block that ended last, and when; None when none has ended."""
    ended = [
        (block, min(end for end in (block.auto_release_at, block.released_at) if end is not None and end <= now))
        for block in blocks
        if not is_active(block.auto_release_at, block.released_at, now)
    ]
    return max(ended, key=lambda pair: pair[1], default=None)


def find_end(auto_release_at: datetime | None, blocked_at: datetime, now: datetime) -> datetime:
    """Return when a block that is being ended `now` has ended: at its own time where that has come, never before it began."""
    ends_at = now if auto_release_at is None else min(auto_release_at, now)
    return max(ends_at, blocked_at)


def keep_until(at: datetime, years: int) -> datetime:
    """Return the moment `years` later, by the calendar in Seoul; of a leap day the day after."""
    local = at.astimezone(KST)
    try:
        return local.replace(year=local.year + years)
    except ValueError:
        return local.replace(year=local.year + years, month=3, day=1)
