"""What waiting customers are told to expect: the formula, against a simulated queue where it is exact."""

from __future__ import annotations

import heapq
import random
from datetime import UTC, datetime, timedelta
from statistics import fmean

import pytest

from handoff.domain.routing import SKILLS
from handoff.domain.waiting import Pace, Place, Served, estimate_wait_s, measure
from tests import building

NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def _pace(handling_s: float = 300, patience_s: float | None = None, accept_s: float = 0) -> Pace:
    return Pace(dict.fromkeys(SKILLS, handling_s), patience_s, accept_s)


def _place(free: int = 0, **changed: object) -> Place:
    return Place(building.agent(**changed), free)


def _wait(ahead: int, places: list[Place], pace: Pace) -> int | None:
    return estimate_wait_s("general", {"general": ahead}, places, pace)


def test_nobody_there_is_no_estimate() -> None:
    assert _wait(0, [], _pace()) is None
    assert _wait(0, [_place(4, skills=("orders",))], _pace()) is None


def test_a_free_place_takes_as_long_as_accepting_does() -> None:
    assert _wait(0, [_place(1)], _pace(accept_s=10)) == 10
    assert _wait(1, [_place(1, capacity=1)], _pace(accept_s=10)) == 310


def test_all_busy_each_step_takes_the_handling_time_over_the_places() -> None:
    assert _wait(0, [_place(capacity=2), _place(capacity=1)], _pace(300)) == 100
    assert _wait(5, [_place(capacity=3)], _pace(300)) == 600


def test_who_needs_other_agents_is_not_in_the_way() -> None:
    both, orders = _place(capacity=1), _place(capacity=3, skills=("orders",))
    assert estimate_wait_s("general", {"orders": 8}, [both, orders], _pace(300)) == (2 + 1) * 300
    assert estimate_wait_s("general", {"privacy": 1}, [both, orders], _pace(300)) == 600
    only_orders = _place(capacity=1, skills=("orders",))
    assert estimate_wait_s("orders", {"privacy": 5}, [only_orders], _pace(300)) == 300


def _served(handled_s: float | None, waited_s: float = 60, skill: str = "general") -> Served:
    claimed = None if handled_s is None else NOON + timedelta(seconds=waited_s)
    return Served(
        skill, NOON, claimed, (claimed or NOON + timedelta(seconds=waited_s)) + timedelta(seconds=handled_s or 0)
    )


def test_what_is_measured_outweighs_what_is_assumed_as_it_grows() -> None:
    def handling(count: int) -> float:
        return measure([_served(600)] * count, assumed_s=300, accept_s=0, after_close_s=0).handling_s["general"]

    assert handling(0) == 300
    assert 300 < handling(5) < handling(50) < handling(500) < 600
    assert handling(500) == pytest.approx(600, rel=0.01)
    measured = measure([_served(600)] * 50, assumed_s=300, accept_s=10, after_close_s=30)
    assert measured.handling_s["privacy"] == pytest.approx(measured.handling_s["general"], rel=0.1)


def test_patience_is_the_time_waited_for_each_who_gave_up() -> None:
    served = [_served(300, waited_s=60)] * 20 + [_served(None, waited_s=120)] * 10
    pace = measure(served, assumed_s=300, accept_s=0, after_close_s=0)
    assert pace.patience_s == pytest.approx((20 * 60 + 10 * 120) / 10)
    assert measure(served[:22], assumed_s=300, accept_s=0, after_close_s=0).patience_s is None


def test_a_clock_that_went_back_makes_no_negative_times() -> None:
    odd = Served("general", NOON, NOON, NOON - timedelta(hours=1))
    assert measure([odd] * 100, assumed_s=300, accept_s=0, after_close_s=0).handling_s["general"] >= 0


@pytest.mark.parametrize("patience_s", [None, 900.0])
@pytest.mark.parametrize(("ahead", "places"), [(0, 3), (4, 3), (20, 30), (40, 10)])
def test_the_estimate_is_the_mean_of_a_simulated_queue(ahead: int, places: int, patience_s: float | None) -> None:
    dice = random.Random(1)
    waits = [_simulate(dice, ahead, places, 300.0, patience_s) for _ in range(3_000)]
    estimated = _wait(ahead, [_place(capacity=places)], _pace(300, patience_s))
    assert estimated == pytest.approx(fmean(waits), rel=0.1)


def _simulate(dice: random.Random, ahead: int, places: int, handling_s: float, patience_s: float | None) -> float:
    """Return the wait of somebody who finds all places taken and `ahead` waiting before them."""
    ends = [dice.expovariate(1 / handling_s) for _ in range(places)]
    heapq.heapify(ends)
    patience = [dice.expovariate(1 / patience_s) if patience_s else float("inf") for _ in range(ahead)]
    for leaves_at in patience:
        if leaves_at > ends[0]:
            heapq.heappush(ends, heapq.heappop(ends) + dice.expovariate(1 / handling_s))
    return ends[0]
