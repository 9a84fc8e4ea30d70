"""Erlang-A agrees with the closed forms it contains, with published values, and with a plain birth-death chain."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.simulation.erlang_a import ErlangA, expected_wait_s


def erlang_b(load: float, places: int) -> float:
    """The share of those who find all places taken when nobody may wait, by the usual recursion."""
    blocked = 1.0
    for count in range(1, places + 1):
        blocked = load * blocked / (count + load * blocked)
    return blocked


def erlang_c(load: float, places: int) -> float:
    blocked = erlang_b(load, places)
    return blocked / (1 - load / places * (1 - blocked))


@pytest.mark.parametrize(("load", "places"), [(0.5, 1), (8.0, 10), (24.0, 30), (29.0, 30), (110.0, 120)])
def test_is_erlang_c_when_nobody_leaves(load: float, places: int) -> None:
    rate = 1 / 300
    centre = ErlangA(load * rate, rate, 0.0, places)
    waits = erlang_c(load, places)
    mean = waits / (places * rate - load * rate)
    assert centre.wait_ratio == pytest.approx(waits, rel=1e-9)
    assert centre.mean_wait_s == pytest.approx(mean, rel=1e-6)
    assert centre.left_ratio == 0
    assert centre.utilisation == pytest.approx(load / places)
    for seconds in (0, 20, 60, 600):
        within = 1 - waits * math.exp(-(places - load) * rate * seconds)
        assert centre.served_within(seconds) == pytest.approx(within, abs=1e-8)


def test_published_erlang_c_value() -> None:
    """100 calls in half an hour, 3 minutes each, 14 agents: 17.4 % wait, 7.8 s on average, 88.8 % within 20 s."""
    centre = ErlangA(200 / 3600, 1 / 180, 0.0, 14)
    assert centre.wait_ratio == pytest.approx(0.174, abs=5e-4)
    assert centre.mean_wait_s == pytest.approx(7.8, abs=0.05)
    assert centre.served_within(20) == pytest.approx(0.888, abs=5e-4)


@pytest.mark.parametrize(("load", "places"), [(3.0, 4), (30.0, 30), (60.0, 30)])
def test_as_many_are_there_as_with_endless_places_when_patience_is_as_long_as_serving(load: float, places: int) -> None:
    rate = 1 / 240
    centre = ErlangA(load * rate, rate, rate, places)
    for count in range(0, 90, 7):
        poisson = math.exp(-load + count * math.log(load) - math.lgamma(count + 1))
        state = centre.states[count] if count < len(centre.states) else 0.0
        assert state == pytest.approx(poisson, abs=1e-12)


def test_only_as_many_as_can_be_served_stay_in_heavy_overload() -> None:
    centre = ErlangA(1.0, 1 / 300, 1 / 120, 30)
    assert centre.utilisation == pytest.approx(1.0, abs=1e-6)
    assert centre.left_ratio == pytest.approx(1 - 30 / 300, abs=1e-6)


rates = st.floats(1e-4, 1.0)
centres = st.builds(ErlangA, rates, rates, rates, st.integers(1, 40))


@given(centres)
def test_flow_is_kept(centre: ErlangA) -> None:
    """Who comes is served or leaves, and every state is left as often as it is entered."""
    served = math.fsum(min(k, centre.places) * share for k, share in enumerate(centre.states)) * centre.serving_rate
    left = centre.queue_length * centre.leaving_rate
    assert served + left == pytest.approx(centre.arrival_rate, rel=1e-6)
    assert centre.utilisation == pytest.approx(served / (centre.places * centre.serving_rate), rel=1e-6, abs=1e-9)


@given(centres, st.floats(0, 5_000))
def test_all_who_do_not_leave_are_served_in_the_end(centre: ErlangA, seconds: float) -> None:
    assert centre.served_within(0) == pytest.approx(1 - centre.wait_ratio, abs=1e-9)
    assert centre.served_within(seconds) <= 1 - centre.left_ratio + 1e-9
    assert centre.served_within(1e9) == pytest.approx(1 - centre.left_ratio, abs=1e-6)


def test_served_within_is_what_the_chain_of_one_who_waits_gives() -> None:
    """One who finds j waiting is followed through the chain in small steps until served, gone, or the time is up."""
    centre = ErlangA(0.12, 1 / 240, 1 / 180, 25)
    step_s, seconds = 0.01, 45.0
    busy, leaving = centre.places * centre.serving_rate, centre.leaving_rate
    # ahead[j]: the chance that the one followed still waits with j before them.
    ahead = list(centre.states[centre.places :])
    served = sum(centre.states[: centre.places])
    for _ in range(round(seconds / step_s)):
        served += step_s * ahead[0] * busy
        ahead = [
            ahead[j] * (1 - step_s * (busy + (j + 1) * leaving))
            + (ahead[j + 1] * step_s * (busy + (j + 1) * leaving) if j + 1 < len(ahead) else 0.0)
            for j in range(len(ahead))
        ]
    assert centre.served_within(seconds) == pytest.approx(served, abs=2e-4)


def test_quantile_is_the_inverse_of_the_share() -> None:
    centre = ErlangA(0.125, 1 / 240, 1 / 180, 30)
    seconds = centre.wait_quantile_s(0.9)
    assert seconds > 0
    assert centre.served_within(seconds) == pytest.approx(0.9 * (1 - centre.left_ratio), abs=1e-5)
    assert ErlangA(0.01, 1 / 240, 1 / 180, 30).wait_quantile_s(0.5) == 0


def test_expected_wait_counts_who_may_leave_before() -> None:
    assert expected_wait_s(ahead=0, serving_rate=0.01, leaving_rate=0.0, places=10) == pytest.approx(10)
    assert expected_wait_s(ahead=4, serving_rate=0.01, leaving_rate=0.0, places=10) == pytest.approx(50)
    assert expected_wait_s(ahead=1, serving_rate=0.01, leaving_rate=0.1, places=10) == pytest.approx(10 + 5)


def test_refuses_a_queue_that_grows_for_ever() -> None:
    with pytest.raises(ValueError, match="for ever"):
        ErlangA(1.0, 0.1, 0.0, 10)
    with pytest.raises(ValueError, match="positive"):
        ErlangA(1.0, 0.0, 0.1, 10)
