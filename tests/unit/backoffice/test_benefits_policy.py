"""What points and coupons can still be used."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from backoffice.benefits.policy import SOON_DAYS, Coupon, Line, ends_soon, judge

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)


def earned(amount_krw: int, *, ends_in_days: int | None = None) -> Line:
    ends = None if ends_in_days is None else NOW + timedelta(days=ends_in_days)
    return Line(amount_krw=amount_krw, why=None, at=NOW - timedelta(days=30), expires_at=ends)


def a_coupon(name: str, *, ends_in_days: int | None = None, is_used: bool = False) -> Coupon:
    ends = None if ends_in_days is None else NOW + timedelta(days=ends_in_days)
    return Coupon(name=name, expires_at=ends, used_at=NOW if is_used else None)


def test_the_balance_is_the_sum_of_the_ledger() -> None:
    assert judge([earned(5_000), earned(-2_000)], [], [], now=NOW).balance_krw == 3_000


def test_nobody_owes_points() -> None:
    assert judge([earned(-2_000)], [], [], now=NOW).balance_krw == 0


def test_points_that_end_within_a_week_are_told_as_far_as_they_are_left() -> None:
    held = judge(
        [earned(5_000, ends_in_days=SOON_DAYS), earned(-4_000), earned(1_000, ends_in_days=90)], [], [], now=NOW
    )
    assert (held.balance_krw, held.expiring_krw) == (2_000, 1_000)
    assert held.first_expiry_at == NOW + timedelta(days=SOON_DAYS)
    assert judge([earned(5_000, ends_in_days=SOON_DAYS + 1)], [], [], now=NOW).expiring_krw == 0


def test_coupons_are_usable_until_used_or_ended_the_first_to_end_first() -> None:
    coupons = [
        a_coupon("ever"),
        a_coupon("late", ends_in_days=30),
        a_coupon("soon", ends_in_days=2),
        a_coupon("gone", ends_in_days=0),
        a_coupon("used", is_used=True),
    ]
    held = judge([], coupons, [], now=NOW)
    assert [coupon.name for coupon in held.usable] == ["soon", "late", "ever"]
    assert (held.used_count, held.expired_count) == (1, 1)
    assert [ends_soon(coupon, now=NOW) for coupon in held.usable] == [True, False, False]
