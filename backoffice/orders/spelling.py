"""How far a name is from what somebody typed: in jamo, the letters that Hangul is typed with. Pure.

A slip of one key changes one jamo, so that `이어퐁` is one step from `이어폰`. The name may stand anywhere in the
text; spaces and signs do not count.
"""

from __future__ import annotations

import re
import unicodedata

_NOT_A_LETTER = re.compile(r"[^0-9a-z가-힣ㄱ-ㅎㅏ-ㅣ]")
_LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_TAILS: tuple[str, ...] = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
_FIRST, _LAST = 0xAC00, 0xD7A3
# A name of at least so many jamo may be misspelt in so many places. Chosen so that no two names of a shop of
# some thirty goods are taken for each other (tests/unit/backoffice/test_order_search.py).
_ALLOWED = ((16, 3), (9, 2), (6, 1))


def letters(text: str) -> str:
    """Return the letters and digits of `text` in one form: no spaces, no signs, small."""
    return _NOT_A_LETTER.sub("", unicodedata.normalize("NFKC", text).lower())


def jamo(text: str) -> str:
    """Return `text` with each syllable of Hangul taken apart."""
    return "".join(_take_apart(letter) for letter in text)


def slips_allowed(name: str) -> int:
    """Return how many jamo of `name` may be wrong, missing or too many."""
    length = len(jamo(letters(name)))
    return next((slips for least, slips in _ALLOWED if length >= least), 0)


def is_meant(name: str, text: str) -> bool:
    """Return whether `name` stands somewhere in `text`, a slip or two apart."""
    wanted = letters(name)
    return bool(wanted) and distance_within(jamo(wanted), jamo(letters(text))) <= slips_allowed(name)


def distance_within(pattern: str, text: str) -> int:
    """Return the fewest insertions, deletions and replacements that make `pattern` of some part of `text`.

    Source: G. Myers, A fast bit-vector algorithm for approximate string matching, JACM 46 (1999); one machine word
    a column, here one integer of any length.
    """
    length = len(pattern)
    if not length:
        return 0
    places: dict[str, int] = {}
    for place, letter in enumerate(pattern):
        places[letter] = places.get(letter, 0) | 1 << place
    mask, last = (1 << length) - 1, 1 << (length - 1)
    plus, minus, score, best = mask, 0, length, length
    for letter in text:
        equal = places.get(letter, 0)
        across = (((equal & plus) + plus) ^ plus) | equal | minus
        plus_across, minus_across = minus | (~(across | plus) & mask), plus & across
        if plus_across & last:
            score += 1
        elif minus_across & last:
            score -= 1
        plus_across, minus_across = plus_across << 1 & mask, minus_across << 1 & mask
        down = equal | minus
        plus, minus = minus_across | (~(down | plus_across) & mask), plus_across & down
        best = min(best, score)
    return best


def _take_apart(letter: str) -> str:
    code = ord(letter)
    if not _FIRST <= code <= _LAST:
        return letter
    lead, rest = divmod(code - _FIRST, 588)
    return _LEADS[lead] + _VOWELS[rest // 28] + _TAILS[rest % 28]
