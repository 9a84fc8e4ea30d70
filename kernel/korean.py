"""Korean wording that code has to get right: particles, won, dates.

What hides personal data (`mask_…`) is here and nowhere else.
"""

from __future__ import annotations

import re
from datetime import datetime

from kernel.clock import KST

_WEEKDAYS = "월화수목금토일"
# Whether a digit, read aloud in Korean, ends in a consonant: 영 일 이 삼 사 오 육 칠 팔 구.
_DIGIT_HAS_FINAL = {
    "0": True,
    "1": True,
    "2": False,
    "3": True,
    "4": False,
    "5": False,
    "6": True,
    "7": True,
    "8": True,
    "9": False,
}
_DIGIT_ENDS_IN_RIEUL = {"1", "7", "8"}
_LATIN_WITH_FINAL = set("lmnrLMNR")
_RIEUL = 8
_REGION = re.compile("서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주")


def josa(word: str, pair: str) -> str:
    """Return `word` with the fitting one of a pair such as `은/는`, `이/가`, `을/를`, `과/와`, `으로/로`.

    The first of the pair follows a final consonant. For `으로/로` a final ㄹ counts as none.
    Closing brackets and quotation marks at the end of the word are looked through.
    """
    with_final, without_final = pair.split("/")
    last = re.sub(r"[)\]}'\"”’」』\s.]+$", "", word)[-1:]
    has_final, is_rieul = _final_of(last)
    if is_rieul and with_final == "으로":
        has_final = False
    return word + (with_final if has_final else without_final)


def _final_of(letter: str) -> tuple[bool, bool]:
    if "가" <= letter <= "힣":
        final = (ord(letter) - ord("가")) % 28
        return final != 0, final == _RIEUL
    if letter in _DIGIT_HAS_FINAL:
        return _DIGIT_HAS_FINAL[letter], letter in _DIGIT_ENDS_IN_RIEUL
    return letter in _LATIN_WITH_FINAL, letter in set("lrLR")


def won(amount_krw: int) -> str:
    """Return an amount as customers read it: `12,000원`."""
    return f"{amount_krw:,}원"


def date(at: datetime) -> str:
    """Return a day in Seoul: `11월 22일(일)`."""
    local = at.astimezone(KST)
    return f"{local.month}월 {local.day}일({_WEEKDAYS[local.weekday()]})"


def time_of_day(at: datetime) -> str:
    """Return a time in Seoul: `오후 3시 5분`, `오전 9시`."""
    local = at.astimezone(KST)
    half = "오전" if local.hour < 12 else "오후"
    minutes = f" {local.minute}분" if local.minute else ""
    return f"{half} {local.hour % 12 or 12}시{minutes}"


def say_when(at: datetime, now: datetime) -> str:
    """Return a moment to come as people say it: `오늘 오후 1시`, `내일(11월 23일 월요일) 오전 9시`."""
    day, today = at.astimezone(KST).date(), now.astimezone(KST).date()
    date_words = f"{day.month}월 {day.day}일 {_WEEKDAYS[day.weekday()]}요일"
    near = {0: "오늘", 1: f"내일({date_words})", 2: f"모레({date_words})"}
    return f"{near.get((day - today).days, date_words)} {time_of_day(at)}"


HIDDEN = "*"  # stands for what a mask hides


def mask_name(name: str) -> str:
    """Return a name with its middle hidden: 홍길동 → 홍*동, 김철 → 김*, Jane Doe → J******e."""
    if len(name) <= 1:
        return HIDDEN * len(name)
    if len(name) == 2:
        return name[0] + HIDDEN
    return name[0] + HIDDEN * (len(name) - 2) + name[-1]


def mask_phone(phone: str) -> str:
    """Return a phone number with only its prefix and last four digits: 010-****-1234, 02-****-1234."""
    digits = re.sub(r"\D", "", phone)
    if phone.lstrip().startswith("+82"):
        digits = "0" + digits[2:].removeprefix("0")
    if len(digits) < 8:
        return HIDDEN * len(digits)
    prefix = digits[:2] if digits.startswith("02") else digits[:3]
    shown = [prefix] if len(digits) >= len(prefix) + 7 else []
    return "-".join([*shown, "****", digits[-4:]])


def mask_address(address: str) -> str:
    """Return an address down to the district: 서울 마포구 ***. Roads and house numbers are never shown."""
    kept: list[str] = []
    for part in address.split()[:-1]:
        if not (part.endswith(("시", "군", "구", "도")) or (not kept and _REGION.fullmatch(part))):
            break
        kept.append(part)
    return " ".join([*kept[:3], "***"])


def mask_number(number: str) -> str:
    """Return a card or account number with only its last four digits: ****-****-****-1234; signs stay where they are."""
    digit_count = sum(letter.isdigit() for letter in number)
    shown_from = digit_count - 4 if digit_count >= 8 else digit_count
    masked, seen = [], 0
    for letter in number:
        is_hidden = letter.isdigit() and seen < shown_from
        seen += letter.isdigit()
        masked.append(HIDDEN if is_hidden else letter)
    return "".join(masked)


def mask_email(email: str) -> str:
    """Return an e-mail address with only the first letter of its name: h***@example.com."""
    name, at, domain = email.partition("@")
    return f"{name[:1]}***{at}{domain}" if at else "***"
