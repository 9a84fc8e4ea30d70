"""When a block holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backoffice.blocking.policy import Block, find_ended, find_holding, is_active
from backoffice.blocking.rules import load_block_rules
from backoffice.blocking.tables import BlockReason

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
BEFORE, AFTER = NOW - timedelta(seconds=1), NOW + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("auto_release_at", "released_at", "holds"),
    [
        (None, None, True),
        (AFTER, None, True),
        (NOW, None, False),
        (BEFORE, None, False),
        (AFTER, BEFORE, False),
        (None, NOW, False),
    ],
)
def test_a_block_holds_until_lifted_or_ended(
    auto_release_at: datetime | None, released_at: datetime | None, holds: bool
) -> None:
    assert is_active(auto_release_at, released_at, NOW) is holds


def a_block(reason: str, *, lifts: datetime | None, released: datetime | None = None) -> Block:
    return Block(BlockReason(reason), NOW - timedelta(hours=10), lifts, released)


@pytest.mark.parametrize(
    ("blocks", "holding"),
    [
        ([], None),
        ([a_block("sms_failures", lifts=NOW)], None),
        ([a_block("sms_failures", lifts=NOW + timedelta(hours=1))], 0),
        ([a_block("sms_failures", lifts=NOW + timedelta(hours=1), released=NOW)], None),
        (
            [a_block("sms_failures", lifts=NOW + timedelta(hours=1)), a_block("other", lifts=NOW + timedelta(hours=2))],
            1,
        ),
        ([a_block("sms_failures", lifts=NOW + timedelta(days=9)), a_block("identity_misuse", lifts=None)], 1),
    ],
)
def test_the_block_that_lasts_longest_is_told(blocks: list[Block], holding: int | None) -> None:
    assert find_holding(blocks, now=NOW) == (None if holding is None else blocks[holding])


def test_the_block_that_ended_last_is_remembered() -> None:
    early = a_block("sms_failures", lifts=NOW - timedelta(hours=4))
    late = a_block("other", lifts=NOW + timedelta(hours=9), released=NOW - timedelta(hours=1))
    assert find_ended([early, late], now=NOW) == (late, NOW - timedelta(hours=1))
    assert find_ended([a_block("other", lifts=None)], now=NOW) is None


def test_only_mistakes_may_be_lifted_early() -> None:
    rules = load_block_rules().reasons
    assert {reason for reason, rule in rules.items() if rule.may_lift_early} == {"info_mismatch", "sms_failures"}
    for reason in ("abnormal_access", "identity_misuse"):
        assert rules[BlockReason(reason)].skill == "security_review"
