"""How Koreans name days and periods, in writing and in speech.

Read by `bot.text.dates`. A rule is a pattern and what it means; more specific rules come
first, since the first find at a place wins.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.text import date_meanings as meaning
from bot.text import holidays
from bot.text.date_meanings import WEEKDAYS
from bot.text.numerals import DAYS
from bot.text.periods import Moment, Period

Resolver = Callable[[re.Match[str], Moment], Period | None]

_MONTH = r"(?:1[0-2]|0?[1-9])"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_SPOKEN_DAY = r"(?:[이삼]?십[일이삼사오육칠팔구]?|[일이삼사오육칠팔구])"
_STEP = r"지지난|저저번|지난|저번|이번|요번|다다음|다음|담|돌아오는|오는"
_YEAR_WORD = r"지지난해|재작년|제작년|작년|지난해|전년도?|올해|금년|내후년|내년"
_YEAR = rf"(?:(?P<year>(?:19|20)\d\d|\d\d)년도?|(?P<year_word>{_YEAR_WORD}))"
_YEAR_ALONE = rf"(?P<year>(?:19|20)\d\d)년도?|(?P<year_word>{_YEAR_WORD})"
_COUNT = r"\d{1,3}|한|두|세|석|네|넉|다섯|여섯|일곱|여덟|아홉|열두|열한|열|십이|십|일|이|삼|사|오|육|칠|팔|구"
_NO_AGO = r"(?!화|체|부(?!터)|산|자|기|원|송|혀|국|용)"

_NOT_A_DAY_BEFORE = r"(?<![\d.,/\-])(?<!월)(?<!월 )(?<!총)(?<!약)(?<!만)(?<!최대 )(?<!최소 )(?<!영업일 )(?<!총 )(?<!약 )(?<!무려 )(?<!매월)"
_NOT_A_DAY_AFTER = (
    r"(?!째|간|동안|이나|만에|안에|이내|내[로에]|정도|씩|밖에|치|분|연속|차|\s?넘|\s?걸|\s?이상|\s?이내|\s?이나"
    r"|\s?지[나났]|\s?동안|\s?안에|\s?내[로에]|\s?만에|\s?정도|\s?[전후뒤](?!에?\s?받)|\s?됐|\s?된|\s?되"
    r"|이?\s?다\s?[되돼]|[이도은을]?\s?(?:걸|넘|지났|지나|더\s|기다)|\s?연속)"
)

# Counted from something else than the day of speaking: "끝나고 이틀 뒤", "만료 하루 전".
_NOT_FROM_TODAY = "".join(
    f"(?<!{word} )"
    for word in (
        *(
            "배송",
            "배송일을",
            "발송",
            "출발",
            "도착",
            "만료",
            "소멸",
            "마감",
            "종료",
            "행사",
        ),
        *("되기", "하기", "나기", "가기", "오기", "끝나고", "지나고", "하고", "받고"),
    )
)


def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(source)


_HOLIDAY_NAMES = "|".join(
    sorted(
        (name for name in holidays.NAMES if name not in ("설", "구정", "동지")),
        key=len,
        reverse=True,
    )
)

RULES: tuple[tuple[re.Pattern[str], Resolver], ...] = (
    (
        _pattern(
            rf"(?<!\d)(?P<y>(?:19|20)\d\d)\s?[-./년]\s?(?P<m>{_MONTH})\s?[-./월]\s?(?P<d>{_DAY})(?!\d)(?:일|\.)?"
        ),
        meaning.meant_full_date,
    ),
    (
        _pattern(
            rf"(?<![\d.,/\-])(?:{_YEAR}\s?)?(?:(?P<m>{_MONTH})\s?월(?!요일)달?)"
            rf"(?:\s?(?P<d>{_DAY})\s?일(?!간|째|동안)|\s?(?P<part>초순|중순|하순|상순|말일|초(?![가-힣])|초(?=에|쯤|부터|까지)|말(?![가-힣])|말(?=[에로일쯤]|까지|부터)))?"
            rf"(?P<until>\s?(?:부터|에서|~|-)\s?(?=\d)(?:(?P<m2>{_MONTH})월\s?)?(?:(?P<d2>{_DAY})일)?(?:까지)?)?"
        ),
        meaning.meant_calendar,
    ),
    (
        _pattern(
            rf"(?<![가-힣\d])(?:{_YEAR}\s?)?(?P<m>십이|십일|[일삼사오유칠팔구시]|이(?=월\s?{_SPOKEN_DAY}일))월달?(?![가-힣]*요일)"
            rf"(?:\s?(?P<d>{_SPOKEN_DAY})일|\s?(?P<part>초|중순|말)(?![가-힣]))?(?P<until>)(?P<m2>)(?P<d2>)"
        ),
        meaning.meant_calendar,
    ),
    (
        _pattern(rf"(?<![\d/.,\-])(?P<m>{_MONTH})/(?P<d>{_DAY})(?![\d/])(?:일)?"),
        meaning.meant_slashed,
    ),
    (
        _pattern(
            rf"(?<![\d/.,\-])(?P<m>{_MONTH})\.(?P<d>{_DAY})일?(?=에|까지|부터|날|자)"
        ),
        meaning.meant_slashed,
    ),
    (
        _pattern(
            rf"(?:{_YEAR}|(?P<step>지난|이번|저번|다음|올))?\s?(?P<name>{_HOLIDAY_NAMES}|(?<![가-힣])구정|(?<![가-힣])동지|(?<![가-힣])설(?=\s?(?:연휴|전|후|에|때|지나|이후|까지|은|이[라전후고]|명절|당일|대목|쇠|끝|$)|\s))"
            r"(?P<feast>\s?연휴)?"
        ),
        meaning.meant_holiday,
    ),
    (
        _pattern(
            rf"(?<![\d가-힣])(?:{_YEAR_ALONE})(?!생|산|차|간|째|식|형|\s?(?:전|후|뒤|동안))"
            r"(?:\s?(?P<part>상반기|하반기|[1-4]\s?분기|봄|여름|가을|겨울|초(?![가-힣])|초(?=에|쯤|부터)|말(?![가-힣])|말(?=에|쯤|까지)|연말|연초))?"
        ),
        meaning.meant_year,
    ),
    (
        _pattern(
            rf"(?:(?P<step>{_STEP}|(?<![가-힣])이)\s?달(?!라|려|력|러|리)|(?<![가-힣])(?P<formal>[전당금익])월(?!세|급|요|드))"
            rf"(?:\s?(?P<d>{_DAY})일(?!간|째|동안)|\s?(?P<part>초순|중순|하순|말일|초(?![가-힣])|초(?=에|쯤|부터)|말(?![가-힣])|말(?=에|쯤|까지)))?"
        ),
        meaning.meant_relative_month,
    ),
    (
        _pattern(
            rf"(?:(?P<step>{_STEP})\s?주(?!문|소|인(?!데|가|지|거|걸|줄|듯)|민|택|방|류|스|유|차|세|시|신|실|셔|십|기|는\s?(?:거|것|건|데|사람|대로)|려|고|식|제|의(?!\s)|요|말씀|년)|(?<![가-힣])(?P<formal>전전|[금차])주(?=에|까지|내|중|부터|\s|$))"
            rf"(?:\s?(?P<end>말(?!씀))|\s?(?P<weekday>[{WEEKDAYS}])(?:요일|욜))?"
        ),
        meaning.meant_relative_week,
    ),
    (
        _pattern(rf"(?:(?P<step>{_STEP})\s?)?(?P<weekday>[{WEEKDAYS}])(?:요일|욜)"),
        meaning.meant_weekday,
    ),
    (_pattern(r"(?<!매)(?<![가-힣])주말(?!마다|씀|농|드라마)"), meaning.meant_weekend),
    (
        _pattern(
            r"(?P<word>내일모레|낼모레|그끄저께|그끄제|그그저께|엊그저께|엊그제|엊그재|그저께|그저깨|그제(?!야|서)|어젯밤|어제밤|어제|어저께|엊저녁|(?<![가-힣])간밤|지난밤|(?<![가-힣])[금명작]일(?!정|부)|오늘밤|오늘|(?<![안보끝꺼써혜가-힣])내일|(?<![가-힣])모레|글피|(?<![가-힣])낼(?=까지|부터|도\s|은\s|이면|\s?[옴옵]|\s(?:오전|오후|아침|점심|저녁|밤|와|오[나는면]|올|도착|받|봐|배송|갈|주문|취소|연락|다시|출|여행|이사|모레)|$))"
        ),
        meaning.meant_relative_day,
    ),
    (
        _pattern(
            rf"{_NOT_FROM_TODAY}(?:(?<![가-힣])(?P<days>{'|'.join(DAYS)})|(?P<half>반\s?년)|(?<![\d가-힣.,])(?P<n>{_COUNT})\s?(?P<unit>일|주일?|달|개월|년|해))\s?(?P<way>전|뒤|후){_NO_AGO}"
        ),
        meaning.meant_ago,
    ),
    (
        _pattern(
            rf"(?P<way>최근|지난|(?<![가-힣])[근요]|앞으로|향후)\s?(?:(?P<days>{'|'.join(DAYS)})|(?P<half>반\s?년)|(?P<n>{_COUNT})\s?(?P<unit>일(?=간|\s?동안|\s?치)|주일?(?!문|소)|달(?!라)|개월|년(?!째))(?!전))"
        ),
        meaning.meant_lately,
    ),
    (
        _pattern(
            r"(?:(?P<step>지난|저번|이번|다음|전)\s?분기|(?<![가-힣\d])(?P<part>[1-4]분기|상반기|하반기))"
        ),
        meaning.meant_quarter,
    ),
    (
        _pattern(rf"(?P<step>{_STEP}|올)\s?(?P<season>봄|여름|가을|겨울)"),
        meaning.meant_season,
    ),
    (
        _pattern(r"(?<![가-힣])(?:신년|새해)(?=\s?(?:들어|에|부터|첫|이후|되))"),
        meaning.meant_new_year,
    ),
    (_pattern(r"(?<![가-힣])말일"), meaning.meant_last_day),
    (
        _pattern(
            rf"{_NOT_A_DAY_BEFORE}(?P<d>{_DAY})일?\s?(?:부터|~|-)\s?(?P<d2>{_DAY})일(?:까지)?(?!간|째)"
        ),
        meaning.meant_day_span,
    ),
    (
        _pattern(
            rf"{_NOT_A_DAY_BEFORE}(?P<d>{_DAY})일{_NOT_A_DAY_AFTER}(?![가-힣]*요일)"
        ),
        meaning.meant_day_number,
    ),
    (
        _pattern(rf"(?<![가-힣])(?P<d>{_SPOKEN_DAY})일(?=에|까지|부터|날|자)"),
        meaning.meant_day_number,
    ),
)
