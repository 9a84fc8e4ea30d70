"""Days that have a name.

Data only, read by `bot.text.dates`. Days of the lunar calendar are listed by year, since
their rule needs astronomy; later years have to be added before they come.

Source of the lunar days: the almanac of the Korea Astronomy and Space Science Institute
(월력요항), Korean standard time. 설날 of 2027 and 2028 is a day later than in China.
"""

from __future__ import annotations

from datetime import date, timedelta

SEOLLAL = {
    2020: (1, 25), 2021: (2, 12), 2022: (2, 1), 2023: (1, 22), 2024: (2, 10),
    2025: (1, 29), 2026: (2, 17), 2027: (2, 7), 2028: (1, 27), 2029: (2, 13),
    2030: (2, 3), 2031: (1, 23), 2032: (2, 11), 2033: (1, 31), 2034: (2, 19),
    2035: (2, 8),
}  # fmt: skip
CHUSEOK = {
    2020: (10, 1), 2021: (9, 21), 2022: (9, 10), 2023: (9, 29), 2024: (9, 17),
    2025: (10, 6), 2026: (9, 25), 2027: (9, 15), 2028: (10, 3), 2029: (9, 22),
    2030: (9, 12), 2031: (10, 1), 2032: (9, 19), 2033: (9, 8), 2034: (9, 27),
    2035: (9, 16),
}  # fmt: skip
BUDDHAS_BIRTHDAY = {
    2020: (4, 30), 2021: (5, 19), 2022: (5, 8), 2023: (5, 27), 2024: (5, 15),
    2025: (5, 5), 2026: (5, 24), 2027: (5, 13), 2028: (5, 2), 2029: (5, 20),
    2030: (5, 9), 2031: (5, 28), 2032: (5, 16), 2033: (5, 6), 2034: (5, 25),
    2035: (5, 15),
}  # fmt: skip

LUNAR = {
    "설날": SEOLLAL, "설": SEOLLAL, "구정": SEOLLAL, "음력설": SEOLLAL,
    "추석": CHUSEOK, "한가위": CHUSEOK, "중추절": CHUSEOK,
    "부처님오신날": BUDDHAS_BIRTHDAY, "부처님 오신 날": BUDDHAS_BIRTHDAY,
    "석가탄신일": BUDDHAS_BIRTHDAY, "초파일": BUDDHAS_BIRTHDAY,
}  # fmt: skip
# Days before and after that belong to the feast when it is called 연휴.
FEASTS = (SEOLLAL, CHUSEOK)

SOLAR = {
    "신정": (1, 1), "새해 첫날": (1, 1), "발렌타인데이": (2, 14), "밸런타인데이": (2, 14),
    "발렌타인": (2, 14), "삼일절": (3, 1), "3.1절": (3, 1), "3·1절": (3, 1),
    "화이트데이": (3, 14), "만우절": (4, 1), "식목일": (4, 5), "근로자의 날": (5, 1),
    "근로자의날": (5, 1), "노동절": (5, 1), "어린이날": (5, 5), "어버이날": (5, 8),
    "스승의 날": (5, 15), "스승의날": (5, 15), "성년의 날": (5, 18), "현충일": (6, 6),
    "제헌절": (7, 17), "광복절": (8, 15), "개천절": (10, 3), "한글날": (10, 9),
    "핼러윈": (10, 31), "할로윈": (10, 31), "빼빼로데이": (11, 11), "광군제": (11, 11),
    "동지": (12, 22), "크리스마스이브": (12, 24), "크리스마스 이브": (12, 24),
    "성탄절": (12, 25), "크리스마스": (12, 25), "성탄": (12, 25),
}  # fmt: skip

FRIDAY = 4
BLACK_FRIDAY = ("블랙프라이데이", "블랙 프라이데이", "블프")
NAMES = (*LUNAR, *SOLAR, *BLACK_FRIDAY)


def find_holiday(name: str, year: int) -> date | None:
    """The day of a holiday in a year; None when that year is not listed."""
    if name in SOLAR:
        return date(year, *SOLAR[name])
    if name in BLACK_FRIDAY:  # the day after the fourth Thursday of November
        first = date(year, 11, 1)
        return first + timedelta(days=(FRIDAY - 1 - first.weekday()) % 7 + 22)
    days = LUNAR.get(name, {})
    return date(year, *days[year]) if year in days else None
