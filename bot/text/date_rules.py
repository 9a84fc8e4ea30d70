"""How Koreans name days and periods: forms and what each resolves to.

Read by `bot.text.dates`. A rule is a pattern and a function from a match and the moment
of speaking to a period; None means that there is no such day. More specific rules come
first, since the first find at a place wins.
"""

from __future__ import annotations

import re
from collections.abc import Callable
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

Resolver = Callable[[re.Match[str], Moment], Period | None]

STEPS = {
    "지지난": -2, "저저번": -2, "전전": -2, "재": -2, "지난": -1, "저번": -1, "전": -1,
    "작": -1, "이번": 0, "요번": 0, "이": 0, "금": 0, "당": 0, "올": 0, "다음": 1,
    "담": 1, "오는": 1, "돌아오는": 1, "익": 1, "차": 1, "다다음": 2,
}  # fmt: skip
YEARS = {
    "재작년": -2, "지지난해": -2, "작년": -1, "지난해": -1, "전년": -1, "올해": 0,
    "금년": 0, "올": 0, "내년": 1, "내후년": 2, "지난": -1, "이번": 0, "저번": -1,
    "다음": 1,
}  # fmt: skip
RELATIVE_DAYS = {
    "그끄저께": -3, "그그저께": -3, "엊그저께": -2, "엊그제": -2, "그저께": -2,
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

_MONTH = r"(?:1[0-2]|0?[1-9])"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_SPOKEN_DAY = r"(?:[이삼]?십[일이삼사오육칠팔구]?|[일이삼사오육칠팔구])"
_STEP = r"지지난|저저번|지난|저번|이번|요번|다다음|다음|담|돌아오는|오는"
_YEAR_WORD = r"지지난해|재작년|작년|지난해|전년|올해|금년|내후년|내년"
_YEAR = rf"(?:(?P<year>(?:19|20)\d\d|\d\d)년도?|(?P<year_word>{_YEAR_WORD}))"
_COUNT = r"\d{1,3}|한|두|세|석|네|넉|다섯|여섯|일곱|여덟|아홉|열두|열한|열|십이|십|일|이|삼|사|오|육|칠|팔|구"
_NO_AGO = r"(?!화|체|부(?!터)|산|자|기|원|송|혀|국|용)"

_NOT_A_DAY_BEFORE = r"(?<![\d.,/\-])(?<!총)(?<!약)(?<!만)(?<!최대 )(?<!최소 )(?<!영업일 )(?<!총 )(?<!약 )(?<!무려 )(?<!매월)"
_NOT_A_DAY_AFTER = (
    r"(?!째|간|동안|이나|만에|안에|이내|내[로에]|정도|씩|밖에|치|분|연속|차|\s?넘|\s?걸|\s?이상|\s?이내|\s?이나"
    r"|\s?지[나났]|\s?동안|\s?안에|\s?내[로에]|\s?만에|\s?정도|\s?[전후뒤](?!에?\s?받)|\s?됐|\s?된|\s?되"
    r"|이?\s?다\s?[되돼]|[이도은을]?\s?(?:걸|넘|지났|지나|더\s|기다)|\s?연속)"
)


def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(source)


def _number(text: str) -> int:
    return read_number(text) or 0


def _month_number(text: str) -> int:
    return SPOKEN_MONTHS.get(text) or _number(text)


def _safe(year_number: int, month_number: int, day_number: int) -> Period | None:
    try:
        return day(date(year_number, month_number, day_number))
    except ValueError:
        return None


def _full_date(match: re.Match[str], moment: Moment) -> Period | None:
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


def _calendar(match: re.Match[str], moment: Moment) -> Period | None:
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


def _slashed(match: re.Match[str], moment: Moment) -> Period | None:
    return day_of_year(moment, int(match["m"]), int(match["d"]))


def _year(match: re.Match[str], moment: Moment) -> Period | None:
    number = _explicit_year(match, moment)
    if number is None:
        return None
    part = (match["part"] or "").replace(" ", "")
    return part_of_year(number, part) if part else year(number)


def _relative_month(match: re.Match[str], moment: Moment) -> Period | None:
    step = STEPS[match["step"] or match["formal"]]
    whole = month(moment.today.year, moment.today.month + step)
    if match["d"]:
        return _safe(whole.first.year, whole.first.month, int(match["d"]))
    return part_of_month(whole, match["part"]) if match["part"] else whole


def _relative_week(match: re.Match[str], moment: Moment) -> Period | None:
    step = STEPS[match["step"] or match["formal"]]
    if match["end"]:
        return weekend(moment.today, step)
    if match["weekday"]:
        return weekday(moment.today, WEEKDAYS.index(match["weekday"]), step)
    return week(moment.today, step)


def _weekday(match: re.Match[str], moment: Moment) -> Period | None:
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


def _weekend(match: re.Match[str], moment: Moment) -> Period | None:
    around = [weekend(moment.today, offset) for offset in (-1, 0, 1)]
    if moment.tense is Tense.OPEN:
        return around[1]
    return choose(around, moment)


def _relative_day(match: re.Match[str], moment: Moment) -> Period | None:
    return day(moment.today + timedelta(days=RELATIVE_DAYS[match["word"]]))


def _ago(match: re.Match[str], moment: Moment) -> Period | None:
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


def _lately(match: re.Match[str], moment: Moment) -> Period | None:
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


def _quarter(match: re.Match[str], moment: Moment) -> Period | None:
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


def _season(match: re.Match[str], moment: Moment) -> Period | None:
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


def _holiday(match: re.Match[str], moment: Moment) -> Period | None:
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


def _last_day(match: re.Match[str], moment: Moment) -> Period | None:
    return day(month(moment.today.year, moment.today.month).last)


def _day_number(match: re.Match[str], moment: Moment) -> Period | None:
    return day_of_month(moment, _number(match["d"]))


def _day_span(match: re.Match[str], moment: Moment) -> Period | None:
    first = day_of_month(moment, _number(match["d"]))
    last = (
        day_of_month(Moment(first.first, Tense.FUTURE), _number(match["d2"]))
        if first
        else None
    )
    return Period(first.first, last.last) if first and last else None


_HOLIDAY_NAMES = "|".join(
    sorted(
        (name for name in holidays.NAMES if name not in ("설", "구정")),
        key=len,
        reverse=True,
    )
)

RULES: tuple[tuple[re.Pattern[str], Resolver], ...] = (
    (
        _pattern(
            rf"(?<!\d)(?P<y>(?:19|20)\d\d)\s?[-./년]\s?(?P<m>{_MONTH})\s?[-./월]\s?(?P<d>{_DAY})(?!\d)(?:일|\.)?"
        ),
        _full_date,
    ),
    (
        _pattern(
            rf"(?<![\d.,/\-])(?:{_YEAR}\s?)?(?:(?P<m>{_MONTH})\s?월(?!요일)달?)"
            rf"(?:\s?(?P<d>{_DAY})\s?일(?!간|째|동안)|\s?(?P<part>초순|중순|하순|상순|말일|초(?![가-힣])|초(?=에|쯤|부터|까지)|말(?![가-힣])|말(?=[에로일쯤]|까지|부터)))?"
            rf"(?P<until>\s?(?:부터|에서|~|-)\s?(?=\d)(?:(?P<m2>{_MONTH})월\s?)?(?:(?P<d2>{_DAY})일)?(?:까지)?)?"
        ),
        _calendar,
    ),
    (
        _pattern(
            rf"(?<![가-힣\d])(?:{_YEAR}\s?)?(?P<m>십이|십일|[일삼사오유칠팔구시]|이(?=월\s?{_SPOKEN_DAY}일))월달?(?![가-힣]*요일)"
            rf"(?:\s?(?P<d>{_SPOKEN_DAY})일|\s?(?P<part>초|중순|말)(?![가-힣]))?(?P<until>)(?P<m2>)(?P<d2>)"
        ),
        _calendar,
    ),
    (
        _pattern(rf"(?<![\d/.,\-])(?P<m>{_MONTH})/(?P<d>{_DAY})(?![\d/])(?:일)?"),
        _slashed,
    ),
    (
        _pattern(
            rf"(?<![\d/.,\-])(?P<m>{_MONTH})\.(?P<d>{_DAY})일?(?=에|까지|부터|날|자)"
        ),
        _slashed,
    ),
    (
        _pattern(
            rf"(?:{_YEAR}|(?P<step>지난|이번|저번|다음|올))?\s?(?P<name>{_HOLIDAY_NAMES}|(?<![가-힣])구정|(?<![가-힣])설(?=\s?(?:연휴|전|후|에|때|지나|이후|까지|은|이[라전후고]|명절|당일|대목|쇠|끝|$)|\s))"
            r"(?P<feast>\s?연휴)?"
        ),
        _holiday,
    ),
    (
        _pattern(
            rf"(?<![\d가-힣])(?:{_YEAR})(?!생|산|차|간|째|식|형|\s?(?:전|후|뒤|동안))"
            r"(?:\s?(?P<part>상반기|하반기|[1-4]\s?분기|봄|여름|가을|겨울|초(?![가-힣])|초(?=에|쯤|부터)|말(?![가-힣])|말(?=에|쯤|까지)|연말|연초))?"
        ),
        _year,
    ),
    (
        _pattern(
            rf"(?:(?P<step>{_STEP}|(?<![가-힣])이)\s?달(?!라|려|력|러|리)|(?<![가-힣])(?P<formal>[전당금익])월(?!세|급|요|드))"
            rf"(?:\s?(?P<d>{_DAY})일(?!간|째|동안)|\s?(?P<part>초순|중순|하순|말일|초(?![가-힣])|초(?=에|쯤|부터)|말(?![가-힣])|말(?=에|쯤|까지)))?"
        ),
        _relative_month,
    ),
    (
        _pattern(
            rf"(?:(?P<step>{_STEP})\s?주(?!문|소|인|민|택|방|류|스|유|차|세|시|신|실|셔|십|기|는|려|면|고|식|제|의|요|말씀|년)|(?<![가-힣])(?P<formal>전전|[금차])주(?=에|까지|내|중|부터|\s|$))"
            rf"(?:\s?(?P<end>말(?!씀))|\s?(?P<weekday>[{WEEKDAYS}])(?:요일|욜))?"
        ),
        _relative_week,
    ),
    (
        _pattern(rf"(?:(?P<step>{_STEP})\s?)?(?P<weekday>[{WEEKDAYS}])(?:요일|욜)"),
        _weekday,
    ),
    (_pattern(r"(?<!매)(?<![가-힣])주말(?!마다|씀|농|드라마)"), _weekend),
    (
        _pattern(
            r"(?P<word>내일모레|낼모레|그끄저께|그그저께|엊그저께|엊그제|그저께|그제(?!야|서)|어젯밤|어제밤|어제|어저께|엊저녁|(?<![가-힣])간밤|지난밤|(?<![가-힣])[금명작]일(?!정|부)|오늘밤|오늘|(?<![안보끝꺼써혜가-힣])내일|(?<![가-힣])모레|글피|(?<![가-힣])낼(?=까지|부터|도\s|은\s|이면|\s(?:오전|오후|아침|점심|저녁|밤|와|오[나는면]|올|도착|받|배송|갈|주문|취소|연락|다시|출|여행|이사|모레)|$))"
        ),
        _relative_day,
    ),
    (
        _pattern(
            rf"(?:(?<![가-힣])(?<!배송 )(?<!배송일을 )(?<!발송 )(?P<days>{'|'.join(DAYS)})|(?P<half>반\s?년)|(?<![\d가-힣.,])(?P<n>{_COUNT})\s?(?P<unit>일|주일?|달|개월|년|해))\s?(?P<way>전|뒤|후){_NO_AGO}"
        ),
        _ago,
    ),
    (
        _pattern(
            rf"(?P<way>최근|지난|(?<![가-힣])[근요]|앞으로|향후)\s?(?:(?P<days>{'|'.join(DAYS)})|(?P<half>반\s?년)|(?P<n>{_COUNT})\s?(?P<unit>일(?=간|\s?동안|\s?치)|주일?(?!문|소)|달(?!라)|개월|년(?!째))(?!전))"
        ),
        _lately,
    ),
    (
        _pattern(
            r"(?:(?P<step>지난|저번|이번|다음|전)\s?분기|(?<![가-힣\d])(?P<part>[1-4]분기|상반기|하반기))"
        ),
        _quarter,
    ),
    (_pattern(rf"(?P<step>{_STEP}|올)\s?(?P<season>봄|여름|가을|겨울)"), _season),
    (_pattern(r"(?<![가-힣])말일"), _last_day),
    (
        _pattern(
            rf"{_NOT_A_DAY_BEFORE}(?P<d>{_DAY})일?\s?(?:부터|~|-)\s?(?P<d2>{_DAY})일(?:까지)?(?!간|째)"
        ),
        _day_span,
    ),
    (
        _pattern(
            rf"{_NOT_A_DAY_BEFORE}(?P<d>{_DAY})일{_NOT_A_DAY_AFTER}(?![가-힣]*요일)"
        ),
        _day_number,
    ),
    (
        _pattern(rf"(?<![가-힣])(?P<d>{_SPOKEN_DAY})일(?=에|까지|부터|날|자)"),
        _day_number,
    ),
)
