"""In which order waiting conversations are served: by what they are about and by how long they have waited.

What makes a conversation urgent gives it points, and each point puts it before those who came up to so many seconds
earlier: its rank is the moment it began to wait, less what its points are worth. Whoever has the earliest rank is
next. Ranks do not change while time passes, so the order is the same wherever it is asked for; and since points are
bounded, whoever waits long enough is before all who come later: nobody starves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from handoff.domain.conversation import Json
from kernel.clock import KST

_OPEN_ORDERS = frozenset({"received", "paid", "packed", "shipped", "in_transit"})


@dataclass(frozen=True)
class PriorityPolicy:
    """How many points each reason, grade, mood and promise gives, and how many seconds of waiting a point is worth."""

    point_is_worth_s: float
    most_points: int
    reasons: Mapping[str, int]
    skills: Mapping[str, int]
    grades: Mapping[str, int]
    anger_at_least_ratio: float
    anger_points: int
    promise_due_within_days: int
    promise_points: int

    @property
    def longest_lead_s(self) -> float:
        """Return how long one who waits without any point can be overtaken at most."""
        return self.most_points * self.point_is_worth_s


def priority_of(
    policy: PriorityPolicy,
    *,
    reason: str,
    skill: str | None = None,
    facts: Json | None = None,
    mood: Json | None = None,
    today: date | None = None,
) -> int:
    """Return how many points a handoff has: 0 (can wait) to the policy's most; what is missing or odd gives none."""
    facts = facts or {}
    customer = facts.get("customer") or {}
    points = policy.reasons.get(reason, 0)
    if skill is not None:
        points = max(points, policy.skills.get(skill, 0))
    points += policy.grades.get(customer.get("grade") or "", 0)
    if _number((mood or {}).get("anger")) >= policy.anger_at_least_ratio:
        points += policy.anger_points
    if today is not None and promise_breaks(facts.get("orders") or (), today, policy.promise_due_within_days):
        points += policy.promise_points
    return min(points, policy.most_points)


def promise_breaks(orders: Iterable[Any], today: date, within_days: int = 0) -> bool:
    """Tell whether an order that has not arrived was promised for a day that is past, today, or `within_days` away."""
    last = today + timedelta(days=within_days)
    for order in orders:
        if not isinstance(order, dict) or order.get("status") not in _OPEN_ORDERS:
            continue
        promised = _day((order.get("delivery") or order).get("promised_date"))
        if promised is not None and promised <= last:
            return True
    return False


def rank(policy: PriorityPolicy, *, at: datetime, priority: int) -> datetime:
    """Return the rank of a conversation that begins to wait at `at`."""
    return at - timedelta(seconds=priority * policy.point_is_worth_s)


def day_of(at: datetime) -> date:
    """Return the calendar day of a moment where the shop is."""
    return at.astimezone(KST).date()


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
