"""The arithmetic of measurements: percentiles, medians, goals. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any


def percentile(values: Sequence[float], ratio: float) -> float:
    """Return the smallest value that at least `ratio` of all values do not exceed. Raises ValueError when empty."""
    if not values:
        raise ValueError("no values")
    return sorted(values)[max(0, math.ceil(len(values) * ratio) - 1)]


def summary_ms(seconds: Sequence[float]) -> dict[str, float]:
    """Return p50 and p95 in milliseconds."""
    return {f"p{share}_ms": round(percentile(seconds, share / 100) * 1000, 2) for share in (50, 95)}


def median_of_turns(seconds: Sequence[float], first: int, last: int) -> float:
    """Return the median of turns `first` to `last` (counted from 1, both included) in milliseconds."""
    return round(percentile(seconds[first - 1 : last], 0.5) * 1000, 2)


def at_most(what: str, figure: float, limit: float) -> dict[str, Any]:
    """Return a goal that is met when the figure does not exceed the limit."""
    return {"what": what, "figure": round(figure, 3), "wanted": f"≤ {limit:g}", "met": figure <= limit}


def at_least(what: str, figure: float, limit: float) -> dict[str, Any]:
    """Return a goal that is met when the figure reaches the limit."""
    return {"what": what, "figure": round(figure, 3), "wanted": f"≥ {limit:g}", "met": figure >= limit}
