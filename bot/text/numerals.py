"""Numbers in Korean words and digits, also mixed ("2만 3천", "삼만오천").

Sino-Korean numerals for money, days and months; native ones for counted periods.
"""

from __future__ import annotations

import re

DIGITS = {
    **dict(zip("일이삼사오육칠팔구", range(1, 10), strict=True)),
    **{"영": 0, "공": 0, "륙": 6},
}
SMALL_UNITS = {"십": 10, "백": 100, "천": 1000}
GREAT_UNITS = {"만": 10_000, "억": 100_000_000}
NATIVE = {
    "한": 1, "두": 2, "세": 3, "석": 3, "네": 4, "넉": 4, "다섯": 5, "여섯": 6,
    "일곱": 7, "여덟": 8, "아홉": 9, "열": 10, "열한": 11, "열두": 12,
}  # fmt: skip
DAYS = {
    "하루": 1, "이틀": 2, "사흘": 3, "나흘": 4, "닷새": 5, "엿새": 6, "이레": 7,
    "여드레": 8, "아흐레": 9, "열흘": 10, "보름": 15,
}  # fmt: skip

_PART = re.compile(r"(?P<digits>\d[\d,]*(?:\.\d+)?)|(?P<word>[가-힣])")


def read_number(text: str) -> int | None:
    """The number that a numeral stands for; None when it is no numeral.

    A unit without a digit before it counts once: 만오천 is 15,000.
    """
    total = section = 0.0
    digit: float | None = None
    for part in _PART.finditer(text.replace(" ", "")):
        word = part["word"]
        if part["digits"]:
            digit = float(part["digits"].replace(",", ""))
        elif word in DIGITS:
            digit = (digit or 0) * 10 + DIGITS[word]
        elif word in SMALL_UNITS:
            section += (1 if digit is None else digit) * SMALL_UNITS[word]
            digit = None
        elif word in GREAT_UNITS:
            total += ((section + (digit or 0)) or 1) * GREAT_UNITS[word]
            section, digit = 0, None
        else:
            return None
    return round(total + section + (digit or 0))


def read_count(text: str) -> int | None:
    """A counted number: digits, native (두, 석) or Sino-Korean (삼)."""
    return NATIVE.get(text) or read_number(text)
