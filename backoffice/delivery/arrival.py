"""When a parcel comes, told by how long parcels like it took, and how sure that is. Pure.

A span is the business days from the day a parcel reached a stage to the day it was delivered. Spans are counted by
scope: the stage, the area and the courier; where too few are known, without the courier, then for the stage alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backoffice.delivery.calendar import Calendar
from backoffice.delivery.rulebook import Courier, DeliveryRules
from kernel.clock import KST

# How many parcels took so many business days.
Spans = Mapping[int, int]


@dataclass(frozen=True, kw_only=True)
class PastDelivery:
    """A parcel that came: who brought it, where to, when it reached each stage (canonical names), and the promise."""

    courier: str | None
    area: str
    reached: Mapping[str, datetime]
    delivered_at: datetime
    promised_on: date | None = None


@dataclass(frozen=True)
class Window:
    """Business days, both included, from the day of the stage to the door; `middle` is as likely too early as too late.

    `sure_ratio` of the `count` past parcels that had not come by now came within it.
    """

    first: int
    last: int
    middle: int
    sure_ratio: float
    count: int


def list_scopes(*, courier: str | None, area: str, stage: str) -> tuple[str, ...]:
    """Return the scopes a parcel's spans are looked up by, the closest first; each is a text that can be a key."""
    scopes = [f"{stage}|{area}|", f"{stage}||"]
    return (f"{stage}|{area}|{courier}", *scopes) if courier else tuple(scopes)


def starting_day(at: datetime, *, stage: str, courier: Courier, rules: DeliveryRules) -> date:
    """Return the day from which a stage's span counts: the next business day where the courier's van had left already."""
    local = at.astimezone(KST)
    day = local.date()
    is_waiting_for_van = rules.place_of(stage) < rules.place_of("handed_over")
    if is_waiting_for_van and local.time() > courier.cut_off:
        day += timedelta(days=1)
    return courier.calendar.add(day, 0) if is_waiting_for_van else day


def count_spans(deliveries: Iterable[PastDelivery], rules: DeliveryRules) -> dict[str, Counter[int]]:
    """Return the spans of past deliveries by scope, each delivery counted in all scopes that hold it."""
    counted: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for past in deliveries:
        courier = rules.courier(past.courier)
        came_on = past.delivered_at.astimezone(KST).date()
        for stage, at in past.reached.items():
            if stage == "delivered" or stage not in rules.stages or at > past.delivered_at:
                continue
            start = starting_day(at, stage=stage, courier=courier, rules=rules)
            days = courier.calendar.count(start, came_on)
            for scope in list_scopes(courier=past.courier, area=past.area, stage=stage):
                counted[scope][days] += 1
    return dict(counted)


def find_window(
    found: Mapping[str, Spans], scopes: Sequence[str], *, elapsed: int, sure_ratio: float, least_count: int
) -> Window | None:
    """Return the narrowest window that holds `sure_ratio` of the past parcels still on their way after `elapsed` days.

    The closest scope with at least `least_count` such parcels is asked; None where there is none.
    """
    for scope in scopes:
        spans = {days: count for days, count in found.get(scope, {}).items() if days >= elapsed}
        if sum(spans.values()) >= least_count:
            return _narrowest(spans, sure_ratio)
    return None


def _narrowest(spans: Spans, sure_ratio: float) -> Window:
    total = sum(spans.values())
    days = sorted(spans)
    held: list[tuple[int, int, int]] = []  # width, first, last
    for place, first in enumerate(days):
        count = 0
        for last in days[place:]:
            count += spans[last]
            if count >= sure_ratio * total:
                held.append((last - first, first, last))
                break
    _, first, last = min(held)
    inside = sum(count for day, count in spans.items() if first <= day <= last)
    return Window(first=first, last=last, middle=_middle(spans), sure_ratio=inside / total, count=total)


def _middle(spans: Spans) -> int:
    half, so_far = sum(spans.values()) / 2, 0
    for days in sorted(spans):
        so_far += spans[days]
        if so_far >= half:
            return days
    raise ValueError("no spans")


def share_by(spans: Spans, *, elapsed: int, until: int) -> float | None:
    """Return which share of the parcels still on their way after `elapsed` days came within `until`; None without any."""
    left = {days: count for days, count in spans.items() if days >= elapsed}
    total = sum(left.values())
    return sum(count for days, count in left.items() if days <= until) / total if total else None


