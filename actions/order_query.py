"""Which orders a message asks for: the days, amounts and goods it names. Pure."""

from __future__ import annotations

import re
from datetime import date

from actions import days
from actions.turn import Turn
from backoffice.orders.errors import InvalidPeriod
from backoffice.orders.policy import noon
from backoffice.orders.search import Query, check, read_period
from kernel import korean

_AFTER_CHARS = 8
_LEAST = re.compile(r"\s*(?:이상|넘|초과|부터|보다\s*(?:많|비싼))")
_MOST = re.compile(r"\s*(?:이하|미만|까지|안쪽|보다\s*(?:적|싼))")
_ABOUT = re.compile(r"\s*(?:쯤|정도|가량|대\b|대의|대로)")
_AMOUNT = re.compile(r"[\d,.]*\s*[십백천만억]*\s*\d*\s*[십백천만]*\s*원?")
# 3만 원쯤 is anything from 2.7 to 3.3.
_ABOUT_PERCENT = 10


def read(turn: Turn) -> Query:
    """Return what the message looks for. Raises InvalidPeriod or InvalidAmount for what cannot be."""
    first_day, last_day = None, None
    impossible = days.find_impossible_day(turn.text)
    if impossible is not None:
        raise InvalidPeriod(days.tell_impossible(impossible))
    if "date" in turn.entities:
        first, _, last = turn.entities["date"].partition("/")
        first_day, last_day = read_period(first, last or first)
    least, most = _read_amount(turn)
    text = None if turn.is_pressed else turn.entities.get("product") or turn.text or None
    return check(Query(first_day=first_day, last_day=last_day, least_krw=least, most_krw=most, text=text))


def tell(query: Query, *, today: date) -> str | None:
    """Return what was looked for in words: `10월 1일(목)부터 10월 31일(토)까지`, `‘이어폰’`; None for nothing in particular."""
    if query.first_day and query.last_day:
        first, last = _day(query.first_day, today), _day(query.last_day, today)
        return f"{first}에 하신" if first == last else f"{first}부터 {last}까지의"
    if query.least_krw is not None or query.most_krw is not None:
        return "말씀하신 금액의"
    return "말씀하신 상품의" if query.text is not None else None


def _read_amount(turn: Turn) -> tuple[int | None, int | None]:
    named = turn.entities.get("amount")
    if named is None or not named.isdecimal():
        return None, None
    amount = int(named)
    spoken = next((found for found in _AMOUNT.finditer(turn.text) if found[0].strip() and "원" in found[0]), None)
    after = turn.text[spoken.end() : spoken.end() + _AFTER_CHARS] if spoken else ""
    if _LEAST.match(after):
        return amount, None
    if _MOST.match(after):
        return 0, amount
    if _ABOUT.match(after):
        return amount * (100 - _ABOUT_PERCENT) // 100, amount * (100 + _ABOUT_PERCENT) // 100
    return amount, amount


def _day(day: date, today: date) -> str:
    told = korean.date(noon(day))
    return told if day.year == today.year else f"{day.year}년 {told}"
