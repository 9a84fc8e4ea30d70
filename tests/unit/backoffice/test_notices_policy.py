"""Advertising is marked and never sent at night, at whatever moment it was to be sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.notices.policy import (
    AD_MARK,
    AD_WAY_OUT,
    is_quiet,
    mark_advertising,
    move_out_of,
    move_out_of_the_night,
)
from kernel.clock import KST

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 made aware
MINUTES = st.integers(0, 24 * 60 - 1)


@pytest.mark.parametrize(
    ("wanted", "sent"),
    [
        ("2026-11-24 07:59:59", "2026-11-24 08:00:00"),
        ("2026-11-24 08:00:00", "2026-11-24 08:00:00"),
        ("2026-11-24 12:34:56", "2026-11-24 12:34:56"),
        ("2026-11-24 20:59:59", "2026-11-24 20:59:59"),
        ("2026-11-24 21:00:00", "2026-11-25 08:00:00"),
        ("2026-11-24 23:59:59", "2026-11-25 08:00:00"),
        ("2026-12-31 22:00:00", "2027-01-01 08:00:00"),
        ("2026-11-25 00:00:00", "2026-11-25 08:00:00"),
    ],
)
def test_advertising_waits_for_the_morning_in_seoul(wanted: str, sent: str) -> None:
    at = datetime.fromisoformat(f"{wanted}+09:00").astimezone(UTC)
    assert move_out_of_the_night(at) == datetime.fromisoformat(f"{sent}+09:00")


@given(MOMENTS)
def test_advertising_is_never_sent_between_nine_in_the_evening_and_eight(at: datetime) -> None:
    moved = move_out_of_the_night(at)
    assert 8 <= moved.astimezone(KST).hour < 21
    assert timedelta() <= moved - at <= timedelta(hours=11)
    if 8 <= at.astimezone(KST).hour < 21:
        assert moved == at


@given(MOMENTS, MINUTES, MINUTES)
def test_quiet_hours_put_off_to_their_end_and_no_further(at: datetime, start: int, end: int) -> None:
    moved = move_out_of(at, start, end)
    assert not is_quiet(moved, start, end)
    assert timedelta() <= moved - at < timedelta(days=1)
    if moved != at:
        local = moved.astimezone(KST)
        assert (local.hour * 60 + local.minute, local.second) == (end, 0)
        assert is_quiet(moved - timedelta(microseconds=1), start, end)


@given(st.text(max_size=200))
def test_advertising_says_what_it_is_and_how_to_stop_it(text: str) -> None:
    marked = mark_advertising(text)
    assert marked.startswith(AD_MARK) and text in marked and AD_WAY_OUT in marked
    assert "무료" in AD_WAY_OUT
    assert mark_advertising(marked) == marked
