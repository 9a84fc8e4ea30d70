"""Whether more attempts fail now than usual. Pure: counts come in, findings go out.

The statistic. A cell is what attempts are counted by: a carrier, a carrier with a method, a browser, an hour of the
day. Its usual rate is uncertain, so it is a Beta distribution: what the cell showed on earlier days, drawn towards its
siblings where it showed little (an empirical-Bayes prior, fitted to the cells of the same dimension by moments), and
never surer than `history_weight_max` attempts, because rates drift from day to day. With n attempts and k failures in
the window, the p-value is P(K >= k) of the Beta-binomial distribution that follows: the binomial tail, averaged over
what the usual rate may be. Times of day are allowed for: odds of a cell are moved by those of the hour.

Every look tests many cells over several windows. Benjamini and Hochberg's step-up keeps the false part of what is
reported below `false_discovery`; where nothing is wrong at all, that is the chance of any alarm at one look.

What is reported is then made specific: a carrier is not unusual by itself where its SMS alone is, and the whole is not
where one carrier is. Alerts open at once and close late (hysteresis): only after `closing_looks` looks in a row that
found a short window not unusual.

Sources: Y. Benjamini, Y. Hochberg, "Controlling the False Discovery Rate", JRSS B 57 (1995); the moment estimator of
Beta-binomial priors: J. C. Kleinman, "Proportions with Extraneous Variance", JASA 68 (1973).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from backoffice.verification.tables import Dimension

_WEIGHT_LEAST, _NEGLIGIBLE = 2.0, 1e-15
_STRUCTURE = (Dimension.CARRIER_METHOD, Dimension.CARRIER, Dimension.METHOD, Dimension.ALL)


@dataclass(frozen=True, order=True)
class Cell:
    """What attempts are counted by: a dimension, and a value in it."""

    dimension: Dimension
    value: str


@dataclass(frozen=True)
class Counts:
    """How many attempts there were, and how many of them failed."""

    attempts: int = 0
    failures: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.attempts + other.attempts, self.failures + other.failures)

    def __sub__(self, other: Counts) -> Counts:
        return Counts(self.attempts - other.attempts, self.failures - other.failures)


Tally = Mapping[Cell, Counts]


@dataclass(frozen=True)
class Usual:
    """What a cell's rate of failure usually is: a Beta distribution with this mean, as sure as `weight` attempts."""

    ratio: float
    weight: float

    def p_value(self, now: Counts) -> float:
        """Return how likely at least so many failures are while all is as usual."""
        return tail(now.failures, now.attempts, self.ratio * self.weight, (1 - self.ratio) * self.weight)

    def at_odds(self, factor: float) -> Usual:
        """Return the same with its odds multiplied."""
        odds = factor * self.ratio / (1 - self.ratio)
        return Usual(odds / (1 + odds), self.weight)


@dataclass(frozen=True)
class WatchRules:
    """The numbers of `watch.yml`, each explained there."""

    version: int
    author: str
    changed_on: date
    look_every_min: int
    windows_min: Sequence[int]
    history_days: int
    false_discovery: float
    history_weight_max: float
    usual_ratio: float
    usual_weight: float
    least_failures: int
    least_times_usual: float
    closing_window_min: int
    closing_level: float
    closing_looks: int
    covered_ratio: float
    stale_min: int

    def __post_init__(self) -> None:
        ratios = (self.false_discovery, self.usual_ratio, self.closing_level, self.covered_ratio)
        if not all(0 < ratio < 1 for ratio in ratios):
            raise ValueError("levels and ratios of the watch lie between 0 and 1")
        if not self.windows_min or self.least_times_usual < 1 or self.false_discovery >= self.closing_level:
            raise ValueError("the watch needs windows, and must close later than it opens")


@dataclass(frozen=True)
class _Found:
    """What one test of a cell showed, and the window it was found in."""

    now: Counts
    expected: Usual
    p_value: float
    window: Tally


