"""What reports about one parcel say together."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice.delivery.errors import EventFromTheFuture, EventInvalid
from backoffice.delivery.events import CourierEvent, Flag, Projection, check, project
from backoffice.delivery.rules import load_rules
from backoffice.delivery.tables import FlagKind
from backoffice.orders.tables import OrderStatus

RULES = load_rules()
NOON = datetime(2026, 11, 24, 3, tzinfo=UTC)
CODES = [*RULES.stages, *RULES.stage_aliases, *RULES.notes, "weather", "teleported"]


def event(what: str, hours: float = 0, **fields: Any) -> CourierEvent:
    named = {"source": "courier", "event_id": f"{what}-{hours}", "order_id": "1", "code": what}
    return CourierEvent(**{**named, "happened_at": NOON + timedelta(hours=hours), **fields})


def together(*events: CourierEvent, status: OrderStatus = OrderStatus.PAID, **order: Any) -> Projection:
    order = {"ordered_at": NOON - timedelta(days=2), "ended_at": None, **order}
    return project(events, status=status, rules=RULES, **order)


reports = st.builds(
    event,
    st.sampled_from(CODES),
    st.integers(-72, 0),
    event_id=st.text("abc", min_size=1, max_size=3),
    place=st.sampled_from([None, "문 앞", "경비실"]),
    reason=st.sampled_from([None, "weather", "sorting"]),
    eta_on=st.sampled_from([None, date(2026, 11, 25), date(2026, 11, 27)]),
)
histories = st.lists(reports, max_size=8, unique_by=lambda report: report.event_id)


@given(st.data())
@settings(max_examples=300)
def test_the_order_of_reports_makes_no_difference(data: st.DataObject) -> None:
    events = data.draw(histories)
    shuffled = data.draw(st.permutations(events))
    assert together(*shuffled) == together(*events)


@given(histories, reports)
@settings(max_examples=300)
def test_another_report_never_takes_a_flag_away(events: list[CourierEvent], another: CourierEvent) -> None:
    assert together(*events).flags <= together(*events, another).flags


def test_each_stage_was_reached_when_it_was_first_reported() -> None:
    found = together(event("in_transit", -1), event("sorting", -5), event("handed_to_courier", -9), event("delay", -2))
    assert found.reached == {
        "handed_over": NOON - timedelta(hours=9),
        "sorting": NOON - timedelta(hours=5),
    }


def test_the_report_that_happened_last_gives_reason_day_and_courier() -> None:
    found = together(
        event("delay", -1, reason="weather", eta_on=date(2026, 11, 26)),
        event("delay", -3, reason="sorting", eta_on=date(2026, 11, 25), courier="바로택배"),
    )
    assert (found.delay_reason, found.eta_on, found.courier) == ("weather", date(2026, 11, 26), "바로택배")


def test_a_code_may_be_the_reason_itself() -> None:
    assert together(event("customer_absent", -1)).delay_reason == "customer_absent"
    assert together(event("bad_weather", -1)).delay_reason == "weather"
    assert together(event("sorting", -1)).delay_reason is None  # a stage of the same name


@pytest.mark.parametrize(
    ("events", "order", "flags"),
    [
        ([("delivered", -2), ("sorting", -1)], {}, []),  # within the hour clocks and scans may differ
        ([("delivered", -3), ("sorting", -1)], {}, [(FlagKind.AFTER_DELIVERY, "sorting", -1)]),
        ([("delivered", -3), ("delay", -1)], {}, []),
        ([("delivered", -3), ("delivered", -1)], {}, [(FlagKind.DELIVERED_TWICE, "delivered", -1)]),
        ([("delivered", -3), ("delivered", -2.5)], {}, []),
        ([("paid", -49)], {}, [(FlagKind.BEFORE_ORDER, "paid", -49)]),
        ([("paid", -48.1)], {}, []),
        ([("teleported", -1)], {}, [(FlagKind.UNKNOWN_CODE, "teleported", -1)]),
        ([("handed_over", -1)], {"status": OrderStatus.CANCELLED}, [(FlagKind.ORDER_ENDED, "handed_over", -1)]),
        ([("handed_over", -1)], {"status": OrderStatus.CANCELLED, "ended_at": NOON}, []),
        ([("packed", -1)], {"status": OrderStatus.CANCELLED}, []),
        ([("delivered", -1)], {"status": OrderStatus.RETURNED}, []),
    ],
)
def test_what_contradicts_is_flagged_for_a_person(
    events: list[tuple[str, float]], order: dict[str, Any], flags: list[tuple[FlagKind, str, float]]
) -> None:
    found = together(*(event(code, hours) for code, hours in events), **order)
    assert found.flags == {Flag(kind, f"courier/{code}-{hours}") for kind, code, hours in flags}


def test_a_parcel_reported_as_moving_after_its_delivery_still_counts_as_delivered_when_it_was() -> None:
    found = together(event("on_the_van", 0), event("delivered", -3, place="문 앞"))
    assert (found.delivered_at, found.delivered_place) == (NOON - timedelta(hours=3), "문 앞")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"event_id": ""}, "event_id"),
        ({"event_id": " "}, "event_id"),
        ({"source": "s" * 65}, "source"),
        ({"code": "\x00"}, "code"),
        ({"order_id": 7}, "order_id"),
        ({"happened_at": datetime(2026, 11, 24)}, "happened_at"),  # noqa: DTZ001
        ({"happened_at": NOON - timedelta(days=366)}, "happened_at"),
        ({"happened_at": datetime.min.replace(tzinfo=UTC)}, "happened_at"),
        ({"eta_on": date.max}, "eta_on"),
        ({"eta_on": date(1900, 1, 1)}, "eta_on"),
        ({"place": "x" * 301}, "place"),
        ({"reason": "\x00"}, "reason"),
    ],
)
def test_a_report_that_cannot_be_is_refused_by_name(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(EventInvalid) as refused:
        check(event("paid", **fields), now=NOON, rules=RULES)
    assert (refused.value.field, refused.value.code) == (field, "event_invalid")


def test_clocks_may_differ_by_ten_minutes_and_no_more() -> None:
    check(event("paid", 10 / 60), now=NOON, rules=RULES)
    with pytest.raises(EventFromTheFuture):
        check(event("paid", 11 / 60), now=NOON, rules=RULES)
