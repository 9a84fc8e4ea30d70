"""What a one-time code is, and what is kept of it. Pure: chance and keys come in as arguments."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

_SEPARATORS = re.compile(r"[\s.()\-\u2010-\u2015]")
_MOBILE = re.compile(r"01[016789]\d{7,8}", re.ASCII)
_ABROAD = re.compile(r"^(?:\+|00)82(?:0)?(?=1)")


@dataclass(frozen=True)
class CodeRules:
    """How codes are made and how many there may be; see `rules.yml` for each field."""

    version: int
    author: str
    changed_on: date
    digits: int
    lifetime_s: int
    tries: int
    pause_s: int
    per_day: int
    per_talk: int

    def expires_at(self, sent_at: datetime) -> datetime:
        """Return the moment from which a code sent at `sent_at` is no longer good."""
        return sent_at + timedelta(seconds=self.lifetime_s)


class Sending(StrEnum):
    """What became of the wish for a code."""

    SENT = "sent"
    TOO_SOON = "too_soon"
    TOO_MANY = "too_many"
    UNKNOWN = "unknown"  # to be sent again, but none was asked for before


class Guess(StrEnum):
    """What became of a typed code."""

    RIGHT = "right"
    WRONG = "wrong"
    SPENT = "spent"  # typed wrongly too often
    EXPIRED = "expired"
    NONE = "none"  # there is none to type


def make_code(digits: int, draw: Callable[[int], int]) -> str:
    """Return a code of `digits` digits; `draw` gives a number from 0 up to, and without, its argument."""
    return f"{draw(10**digits):0{digits}d}"


def hash_code(code: str, *, code_id: str, key: str) -> str:
    """Return what is kept of a code: nobody without the key can tell it by trying the million there are."""
    return hmac.new(key.encode(), f"code:{code_id}:{code}".encode(), "sha256").hexdigest()


def hash_subject(what: str, *, key: str) -> str:
    """Return a name for a number or a conversation that counts may be kept under, without telling it."""
    return hmac.new(key.encode(), f"subject:{what}".encode(), "sha256").hexdigest()


def is_same(one: str, other: str) -> bool:
    """Compare two hashes in a time that tells nothing."""
    return hmac.compare_digest(one.encode(), other.encode())


def read_phone(text: str) -> str | None:
    """Return a Korean mobile number in bare digits, `01012345678`; None where `text` is something else."""
    digits = _ABROAD.sub("0", _SEPARATORS.sub("", text))
    return digits if _MOBILE.fullmatch(digits) else None


def list_writings(phone: str) -> Sequence[str]:
    """Return the ways in which the shop may have written down the number `phone` (bare digits)."""
    head, middle, tail = phone[:3], phone[3:-4], phone[-4:]
    abroad = head[1:]
    return (
        phone,
        f"{head}-{middle}-{tail}",
        f"{head} {middle} {tail}",
        f"{head}.{middle}.{tail}",
        f"+82{abroad}{middle}{tail}",
        f"+82-{abroad}-{middle}-{tail}",
        f"+82 {abroad}-{middle}-{tail}",
        f"+82 {abroad} {middle} {tail}",
    )


def tell_code(code: str, *, lifetime_s: int) -> str:
    """Return the text message that brings a code."""
    return f"[이음] 인증번호는 {code}이에요. {lifetime_s // 60}분 안에 상담창에 적어 주세요. 다른 사람에게 알려 주지 마세요."
