"""What the ways of naming a day mean: from a match and the moment to a period.

Read by `bot.text.date_rules`, which says how they are written. Each function takes the
match of its rule; None means that there is no such day.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.text import holidays
from bot.text.numerals import DAYS, read_count, read_number
from bot.text.periods import (
    Moment,
    Period,
    Tense,
    choose,
    day,
    day_of_month,
    day_of_year,
    month,
    months,
    part_of_month,
    part_of_year,
    shift_months,
    week,
    weekday,
    weekend,
    year,
)

STEPS = {
    "지지난": -2, "저저번": -2, "전전": -2, "재": -2, "지난": -1, "저번": -1, "전": -1,
    "작": -1, "이번": 0, "요번": 0, "이": 0, "금": 0, "당": 0, "올": 0, "다음": 1,
    "담": 1, "오는": 1, "돌아오는": 1, "익": 1, "차": 1, "다다음": 2,
}  # fmt: skip
YEARS = {
    "재작년": -2,
    "제작년": -2, "지지난해": -2, "작년": -1, "지난해": -1, "전년": -1, "전년도": -1, "올해": 0,
    "금년": 0, "올": 0, "내년": 1, "내후년": 2, "지난": -1, "이번": 0, "저번": -1,
    "다음": 1,
}  # fmt: skip
RELATIVE_DAYS = {
    "그끄저께": -3,
    "그끄제": -3, "그그저께": -3, "엊그저께": -2, "엊그제": -2, "그저께": -2,
    "그저깨": -2,
    "엊그재": -2,
    "그제": -2, "어제": -1, "어저께": -1, "작일": -1, "어젯밤": -1, "어제밤": -1,
    "엊저녁": -1, "간밤": -1, "지난밤": -1, "오늘": 0, "금일": 0, "오늘밤": 0,
    "내일": 1, "낼": 1, "명일": 1, "익일": 1, "내일모레": 2, "낼모레": 2, "모레": 2,
    "글피": 3,
}  # fmt: skip
WEEKDAYS = "월화수목금토일"
SPOKEN_MONTHS = {
    "일": 1, "이": 2, "삼": 3, "사": 4, "오": 5, "유": 6, "칠": 7, "팔": 8, "구": 9,
    "시": 10, "십": 10, "십일": 11, "십이": 12,
}  # fmt: skip


def _number(text: str) -> int:
    return read_number(text) or 0


def _month_number(text: str) -> int:
    return SPOKEN_MONTHS.get(text) or _number(text)


def _safe(year_number: int, month_number: int, day_number: int) -> Period | None:
    try:
        return day(date(year_number, month_number, day_number))
    except ValueError:
        return None


def meant_full_date(match: re.Match[str], moment: Moment) -> Period | None:
    return _safe(int(match["y"]), int(match["m"]), int(match["d"]))


def _explicit_year(match: re.Match[str], moment: Moment) -> int | None:
    if match["year_word"]:
        return moment.today.year + YEARS[match["year_word"]]
    if not match["year"]:
        return None
    number = int(match["year"])
    return number if number > 99 else number + (1900 if number > 70 else 2000)


def _one_end(
    moment: Moment,
    year_number: int | None,
    month_text: str,
    day_text: str | None,
    part: str | None,
) -> Period | None:
    number = _month_number(month_text)
    if not 1 <= number <= 12:
        return None
    if day_text:
        if year_number is None:
            return day_of_year(moment, number, _number(day_text))
        return _safe(year_number, number, _number(day_text))
    this = moment.today.year
    whole = (
        month(year_number, number)
        if year_number
        else choose([month(this + step, number) for step in (-1, 0, 1)], moment)
    )
    return part_of_month(whole, part) if whole and part else whole


def meant_calendar(match: re.Match[str], moment: Moment) -> Period | None:
    year_number = _explicit_year(match, moment)
    first = _one_end(moment, year_number, match["m"], match["d"], match["part"])
    if first is None or not match["until"]:
        return first
    until_month = match["m2"] or match["m"]
    last = _one_end(
        Moment(first.first, Tense.FUTURE), year_number, until_month, match["d2"], None
    )
    return (
        Period(first.first, last.last) if last and last.last >= first.first else first
    )


def meant_slashed(match: re.Match[str], moment: Moment) -> Period | None:
    return day_of_year(moment, int(match["m"]), int(match["d"]))


def meant_year(match: re.Match[str], moment: Moment) -> Period | None:
    number = _explicit_year(match, moment)
    if number is None:
        return None
    part = (match["part"] or "").replace(" ", "")
    return part_of_year(number, part) if part else year(number)


def meant_relative_month(match: re.Match[str], moment: Moment) -> Period | None:
    step = STEPS[match["step"] or match["formal"]]
    whole = month(moment.today.year, moment.today.month + step)
    if match["d"]:
        return _safe(whole.first.year, whole.first.month, int(match["d"]))
    return part_of_month(whole, match["part"]) if match["part"] else whole


def meant_relative_week(match: re.Match[str], moment: Moment) -> Period | None:
    step = STEPS[match["step"] or match["formal"]]
    if match["end"]:
        return weekend(moment.today, step)
    if match["weekday"]:
        return weekday(moment.today, WEEKDAYS.index(match["weekday"]), step)
    return week(moment.today, step)


def meant_weekday(match: re.Match[str], moment: Moment) -> Period | None:
    number = WEEKDAYS.index(match["weekday"])
    around = [weekday(moment.today, number, offset) for offset in (-1, 0, 1)]
    step = STEPS.get(match["step"] or "")
    if step is None and moment.tense is Tense.OPEN:
        return around[1]
    if step == -1:
        before = [each for each in around if each.last < moment.today]
        return before[-1]
    if step == 0:
        return around[1]
    tense = Tense.FUTURE if step else moment.tense
    return choose(around, Moment(moment.today, tense))


def meant_weekend(match: re.Match[str], moment: Moment) -> Period | None:
    around = [weekend(moment.today, offset) for offset in (-1, 0, 1)]
    if moment.tense is Tense.OPEN:
        return around[1]
    return choose(around, moment)


def meant_relative_day(match: re.Match[str], moment: Moment) -> Period | None:
    return day(moment.today + timedelta(days=RELATIVE_DAYS[match["word"]]))


def meant_ago(match: re.Match[str], moment: Moment) -> Period | None:
    sign = -1 if match["way"] == "전" else 1
    if match["days"]:
        return day(moment.today + sign * timedelta(days=DAYS[match["days"]]))
    if match["half"]:
        away = shift_months(moment.today, sign * 6)
        return month(away.year, away.month)
    return _far(moment, sign * (read_count(match["n"]) or 0), match["unit"])


def _far(moment: Moment, count: int, unit: str) -> Period | None:
    today = moment.today
    if unit == "일":
        return day(today + timedelta(days=count))
    if unit.startswith("주"):
        return day(today + timedelta(weeks=count))
    if unit in ("달", "개월"):
        away = shift_months(today, count)
        return month(away.year, away.month)
    return year(today.year + count) if abs(count) < 100 else None


def meant_lately(match: re.Match[str], moment: Moment) -> Period | None:
    ahead = match["way"] in ("앞으로", "향후")
    sign = 1 if ahead else -1
    today, unit = moment.today, match["unit"] or ""
    count = 6 if match["half"] else read_count(match["n"] or "") or 0
    if match["days"]:
        there = today + sign * timedelta(days=DAYS[match["days"]])
    elif unit == "일":
        there = today + sign * timedelta(days=count)
    elif unit.startswith("주"):
        there = today + sign * timedelta(weeks=count)
    else:
        there = shift_months(today, sign * count * (12 if unit in ("년", "해") else 1))
    return Period(today, there) if ahead else Period(there, today)


def meant_quarter(match: re.Match[str], moment: Moment) -> Period | None:
    if match["step"]:
        this = (moment.today.month - 1) // 3 * 3 + 1
        return months(moment.today.year, this + 3 * STEPS[match["step"]], 3)
    return _part_of_some_year(match["part"], moment)


def _part_of_some_year(part: str, moment: Moment) -> Period | None:
    this = moment.today.year
    found = (part_of_year(this + step, part) for step in (-1, 0, 1))
    tense = Tense.PAST if moment.tense is Tense.OPEN else moment.tense
    periods = [period for period in found if period]
    return choose(periods, Moment(moment.today, tense))


def meant_season(match: re.Match[str], moment: Moment) -> Period | None:
    step = STEPS[match["step"]]
    this = moment.today.year
    around = [part_of_year(this + each, match["season"]) for each in (-2, -1, 0, 1)]
    periods = [period for period in around if period]
    if match["step"] == "올":
        return part_of_year(this, match["season"])
    if step < 0:
        over = [period for period in periods if period.last < moment.today]
        return over[step]
    tense = Tense.FUTURE if step or moment.tense is Tense.FUTURE else moment.tense
    return choose(periods, Moment(moment.today, tense))


def meant_holiday(match: re.Match[str], moment: Moment) -> Period | None:
    name = match["name"]
    word = match["year_word"] or match["step"]
    this = moment.today.year
    years = [int(match["year"])] if match["year"] else range(this - 1, this + 2)
    days = [holidays.find_holiday(name, each) for each in years]
    margin = timedelta(days=1 if match["feast"] else 0)
    periods = [Period(each - margin, each + margin) for each in days if each]
    if word in ("작년", "지난해", "재작년", "올해", "금년", "내년", "올"):
        wanted = this + YEARS[word]
        periods = [period for period in periods if period.first.year == wanted]
        return periods[0] if periods else None
    tense = {"지난": Tense.PAST, "저번": Tense.PAST, "다음": Tense.FUTURE}.get(
        word or "", moment.tense
    )
    return (
        choose(periods, Moment(moment.today, tense))
        if not match["year"]
        else (periods or [None])[0]
    )


def meant_new_year(match: re.Match[str], moment: Moment) -> Period | None:
    return part_of_year(moment.today.year, "초")


def meant_last_day(match: re.Match[str], moment: Moment) -> Period | None:
    return day(month(moment.today.year, moment.today.month).last)


def meant_day_number(match: re.Match[str], moment: Moment) -> Period | None:
    return day_of_month(moment, _number(match["d"]))


def meant_day_span(match: re.Match[str], moment: Moment) -> Period | None:
    first = day_of_month(moment, _number(match["d"]))
    last = (
        day_of_month(Moment(first.first, Tense.FUTURE), _number(match["d2"]))
        if first
        else None
    )
    return Period(first.first, last.last) if first and last else None
