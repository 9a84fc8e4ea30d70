"""Which of the shop's facts a handoff is about: the order, the block, the failed attempt that matter here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from handoff.domain.conversation import Json
from kernel.clock import KST

_ENDED = frozenset({"delivered", "cancelled", "merged", "returned"})


@dataclass(frozen=True)
class Findings:
    """The facts picked out of a context, at the time `at`; None where there is none.

    `is_known` tells whether the customer is known, `has_answered` whether the shop could be asked.
    """

    at: datetime
    is_known: bool
    has_answered: bool
    order: Json | None = None
    block: Json | None = None
    last_block: Json | None = None
    attempt: Json | None = None
    last_attempt: Json | None = None
    grant: Json | None = None
    tally: Json = field(default_factory=dict)
    privacy_request: Json | None = None
    order_count: int = 0
    grants_on_order: int = 0

    @property
    def late_days(self) -> int:
        """How many business days the order is late; 0 when it is not."""
        return int(self.delivery.get("late_business_days") or 0)

    @property
    def delivery(self) -> Json:
        """What is known of the order's delivery under way; empty when there is none."""
        return (self.order or {}).get("delivery") or {}

    def is_today(self, moment: datetime) -> bool:
        """Tell whether a moment is on the same day in Seoul."""
        return moment.astimezone(KST).date() == self.at.astimezone(KST).date()


def find_concerned(
    facts: Json, *, slots: Json, area: str, at: datetime, is_known: bool, has_answered: bool
) -> Findings:
    """Pick what matters for `area` out of the shop's facts (see the customers' service for their form)."""
    order = _order(facts.get("orders") or [], slots.get("order_id"), area)
    blocks, attempts = facts.get("blocks") or [], facts.get("verification_attempts") or []
    grants = facts.get("grants") or []
    return Findings(
        at=at,
        is_known=is_known,
        has_answered=has_answered,
        order=order,
        block=next((block for block in blocks if block.get("is_active")), None),
        last_block=next(iter(blocks), None),
        attempt=next((attempt for attempt in attempts if attempt.get("result") == "failure"), None),
        last_attempt=next(iter(attempts), None),
        grant=next(iter(grants), None),
        tally=facts.get("tally") or {},
        privacy_request=next(iter(facts.get("privacy_requests") or []), None),
        order_count=len(facts.get("orders") or []),
        grants_on_order=sum(order is not None and grant.get("order_id") == order.get("order_id") for grant in grants),
    )


def _order(orders: list[Json], named: Any, area: str) -> Json | None:
    """Return the order that was named; else, where deliveries matter, the latest of all; else the newest."""
    chosen = next((order for order in orders if order.get("order_id") == named), None)
    if chosen is not None or not orders:
        return chosen
    worst = max(orders, key=lambda order: (order.get("delivery") or {}).get("late_business_days") or 0)
    if area in ("delivery", "compensation", "general") and (worst.get("delivery") or {}).get("late_business_days"):
        return worst
    if area == "delivery":
        return next((order for order in orders if order.get("status") not in _ENDED), orders[0])
    return orders[0]


def read_moment(written: Any) -> datetime | None:
    """Return a time as facts carry it (RFC 3339), None for nothing or for another form."""
    if not isinstance(written, str):
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def read_day(written: Any) -> date | None:
    """Return a day as facts carry it (ISO 8601), None for nothing or for another form."""
    if not isinstance(written, str):
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
