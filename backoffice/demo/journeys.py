"""How an invented parcel travels: planned by business days, held up at the stage where its cause strikes.

Everything that happened lies before `today` begins, so that the data is true at any hour of that day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random

from backoffice.delivery.policy import add_business_days
from backoffice.delivery.rulebook import DeliveryRules
from backoffice.demo import shape
from backoffice.demo.catalogue import COURIERS, PLACES
from backoffice.orders.tables import OrderStatus
from kernel.clock import KST

# The stage that each cause of delay holds up.
STRIKES_AT = {
    "stock_error": "stock_confirmed",
    "packing_queue": "packed",
    "pickup_missed": "handed_over",
    "sorting": "out_for_delivery",
    "weather": "out_for_delivery",
    "wrong_address": "delivered",
    "customer_absent": "delivered",
}
STATUS_AT = {
    "received": OrderStatus.RECEIVED,
    "paid": OrderStatus.PAID,
    "stock_confirmed": OrderStatus.PAID,
    "packed": OrderStatus.PACKED,
    "invoice_issued": OrderStatus.PACKED,
    "handed_over": OrderStatus.SHIPPED,
    "sorting": OrderStatus.IN_TRANSIT,
    "out_for_delivery": OrderStatus.IN_TRANSIT,
    "delivered": OrderStatus.DELIVERED,
}
STAGES = tuple(STATUS_AT)
_SHIPPED_STAGES = frozenset(STAGES[STAGES.index("invoice_issued") :])
# How often a courier comes a day late although nothing happened.
_SLIPS = dict(zip(COURIERS, (0.02, 0.05, 0.15), strict=True))
_HOURS = {
    "stock_confirmed": time(10),
    "packed": time(14),
    "invoice_issued": time(16),
    "handed_over": time(18, 30),
    "sorting": time(22),
    "out_for_delivery": time(8, 30),
    "delivered": time(14),
}


@dataclass(frozen=True, kw_only=True)
class Journey:
    """One parcel's way. With `cause` it is held up by `held_days` business days; `stop_after` ends it at a stage.

    `extra_days` are the business days a remote area takes longer, which the promise knows of. One that `may_slip`
    comes a day later now and then, as its courier is known for.
    """

    ordered_at: datetime
    cause: str | None = None
    held_days: int = 0
    stop_after: str | None = None
    extra_days: int = 0
    may_slip: bool = False


def travel(journey: Journey, *, today: date, rules: DeliveryRules, rng: Random) -> dict[str, object]:
    """Return the delivery fields of an order: stages, status, promised and expected days, where it was left."""
    courier = rng.choice(COURIERS)
    if journey.may_slip and journey.cause is None and rng.random() < _SLIPS[courier]:
        journey = replace(journey, cause="sorting", held_days=1)
    planned = plan(journey.ordered_at, rules, extra_days=journey.extra_days)
    midnight = datetime.combine(today, time(0), KST)
    struck = STAGES.index(STRIKES_AT[journey.cause]) if journey.cause else len(STAGES)
    happened: dict[str, datetime] = {}
    for place, (stage, at) in enumerate(planned.items()):
        actual = _shift(at, journey.held_days if place >= struck else 0, rules)
        if stage in _HOURS:
            actual += timedelta(minutes=rng.randint(0, 55))
        if actual < midnight:
            happened[stage] = actual
        if stage == journey.stop_after:
            break
    promised = planned["delivered"].date()
    expected = _shift(planned["delivered"], journey.held_days, rules).date()
    last = next(stage for stage in reversed(STAGES) if stage in happened or stage == "received")
    is_moved = expected > promised and (last == "delivered" or planned[STAGES[min(struck, len(STAGES) - 1)]] < midnight)
    fields: dict[str, object] = {
        "status": STATUS_AT[last],
        "promised_date": promised,
        "eta": expected if is_moved else promised,
        "stages": tuple(
            shape.Stage(stage=stage, planned_at=at, actual_at=happened.get(stage)) for stage, at in planned.items()
        ),
    }
    if last in _SHIPPED_STAGES:
        fields |= {"courier": courier, "tracking_no": f"0000{rng.randrange(10**8):08d}"}
    if is_moved:
        fields |= {"delay_reason": journey.cause, "eta_history": (promised,)}
    if last == "delivered":
        fields |= {"delivered_at": happened["delivered"], "delivered_place": rng.choice(PLACES)}
    return fields


def plan(ordered_at: datetime, rules: DeliveryRules, *, extra_days: int = 0) -> dict[str, datetime]:
    """Return when each stage is planned: packed and shipped the next business day, delivered the one after.

    Where the area takes longer, it is delivered so many business days later.
    """
    local = ordered_at.astimezone(KST)
    packing = add_business_days(local.date(), 1, rules)
    arriving = add_business_days(packing, 1 + extra_days, rules)
    planned = {"received": local, "paid": local + timedelta(minutes=3)}
    for stage, hour in _HOURS.items():
        day = arriving if stage in ("out_for_delivery", "delivered") else packing
        planned[stage] = datetime.combine(day, hour, KST)
    return planned


def _shift(at: datetime, business_days: int, rules: DeliveryRules) -> datetime:
    return datetime.combine(add_business_days(at.date(), business_days, rules), at.timetz()) if business_days else at
