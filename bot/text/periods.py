"""Periods of calendar days and the arithmetic on them.

Pure: today is given. A period is inclusive at both ends and has no time of day, since a
day is meant as it is in Korea.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

# A day without its year, said without a tense, is the next one when it is this near.
# Source: chosen; a promised or expiring day is rarely further off than six weeks.
SOON = timedelta(days=45)
SATURDAY, SUNDAY = 5, 6
SEASONS = {"봄": 3, "여름": 6, "가을": 9, "겨울": 12}


class Tense(Enum):
    """Whether the sentence tells of something past or to come."""

    PAST = "past"
    FUTURE = "future"
    OPEN = "open"


@dataclass(frozen=True)
class Moment:
    """The day on which something is said, and of which time it tells."""

    today: date
    tense: Tense = Tense.OPEN


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    def __str__(self) -> str:
        """The interval as ISO 8601 writes it."""
        return f"{self.first.isoformat()}/{self.last.isoformat()}"


def day(of: date) -> Period:
    """A single day."""
    return Period(of, of)


def month(year: int, number: int) -> Period:
    """A month; numbers beyond 1-12 run into the years beside."""
    year, number = year + (number - 1) // 12, (number - 1) % 12 + 1
    last = calendar.monthrange(year, number)[1]
    return Period(date(year, number, 1), date(year, number, last))


def months(year: int, first: int, count: int) -> Period:
    """Months in a row: quarters, halves, seasons."""
    return Period(month(year, first).first, month(year, first + count - 1).last)


def year(number: int) -> Period:
    """A calendar year."""
    return Period(date(number, 1, 1), date(number, 12, 31))


def week(of: date, offset: int = 0) -> Period:
    """The week from Monday to Sunday that a day is in, or one beside it."""
    monday = of - timedelta(days=of.weekday()) + timedelta(weeks=offset)
    return Period(monday, monday + timedelta(days=SUNDAY))


def weekday(of: date, number: int, offset: int = 0) -> Period:
    """A day of such a week; Monday is 0."""
    return day(week(of, offset).first + timedelta(days=number))


def weekend(of: date, offset: int = 0) -> Period:
    """Saturday and Sunday of such a week."""
    monday = week(of, offset).first
    return Period(monday + timedelta(days=SATURDAY), monday + timedelta(days=SUNDAY))


def shift_months(of: date, count: int) -> date:
    """The same day some months away, or the last of that month."""
    there = month(of.year, of.month + count)
    return there.first.replace(day=min(of.day, there.last.day))


def part_of_month(of: Period, part: str) -> Period:
    """The beginning, middle or end of a month."""
    if part in ("초", "상순", "초순"):
        return Period(of.first, of.first.replace(day=10))
    if part in ("중순", "중"):
        return Period(of.first.replace(day=11), of.first.replace(day=20))
    if part in ("말일",):
        return day(of.last)
    return Period(of.first.replace(day=21), of.last)


def part_of_year(number: int, part: str) -> Period | None:
    """A season, half, quarter, the beginning or the end of a year."""
    if part in SEASONS:
        return months(number, SEASONS[part], 3)
    if part in ("상반기", "하반기"):
        return months(number, 1 if part == "상반기" else 7, 6)
    if part.endswith("분기") and part[0].isdigit():
        return months(number, int(part[0]) * 3 - 2, 3)
    if part in ("초", "연초"):
        return months(number, 1, 2)
    if part in ("말", "연말"):
        return months(number, 11, 2)
    return None


def choose(candidates: list[Period], moment: Moment) -> Period | None:
    """The period meant among the same ones of several years, months or weeks."""
    ordered = sorted(candidates, key=lambda period: period.first)
    begun = [period for period in ordered if period.first <= moment.today]
    ahead = [period for period in ordered if period.last >= moment.today]
    if moment.tense is Tense.PAST:
        return begun[-1] if begun else None
    if moment.tense is Tense.FUTURE:
        return ahead[0] if ahead else None
    if ahead and ahead[0].first - moment.today <= SOON:
        return ahead[0]
    return begun[-1] if begun else None


def day_of_month(moment: Moment, number: int) -> Period | None:
    """The day with a number; without a tense, the one of this month."""
    this = month(moment.today.year, moment.today.month)
    around = [month(this.first.year, this.first.month + step) for step in range(-2, 3)]
    days = [
        day(each.first.replace(day=number))
        for each in around
        if number <= each.last.day
    ]
    if moment.tense is Tense.OPEN and number <= this.last.day:
        return day(this.first.replace(day=number))
    return choose(days, moment)


def day_of_year(moment: Moment, month_number: int, number: int) -> Period | None:
    """The day of a month, in the year that is meant; None when there is no such day."""
    days: list[Period] = []
    for each in range(moment.today.year - 4, moment.today.year + 5):
        whole = month(each, month_number)
        if number <= whole.last.day:
            days.append(day(whole.first.replace(day=number)))
    return choose(days, moment)
