"""Where a parcel stands, whether it is late, when it comes and why: decided here, told elsewhere.

Pure: the facts, the moment and the rules come in as arguments. Days are days in Seoul.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum

from backoffice.orders.tables import OrderStatus
from kernel import korean
from kernel.clock import KST

_SATURDAY = 5


@dataclass(frozen=True)
class StageRule:
    """How a stage is called, what goes on in it, and the usual business days from it to the door."""

    label: str
    now: str
    business_days_left: int


@dataclass(frozen=True)
class DelayRule:
    """Why a parcel is late in everyday words, and what the customer can do about it."""

    because: str
    next: str | None = None


@dataclass(frozen=True, kw_only=True)
class DeliveryRules:
    """The operators' data behind every delivery answer; `stages` is in the order parcels pass them."""

    version: int
    stages: Mapping[str, StageRule]
    stage_aliases: Mapping[str, str]
    delays: Mapping[str, DelayRule]
    delay_aliases: Mapping[str, str]
    unknown_delay: DelayRule
    holidays: frozenset[str]


@dataclass(frozen=True)
class StageTimes:
    """One stage, when it was planned and when it came."""

    stage: str
    planned_at: datetime | None = None
    actual_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class DeliveryFacts:
    """What the shop and the courier have reported about one order's parcel."""

    status: OrderStatus
    promised_on: date | None = None
    eta_on: date | None = None
    eta_at: datetime | None = None
    delivered_at: datetime | None = None
    delivered_place: str | None = None
    delay_reason: str | None = None
    stages: tuple[StageTimes, ...] = field(default=())


class Outcome(Enum):
    """What an answer has to be about."""

    UNDER_WAY = "under_way"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    MERGED = "merged"
    RETURNED = "returned"


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """The days between which the parcel comes, both included; `at` where an hour is known.

    `is_estimate` when nobody named the day and it was counted from the usual days a stage takes.
    """

    first: date
    last: date
    at: datetime | None = None
    is_estimate: bool = False


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """The judged state of one delivery.

    `late_business_days` counts how far the promise is or will be missed: 0 when in time or when
    nothing was promised. `delay` is given only when late.
    """

    outcome: Outcome
    stage: str | None = None
    since: datetime | None = None
    arrival: Arrival | None = None
    promised_on: date | None = None
    late_business_days: int = 0
    delay: DelayRule | None = None

    @property
    def is_late(self) -> bool:
        """Whether the promised day has passed or will pass without the parcel."""
        return self.delay is not None


_ENDED = {
    OrderStatus.DELIVERED: Outcome.DELIVERED,
    OrderStatus.CANCELLED: Outcome.CANCELLED,
    OrderStatus.MERGED: Outcome.MERGED,
    OrderStatus.RETURNED: Outcome.RETURNED,
}
_STAGE_OF_STATUS = {
    OrderStatus.RECEIVED: "received",
    OrderStatus.PAID: "paid",
    OrderStatus.PACKED: "packed",
    OrderStatus.SHIPPED: "handed_over",
    OrderStatus.IN_TRANSIT: "sorting",
    OrderStatus.DELIVERED: "delivered",
}


def assess(facts: DeliveryFacts, *, now: datetime, rules: DeliveryRules) -> Assessment:
    """Return how the delivery stands at `now`.

    A status that ends the order (delivered, cancelled, merged, returned) is believed as it is.
    Otherwise the furthest stage that the status or a reported event names counts, whatever order
    the events came in; events after `now` have not happened yet.
    """
    outcome = _ENDED.get(facts.status, Outcome.UNDER_WAY)
    if outcome is Outcome.UNDER_WAY and facts.delivered_at is not None and facts.delivered_at <= now:
        outcome = Outcome.DELIVERED
    stage, since = find_stage(facts, now=now, rules=rules)
    if outcome is Outcome.DELIVERED:
        return Assessment(
            outcome=outcome, stage="delivered", since=facts.delivered_at or since, promised_on=facts.promised_on
        )
    if outcome is not Outcome.UNDER_WAY:
        return Assessment(outcome=outcome, promised_on=facts.promised_on)
    today = now.astimezone(KST).date()
    arrival = expect_arrival(facts, stage=stage, today=today, rules=rules)
    late_days, delay = 0, None
    if facts.promised_on is not None and max(today, arrival.last) > facts.promised_on:
        late_days = count_business_days(facts.promised_on, max(today, arrival.last), rules)
        delay = explain_delay(facts.delay_reason, rules)
    return Assessment(
        outcome=outcome,
        stage=stage,
        since=since,
        arrival=arrival,
        promised_on=facts.promised_on,
        late_business_days=late_days,
        delay=delay,
    )


def find_stage(facts: DeliveryFacts, *, now: datetime, rules: DeliveryRules) -> tuple[str, datetime | None]:
    """Return the furthest stage reached by `now` and since when; None where no event says so."""
    order = {name: place for place, name in enumerate(rules.stages)}
    reached: dict[str, datetime | None] = {_STAGE_OF_STATUS.get(facts.status, "received"): None}
    for event in facts.stages:
        name = rules.stage_aliases.get(event.stage, event.stage)
        if name in order and event.actual_at is not None and event.actual_at <= now:
            earlier = reached.get(name)
            reached[name] = min(earlier, event.actual_at) if earlier else event.actual_at
    stage = max(reached, key=order.__getitem__)
    return stage, reached[stage]


def expect_arrival(facts: DeliveryFacts, *, stage: str, today: date, rules: DeliveryRules) -> Arrival:
    """Return when the parcel comes: the courier's day, else the promised day, else the usual days from its stage.

    A day that has passed is no answer; then a window of two business days is counted from today.
    """
    named = facts.eta_on or facts.promised_on
    if named is not None and named >= today:
        return Arrival(first=named, last=named, at=facts.eta_at if facts.eta_on else None)
    first = add_business_days(today, rules.stages[stage].business_days_left, rules)
    return Arrival(first=first, last=add_business_days(first, 1, rules), is_estimate=True)


def explain_delay(reason: str | None, rules: DeliveryRules) -> DelayRule:
    """Return the everyday words for a delay code; a reason written in Korean by a person is quoted as it is."""
    if not reason:
        return rules.unknown_delay
    key = reason.strip().lower()
    known = rules.delays.get(rules.delay_aliases.get(key, key))
    if known is not None:
        return known
    if any("가" <= letter <= "힣" for letter in reason):
        quoted = f"‘{reason.strip().rstrip('.')}’"
        return DelayRule(because=f"늦어진 까닭은 {korean.josa(quoted, '이에요/예요')}")
    return rules.unknown_delay


def is_business_day(day: date, rules: DeliveryRules) -> bool:
    """Return whether couriers deliver on `day`."""
    return day.weekday() < _SATURDAY and day.strftime("%m-%d") not in rules.holidays


def add_business_days(day: date, count: int, rules: DeliveryRules) -> date:
    """Return the day `count` business days after `day`; with 0 the first business day from `day` on."""
    if count == 0:
        while not is_business_day(day, rules):
            day += timedelta(days=1)
    while count > 0:
        day += timedelta(days=1)
        count -= is_business_day(day, rules)
    return day


def count_business_days(after: date, until: date, rules: DeliveryRules) -> int:
    """Return how many business days lie after `after` up to and with `until`."""
    return sum(is_business_day(after + timedelta(days=offset), rules) for offset in range(1, (until - after).days + 1))
