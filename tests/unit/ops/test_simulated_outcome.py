"""Figures of a simulated day: waits, busy places, estimates, who was overtaken."""

from __future__ import annotations

from typing import Any

import pytest

from ops.simulation.day import Told, Visit
from ops.simulation.demand import Caller
from ops.simulation.outcome import (
    Estimate,
    best_share,
    busy_spans,
    describe,
    describe_estimates,
    estimates_of,
    overlap_s,
    overtaken,
    place_seconds,
    staffed,
    waits_of,
    waits_until_asked,
)


def visit(arrives_s: float, *, skill: str = "general", **changed: Any) -> Visit:
    return Visit(Caller(0, arrives_s, 100.0, 60.0, skill), **changed)


def test_waits_end_with_an_agent_or_with_patience() -> None:
    visits = [
        visit(10.0, asked_s=[15.0], begun_s=[20.0], closed_s=80.0),
        visit(10.0, left_s=110.0),
        visit(10.0, asked_s=[12.0], begun_s=[12.0], closed_s=80.0),
    ]
    assert [(one.waited_s, one.served) for one in waits_of(visits)] == [(10.0, True), (100.0, False), (2.0, True)]
    assert [one.waited_s for one in waits_until_asked(visits)] == [5.0, 100.0, 2.0]
    figures = describe(waits_of(visits))
    assert figures["left_ratio"] == pytest.approx(1 / 3)
    assert figures["within_20s_ratio"] == pytest.approx(2 / 3)  # who left counts as not served in time
    assert (figures["wait_p50_s"], figures["wait_max_s"]) == (2.0, 10.0)


def test_a_place_is_taken_from_the_offer_to_the_time_after_the_close_and_again_after_a_vanished_agent() -> None:
    again = visit(
        0.0, asked_s=[1.0, 3.0, 400.0], begun_s=[5.0, 404.0], put_back_s=[305.0], closed_s=500.0, agents=["a", "b"]
    )
    assert busy_spans([again], 30.0) == [(3.0, 305.0), (400.0, 530.0)]
    assert overlap_s([(0.0, 10.0), (5.0, 20.0)], 5.0, 15.0) == 15.0
    stretches = staffed([(0.0, 4), (60.0, 2)], 100.0)
    assert place_seconds(stretches, 30.0, 100.0) == 30 * 4 + 40 * 2


def test_an_estimate_is_right_within_a_factor_of_two_or_a_moment() -> None:
    assert Estimate(3, 100.0, 199.0, None).is_right
    assert not Estimate(3, 100.0, 201.0, None).is_right
    assert Estimate(1, 20.0, 49.0, None).is_right and not Estimate(1, 20.0, 49.0, None).is_within_factor
    assert Estimate(3, 100.0, None, 150.0).is_right is None  # left before one could tell
    assert Estimate(3, 100.0, None, 250.0).is_right is False  # waited longer than that already
    mixed = [Estimate(3, 100.0, 150.0, None), Estimate(3, 100.0, None, 250.0), Estimate(3, 100.0, None, 10.0)]
    assert describe_estimates(mixed)["all"]["right_ratio"] == 0.5


def test_who_is_asked_for_at_once_was_told_no_wait() -> None:
    told = [Told(10.0, 1, 10), Told(70.0, 1, 60)]
    assert estimates_of([visit(10.0, asked_s=[10.0], begun_s=[14.0], told=told[:1])]) == []
    found = estimates_of([visit(10.0, asked_s=[100.0], begun_s=[104.0], told=told)])
    assert [(one.told_s, one.waited_s) for one in found] == [(10, 94.0), (60, 34.0)]


def test_one_number_is_within_a_factor_of_two_of_a_random_wait_only_so_often() -> None:
    # Of one exponential time at best e^(-m/2) - e^(-2m) with m = ln(4) / 1.5.
    assert best_share(1, 60.0, 0.0) == pytest.approx(0.4725, abs=1e-3)
    shares = [best_share(position, 60.0, 0.0) for position in (1, 2, 5, 20)]
    assert shares == sorted(shares) and shares[-1] < 1
    # Half a minute does not matter where the queue moves every ten seconds.
    assert best_share(1, 10.0) > 0.95 > best_share(1, 60.0) > best_share(1, 60.0, 0.0)


def test_overtaken_is_who_waits_while_a_later_one_of_the_same_topic_is_asked_for() -> None:
    first, second = visit(0.0, asked_s=[50.0]), visit(10.0, asked_s=[40.0])
    assert overtaken([first, second], lambda v: v.caller.arrives_s) == [10.0]
    assert overtaken([first, second], lambda v: -v.caller.arrives_s) == []  # ranked the other way round
    other = visit(10.0, skill="delivery", asked_s=[40.0])
    assert overtaken([first, other], lambda v: v.caller.arrives_s) == []
    gone = visit(0.0, left_s=45.0)
    assert overtaken([gone, second], lambda v: v.caller.arrives_s) == [10.0]
