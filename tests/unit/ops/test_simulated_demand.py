"""The invented day, and the plain centre that serves it as the theory says."""

from __future__ import annotations

from random import Random
from statistics import fmean, stdev

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from ops.simulation.demand import HOUR_S, Caller, DayPlan, draw_callers, load_plan, read_plan, skills_of
from ops.simulation.erlang_a import ErlangA
from ops.simulation.plain import serve

PLAN = load_plan()


def plan_with(**changed: object) -> DayPlan:
    return read_plan(PLAN.model_dump() | changed)


def test_same_seed_same_day() -> None:
    assert draw_callers(PLAN, 7) == draw_callers(PLAN, 7)
    assert draw_callers(PLAN, 7) != draw_callers(PLAN, 8)


def test_customers_come_as_the_hours_say() -> None:
    days = [draw_callers(PLAN, seed) for seed in range(60)]
    for number, hour in enumerate(PLAN.hours):
        counts = [sum(number * HOUR_S <= c.arrives_s < (number + 1) * HOUR_S for c in day) for day in days]
        assert fmean(counts) == pytest.approx(hour.customers, abs=4 * (hour.customers / len(days)) ** 0.5)
        # Of a Poisson process the variance is the mean.
        assert stdev(counts) ** 2 == pytest.approx(hour.customers, rel=0.6)
    everybody = [caller for day in days for caller in day]
    assert fmean(c.patience_s for c in everybody) == pytest.approx(PLAN.patience_s, rel=0.02)
    assert fmean(c.handling_s for c in everybody) == pytest.approx(PLAN.handling_s, rel=0.02)
    spread = stdev(c.handling_s for c in everybody) / PLAN.handling_s
    assert spread == pytest.approx(PLAN.handling_spread, rel=0.05)
    late = sum(c.skill == "delivery" for c in everybody) / len(everybody)
    assert late == pytest.approx(PLAN.topics["delivery"], abs=0.01)


def test_half_the_agents_half_the_customers() -> None:
    assert len(draw_callers(PLAN, 1, agents=15)) == pytest.approx(len(draw_callers(PLAN, 1)) / 2, rel=0.1)


def test_teams_get_their_share_of_the_agents() -> None:
    chosen = skills_of(PLAN, 30)
    for team in PLAN.teams:
        assert sum(skills == team.skills for skills in chosen) == round(30 * team.share)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"topics": {"delivery": 0.5}}, "topics make 0.500"),
        ({"topics": {"deliveries": 1.0}}, "deliveries"),
        ({"patience_s": -1}, "patience_s"),
        ({"hours": []}, "hours"),
        ({"lunch": 1}, "lunch"),
    ],
)
def test_a_day_that_does_not_fit_is_refused_by_name(changed: dict[str, object], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        plan_with(**changed)


@pytest.mark.parametrize(
    ("arrival_rate", "patience_s", "places"), [(0.110, 200.0, 30), (0.140, 150.0, 30), (0.02, 60.0, 4)]
)
def test_the_plain_centre_comes_to_what_erlang_a_predicts(arrival_rate: float, patience_s: float, places: int) -> None:
    handling_s, count, rng = 240.0, 120_000, Random(3)
    at, callers = 0.0, []
    for number in range(count):
        at += rng.expovariate(arrival_rate)
        patience, handling = rng.expovariate(1 / patience_s), rng.expovariate(1 / handling_s)
        callers.append(Caller(number, at, patience, handling, "general"))
    seen = serve(callers, [(0.0, places)])[count // 20 :]  # the first ones come into an empty centre
    predicted = ErlangA(arrival_rate, 1 / handling_s, 1 / patience_s, places)
    served = [one for one in seen if one.begun_s is not None]
    assert 1 - len(served) / len(seen) == pytest.approx(predicted.left_ratio, abs=0.01)
    assert sum(one.waited_s > 0 for one in seen) / len(seen) == pytest.approx(predicted.wait_ratio, abs=0.02)
    assert fmean(one.waited_s for one in seen) == pytest.approx(predicted.mean_wait_s, rel=0.12)
    within = sum(one.waited_s <= 20 for one in served) / len(seen)
    assert within == pytest.approx(predicted.served_within(20), abs=0.02)
    waits = sorted(one.waited_s for one in served)
    assert waits[int(len(waits) * 0.9)] == pytest.approx(predicted.wait_quantile_s(0.9), rel=0.15)


@settings(max_examples=12, deadline=None, derandomize=True, phases=[Phase.generate])
@given(st.integers(1, 40), st.floats(0.5, 1.4), st.floats(0.2, 4.0), st.integers(0, 10_000))
def test_the_plain_centre_comes_to_erlang_a_whatever_the_rates(
    places: int, load: float, patience: float, seed: int
) -> None:
    """`load` and `patience` in shares of what all places can serve, and of the time that serving takes."""
    handling_s, count, rng = 100.0, 30_000, Random(seed)
    predicted = ErlangA(load * places / handling_s, 1 / handling_s, 1 / (patience * handling_s), places)
    at, callers = 0.0, []
    for number in range(count):
        at += rng.expovariate(predicted.arrival_rate)
        patience_s, needed_s = rng.expovariate(predicted.leaving_rate), rng.expovariate(predicted.serving_rate)
        callers.append(Caller(number, at, patience_s, needed_s, "general"))
    seen = serve(callers, [(0.0, places)])
    served = [one for one in seen if one.begun_s is not None]
    assert 1 - len(served) / count == pytest.approx(predicted.left_ratio, abs=0.04)
    for seconds in (0.0, 0.1 * handling_s, 0.5 * handling_s):
        within = sum(one.waited_s <= seconds for one in served) / count
        assert within == pytest.approx(predicted.served_within(seconds), abs=0.09)


def test_places_that_go_bring_the_conversation_in_hand_to_its_end() -> None:
    callers = [Caller(n, 1.0 + n, 1e9, 100.0, "general") for n in range(4)]
    seen = serve(callers, [(0.0, 2), (50.0, 1)], extra_s=10)
    assert [one.begun_s for one in seen] == [1.0, 2.0, 112.0, 222.0]


def test_who_loses_patience_is_gone() -> None:
    callers = [Caller(0, 0.5, 9.0, 100.0, "general"), Caller(1, 1.0, 30.0, 5.0, "general")]
    (_, second) = serve(callers, [(0.0, 1)])
    assert (second.begun_s, second.waited_s) == (None, 30.0)
