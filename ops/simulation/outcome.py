"""What came of a simulated day, in figures, and how near the estimates came that customers were told. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import fmean
from typing import Any

from ops.bench.figures import percentile
from ops.simulation.day import Visit
from ops.simulation.demand import HOUR_S, DayPlan
from ops.simulation.erlang_a import ErlangA

SERVICE_LEVELS_S = (20, 60)
RIGHT_FACTOR = 2.0
NEAR_S = 30.0  # an estimate that is off by less misleads nobody
_POSITIONS = ((1, 1), (2, 4), (5, 9), (10, 19), (20, 10_000))


@dataclass(frozen=True)
class Wait:
    """A customer's wait as figures see it: until served, or until they left."""

    arrived_s: float
    waited_s: float
    served: bool


def waits_of(visits: Sequence[Visit]) -> list[Wait]:
    """Return how long each customer waited for an agent to take their conversation the first time."""
    return [_wait(visit, visit.begun_s) for visit in visits]


def waits_until_asked(visits: Sequence[Visit]) -> list[Wait]:
    """Return how long each customer waited until a free agent was asked: what theory calls the wait."""
    return [_wait(visit, visit.asked_s if visit.begun_s else []) for visit in visits]


def _wait(visit: Visit, moments: list[float]) -> Wait:
    arrived_s = visit.caller.arrives_s
    if moments:
        return Wait(arrived_s, moments[0] - arrived_s, True)
    return Wait(arrived_s, (visit.left_s or math.inf) - arrived_s, False)


def describe(waits: Sequence[Wait]) -> dict[str, Any]:
    """Return how many came, the shares that left and were served in time, and the waits of those served."""
    served = [wait.waited_s for wait in waits if wait.served]
    count = max(1, len(waits))
    return {
        "came": len(waits),
        "left_ratio": 1 - len(served) / count if waits else 0.0,
        "wait_mean_s": fmean(wait.waited_s for wait in waits) if waits else 0.0,
        "wait_p50_s": percentile(served, 0.5) if served else 0.0,
        "wait_p90_s": percentile(served, 0.9) if served else 0.0,
        "wait_max_s": max(served, default=0.0),
        **{f"within_{limit}s_ratio": sum(one <= limit for one in served) / count for limit in SERVICE_LEVELS_S},
    }


def predict(centre: ErlangA) -> dict[str, Any]:
    """Return the same figures as Erlang-A predicts them."""
    return {
        "left_ratio": centre.left_ratio,
        "wait_mean_s": centre.mean_wait_s,
        "wait_p50_s": centre.wait_quantile_s(0.5),
        "wait_p90_s": centre.wait_quantile_s(0.9),
        **{f"within_{limit}s_ratio": centre.served_within(limit) for limit in SERVICE_LEVELS_S},
        "utilisation": centre.utilisation,
    }


def busy_spans(visits: Sequence[Visit], after_close_s: float) -> list[tuple[float, float]]:
    """Return from when to when each conversation took a place: from the offer that was taken to the time after it."""
    spans = []
    for visit in visits:
        ends = [*visit.put_back_s, *([visit.closed_s + after_close_s] if visit.closed_s is not None else [])]
        for begun_s, end_s in zip(visit.begun_s, ends, strict=False):
            asked_s = max((one for one in visit.asked_s if one <= begun_s), default=begun_s)
            spans.append((asked_s, end_s))
    return spans


def overlap_s(spans: Sequence[tuple[float, float]], begin_s: float, end_s: float) -> float:
    """Return how many seconds of all spans together fall into a stretch of time."""
    return sum(max(0.0, min(until, end_s) - max(since, begin_s)) for since, until in spans)


def staffed(staffing: Sequence[tuple[float, int]], end_s: float) -> list[tuple[float, float, int]]:
    """Return the stretches of a day with the places that were there: from, until, count."""
    ends = [at_s for at_s, _ in staffing[1:]] + [max(end_s, staffing[-1][0])]
    return [(at_s, until, places) for (at_s, places), until in zip(staffing, ends, strict=True)]


def place_seconds(stretches: Sequence[tuple[float, float, int]], begin_s: float, end_s: float) -> float:
    """Return how many seconds of places there were in a stretch of time."""
    return sum(places * max(0.0, min(until, end_s) - max(since, begin_s)) for since, until, places in stretches)


def by_hour(
    visits: Sequence[Visit],
    plan: DayPlan,
    staffing: Sequence[tuple[float, int]],
    *,
    taking_s: float,
    after_close_s: float,
) -> list[dict[str, Any]]:
    """Return each hour as seen, and as Erlang-A predicts it for as many as came, had the hour gone on for ever."""
    spans, stretches = busy_spans(visits, after_close_s), staffed(staffing, plan.length_s)
    waits = waits_until_asked(visits)
    lines = []
    for number in range(len(plan.hours)):
        begin_s, end_s = number * HOUR_S, (number + 1) * HOUR_S
        those = [wait for wait in waits if begin_s <= wait.arrived_s < end_s]
        there_s = place_seconds(stretches, begin_s, end_s)
        centre = ErlangA(
            len(those) / HOUR_S, 1 / (plan.handling_s + taking_s), 1 / plan.patience_s, max(1, round(there_s / HOUR_S))
        )
        seen = describe(those) | {"utilisation": overlap_s(spans, begin_s, end_s) / there_s}
        lines.append({"hour": 9 + number, "places": centre.places, "seen": seen, "erlang_a": predict(centre)})
    return lines


