"""Numbers and codes with a form of their own: orders, parcels, phones, errors.

What a number is follows from its form first, then from the words beside it. Tickets
("CS-20931"), bank accounts and cards are none of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.text.entity import Entity
from bot.text.order_numbers import find_order_numbers

SPOKEN_DIGITS = str.maketrans("공영일이삼사오육륙칠팔구", "001234566789")

_PHONE = re.compile(
    r"(?<![\d\-])(?:"
    r"(?:\+?82[\s\-]?)?0?1[016789](?:[\s.\-]?\d{3,4}[\s.\-]?\d{4})"
    r"|0(?:2|[3-6]\d|70)-\d{3,4}-\d{4}"
    r"|0(?:2|[3-6]\d|70)\d{7,8}"
    r"|1[5-8]\d\d-\d{4}"
    r")(?![\d\-])"
)
_SPOKEN_PHONE = re.compile(
    r"공일[공일육칠팔구](?:[\s\-]?[공영일이삼사오육륙칠팔구]{3,4}){2}"
)
_TRACKING = re.compile(
    r"(?<![\dA-Za-z\-.,])(?:\d{10,14}|\d{4}[\s\-]\d{4}[\s\-]\d{2,6}|\d{3}-\d{4}-\d{4})"
    r"(?![\d\-])(?!\s?원)"
)
_NOT_A_PARCEL = re.compile(r"(?:계좌|카드|사업자|주민|여권|현금영수증)[가-힣\s]{0,8}$")

_ERROR_WORDS = re.compile(
    r"오류|에러|애러|코드|error|장애|실패|인증|gateway|뜨|뜬|뜸|떠|떴|뜹|나오|나와|나왔|나옴|표시|적혀|적힌|써\s?있|쓰여|해결|응답|무슨|뜻|막히|막혀|제한|^\s*[A-Z]{1,5}-?\d{2,6}\s*$|\bnot found",
    re.IGNORECASE,
)
# A bare number is a code only where the message is about a failure.
_FAILURE_WORDS = re.compile(
    r"오류|에러|애러|코드|error|장애|인증|뭐임|뭔가요|무슨", re.IGNORECASE
)
_BARE_CODE = re.compile(
    r"(?<![\d,.\-A-Za-z])(?P<code>(?!19\d\d|20\d\d)\d{4})"
    r"(?=\s?(?:나오|나와|나왔|나옴|이렇[게개])|\s?(?:뭐임|뭔가요|무슨\s?(?:오류|에러|코드|뜻)))"
)
_NUMBER_SHOWN = re.compile(r"숫자(?:가|는|로)?\s?(?P<code>\d{3,6})(?!\d|\s?자리)")
_ERROR_FORMS = (
    # ERR_TIMEOUT, CERT_FAIL
    re.compile(
        r"(?<![A-Za-z0-9_])[A-Z]{2,}(?:_[A-Z0-9]+)+(?![A-Za-z0-9_])", re.IGNORECASE
    ),
    # HTTP 503
    re.compile(r"\bHTTP[\s\-]?[1-5]\d\d(?!\d)", re.IGNORECASE),
    # E1002, P-302, KCB-07, ERR-12
    re.compile(
        r"(?<![A-Za-z0-9\-_])(?!CS-|[A-Z]{1,5}-?\d+-)(?:[A-Z]{1,5}[-_]?\d{2,6}|ERR(?:OR)?[-_]\d|[A-Z]\d[A-Z]\d+)"
        r"(?![A-Za-z0-9\-_]|원|호|용지|동)",
        re.IGNORECASE,
    ),
    # 오류코드 5004, 코드는 8000, 에러 0031
    re.compile(
        r"(?:오류|에러|애러|error)\s?(?:코드|번호|메시지|code)?(?:가|는|은|이|도|만|:|로|\s)?\s?(?P<code>\d{2,6})"
        r"(?![\d,\-]|\s?(?:개|회|일|시간|분|초|월|년|원|차례|명|만))",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?<!쿠폰 )(?<!쿠폰)(?<!할인 )(?<!할인)(?<!추천 )(?<!추천)코드(?:번호)?(?:가|는|은|이|도|만|:|\s)?\s?(?P<code>\d{2,6})"
        r"(?![\d,\-]|\s?(?:개|회|일|시간|분|초|월|년|원|차례|명|만|자리))"
    ),
    # 500번 에러, 9004 에러, 502 bad gateway, 0005 라고 뜨는데
    re.compile(
        r"(?<![\d,.\-A-Za-z])(?P<code>\d{3,6})(?:번|이)?\s?"
        r"(?=에러|오류|애러|error|bad|gateway|not found|internal|service|코드|이?라고\s?(?:뜨|떠|떴|나|써|쓰|적|돼|되)|[이가]\s?떨어|으?로\s?(?:응답|끝나|종료|떨어)|이?란\s?(?:오류|에러|숫자|코드)|뜨[고는네면]|떠요|떴|\s?뜸)",
        re.IGNORECASE,
    ),
)


def find_identifiers(text: str) -> Iterator[Entity]:
    """Find numbers and codes; values are digits, order numbers and codes as usual."""
    has_digit = any("0" <= character <= "9" for character in text)
    if has_digit:
        for order in find_order_numbers(text):
            yield Entity("order_id", order.start, order.end, order.value)
        yield from _find_phones(text)
        yield from _find_tracking_numbers(text)
    if "공일" in text:
        for match in _SPOKEN_PHONE.finditer(text):
            digits = re.sub(r"[\s\-]", "", match[0]).translate(SPOKEN_DIGITS)
            yield Entity("phone", match.start(), match.end(), _write_phone(digits))
    if (has_digit or "_" in text) and (
        _ERROR_WORDS.search(text) or _FAILURE_WORDS.search(text)
    ):
        yield from _find_error_codes(text)


def _find_phones(text: str) -> Iterator[Entity]:
    for match in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if digits.startswith("82"):
            digits = "0" + digits[2:].lstrip("0")
        if digits.startswith("0") or "-" in match[0]:
            yield Entity("phone", match.start(), match.end(), _write_phone(digits))


def _write_phone(digits: str) -> str:
    if len(digits) == 8:
        return f"{digits[:4]}-{digits[4:]}"
    head = 2 if digits.startswith("02") else 3
    return f"{digits[:head]}-{digits[head:-4]}-{digits[-4:]}"


def _find_tracking_numbers(text: str) -> Iterator[Entity]:
    for match in _TRACKING.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if 10 <= len(digits) <= 14 and not _NOT_A_PARCEL.search(
            text, max(0, match.start() - 16), match.start()
        ):
            yield Entity("tracking_no", match.start(), match.end(), digits)


def _find_error_codes(text: str) -> Iterator[Entity]:
    bare = (_BARE_CODE, _NUMBER_SHOWN) if _FAILURE_WORDS.search(text) else ()
    for form in (*_ERROR_FORMS, *bare):
        for match in form.finditer(text):
            group = "code" if "code" in form.groupindex else 0
            start, end = match.span(group)
            yield Entity("error_code", start, end, text[start:end].upper())
