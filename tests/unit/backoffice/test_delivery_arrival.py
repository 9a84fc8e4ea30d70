"""How the window of arrival follows from past deliveries, and how far off it is."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.delivery.arrival import (
    PastDelivery,
    Window,
    count_spans,
    expect,
    find_window,
    list_scopes,
    measure,
    starting_day,
)
from backoffice.delivery.rules import load_rules
from ops.bench import arrivals

RULES = load_rules()
TUESDAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 3, tzinfo=UTC)  # in Seoul


def window(spans: dict[int, int], *, elapsed: int = 0, least_count: int = 10) -> Window | None:
    return find_window({"s": spans}, ["s"], elapsed=elapsed, sure_ratio=0.9, least_count=least_count)


@pytest.mark.parametrize(
    ("spans", "elapsed", "first", "last", "middle", "sure_ratio"),
    [
        ({1: 95, 2: 5}, 0, 1, 1, 1, 0.95),
        ({1: 80, 2: 15, 7: 5}, 0, 1, 2, 1, 0.95),
        ({1: 5, 2: 90, 3: 5}, 0, 2, 2, 2, 0.9),
        ({1: 80, 2: 15, 7: 5}, 2, 2, 7, 2, 1.0),  # it has not come on the first day: what is left decides
        ({1: 25, 2: 25, 3: 25, 4: 25}, 0, 1, 4, 2, 1.0),
    ],
)
def test_the_window_is_the_narrowest_that_is_sure_enough(
    spans: dict[int, int], elapsed: int, first: int, last: int, middle: int, sure_ratio: float
) -> None:
    found = window(spans, elapsed=elapsed)
    assert found == Window(first, last, middle, sure_ratio, sum(n for days, n in spans.items() if days >= elapsed))


@given(st.dictionaries(st.integers(0, 20), st.integers(1, 50), min_size=1), st.integers(0, 20))
def test_a_window_always_holds_what_it_says_and_nothing_that_has_passed(spans: dict[int, int], elapsed: int) -> None:
    found = window(spans, elapsed=elapsed, least_count=1)
    left = {days: count for days, count in spans.items() if days >= elapsed}
    if found is None:
        assert not left
        return
    held = sum(count for days, count in left.items() if found.first <= days <= found.last)
    assert held / sum(left.values()) == found.sure_ratio >= 0.9
    assert elapsed <= found.first <= found.last


def test_too_few_of_a_courier_are_told_by_the_area_then_by_the_stage() -> None:
    scopes = list_scopes(courier="바로택배", area="jeju", stage="sorting")
    assert scopes == ("sorting|jeju|바로택배", "sorting|jeju|", "sorting||")
    spans = {scopes[0]: {1: 9}, scopes[1]: {2: 10}, scopes[2]: {3: 99}}
    found = find_window(spans, scopes, elapsed=0, sure_ratio=0.9, least_count=10)
    assert (found.first, found.count) == (2, 10)
    assert find_window(spans, scopes, elapsed=0, sure_ratio=0.9, least_count=100) is None


@pytest.mark.parametrize(
    ("hour", "courier", "stage", "day"),
    [
        (17, "이웃택배", "packed", TUESDAY),
        (18, "이웃택배", "packed", date(2026, 11, 25)),  # after its van has left
        (18, "한달음택배", "packed", TUESDAY),
        (23, "이웃택배", "sorting", TUESDAY),  # with the courier already
    ],
)
def test_a_parcel_ready_after_the_cut_off_waits_for_the_next_van(
    hour: int, courier: str, stage: str, day: date
) -> None:
    at = datetime(2026, 11, 24, hour - 9, 0, tzinfo=UTC)
    assert starting_day(at, stage=stage, courier=RULES.courier(courier), rules=RULES) == day


def past(span_days: int, *, since: datetime = NOON, area: str = "elsewhere", promised: int = 1) -> PastDelivery:
    def day(count: int) -> date:
        return RULES.calendar.add(since.date(), count)

    came = datetime.combine(day(span_days), datetime.min.time(), UTC) + timedelta(hours=5)
    return PastDelivery(
        courier="바로택배", area=area, reached={"handed_over": since}, delivered_at=came, promised_on=day(promised)
    )


def test_spans_are_counted_in_business_days_and_in_every_scope() -> None:
    friday = datetime(2026, 11, 27, 3, tzinfo=UTC)
    spans = count_spans([past(1, since=friday), past(2, since=friday)], RULES)
    assert spans == {
        scope: Counter({1: 1, 2: 1})
        for scope in ("handed_over|elsewhere|바로택배", "handed_over|elsewhere|", "handed_over||")
    }


def test_the_window_is_told_as_days_from_today_on() -> None:
    spans = count_spans([past(1) for _ in range(40)] + [past(2) for _ in range(40)], RULES)
    at = {"stage": "handed_over", "since": NOON, "courier_name": "바로택배", "area": "elsewhere", "rules": RULES}
    asked_at_once = expect(spans, today=TUESDAY, **at)
    assert (asked_at_once.first, asked_at_once.last) == (date(2026, 11, 25), date(2026, 11, 26))
    a_day_later = expect(spans, today=date(2026, 11, 26), **at)
    assert (a_day_later.first, a_day_later.last, a_day_later.count) == (date(2026, 11, 26), date(2026, 11, 26), 40)
    assert expect(spans, today=date(2026, 11, 27), **at) is None  # none of them took so long


def test_errors_are_measured_on_deliveries_the_window_was_not_made_from() -> None:
    start = datetime(2026, 3, 3, 3, tzinfo=UTC)
    story = [past(2, since=start + timedelta(days=7 * week), promised=1) for week in range(100)]
    found = measure(story, RULES, stage="handed_over", learn_ratio=0.7)
    assert (found.window.count, found.window.median_days, found.window.kept_ratio) == (30, 0, 1.0)
    assert (found.promise.kept_ratio, found.learned_count, found.width_days) == (0.0, 70, 1.0)


def test_on_the_demo_history_the_window_holds_what_it_promises() -> None:
    found = arrivals.measure_arrivals()
    assert all(goal["met"] for goal in found["goals"])
    for stage in ("packed", "handed_over"):
        mean = f"{stage}: mean error, days"
        assert found["ours"][mean] < found["peer"][mean]
