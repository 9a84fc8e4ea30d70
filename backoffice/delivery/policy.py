"""Where a parcel stands, whether it is late, when it comes and why: decided here, told elsewhere.

Pure: the facts, the moment and the rules come in as arguments. Days are days in Seoul.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum

from backoffice.delivery.areas import Area
from backoffice.delivery.arrival import Expected, Spans, expect
from backoffice.delivery.rulebook import DelayRule, DeliveryRules
from backoffice.orders.tables import OrderStatus
from kernel import korean
from kernel.clock import KST


@dataclass(frozen=True)
class StageTimes:
    """One stage, when it was planned and when it came."""

    stage: str
    planned_at: datetime | None = None
    actual_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class DeliveryFacts:
    """What the shop and the courier have reported about one order's parcel.

    `moved_count` is how often the day of arrival was changed; `is_doubted` when reports contradict each other and a
    person is looking into it.
    """

    status: OrderStatus
    promised_on: date | None = None
    eta_on: date | None = None
    eta_at: datetime | None = None
    delivered_at: datetime | None = None
    delivered_place: str | None = None
    delay_reason: str | None = None
    courier: str | None = None
    address: str | None = None
    moved_count: int = 0
    is_doubted: bool = False
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

    `is_estimate` when nobody named the day. Then `sure_ratio` of `past_count` past parcels like it came within such
    days; without enough of them the days are counted from the usual ones and both are None and 0.
    """

    first: date
    last: date
    at: datetime | None = None
    is_estimate: bool = False
    sure_ratio: float | None = None
    past_count: int = 0


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
    area: Area | None = None
    moved_count: int = 0
    is_doubted: bool = False

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


def assess(
    facts: DeliveryFacts, *, now: datetime, rules: DeliveryRules, history: Mapping[str, Spans] | None = None
) -> Assessment:
    """Return how the delivery stands at `now`; `history` holds the spans of past deliveries by scope.

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
            outcome=outcome,
            stage="delivered",
            since=facts.delivered_at or since,
            promised_on=facts.promised_on,
            is_doubted=facts.is_doubted,
        )
    if outcome is not Outcome.UNDER_WAY:
        return Assessment(outcome=outcome, promised_on=facts.promised_on)
    today = now.astimezone(KST).date()
    area = rules.areas.find(facts.address)
    arrival = expect_arrival(
        facts,
        stage=stage,
        today=today,
        rules=rules,
        area=area,
        expected=_expect_by_history(facts, stage, since, today=today, area=area, rules=rules, history=history),
    )
    late_days = _count_late_days(facts.promised_on, max(today, arrival.last), rules)
    return Assessment(
        outcome=outcome,
        stage=stage,
        since=since,
        arrival=arrival,
        promised_on=facts.promised_on,
        late_business_days=late_days,
        delay=explain_delay(facts.delay_reason, rules) if _is_late(facts.promised_on, today, arrival) else None,
        area=area,
        moved_count=facts.moved_count,
        is_doubted=facts.is_doubted,
    )


def _is_late(promised_on: date | None, today: date, arrival: Arrival) -> bool:
    return promised_on is not None and max(today, arrival.last) > promised_on


def _count_late_days(promised_on: date | None, comes_on: date, rules: DeliveryRules) -> int:
    return count_business_days(promised_on, comes_on, rules) if promised_on is not None else 0


def _expect_by_history(
    facts: DeliveryFacts,
    stage: str,
    since: datetime | None,
    *,
    today: date,
    area: Area,
    rules: DeliveryRules,
    history: Mapping[str, Spans] | None,
) -> Expected | None:
    if since is None or not history:
        return None
    return expect(
        history, stage=stage, since=since, today=today, courier_name=facts.courier, area=area.name, rules=rules
    )


def find_stage(facts: DeliveryFacts, *, now: datetime, rules: DeliveryRules) -> tuple[str, datetime | None]:
    """Return the furthest stage reached by `now` and since when; None where no event says so."""
    reached: dict[str, datetime | None] = {_STAGE_OF_STATUS.get(facts.status, "received"): None}
    for event in facts.stages:
        name = rules.find_stage(event.stage)
        if name is not None and event.actual_at is not None and event.actual_at <= now:
            earlier = reached.get(name)
            reached[name] = min(earlier, event.actual_at) if earlier else event.actual_at
    stage = max(reached, key=rules.place_of)
    return stage, reached[stage]


def expect_arrival(
    facts: DeliveryFacts, *, stage: str, today: date, rules: DeliveryRules, area: Area, expected: Expected | None = None
) -> Arrival:
    """Return when the parcel comes: the courier's day, else the promised day, else what past parcels took.

    A day that has passed is no answer. Without a history a window of two business days is counted from today by
    the usual days of the stage and what the area adds to them.
    """
    named = facts.eta_on or facts.promised_on
    if named is not None and named >= today:
        return Arrival(first=named, last=named, at=facts.eta_at if facts.eta_on else None)
    if expected is not None:
        return Arrival(
            first=expected.first,
            last=expected.last,
            is_estimate=True,
            sure_ratio=expected.sure_ratio,
            past_count=expected.count,
        )
    calendar = rules.courier(facts.courier).calendar
    first = calendar.add(today, rules.stages[stage].business_days_left + area.extra_business_days)
    return Arrival(first=first, last=calendar.add(first, 1), is_estimate=True)


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
    """Return whether couriers usually deliver on `day`."""
    return rules.calendar.is_business_day(day)


def add_business_days(day: date, count: int, rules: DeliveryRules) -> date:
    """Return the day `count` business days after `day`; with 0 the first business day from `day` on."""
    return rules.calendar.add(day, count)


def count_business_days(after: date, until: date, rules: DeliveryRules) -> int:
    """Return how many business days lie after `after` up to and with `until`."""
    return rules.calendar.count(after, until)
