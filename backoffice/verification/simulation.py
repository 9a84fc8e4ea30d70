"""Invented hours of attempts, to measure how often the watch alarms for nothing and how soon it sees real trouble.

Pure: randomness comes in. A shop has so many attempts an hour, spread over carriers, methods, browsers and regions as
the demo shop's are; each day every cell's rate drifts a little, as real ones do. Trouble makes one carrier's SMS fail
at a given rate from some moment on.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from backoffice.verification.cells import ALL
from backoffice.verification.tables import Dimension
from backoffice.verification.watching import Cell, Counts, Finding, Tally, WatchRules, find_unusual

_CARRIERS = {"SKT": 0.38, "KT": 0.25, "LGU+": 0.20, "알뜰폰": 0.17}
_METHODS = {"SMS": 0.55, "PASS": 0.35, "ARS": 0.10}
_REGIONS = {"서울": 0.3, "경기": 0.3, "부산": 0.15, "대구": 0.1, "대전": 0.1, "제주": 0.05}
_BROWSERS = {"Chrome": 0.4, "Safari": 0.3, "삼성 인터넷": 0.15, "카카오톡 인앱": 0.15}
_CAUSES = {"sms_not_received": 0.35, "pass_app": 0.25, "browser": 0.2, "info_mismatch": 0.15, "network": 0.05}
_TROUBLED = ("SKT", "SMS")
_LOOKS_A_DAY = 288
TROUBLED_CELL = Cell(Dimension.CARRIER_METHOD, "|".join(_TROUBLED))


@dataclass(frozen=True)
class Shop:
    """An invented shop: attempts an hour, how many of them usually fail, and how much that drifts from day to day."""

    hourly: float
    failing_ratio: float = 0.18
    drift: float = 0.02


@dataclass(frozen=True)
class Measured:
    """What a simulation found: alarms over quiet days, and minutes until trouble was seen (None: not within 2 hours)."""

    quiet_days: int
    false_alarms: int
    minutes_until_seen: Sequence[int | None]
    told_others: int


def measure(shop: Shop, *, rules: WatchRules, rng: Random, quiet_days: int, troubles: int, failing: float) -> Measured:
    """Return how the watch does in `shop`: quiet days for false alarms, then troubles at which `failing` of them fail.

    `told_others` counts troubles in which customers of another carrier or method were told of trouble too.
    """
    past = _live_past(shop, rules, rng)
    alarms = sum(_count_alarms(shop, past, rules, rng) for _ in range(quiet_days))
    seen: list[int | None] = []
    told_others = 0
    for _ in range(troubles):
        minutes, told = _wait_for(shop, past, rules, rng, failing)
        seen.append(minutes)
        told_others += any(finding.is_told and finding.cell != TROUBLED_CELL for finding in told)
    return Measured(quiet_days, alarms, seen, told_others)


def _live_past(shop: Shop, rules: WatchRules, rng: Random) -> Tally:
    total: defaultdict[Cell, Counts] = defaultdict(Counts)
    for _ in range(rules.history_days):
        drifted = _drift(shop, rng)
        _add(total, _draw(drifted, shop.hourly * 24, rng))
    return _with_causes(total)


def _count_alarms(shop: Shop, past: Tally, rules: WatchRules, rng: Random) -> int:
    """Return how many alarms a day without trouble brings; one that goes on is one."""
    drifted, buckets, alarms, quiet = _drift(shop, rng), _buckets(rules), 0, rules.closing_looks
    for _ in range(_LOOKS_A_DAY):
        buckets.append(_draw(drifted, shop.hourly / 12, rng))
        found = _look(buckets, past, rules)
        alarms += bool(found) and quiet >= rules.closing_looks
        quiet = 0 if found else quiet + 1
    return alarms


def _wait_for(
    shop: Shop, past: Tally, rules: WatchRules, rng: Random, failing: float
) -> tuple[int | None, Sequence[Finding]]:
    """Return after how many minutes of trouble it is seen, and what is found then."""
    drifted, buckets = _drift(shop, rng), _buckets(rules)
    for _ in range(12):
        buckets.append(_draw(drifted, shop.hourly / 12, rng))
    troubled = {**drifted, _TROUBLED: failing}
    for look in range(1, 25):
        buckets.append(_draw(troubled, shop.hourly / 12, rng))
        found = _look(buckets, past, rules)
        if any(finding.cell == TROUBLED_CELL for finding in found):
            return look * rules.look_every_min, found
    return None, ()


def _look(buckets: deque[Mapping[Cell, Counts]], past: Tally, rules: WatchRules) -> Sequence[Finding]:
    windows = []
    for minutes in rules.windows_min:
        total: defaultdict[Cell, Counts] = defaultdict(Counts)
        for bucket in list(buckets)[-minutes // rules.look_every_min :]:
            _add(total, bucket)
        windows.append(_with_causes(total))
    return find_unusual(windows, past=past, hour=None, rules=rules)


def _buckets(rules: WatchRules) -> deque[Mapping[Cell, Counts]]:
    return deque(maxlen=max(rules.windows_min) // rules.look_every_min)


def _drift(shop: Shop, rng: Random) -> dict[tuple[str, str], float]:
    """Return today's rate of failure of each carrier and method."""
    return {
        (carrier, method): min(0.95, max(0.01, rng.gauss(shop.failing_ratio, shop.drift)))
        for carrier in _CARRIERS
        for method in _METHODS
    }


def _draw(ratios: Mapping[tuple[str, str], float], expected: float, rng: Random) -> Mapping[Cell, Counts]:
    """Return the counts of about `expected` attempts."""
    total: defaultdict[Cell, Counts] = defaultdict(Counts)
    for _ in range(_poisson(expected, rng)):
        carrier, method, region, browser = (_pick(of, rng) for of in (_CARRIERS, _METHODS, _REGIONS, _BROWSERS))
        one = Counts(1, int(rng.random() < ratios[carrier, method]))
        for dimension, value in (
            (Dimension.ALL, ""),
            (Dimension.CARRIER, carrier),
            (Dimension.METHOD, method),
            (Dimension.CARRIER_METHOD, f"{carrier}|{method}"),
            (Dimension.REGION, region),
            (Dimension.BROWSER, browser),
        ):
            total[Cell(dimension, value)] += one
        if one.failures:
            total[Cell(Dimension.CAUSE, _pick(_CAUSES, rng))] += Counts(0, 1)
    return total


def _with_causes(total: Mapping[Cell, Counts]) -> Tally:
    whole = total.get(ALL, Counts()).attempts
    return {
        cell: Counts(whole, counts.failures) if cell.dimension is Dimension.CAUSE else counts
        for cell, counts in total.items()
    }


def _add(total: defaultdict[Cell, Counts], more: Mapping[Cell, Counts]) -> None:
    for cell, counts in more.items():
        total[cell] += counts


def _pick(shares: Mapping[str, float], rng: Random) -> str:
    return rng.choices(list(shares), list(shares.values()))[0]


def _poisson(expected: float, rng: Random) -> int:
    """Return how many arrive where `expected` do on average, counting the gaps between them."""
    count, at = 0, rng.expovariate(1.0)
    while at < expected:
        count, at = count + 1, at + rng.expovariate(1.0)
    return count
