"""What couriers' and the warehouse's reports say when all of them are taken together, whatever order they came in. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from backoffice.delivery.errors import EventFromTheFuture, EventInvalid
from backoffice.delivery.rulebook import DeliveryRules
from backoffice.delivery.tables import FlagKind
from backoffice.orders.tables import OrderStatus

_T = TypeVar("_T")
_LONGEST = {"source": 64, "event_id": 128, "order_id": 64, "code": 64}
_LONGEST_WORDS = 300
_ENDED_BEFORE_DELIVERY = frozenset({OrderStatus.CANCELLED, OrderStatus.MERGED})


@dataclass(frozen=True, kw_only=True)
class CourierEvent:
    """One report about one parcel, as its source sends it.

    `source` and `event_id` name it for ever. `code` is a stage or a note such as `delay`; `eta_on` a new day of
    arrival in Seoul; `place` where the parcel is or was left.
    """

    source: str
    event_id: str
    order_id: str
    code: str
    happened_at: datetime
    place: str | None = None
    reason: str | None = None
    eta_on: date | None = None
    courier: str | None = None
    tracking_no: str | None = None


class Intake(StrEnum):
    """What became of a report: all but `REPEATED` are kept; the last two are put before a person."""

    STORED = "stored"
    LATE = "late"
    REPEATED = "repeated"
    UNKNOWN_CODE = "unknown_code"
    CONTRADICTORY = "contradictory"


@dataclass(frozen=True)
class Flag:
    """Something a person has to look at; `subject` names the report."""

    kind: FlagKind
    subject: str


@dataclass(frozen=True, kw_only=True)
class Projection:
    """What follows from all reports about one parcel; None and empty where none says so."""

    reached: Mapping[str, datetime]
    delivered_at: datetime | None = None
    delivered_place: str | None = None
    delay_reason: str | None = None
    eta_on: date | None = None
    courier: str | None = None
    tracking_no: str | None = None
    flags: frozenset[Flag] = frozenset()


def check(event: CourierEvent, *, now: datetime, rules: DeliveryRules) -> None:
    """Raise EventInvalid or EventFromTheFuture for a report that cannot be taken."""
    for field, longest in _LONGEST.items():
        value = getattr(event, field)
        if not isinstance(value, str) or not 0 < len(value.strip()) <= longest or not value.isprintable():
            raise EventInvalid(field)
    for field in ("place", "reason", "courier", "tracking_no"):
        value = getattr(event, field)
        if value is not None and (not isinstance(value, str) or len(value) > _LONGEST_WORDS or "\x00" in value):
            raise EventInvalid(field)
    if not isinstance(event.happened_at, datetime) or event.happened_at.tzinfo is None:
        raise EventInvalid("happened_at")
    if event.happened_at > now + timedelta(minutes=rules.clock_skew_minutes):
        raise EventFromTheFuture(f"it is said to have happened at {event.happened_at.isoformat()}")
    if (now - event.happened_at).days > rules.report_reach_days:
        raise EventInvalid("happened_at")
    if event.eta_on and abs((event.eta_on - event.happened_at.date()).days) > rules.report_reach_days:
        raise EventInvalid("eta_on")


def name_of(event: CourierEvent) -> str:
    """Return what a report is called in flags: its source and its id there."""
    return f"{event.source}/{event.event_id}"


def is_known(code: str, rules: DeliveryRules) -> bool:
    """Return whether somebody has written down what a code means."""
    return rules.find_stage(code) is not None or code.strip().lower() in rules.notes | set(rules.delays) | set(
        rules.delay_aliases
    )


def find_reason(event: CourierEvent, rules: DeliveryRules) -> str | None:
    """Return why the parcel is late by this report: the reason given, or a code that is one itself."""
    if event.reason and event.reason.strip():
        return event.reason.strip()
    key = event.code.strip().lower()
    key = rules.delay_aliases.get(key, key)
    return key if key in rules.delays and rules.find_stage(event.code) is None else None


def project(
    events: Iterable[CourierEvent],
    *,
    ordered_at: datetime,
    status: OrderStatus,
    ended_at: datetime | None,
    rules: DeliveryRules,
) -> Projection:
    """Return what all reports about one order's parcel say together.

    Each stage was reached when it was first reported to be. Reason, expected day, courier and tracking number are the
    ones of the report that happened last. The parcel came when it was first reported to have come; what contradicts
    that is flagged. More reports never take a flag away.
    """
    known = sorted(events, key=_by_time)
    reached: dict[str, datetime] = {}
    for event in known:
        stage = rules.find_stage(event.code)
        if stage is not None:
            reached.setdefault(stage, event.happened_at)
    came = [event for event in known if rules.find_stage(event.code) == "delivered"]
    delivered = came[0] if came else None
    return Projection(
        reached=reached,
        delivered_at=delivered.happened_at if delivered else None,
        delivered_place=_last([event.place for event in came if event.happened_at == came[0].happened_at]),
        delay_reason=_last([find_reason(event, rules) for event in known]),
        eta_on=_last([event.eta_on for event in known]),
        courier=_last([event.courier for event in known]),
        tracking_no=_last([event.tracking_no for event in known]),
        flags=frozenset(
            flag
            for event in known
            for flag in _flags_of(
                event, delivered, ordered_at=ordered_at, status=status, ended_at=ended_at, rules=rules
            )
        ),
    )


def _by_time(event: CourierEvent) -> tuple[datetime, str, str]:
    return event.happened_at, event.source, event.event_id


def _last(values: Sequence[_T | None]) -> _T | None:
    return next((value for value in reversed(values) if value is not None), None)


def _flags_of(
    event: CourierEvent,
    delivered: CourierEvent | None,
    *,
    ordered_at: datetime,
    status: OrderStatus,
    ended_at: datetime | None,
    rules: DeliveryRules,
) -> Iterable[Flag]:
    stage, name = rules.find_stage(event.code), name_of(event)
    if not is_known(event.code, rules):
        yield Flag(FlagKind.UNKNOWN_CODE, name)
    if event.happened_at < ordered_at - timedelta(minutes=rules.clock_skew_minutes):
        yield Flag(FlagKind.BEFORE_ORDER, name)
    if stage is None:
        return
    if delivered and event.happened_at > delivered.happened_at + timedelta(minutes=rules.delivery_doubt_minutes):
        yield Flag(FlagKind.DELIVERED_TWICE if stage == "delivered" else FlagKind.AFTER_DELIVERY, name)
    is_moving = rules.place_of(stage) >= rules.place_of("handed_over")
    if status in _ENDED_BEFORE_DELIVERY and is_moving and (ended_at is None or event.happened_at > ended_at):
        yield Flag(FlagKind.ORDER_ENDED, name)
