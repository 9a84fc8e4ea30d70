"""The product's clock: moved by a fixed offset, or standing still for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kernel.clock import KST, FixedClock, ProductClock


@pytest.mark.parametrize("offset_s", [0.0, 86_400.0, -3_600.5])
def test_the_products_clock_is_the_machines_plus_its_offset(offset_s: float) -> None:
    before = datetime.now(UTC)
    now = ProductClock(offset_s).now()
    assert before <= now - timedelta(seconds=offset_s) <= datetime.now(UTC)
    assert now.tzinfo is UTC


def test_a_fixed_clock_moves_only_when_told() -> None:
    clock = FixedClock(datetime(2026, 11, 24, 12, 0, tzinfo=KST))
    assert clock.now() == clock.now() == datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    clock.advance(90)
    clock.advance(-30)
    assert clock.now() == datetime(2026, 11, 24, 3, 1, tzinfo=UTC)
    assert clock.now().tzinfo is UTC


def test_a_clock_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="aware"):
        FixedClock(datetime(2026, 11, 24))  # noqa: DTZ001


def test_seoul_has_no_summer_time() -> None:
    for month in (1, 7):
        assert datetime(2026, month, 1, tzinfo=KST).utcoffset() == timedelta(hours=9)
