"""Order numbers in running text.

An order number is the year and five digits, "2024-12345". Customers also write it with
a blank, another dash or full-width digits, or say the dash (다시, 대시). Without anything
between, nine digits are one only after the word 주문번호: a bare run of digits is more
often a phone or invoice number. A ticket ("CS-20931") is another thing.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2212\uff0d"
PATTERN = re.compile(
    rf"(?<![\dA-Za-z{DASHES}])(?P<year>[2２][0０]\d\d)"
    rf"(?:\s?[{DASHES}\s.]\s?|\s?(?:다시|대시|하이픈)\s?|(?<=주문번호\d{{4}})|(?<=주문번호 \d{{4}}))"
    rf"(?P<serial>\d{{5}})(?!\d)(?![{DASHES}]\d)"
)


@dataclass(frozen=True)
class OrderNumber:
    """An order number at `start`..`end` of the text; `value` in its usual form."""

    start: int
    end: int
    value: str


def find_order_numbers(text: str) -> list[OrderNumber]:
    """Find the order numbers of a text, from left to right."""
    return [
        OrderNumber(
            start=match.start(),
            end=match.end(),
            value=unicodedata.normalize("NFKC", f"{match['year']}-{match['serial']}"),
        )
        for match in PATTERN.finditer(text)
    ]
