"""How near the told days of arrival come, beside the promised dates, on the demo shop's history.

The earlier deliveries make the windows, the later ones are told by them. Nothing is timed; the figures are the same
on every machine.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from backoffice.delivery.arrival import ArrivalError, PastDelivery, measure
from backoffice.delivery.rulebook import DeliveryRules
from backoffice.delivery.rules import load_rules
from backoffice.demo.generator import generate

_TODAY = date(2026, 11, 24)
_LEARN_RATIO = 0.7
# When a customer asks most: once the parcel is packed, and once the courier has it.
_STAGES = ("packed", "handed_over")


def measure_arrivals() -> dict[str, Any]:
    """Return the errors of the window (ours) and of the promised date (peer), in days, and the shares kept."""
    rules = load_rules()
    past = list_history(rules)
    ours: dict[str, Any] = {"deliveries": len(past)}
    peer: dict[str, Any] = {}
    goals: list[dict[str, Any]] = []
    for stage in _STAGES:
        found = measure(past, rules, stage=stage, learn_ratio=_LEARN_RATIO)
        ours |= _figures(stage, found.window)
        ours[f"{stage}: days in the window"] = found.width_days
        peer |= _figures(stage, found.promise)
        goals.append(
            {
                "what": f"{stage}: share inside the window",
                "figure": found.window.kept_ratio,
                "wanted": f">= {rules.window.sure_ratio}",
                "met": found.window.kept_ratio >= rules.window.sure_ratio,
            }
        )
    return {"bench": "arrivals", "peer_is": "the promised date", "ours": ours, "peer": peer, "goals": goals}


def _figures(stage: str, error: ArrivalError) -> dict[str, Any]:
    return {
        f"{stage}: told of": error.count,
        f"{stage}: median error, days": error.median_days,
        f"{stage}: mean error, days": error.mean_days,
        f"{stage}: share inside the window, by the promised date": error.kept_ratio,
    }


def list_history(rules: DeliveryRules) -> list[PastDelivery]:
    """Return the invented shop's deliveries that came."""
    shop = generate(seed=1, today=_TODAY)
    return [
        PastDelivery(
            courier=order.courier,
            area=rules.areas.find(order.address or person.address).name,
            reached={stage.stage: stage.actual_at for stage in order.stages if stage.actual_at},
            delivered_at=order.delivered_at,
            promised_on=order.promised_date,
        )
        for person in shop.customers
        for order in person.orders
        if order.delivered_at is not None
    ]