def whole_day(hours: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return what Erlang-A predicts for a day of such hours: shares and means over all who came."""
    came = max(1, sum(line["seen"]["came"] for line in hours))
    names = ("left_ratio", "wait_mean_s", *(f"within_{limit}s_ratio" for limit in SERVICE_LEVELS_S))
    found = {name: sum(line["seen"]["came"] * line["erlang_a"][name] for line in hours) / came for name in names}
    places = sum(line["places"] for line in hours)
    return found | {"utilisation": sum(line["places"] * line["erlang_a"]["utilisation"] for line in hours) / places}


# estimates
@dataclass(frozen=True)
class Estimate:
    """An estimate told, and what it came to; `waited_s` None when the customer left before one could tell."""

    position: int
    told_s: float
    waited_s: float | None
    gone_after_s: float | None

    @property
    def is_right(self) -> bool | None:
        """Tell whether it was right within a factor of two or a moment; None when nobody knows."""
        if self.waited_s is not None:
            near = abs(self.told_s - self.waited_s) <= NEAR_S
            return near or self.told_s / RIGHT_FACTOR <= self.waited_s <= self.told_s * RIGHT_FACTOR
        too_long = (self.gone_after_s or 0.0) > max(self.told_s * RIGHT_FACTOR, self.told_s + NEAR_S)
        return False if too_long else None

    @property
    def is_within_factor(self) -> bool | None:
        """Tell the same without the moment's grace."""
        if self.waited_s is not None:
            return self.told_s / RIGHT_FACTOR <= self.waited_s <= self.told_s * RIGHT_FACTOR
        return False if (self.gone_after_s or 0.0) > self.told_s * RIGHT_FACTOR else None


def estimates_of(visits: Sequence[Visit]) -> list[Estimate]:
    """Return every estimate told to a customer who had to wait; those asked at once were told nothing to wait for."""
    found = []
    for visit in visits:
        begun_s = visit.begun_s[0] if visit.begun_s else None
        for told in visit.told:
            was_asked = any(asked_s <= told.at_s for asked_s in visit.asked_s)
            if told.estimated_s is None or was_asked:
                continue
            waited_s = None if begun_s is None else begun_s - told.at_s
            gone_s = None if visit.left_s is None else visit.left_s - told.at_s
            found.append(Estimate(told.position, told.estimated_s, waited_s, gone_s))
    return found


def describe_estimates(estimates: Sequence[Estimate]) -> dict[str, Any]:
    """Return how often estimates were right, over all and by the place in the queue, and how often they could be."""
    groups = {
        f"{first}" if first == last else f"{first}+" if last > 1_000 else f"{first}–{last}": [
            one for one in estimates if first <= one.position <= last
        ]
        for first, last in _POSITIONS
    }
    return {
        "all": _describe_group(estimates),
        "by_position": {name: _describe_group(group) for name, group in groups.items() if group},
    }


def _describe_group(estimates: Sequence[Estimate]) -> dict[str, Any]:
    known = [one for one in estimates if one.waited_s is not None]
    told = fmean(one.told_s for one in known) if known else 0.0
    waited = fmean(one.waited_s or 0.0 for one in known) if known else 0.0
    return {
        "told": len(estimates),
        "right_ratio": _share(estimates, lambda one: one.is_right),
        "within_factor_ratio": _share(estimates, lambda one: one.is_within_factor),
        "best_possible_ratio": fmean(map(_best, estimates)) if estimates else 0.0,
        "told_mean_s": told,
        "waited_mean_s": waited,
        "told_to_waited": told / waited if waited else 0.0,
    }


def _best(estimate: Estimate) -> float:
    return best_share(estimate.position, max(1.0, round(estimate.told_s / estimate.position)))


def _share(estimates: Sequence[Estimate], judge: Callable[[Estimate], bool | None]) -> float:
    judged = [one for one in map(judge, estimates) if one is not None]
    return sum(judged) / len(judged) if judged else 0.0


@cache
def best_share(position: int, step_s: float, near_s: float = NEAR_S) -> float:
    """Return how often the best of all estimates is right for the `position`-th in the queue, which moves every `step_s`.

    Even who knows all rates does not know when those served will be done: the wait is a sum of `position`
    exponential times, and one number is near a random one only so often.
    """
    position = min(position, 200)
    mean_s, near = position * step_s, near_s / step_s
    found = 0.0
    for number in range(80):
        told = (0.3 + 0.015 * number) * mean_s / step_s
        low, high = min(told / RIGHT_FACTOR, told - near), max(told * RIGHT_FACTOR, told + near)
        found = max(found, _gamma(position, high) - _gamma(position, max(0.0, low)))
    return found


def _gamma(count: int, value: float) -> float:
    """Return how likely a sum of `count` exponential times of mean one is at most `value`."""
    term = math.exp(-value)
    later = term
    for number in range(1, count):
        term *= value / number
        later += term
    return 1 - later


# fairness
def overtaken(visits: Sequence[Visit], rank: Callable[[Visit], float]) -> list[float]:
    """Return, for each customer who waited while an agent was asked for one of the same topic ranked behind them,
    by how many seconds of rank they were overtaken."""
    found = []
    for skill in {visit.caller.skill for visit in visits}:
        line = sorted((v for v in visits if v.caller.skill == skill), key=rank)
        for place, visit in enumerate(line):
            until_s = visit.asked_s[0] if visit.asked_s else visit.left_s
            behind = (
                rank(other) - rank(visit)
                for other in line[place + 1 :]
                if other.asked_s and until_s is not None and visit.caller.arrives_s < other.asked_s[0] < until_s
            )
            worst = max(behind, default=None)
            if worst is not None:
                found.append(worst)
    return found