@dataclass(frozen=True)
class Finding:
    """A cell that is unusual now: its counts in the window that shows it best, and what is usual."""

    cell: Cell
    now: Counts
    usual_ratio: float
    p_value: float
    is_told: bool


def tail(failures: int, attempts: int, a: float, b: float) -> float:
    """Return P(K >= failures) of `attempts` draws whose rate is Beta(a, b) distributed; 1 for no failures."""
    if failures <= 0:
        return 1.0
    if failures > attempts:
        return 0.0
    log_term = (
        math.lgamma(attempts + 1)
        - math.lgamma(failures + 1)
        - math.lgamma(attempts - failures + 1)
        + math.lgamma(failures + a)
        + math.lgamma(attempts - failures + b)
        - math.lgamma(attempts + a + b)
        - math.lgamma(a)
        - math.lgamma(b)
        + math.lgamma(a + b)
    )
    term, total = math.exp(log_term), 0.0
    for k in range(failures, attempts + 1):
        total += term
        if k == attempts:
            break
        factor = (attempts - k) * (k + a) / ((k + 1) * (attempts - k - 1 + b))
        term *= factor
        if factor < 1 and term < _NEGLIGIBLE * total:
            break
    return min(1.0, total)


def learn_usual(past: Tally, *, rules: WatchRules) -> Mapping[Cell, Usual]:
    """Return what is usual for each cell of `past`, each drawn towards the others of its dimension."""
    usual: dict[Cell, Usual] = {}
    for dimension in Dimension:
        cells = {cell: counts for cell, counts in past.items() if cell.dimension is dimension}
        prior = fit_prior(list(cells.values()), rules=rules)
        for cell, counts in cells.items():
            weight = prior.weight + counts.attempts
            ratio = (prior.ratio * prior.weight + counts.failures) / weight
            usual[cell] = Usual(ratio, min(weight, rules.history_weight_max))
    return usual


def fit_prior(siblings: Sequence[Counts], *, rules: WatchRules) -> Usual:
    """Return the Beta distribution that the cells' rates come from, by moments; the rules' guess where few are known.

    The more the cells differ beyond chance, the less each says about the others.
    """
    known = [counts for counts in siblings if counts.attempts]
    guess = Usual(rules.usual_ratio, rules.usual_weight)
    total = sum(known, Counts())
    if not known:
        return guess
    mean = (guess.ratio * guess.weight + total.failures) / (guess.weight + total.attempts)
    if len(known) < 2:
        return Usual(mean, guess.weight)
    spread = sum(counts.attempts * (counts.failures / counts.attempts - mean) ** 2 for counts in known)
    by_chance = (len(known) - 1) * mean * (1 - mean)
    size = total.attempts - sum(counts.attempts**2 for counts in known) / total.attempts
    between = max(0.0, (spread - by_chance) / size) if size > 0 else 0.0
    weight = mean * (1 - mean) / between - 1 if between > 0 else rules.history_weight_max
    return Usual(mean, min(max(weight, _WEIGHT_LEAST), rules.history_weight_max))


def find_unusual(windows: Sequence[Tally], *, past: Tally, hour: Cell | None, rules: WatchRules) -> Sequence[Finding]:
    """Return what is unusual in any of the windows, the most unusual first. `hour` is the cell of the hour it is."""
    usual = learn_usual(past, rules=rules)
    prior = {dimension: _prior_of(dimension, past, rules) for dimension in Dimension}
    tests: list[tuple[Cell, _Found]] = []
    for window in windows:
        for cell, now in window.items():
            if now.attempts < rules.least_failures:
                continue  # so few can alarm nobody, and so are no test
            expected = _expect(cell, usual.get(cell, prior[cell.dimension]), usual, hour)
            tests.append((cell, _Found(now, expected, expected.p_value(now), window)))
    tests.sort(key=lambda test: test[1].p_value)
    found: dict[Cell, _Found] = {}
    for cell, one in tests[: _step_up([one.p_value for _, one in tests], rules.false_discovery)]:
        if cell not in found and _matters(one.now, one.expected, rules):
            found[cell] = one
    return _make_specific(found, rules)


