"""How often the watch over verification alarms for nothing, and how soon it sees trouble, in shops of three sizes.

There is no peer: the goals are the product's own, at most one false alarm in two weeks, and half of all outages of one
carrier's SMS seen within half an hour where a shop has 300 attempts an hour.
"""

from __future__ import annotations

from random import Random
from typing import Any

from rich.table import Table

from backoffice.verification.rules import load_watch
from backoffice.verification.simulation import Shop, measure
from ops.bench.figures import at_most, percentile

_SIZES = {15: 60, 60: 60, 300: 20}  # attempts an hour: quiet days
_TROUBLES = 24
_FAILING = 0.8
_NOT_SEEN_MIN = 120
_FALSE_ALARMS_PER_DAY_MAX = 1 / 14
_MEDIAN_MAX_MIN = 30


def run() -> dict[str, Any]:
    """Return, for each size, false alarms a day and the minutes until trouble was seen."""
    rules = load_watch()
    sizes: dict[str, dict[str, Any]] = {}
    for hourly, quiet_days in _SIZES.items():
        rng = Random(hourly)  # noqa: S311 invented data
        found = measure(Shop(hourly), rules=rules, rng=rng, quiet_days=quiet_days, troubles=_TROUBLES, failing=_FAILING)
        minutes = [_NOT_SEEN_MIN if one is None else one for one in found.minutes_until_seen]
        sizes[str(hourly)] = {
            "quiet_days": quiet_days,
            "false_alarms": found.false_alarms,
            "false_alarms_per_day": round(found.false_alarms / quiet_days, 3),
            "seen_median_min": percentile(minutes, 0.5),
            "seen_p90_min": percentile(minutes, 0.9),
            "seen_ratio": round(sum(one is not None for one in found.minutes_until_seen) / _TROUBLES, 3),
            "others_told_ratio": round(found.told_others / _TROUBLES, 3),
        }
    goals = [
        at_most(f"false alarms a day at {hourly} an hour", one["false_alarms_per_day"], _FALSE_ALARMS_PER_DAY_MAX)
        for hourly, one in sizes.items()
    ]
    goals.append(at_most("minutes until seen at 300 an hour, median", sizes["300"]["seen_median_min"], _MEDIAN_MAX_MIN))
    goals += [
        at_most(f"troubles told to others at {hourly} an hour", one["others_told_ratio"], 0.1)
        for hourly, one in sizes.items()
    ]
    return {
        "bench": "alerts",
        "rules_version": rules.version,
        "failing_ratio": _FAILING,
        "sizes": sizes,
        "goals": goals,
    }


def make_table(found: dict[str, Any]) -> Table:
    """Return the figures as a table, a line for each size of shop."""
    names = ("false_alarms", "quiet_days", "seen_median_min", "seen_p90_min", "seen_ratio", "others_told_ratio")
    table = Table("attempts an hour", *(name.replace("_", " ") for name in names))
    for hourly, one in found["sizes"].items():
        table.add_row(hourly, *(str(one[name]) for name in names))
    return table
