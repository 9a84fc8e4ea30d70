"""Opening hours: weekends, Korea's holidays, days off; time counted in them; hours that nobody can keep are refused."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.domain.hours import CLOSED_DAYS_MAX, DAY_MINUTES, TeamHours, read_time, require_sense, write_time
from handoff.errors import Invalid
from handoff.policy import hours as hours_policy
from handoff.policy.hours import load_hours, read_hours, read_week
from kernel.clock import KST
from kernel.korean import say_when

NINE_TO_SIX = ((9 * 60, 18 * 60),)
WEEK = (NINE_TO_SIX,) * 5 + (((10 * 60, 14 * 60),), ())
CARE = TeamHours("care", "고객상담팀", frozenset({"general"}), WEEK)


def kst(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=KST)


def test_a_team_of_one_day_a_week_that_takes_all_its_days_off_in_a_row_opens_again() -> None:
    saturdays = [date(2026, 11, 28) + timedelta(weeks=number) for number in range(CLOSED_DAYS_MAX)]
    week = ((),) * 5 + (((10 * 60, 14 * 60),), ())
    resting = require_sense(replace(CARE, week=week, closed_days=frozenset(saturdays)))
    opens = kst("2028-01-22T10:00")
    assert resting.next_opening(kst("2026-11-24T10:00")) == opens
    assert resting.add(kst("2026-11-24T10:00"), timedelta(hours=1)) == opens + timedelta(hours=1)


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-24T10:00", "2026-11-24T10:00"),  # open
        ("2026-11-24T08:59:59", "2026-11-24T09:00"),
        ("2026-11-24T18:00", "2026-11-25T09:00"),  # closed at the very moment of closing
        ("2026-11-28T14:00", "2026-11-30T09:00"),  # Saturday afternoon
        ("2026-11-29T12:00", "2026-11-30T09:00"),  # Sunday
        ("2026-12-24T19:00", "2026-12-26T10:00"),  # Christmas is a Friday
        ("2026-09-23T20:00", "2026-09-28T09:00"),  # Chuseok, Thursday to Saturday
        ("2027-02-05T19:00", "2027-02-10T09:00"),  # the lunar new year: Saturday to Monday, and its substitute
        ("2026-12-31T20:00", "2027-01-02T10:00"),
    ],
)
def test_the_next_opening_passes_over_nights_weekends_and_holidays(at: str, opens: str) -> None:
    assert CARE.next_opening(kst(at)) == kst(opens)
    assert CARE.is_open(kst(at)) == (at == opens)


def test_a_team_may_work_on_holidays_and_rest_on_days_of_its_own() -> None:
    christmas = kst("2026-12-25T10:00")
    open_always = TeamHours("x", "x", frozenset(), WEEK, rests_on_holidays=False)
    assert open_always.is_open(christmas)
    resting = TeamHours("x", "x", frozenset(), WEEK, False, frozenset({date(2026, 12, 25)}))
    assert resting.next_opening(christmas) == kst("2026-12-26T10:00")


@pytest.mark.parametrize(
    ("at", "minutes", "then"),
    [
        ("2026-11-24T10:00", 20, "2026-11-24T10:20"),
        ("2026-11-24T17:50", 20, "2026-11-25T09:10"),  # the night between does not count
        ("2026-11-24T22:00", 20, "2026-11-25T09:20"),
        ("2026-11-27T17:50", 20, "2026-11-28T10:10"),  # Friday evening to Saturday
        ("2026-11-28T13:50", 20, "2026-11-30T09:10"),
        ("2026-11-24T17:40", 20, "2026-11-24T18:00"),  # to the very closing
        ("2026-12-24T17:50", 20, "2026-12-26T10:10"),
    ],
)
def test_a_target_is_counted_in_open_time(at: str, minutes: int, then: str) -> None:
    assert CARE.add(kst(at), timedelta(minutes=minutes)) == kst(then)


@pytest.mark.parametrize(
    ("at", "now", "said"),
    [
        ("2026-11-24T13:00", "2026-11-24T08:00", "오늘 오후 1시"),
        ("2026-11-25T09:00", "2026-11-24T23:59", "내일(11월 25일 수요일) 오전 9시"),
        ("2026-11-30T09:00", "2026-11-28T15:00", "모레(11월 30일 월요일) 오전 9시"),
        ("2026-12-26T10:30", "2026-12-20T15:00", "12월 26일 토요일 오전 10시 30분"),
    ],
)
def test_a_time_to_come_is_said_as_people_say_it(at: str, now: str, said: str) -> None:
    assert say_when(kst(at), kst(now)) == said


@pytest.mark.parametrize(
    ("week", "said"),
    [
        (WEEK, "평일 오전 9시~오후 6시, 토요일 오전 10시~오후 2시"),
        ((((0, 1_440),),) * 7, "매일 하루 종일"),
        (
            (((540, 720), (780, 1_110)),) * 3 + ((),) * 2 + (((540, 720),),) * 2,
            "월~수요일 오전 9시~오후 12시 · 오후 1시~오후 6시 30분, 주말 오전 9시~오후 12시",
        ),
    ],
)
def test_hours_are_said_as_people_say_them(week: tuple[tuple[tuple[int, int], ...], ...], said: str) -> None:
    assert TeamHours("t", "t", frozenset(), week, False).describe() == said
    assert TeamHours("t", "t", frozenset(), week).describe() == f"{said} (공휴일 휴무)"


spans = st.lists(st.integers(0, DAY_MINUTES), min_size=2, max_size=6, unique=True).map(
    lambda ends: tuple(zip(sorted(ends)[::2], sorted(ends)[1::2], strict=False))
)
weeks = st.tuples(*[st.one_of(st.just(()), spans)] * 7)
moments = st.integers(0, 2 * 365 * 86_400).map(lambda seconds: kst("2026-01-01T00:00") + timedelta(seconds=seconds))


def _sensible(week: tuple[tuple[tuple[int, int], ...], ...]) -> TeamHours | None:
    try:
        return require_sense(TeamHours("t", "t", frozenset(), week))
    except Invalid:
        return None


@settings(max_examples=60, deadline=None)
@given(weeks, moments, st.integers(0, 3 * DAY_MINUTES))
def test_what_is_added_is_what_lies_between(
    week: tuple[tuple[tuple[int, int], ...], ...], at: datetime, minutes: int
) -> None:
    if (hours := _sensible(week)) is None:
        return
    span = timedelta(minutes=minutes)
    then = hours.add(at, span)
    assert hours.between(at, then) == span
    assert minutes == 0 or hours.between(at, then - timedelta(seconds=1)) < span


@settings(max_examples=60, deadline=None)
@given(weeks, moments, st.integers(0, 5_000), st.integers(0, 5_000))
def test_time_between_adds_up_and_agrees_with_a_look_each_minute(
    week: tuple[tuple[tuple[int, int], ...], ...], at: datetime, one: int, two: int
) -> None:
    if (hours := _sensible(week)) is None:
        return
    at = at.replace(second=0, microsecond=0)
    middle, end = at + timedelta(minutes=one), at + timedelta(minutes=one + two)
    assert hours.between(at, middle) + hours.between(middle, end) == hours.between(at, end)
    looked = sum(hours.is_open(at + timedelta(minutes=minute)) for minute in range(one))
    assert hours.between(at, middle) == timedelta(minutes=looked)


@pytest.mark.parametrize("text", ["9:00", "09:60", "24:01", "-1:00", "09.00", "", "٠٩:٠٠", "09:00:00"])
def test_a_time_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_time(text)
    assert refused.value.code == "impossible_hours"


@pytest.mark.parametrize(("text", "minutes"), [("00:00", 0), ("09:30", 570), ("24:00", 1_440)])
def test_a_time_is_read_and_written(text: str, minutes: int) -> None:
    assert (read_time(text), write_time(minutes)) == (minutes, text)


@pytest.mark.parametrize(
    "week",
    [
        {"mon": ["18:00-09:00"]},
        {"mon": ["09:00-09:00"]},
        {"mon": ["09:00-12:00", "11:00-13:00"]},
        {"mon": ["13:00-18:00", "09:00-12:00"]},
        {"mon": ["09:00-09:59"]},  # less than an hour a week
        {},
        {"mon": ["09:00"]},
    ],
)
def test_hours_that_nobody_can_keep_are_refused(week: dict[str, list[str]]) -> None:
    with pytest.raises(Invalid) as refused:
        require_sense(TeamHours("t", "t", frozenset(), read_week(week)))
    assert refused.value.code == "impossible_hours"


def test_a_break_at_noon_is_no_overlap() -> None:
    week = read_week({"mon": ["09:00-12:00", "12:00-18:00"]})
    assert require_sense(TeamHours("t", "t", frozenset(), week)).week[0] == ((540, 720), (720, 1080))


def _file() -> dict[str, dict[str, dict[str, object]]]:
    found: dict[str, dict[str, dict[str, object]]] = yaml.safe_load(hours_policy._PATH.read_text(encoding="utf-8"))
    return copy.deepcopy(found)


def test_the_policy_in_force_answers_for_every_skill() -> None:
    assert {team: hours.is_open(kst("2026-11-24T10:00")) for team, hours in load_hours().items()} == {
        "care": True,
        "security": True,
        "privacy": True,
    }


def test_a_policy_with_a_skill_of_two_teams_or_of_none_is_refused() -> None:
    data = _file()
    data["teams"]["privacy"]["skills"] = ["privacy", "orders"]
    with pytest.raises(ValueError, match="orders"):
        read_hours(data)
    data["teams"]["privacy"]["skills"] = []
    with pytest.raises(ValueError, match="privacy"):
        read_hours(data)


def test_a_policy_with_impossible_hours_is_refused() -> None:
    data = _file()
    data["teams"]["care"]["week"] = {"mon": ["18:00-09:00"]}
    with pytest.raises(ValueError, match="care"):
        read_hours(data)
