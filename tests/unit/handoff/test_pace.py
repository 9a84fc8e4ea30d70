"""How fast the queue moves, as measured: the assumed times weigh in until enough is known."""

from __future__ import annotations

import pytest

from handoff.domain.waiting import PRIOR_COUNT, estimate_wait_s, measure


def test_what_agents_take_to_accept_is_measured_and_begins_with_the_assumed_time() -> None:
    unknown = measure([], assumed_s=300, accept_s=10, after_close_s=30)
    assert unknown.accept_s == 10
    assert unknown.handling_s["general"] == 340
    known = measure([], assumed_s=300, accept_s=10, after_close_s=30, accepted_after_s=[4.0] * 195)
    assert known.accept_s == pytest.approx((195 * 4 + PRIOR_COUNT * 10) / 200)
    assert known.handling_s["general"] == pytest.approx(330 + known.accept_s)  # the place is taken from the offer on


def test_nobody_who_can_is_there() -> None:
    assert estimate_wait_s("general", {}, [], measure([], assumed_s=300, accept_s=10, after_close_s=30)) is None
