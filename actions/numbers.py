"""Codes and phone numbers that customers type, found in their words. Pure."""

from __future__ import annotations

import re
import unicodedata

from backoffice.identity.policy import read_phone

CODE_DIGITS = 6
_SPOKEN = str.maketrans("공영일이삼사오육륙칠팔구", "001234566789")
# A run of digits, spaces and dashes between them allowed, that is not part of a longer one.
_CODE = re.compile(rf"(?<!\d)(?<!\d[\s-])\d(?:[\s-]?\d){{{CODE_DIGITS - 1}}}(?![\s-]?\d)", re.ASCII)
_BARE_CODE = re.compile(rf"\d(?:[\s-]?\d){{{CODE_DIGITS - 1}}}", re.ASCII)
_PHONE = re.compile(r"(?<!\d)(?:\+?82[\s-]?)?(?:\(0\))?0?1[016789](?:[\s.)-]{0,2}\d){7,8}(?!\d)", re.ASCII)
_NOT_ARRIVED = re.compile(r"안\s*(와|왔|오[네는]|옴|떠|떴)|못\s*받|않[았네]|아직|없[어네는]")
_AGAIN = re.compile(r"다시|재\s*(전송|발송|발급|요청)|또\s*(보내|한)|새로|한\s*번\s*더")
_SEND = re.compile(r"보내|받을|받기|전송|발송|문자|할게|해\s*주")
_LONGEST_ANSWER = 40
_ORDER_NUMBER = re.compile(
    r"주문\s*번호\s*(?:는|은|가|이|:|#)?\s*(?=[A-Za-z-]*\d)([A-Za-z0-9][A-Za-z0-9-]{3,})", re.ASCII
)


def find_code(text: str) -> str | None:
    """Return the code in `text`, digits alone: `123456`, `인증번호는 123 456이요`, `일이삼사오육`; None where there is none."""
    plain = unicodedata.normalize("NFKC", text)
    spoken = re.sub(r"[\s,.~!-]", "", plain).translate(_SPOKEN)
    if len(spoken) == CODE_DIGITS and spoken.isascii() and spoken.isdigit():
        return spoken
    found = _CODE.search(plain)
    return re.sub(r"\D", "", found[0]) if found else None


def is_bare_code(text: str) -> bool:
    """Return whether `text` is a code and nothing else, so that it may be one although nobody asked just now."""
    return _BARE_CODE.fullmatch(unicodedata.normalize("NFKC", text).strip()) is not None


def find_phone(text: str) -> str | None:
    """Return the mobile number in `text` in bare digits, None where there is none."""
    found = _PHONE.search(unicodedata.normalize("NFKC", text))
    return read_phone(found[0]) if found else None


def find_order_number(text: str) -> str | None:
    """Return what a text itself calls an order number, whatever its form: `주문번호 abc123`; None where it says none."""
    found = _ORDER_NUMBER.search(unicodedata.normalize("NFKC", text))
    return found[1] if found else None


def count_digits(text: str) -> int:
    """Return how many digits there are in `text`."""
    return sum(letter.isdecimal() for letter in text)


def says_not_arrived(text: str) -> bool:
    """Return whether the answer to the question for a code is that none came: `안 왔어요`, `아직이요`."""
    return len(text) <= _LONGEST_ANSWER and _NOT_ARRIVED.search(text) is not None


def wants_another_code(text: str) -> bool:
    """Return whether the answer to the question for a code is the wish for a new one: `다시 보내 주세요`, `재전송`."""
    return len(text) <= _LONGEST_ANSWER and _AGAIN.search(text) is not None


def wants_code(text: str) -> bool:
    """Return whether the answer to "shall I send a code?" is yes in other words: `보내 주세요`, `받을게요`."""
    is_no = re.search(r"안\s*(보내|받)|말고|말아|마세요|싫|됐어|괜찮", text) is not None
    return len(text) <= _LONGEST_ANSWER and _SEND.search(text) is not None and not is_no
