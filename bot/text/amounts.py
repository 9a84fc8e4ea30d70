"""Amounts of money in won: 3만원, 만오천 원, 12,000원, 5만 2천원.

Won only; percentages, points and vague sums (몇만 원) are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.text.entity import Entity
from bot.text.numerals import read_number

ENTITY = "amount"

MONEY = re.compile("[원만₩]")
_NUMBER = r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?"
# 원 as a word of its own: not 원피스, 원래, 원하는, 원룸.
_WON = r"\s?원(?!피스|래|하[는시고던]|룸|두|단|목|본|글|산지|격|경|\s한\s?[푼장])"
_DIGITS = re.compile(
    rf"(?<![\d.,\-])(?:₩\s?)?(?P<number>(?:{_NUMBER})"
    rf"(?:\s?[십백천만억]+(?:\s?(?:{_NUMBER})?[십백천만]+)*(?:\s?(?:{_NUMBER}))?)?)"
    rf"(?P<won>{_WON})?"
)
_WORDS = re.compile(
    r"(?<![가-힣\d])(?P<vague>몇\s?|수)?"
    r"(?P<before>쿠폰|적립금|포인트|금액|가격|배송비|할인|상품권)?"
    rf"(?P<number>(?=[일이삼사오육칠팔구]{{0,4}}[십백천만억])[일이삼사오육칠팔구십백천만억]+(?:\s[일이삼사오육칠팔구십백천]+)*){_WON}"
)
# 3만 without 원 is money unless something else is counted.
_UNITLESS = re.compile(
    r"\d\s?만(?:\s?\d\s?천)?(?=에|을|이?나\b|이상|이하|넘|정도|짜리|씩|\s(?:넘|이상|이하|정도|짜리|주고|더|내)|$)"
)


def find_amounts(text: str) -> Iterator[Entity]:
    """Find the amounts of a text; the value is won as digits."""
    for match in _DIGITS.finditer(text) if MONEY.search(text) else ():
        number = read_number(match["number"])
        if number is None or not (
            match["won"]
            or text[match.start()] == "₩"
            or _UNITLESS.match(match[0] + text[match.end() :])
        ):
            continue
        yield Entity(ENTITY, match.start(), match.end(), str(number))
    for match in _WORDS.finditer(text) if "원" in text else ():
        number = read_number(match["number"])
        if number is not None and not match["vague"]:
            yield Entity(ENTITY, match.start("number"), match.end(), str(number))
