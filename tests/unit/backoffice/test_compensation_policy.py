"""Which row of the compensation table fits a delay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backoffice.compensation.policy import find_late_row, is_second_delay, load_compensation

RULES = load_compensation()


@pytest.mark.parametrize(
    ("late_days", "row", "vip_row"),
    [(0, None, None), (1, 0, 1), (2, 0, 1), (3, 1, 2), (6, 1, 2), (7, 2, 2), (40, 2, 2)],
)
def test_the_row_follows_from_the_days_late_one_up_for_a_vip(
    late_days: int, row: int | None, vip_row: int | None
) -> None:
    for is_vip, expected in ((False, row), (True, vip_row)):
        found = find_late_row(late_days, is_vip=is_vip, rules=RULES)
        assert found == (None if expected is None else RULES.late[expected])


def test_a_second_delay_within_90_days_gets_the_last_row() -> None:
    assert find_late_row(1, is_second=True, rules=RULES) == RULES.late[-1]
    assert find_late_row(0, is_second=True, rules=RULES) is None
    now = datetime(2026, 11, 24, tzinfo=UTC)
    assert is_second_delay([now - timedelta(days=90)], now=now, rules=RULES)
    assert not is_second_delay([now - timedelta(days=91)], now=now, rules=RULES)
    assert not is_second_delay([], now=now, rules=RULES)


def test_the_table_has_no_gap() -> None:
    assert RULES.late[0].from_days == 1
    for row, following in zip(RULES.late, RULES.late[1:], strict=False):
        assert row.to_days == following.from_days - 1
    assert RULES.late[-1].to_days is None
