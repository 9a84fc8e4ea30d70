"""When a parcel is late, when it comes and why, row by row."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.delivery.policy import (
    Arrival,
    DeliveryFacts,
    Outcome,
    StageTimes,
    add_business_days,
    assess,
    count_business_days,
    explain_delay,
    is_business_day,
)
from backoffice.delivery.rules import load_rules
from backoffice.orders.tables import OrderStatus

RULES = load_rules()
TUESDAY_NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # in Seoul
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2026, 11, day) for day in (23, 24, 25, 26, 27))


def judge(status: OrderStatus = OrderStatus.IN_TRANSIT, now: datetime = TUESDAY_NOON, **facts: object):
    return assess(DeliveryFacts(status=status, **facts), now=now, rules=RULES)


@pytest.mark.parametrize(
    ("promised_on", "eta_on", "late_business_days"),
    [
        (None, None, 0),
        (TUESDAY, None, 0),
        (TUESDAY, TUESDAY, 0),
        (WEDNESDAY, TUESDAY, 0),
        (TUESDAY, WEDNESDAY, 1),  # told before the promise is broken
        (MONDAY, TUESDAY, 1),
        (date(2026, 11, 20), TUESDAY, 2),  # Friday to Tuesday: the weekend does not count
        (MONDAY, FRIDAY, 4),
        (date(2026, 11, 13), date(2026, 11, 30), 11),
    ],
)
def test_lateness_counts_business_days_beyond_the_promise(
    promised_on: date | None, eta_on: date | None, late_business_days: int
) -> None:
    judged = judge(promised_on=promised_on, eta_on=eta_on)
    assert (judged.late_business_days, judged.is_late) == (late_business_days, late_business_days > 0)


@pytest.mark.parametrize(
    ("facts", "arrival"),
    [
        ({"promised_on": WEDNESDAY}, Arrival(first=WEDNESDAY, last=WEDNESDAY)),
        ({"promised_on": MONDAY, "eta_on": THURSDAY}, Arrival(first=THURSDAY, last=THURSDAY)),
        ({"eta_on": TUESDAY, "eta_at": TUESDAY_NOON}, Arrival(first=TUESDAY, last=TUESDAY, at=TUESDAY_NOON)),
        # A passed day is no answer: counted from today by the stage's usual days, two business days wide.
        ({"promised_on": MONDAY}, Arrival(first=WEDNESDAY, last=THURSDAY, is_estimate=True)),
        ({"promised_on": MONDAY, "eta_on": MONDAY}, Arrival(first=WEDNESDAY, last=THURSDAY, is_estimate=True)),
        ({"status": OrderStatus.PACKED}, Arrival(first=THURSDAY, last=FRIDAY, is_estimate=True)),
        ({"status": OrderStatus.RECEIVED}, Arrival(first=FRIDAY, last=date(2026, 11, 30), is_estimate=True)),
    ],
)
def test_arrival_is_the_named_day_or_a_window_from_today(facts: dict[str, object], arrival: Arrival) -> None:
    assert judge(**facts).arrival == arrival


def test_day_changes_at_midnight_in_seoul() -> None:
    before = datetime(2026, 11, 24, 14, 59, tzinfo=UTC)
    assert not judge(promised_on=TUESDAY, eta_on=TUESDAY, now=before).is_late
    assert judge(promised_on=TUESDAY, eta_on=TUESDAY, now=before + timedelta(minutes=1)).is_late


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (OrderStatus.DELIVERED, Outcome.DELIVERED),
        (OrderStatus.CANCELLED, Outcome.CANCELLED),
        (OrderStatus.MERGED, Outcome.MERGED),
        (OrderStatus.RETURNED, Outcome.RETURNED),
        *(
            (status, Outcome.UNDER_WAY)
            for status in (OrderStatus.RECEIVED, OrderStatus.PAID, OrderStatus.PACKED, OrderStatus.SHIPPED)
        ),
    ],
)
def test_a_status_that_ends_an_order_decides_what_the_answer_is_about(status: OrderStatus, outcome: Outcome) -> None:
    judged = judge(status, promised_on=MONDAY)
    assert judged.outcome is outcome
    assert judged.is_late == (outcome is Outcome.UNDER_WAY)


def test_a_reported_delivery_counts_although_the_status_lags() -> None:
    assert judge(delivered_at=TUESDAY_NOON).outcome is Outcome.DELIVERED
    assert judge(delivered_at=TUESDAY_NOON + timedelta(seconds=1)).outcome is Outcome.UNDER_WAY


def test_furthest_stage_counts_whatever_order_and_spelling_events_came_in() -> None:
    early, late = TUESDAY_NOON - timedelta(hours=9), TUESDAY_NOON - timedelta(hours=2)
    events = (
        StageTimes("on_the_van", actual_at=late),
        StageTimes("out_for_delivery", actual_at=early),
        StageTimes("handed_over", actual_at=early),
        StageTimes("delivered", actual_at=TUESDAY_NOON + timedelta(hours=1)),
        StageTimes("teleported", actual_at=early),
    )
    judged = judge(OrderStatus.PACKED, stages=events)
    assert (judged.stage, judged.since) == ("out_for_delivery", early)


def test_status_ahead_of_the_events_has_no_since() -> None:
    judged = judge(OrderStatus.SHIPPED, stages=(StageTimes("paid", actual_at=TUESDAY_NOON),))
    assert (judged.stage, judged.since) == ("handed_over", None)


@pytest.mark.parametrize(
    "cause", ["stock_error", "packing_queue", "pickup_missed", "sorting", "weather", "wrong_address", "customer_absent"]
)
def test_every_cause_of_delay_has_everyday_words(cause: str) -> None:
    told = explain_delay(cause, RULES)
    assert told != RULES.unknown_delay
    assert told.because.endswith(("요",))


@pytest.mark.parametrize(
    ("reason", "because"),
    [
        ("WEATHER ", RULES.delays["weather"].because),
        ("stock", RULES.delays["stock_error"].because),
        ("폭설로 도로 통제", "늦어진 까닭은 ‘폭설로 도로 통제’예요"),
        ("도로 결빙.", "늦어진 까닭은 ‘도로 결빙’이에요"),
        ("E-1234", RULES.unknown_delay.because),
        ("", RULES.unknown_delay.because),
        (None, RULES.unknown_delay.because),
    ],
)
def test_unknown_reasons_are_quoted_in_korean_or_admitted(reason: str | None, because: str) -> None:
    assert explain_delay(reason, RULES).because == because


@pytest.mark.parametrize(
    ("day", "is_business"),
    [
        (FRIDAY, True),
        (date(2026, 11, 28), False),
        (date(2026, 11, 29), False),
        (date(2026, 12, 25), False),
        (date(2027, 1, 1), False),
    ],
)
def test_weekends_and_holidays_are_no_business_days(day: date, is_business: bool) -> None:
    assert is_business_day(day, RULES) is is_business


@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.integers(0, 30))
def test_adding_and_counting_business_days_agree(day: date, count: int) -> None:
    later = add_business_days(day, count, RULES)
    assert is_business_day(later, RULES)
    if count:
        assert count_business_days(day, later, RULES) == count
