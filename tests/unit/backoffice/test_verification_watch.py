"""When a rate of failure is unusual: the statistic, what is told of it, and how it does in invented shops."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.verification.rules import load_watch
from backoffice.verification.simulation import Shop, measure
from backoffice.verification.tables import Dimension
from backoffice.verification.watching import (
    Cell,
    Counts,
    Finding,
    contains,
    find_unusual,
    fit_prior,
    is_quiet,
    learn_usual,
    tail,
)

RULES = load_watch()
ALL = Cell(Dimension.ALL, "")
SHARES = {"SKT|SMS": 20, "SKT|PASS": 14, "SKT|ARS": 6, "KT|SMS": 14, "KT|PASS": 10, "LGU+|SMS": 12, "LGU+|PASS": 8}
SMS_OF_SKT = Cell(Dimension.CARRIER_METHOD, "SKT|SMS")

counts = st.tuples(st.integers(0, 300), st.floats(0, 1)).map(lambda pair: Counts(pair[0], int(pair[0] * pair[1])))
positive = st.floats(0.5, 200)


def tally(ratio: float, *, times: float = 1.0, changed: Mapping[str, float] | None = None) -> dict[Cell, Counts]:
    """Counts of all carriers, methods and both; `ratio` fails, `changed` elsewhere."""
    found: dict[Cell, Counts] = {}
    for value, share in SHARES.items():
        carrier, _, method = value.partition("|")
        attempts = round(share * times)
        one = Counts(attempts, round(attempts * (changed or {}).get(value, ratio)))
        for dimension, name in (
            (Dimension.CARRIER_METHOD, value),
            (Dimension.CARRIER, carrier),
            (Dimension.METHOD, method),
            (Dimension.ALL, ""),
        ):
            found[Cell(dimension, name)] = found.get(Cell(dimension, name), Counts()) + one
    return found


PAST = tally(0.18, times=60)


def look(now: Mapping[Cell, Counts]) -> dict[Cell, Finding]:
    return {finding.cell: finding for finding in find_unusual([now], past=PAST, hour=None, rules=RULES)}


@pytest.mark.parametrize(
    ("failures", "attempts", "ratio", "p_value"),
    [(0, 10, 0.18, 1.0), (11, 10, 0.18, 0.0), (10, 10, 0.5, 0.5**10), (9, 10, 0.5, 11 * 0.5**10), (1, 1, 0.18, 0.18)],
)
def test_a_rate_known_for_certain_gives_the_binomial_tail(
    failures: int, attempts: int, ratio: float, p_value: float
) -> None:
    assert tail(failures, attempts, ratio * 1e9, (1 - ratio) * 1e9) == pytest.approx(p_value, rel=1e-3)


@given(st.integers(0, 60), positive, positive)
def test_the_tail_is_that_of_a_distribution(attempts: int, a: float, b: float) -> None:
    tails = [tail(failures, attempts, a, b) for failures in range(attempts + 2)]
    assert tails[0] == 1 and tails[-1] == 0
    assert all(first >= second - 1e-12 for first, second in pairwise(tails))
    mean = sum(tails[1:])
    assert mean == pytest.approx(attempts * a / (a + b), rel=1e-6, abs=1e-6)


@given(st.integers(5, 60), st.floats(0.05, 0.4), st.floats(20, 100))
def test_the_less_is_known_the_less_is_unusual(attempts: int, ratio: float, weight: float) -> None:
    failures = min(attempts, math.ceil(attempts * ratio * 2) + 2)
    unsure, sure = (tail(failures, attempts, ratio * w, (1 - ratio) * w) for w in (weight, weight * 10))
    assert unsure >= sure * 0.999


@given(st.lists(counts, max_size=8))
def test_a_prior_lies_within_what_was_seen_and_guessed(siblings: list[Counts]) -> None:
    prior = fit_prior(siblings, rules=RULES)
    ratios = [one.failures / one.attempts for one in siblings if one.attempts] + [RULES.usual_ratio]
    assert min(ratios) - 1e-9 <= prior.ratio <= max(ratios) + 1e-9
    assert 0 < prior.weight <= RULES.history_weight_max
    assert 0 < prior.ratio < 1 or len({*ratios}) == 1


def test_the_less_siblings_differ_the_more_they_say_about_a_new_one() -> None:
    alike = fit_prior([Counts(500, 90), Counts(500, 92), Counts(500, 88)], rules=RULES)
    different = fit_prior([Counts(500, 20), Counts(500, 90), Counts(500, 200)], rules=RULES)
    assert alike.weight > 10 * different.weight


def test_a_cell_with_little_history_is_drawn_towards_its_siblings() -> None:
    cells = {Cell(Dimension.REGION, name): Counts(500, 90) for name in ("서울", "경기", "부산")}
    few = Cell(Dimension.REGION, "제주")
    usual = learn_usual({**cells, few: Counts(4, 4)}, rules=RULES)
    assert 0.18 < usual[few].ratio < 0.5


@given(st.dictionaries(st.sampled_from([*PAST]), counts), st.dictionaries(st.sampled_from([*PAST]), counts))
def test_whatever_is_found_is_more_than_usual_and_enough(past: dict[Cell, Counts], now: dict[Cell, Counts]) -> None:
    for finding in find_unusual([now], past=past, hour=None, rules=RULES):
        assert finding.now == now[finding.cell]
        assert finding.now.failures >= RULES.least_failures
        assert finding.now.failures / finding.now.attempts >= RULES.least_times_usual * finding.usual_ratio * 0.999
        assert finding.p_value <= RULES.false_discovery


@given(st.sampled_from([0.0, 0.05, 0.1, 0.18]))
def test_usual_and_better_rates_are_not_unusual(ratio: float) -> None:
    assert look(tally(ratio)) == {}


def test_one_carriers_sms_is_found_and_nothing_that_contains_it() -> None:
    assert set(look(tally(0.18, changed={"SKT|SMS": 0.9}))) == {SMS_OF_SKT}


def test_a_whole_carrier_is_found_as_such() -> None:
    changed = dict.fromkeys(("SKT|SMS", "SKT|PASS", "SKT|ARS"), 0.9)
    found = look(tally(0.18, changed=changed))
    assert Cell(Dimension.CARRIER, "SKT") in found
    assert {ALL, Cell(Dimension.METHOD, "SMS"), Cell(Dimension.CARRIER, "KT")}.isdisjoint(found)


def test_a_whole_method_is_found_as_such() -> None:
    changed = dict.fromkeys(("SKT|SMS", "KT|SMS", "LGU+|SMS"), 0.9)
    found = look(tally(0.18, changed=changed))
    assert Cell(Dimension.METHOD, "SMS") in found
    assert {ALL, Cell(Dimension.CARRIER, "SKT"), Cell(Dimension.METHOD, "PASS")}.isdisjoint(found)


def test_trouble_everywhere_is_found_as_such() -> None:
    assert ALL in look(tally(0.7))


def test_other_dimensions_are_told_only_where_no_carrier_or_method_explains_them() -> None:
    browser = Cell(Dimension.BROWSER, "카카오톡 인앱")
    past = {**PAST, browser: Counts(1000, 180)}

    def found(now: Mapping[Cell, Counts]) -> dict[Cell, bool]:
        return {f.cell: f.is_told for f in find_unusual([now], past=past, hour=None, rules=RULES)}

    assert found({**tally(0.18), browser: Counts(30, 27)})[browser] is True
    assert found({**tally(0.18, changed={"SKT|SMS": 0.9}), browser: Counts(30, 27)})[browser] is False


def test_an_hour_that_always_fails_more_is_not_unusual() -> None:
    night = Cell(Dimension.HOUR, "04")
    past = {**PAST, Cell(Dimension.HOUR, "12"): Counts(4000, 600), night: Counts(300, 150)}
    now = tally(0.5)
    without, with_hour = (find_unusual([now], past=past, hour=hour, rules=RULES) for hour in (None, night))
    assert without and not with_hour


def test_quiet_is_what_the_short_window_shows() -> None:
    assert is_quiet(SMS_OF_SKT, {SMS_OF_SKT: Counts(10, 2)}, past=PAST, hour=None, rules=RULES)
    assert is_quiet(SMS_OF_SKT, {}, past=PAST, hour=None, rules=RULES)
    assert not is_quiet(SMS_OF_SKT, {SMS_OF_SKT: Counts(10, 8)}, past=PAST, hour=None, rules=RULES)


@pytest.mark.parametrize(
    ("cell", "other", "is_inside"),
    [
        (ALL, SMS_OF_SKT, True),
        (Cell(Dimension.CARRIER, "SKT"), SMS_OF_SKT, True),
        (Cell(Dimension.METHOD, "SMS"), SMS_OF_SKT, True),
        (Cell(Dimension.CARRIER, "KT"), SMS_OF_SKT, False),
        (SMS_OF_SKT, SMS_OF_SKT, False),
        (ALL, Cell(Dimension.BROWSER, "Chrome"), False),
    ],
)
def test_what_contains_what(cell: Cell, other: Cell, is_inside: bool) -> None:
    assert contains(cell, other) is is_inside


@pytest.mark.parametrize(
    "change", [{"false_discovery": 0.2}, {"windows_min": ()}, {"usual_ratio": 1.5}, {"least_times_usual": 0.5}]
)
def test_rules_that_contradict_themselves_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        replace(RULES, **change)  # type: ignore[arg-type]


def test_in_an_invented_shop_quiet_days_stay_quiet_and_trouble_is_seen() -> None:
    found = measure(Shop(120), rules=RULES, rng=Random(3), quiet_days=5, troubles=5, failing=0.9)
    assert found.false_alarms <= 1
    seen = sorted(math.inf if minutes is None else minutes for minutes in found.minutes_until_seen)
    assert seen[2] <= 45
    assert found.told_others <= 1