@dataclass(frozen=True, kw_only=True)
class Expected:
    """A window as days in Seoul."""

    first: date
    last: date
    middle: date
    sure_ratio: float
    count: int


def expect(
    found: Mapping[str, Spans],
    *,
    stage: str,
    since: datetime,
    today: date,
    courier_name: str | None,
    area: str,
    rules: DeliveryRules,
) -> Expected | None:
    """Return the days between which the parcel comes by the history; None where too little of it is known."""
    courier = rules.courier(courier_name)
    start = starting_day(since, stage=stage, courier=courier, rules=rules)
    window = find_window(
        found,
        list_scopes(courier=courier_name, area=area, stage=stage),
        elapsed=_elapsed(start, today, courier.calendar),
        sure_ratio=rules.window.sure_ratio,
        least_count=rules.window.least_count,
    )
    if window is None:
        return None

    def day(count: int) -> date:
        return max(today, courier.calendar.add(start, count))

    return Expected(
        first=day(window.first),
        last=day(window.last),
        middle=day(window.middle),
        sure_ratio=window.sure_ratio,
        count=window.count,
    )


def _elapsed(start: date, today: date, calendar: Calendar) -> int:
    """Return the least span that a parcel may have which has not come before `today`."""
    return calendar.count(start, today) + (0 if calendar.is_business_day(today) or today <= start else 1)


@dataclass(frozen=True, kw_only=True)
class ArrivalError:
    """How far told days were from the day of arrival: the middle of the errors, their mean, the share that was kept."""

    count: int
    median_days: float
    mean_days: float
    kept_ratio: float


@dataclass(frozen=True, kw_only=True)
class Measured:
    """The window's error beside the promised date's, on parcels it was not made from; `width_days` is its mean width."""

    window: ArrivalError
    promise: ArrivalError
    width_days: float
    learned_count: int
    without_window_count: int


def measure(deliveries: Sequence[PastDelivery], rules: DeliveryRules, *, stage: str, learn_ratio: float) -> Measured:
    """Return how well the window tells the day when a parcel reaches `stage`.

    The earlier deliveries (`learn_ratio` of them) make the window, the later ones are told by it. An error counts
    calendar days between the day told (the window's middle; the promised day) and the day it came.
    """
    in_time = sorted(
        (past for past in deliveries if stage in past.reached and past.promised_on),
        key=lambda past: past.reached[stage],
    )
    split = round(len(in_time) * learn_ratio)
    learned = [past for past in in_time[:split] if past.delivered_at < in_time[split].reached[stage]]
    spans = count_spans(learned, rules)
    told: list[tuple[int, bool]] = []
    promised: list[tuple[int, bool]] = []
    widths: list[int] = []
    for past in in_time[split:]:
        since, came_on = past.reached[stage], past.delivered_at.astimezone(KST).date()
        expected = expect(
            spans,
            stage=stage,
            since=since,
            today=since.astimezone(KST).date(),
            courier_name=past.courier,
            area=past.area,
            rules=rules,
        )
        if expected is None:
            continue
        told.append((abs((came_on - expected.middle).days), expected.first <= came_on <= expected.last))
        widths.append((expected.last - expected.first).days + 1)
        assert past.promised_on is not None, "chosen by it"
        promised.append((abs((came_on - past.promised_on).days), came_on <= past.promised_on))
    return Measured(
        window=_summarise(told),
        promise=_summarise(promised),
        width_days=sum(widths) / len(widths) if widths else 0.0,
        learned_count=len(learned),
        without_window_count=len(in_time) - split - len(told),
    )


def _summarise(told: Sequence[tuple[int, bool]]) -> ArrivalError:
    if not told:
        return ArrivalError(count=0, median_days=0.0, mean_days=0.0, kept_ratio=0.0)
    errors = sorted(error for error, _ in told)
    middle = len(errors) // 2
    median = errors[middle] if len(errors) % 2 else (errors[middle - 1] + errors[middle]) / 2
    return ArrivalError(
        count=len(told),
        median_days=float(median),
        mean_days=sum(errors) / len(errors),
        kept_ratio=sum(kept for _, kept in told) / len(told),
    )
