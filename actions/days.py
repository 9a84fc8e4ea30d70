"""Days that customers write and that no calendar has: `2월 30일`, `13월 5일`, `2026-11-31`. Pure."""

from __future__ import annotations

import re
from datetime import date

from actions.reply import Reply
from kernel import korean

# In figures alone a day counts only with its year: `11-31` may be part of an address.
_WRITTEN = re.compile(
    r"(?:(?<!\d)(?P<year>\d{4})\s*년\s*)?(?<!\d)(?P<month>\d{1,2})\s*월\s*(?P<day>\d{1,2})\s*일"
    r"|(?<![\d-])(?P<y>(?:19|20)\d{2})(?P<mark>[-./])(?P<m>\d{1,2})(?P=mark)(?P<d>\d{1,2})(?![\d-])"
)
_LEAP_YEAR = 2024


def find_impossible_day(text: str) -> str | None:
    """Return the first day in `text` that does not exist, as it is told: `11월 31일`; None where there is none."""
    for found in _WRITTEN.finditer(text):
        month, day = int(found["month"] or found["m"]), int(found["day"] or found["d"])
        try:
            date(int(found["year"] or found["y"] or _LEAP_YEAR), month, day)
        except ValueError:
            return f"{month}월 {day}일"
    return None


def tell_impossible(day: str) -> str:
    """Return that there is no such day."""
    return f"{korean.josa(day, '은/는')} 달력에 없는 날이에요."


def mention_impossible(reply: Reply, text: str) -> None:
    """Say first that a day in the customer's message does not exist, unless the reply does."""
    day = find_impossible_day(text)
    if day is not None and not any(day in said for said in (*reply.bubbles, *reply.closing)):
        reply.bubbles.insert(0, tell_impossible(day))