def is_quiet(cell: Cell, window: Tally, *, past: Tally, hour: Cell | None, rules: WatchRules) -> bool:
    """Return whether a cell that was unusual is not so any more in the short window that `window` counts."""
    now = window.get(cell, Counts())
    usual = learn_usual(past, rules=rules)
    expected = _expect(cell, usual.get(cell, _prior_of(cell.dimension, past, rules)), usual, hour)
    return expected.p_value(now) > rules.closing_level


def _step_up(p_values: Sequence[float], level: float) -> int:
    """Return how many of the sorted p-values Benjamini and Hochberg's step-up reports."""
    count = len(p_values)
    return max((place for place, p in enumerate(p_values, 1) if p <= level * place / count), default=0)


def _prior_of(dimension: Dimension, past: Tally, rules: WatchRules) -> Usual:
    return fit_prior([counts for cell, counts in past.items() if cell.dimension is dimension], rules=rules)


def _expect(cell: Cell, known: Usual, usual: Mapping[Cell, Usual], hour: Cell | None) -> Usual:
    """Return what to expect of a cell at this hour of the day: its odds times those of the hour."""
    whole = usual.get(Cell(Dimension.ALL, ""))
    at_hour = usual.get(hour) if hour else None
    if cell.dimension is Dimension.HOUR or whole is None or at_hour is None:
        return known
    return known.at_odds(at_hour.ratio * (1 - whole.ratio) / ((1 - at_hour.ratio) * whole.ratio))


def _matters(now: Counts, expected: Usual, rules: WatchRules) -> bool:
    enough = now.failures >= rules.least_failures
    return enough and now.failures >= rules.least_times_usual * expected.ratio * now.attempts


def _make_specific(found: Mapping[Cell, _Found], rules: WatchRules) -> Sequence[Finding]:
    """Drop cells that are unusual only by what they contain; customers hear of carriers and methods before all else."""
    kept = {
        cell: one
        for cell, one in found.items()
        if cell.dimension not in _STRUCTURE or _is_unusual_itself(cell, one, found.keys(), rules)
    }
    has_structure = any(cell.dimension in _STRUCTURE for cell in kept)
    return [
        Finding(cell, one.now, one.expected.ratio, one.p_value, cell.dimension in _STRUCTURE or not has_structure)
        for cell, one in kept.items()
    ]


def _is_unusual_itself(cell: Cell, one: _Found, unusual: Collection[Cell], rules: WatchRules) -> bool:
    """Return whether a cell is still unusual without the unusual ones inside it, or without the worst where none is.

    It is also where most of it is unusual, in more than one place.
    """
    inside = {
        other: counts
        for other, counts in one.window.items()
        if other.dimension is Dimension.CARRIER_METHOD and contains(cell, other)
    }
    parts = [counts for other, counts in inside.items() if other in unusual]
    if not parts and inside:
        parts = [max(inside.values(), key=lambda counts: counts.failures - counts.attempts * one.expected.ratio)]
    covered = sum(parts, Counts())
    if len(parts) > 1 and covered.attempts >= rules.covered_ratio * one.now.attempts:
        return True
    rest = one.now - covered
    return _matters(rest, one.expected, rules) and one.expected.p_value(rest) <= rules.false_discovery


def contains(cell: Cell, other: Cell) -> bool:
    """Return whether all attempts of `other` are also counted by `cell`, a carrier, a method or the whole."""
    if cell == other or other.dimension not in _STRUCTURE:
        return False
    if cell.dimension is Dimension.ALL:
        return True
    if other.dimension is not Dimension.CARRIER_METHOD:
        return False
    carrier, _, method = other.value.partition("|")
    return cell in (Cell(Dimension.CARRIER, carrier), Cell(Dimension.METHOD, method))
