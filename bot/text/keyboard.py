"""Words typed with the keyboard switched to the wrong language.

Part of the reading of a message, before anything looks at its words. On the usual Korean
layout (Dubeolsik, KS X 5002) every key is a letter of Hangul: `dkssud` is 안녕, and ㅗㅑ is
`hi`. A word is turned over only when what comes out is plausible and what was typed is
not; names, codes and English stay as they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.text.jamo import LEADS, MIDDLES, TAILS, decompose
from bot.text.words import COMMON_SYLLABLES, ENGLISH_WORDS, SERVICE_WORDS

KEYS = {
    **dict(zip("rRseEfaqQtTdwWczxvg", LEADS, strict=True)),
    **dict(zip("koiOjpuPhynbml", "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅛㅜㅠㅡㅣ", strict=True)),
}
VOWEL_PAIRS = {
    "hk": "ㅘ", "ho": "ㅙ", "hl": "ㅚ", "nj": "ㅝ", "np": "ㅞ", "nl": "ㅟ", "ml": "ㅢ",
}  # fmt: skip
TAIL_PAIRS = {
    "rt": "ㄳ", "sw": "ㄵ", "sg": "ㄶ", "fr": "ㄺ", "fa": "ㄻ", "fq": "ㄼ", "ft": "ㄽ",
    "fx": "ㄾ", "fv": "ㄿ", "fg": "ㅀ", "qt": "ㅄ",
}  # fmt: skip
LETTERS = {**KEYS, **VOWEL_PAIRS, **TAIL_PAIRS}
KEYSTROKES = {letter: keys for keys, letter in LETTERS.items()}

_VOWEL = "[koiOjpuPhynbml]"
_SYLLABLE = re.compile(
    r"(?P<lead>[rRseEfaqQtTdwWczxvg])"
    rf"(?P<vowel>{'|'.join(VOWEL_PAIRS)}|{_VOWEL})"
    rf"(?P<tail>(?:{'|'.join(TAIL_PAIRS)}|[rRsefaqtTdwczxvg])(?!{_VOWEL}))?"
)
_SOUNDS = re.compile(r"z{2,}|g{2,}|(?:bb|nn)+")  # ㅋㅋ, ㅎㅎ, ㅠㅠ, ㅜㅜ after a word
_LATIN_WORD = re.compile(
    r"(?<![A-Za-z0-9_@./\-])[A-Za-z]{2,}(?![A-Za-z0-9_@./\-]*[A-Za-z0-9_@])"
)
_HANGUL_WORD = re.compile(r"(?<![가-힣ㄱ-ㅣ])[가-힣ㄱ-ㅣ]{2,}(?![가-힣ㄱ-ㅣ])")
_LONE_VOWEL = re.compile(r"[ㅏ-ㅣ]")
_SHIFTED = frozenset("QWERTOP")
_LATIN_WORDS = ENGLISH_WORDS | SERVICE_WORDS

MIN_SYLLABLES = 2
MIN_KEYS = 4
# What one syllable may be turned into when it is the whole message.
SHORT_ANSWERS = {
    "sp": "네",
    "dmd": "응",
    "dho": "왜",
    "dj": "어",
    "dp": "에",
    "dk": "아",
}


@dataclass(frozen=True)
class Rewrite:
    """`text` is meant where the keys from `start` to `end` were pressed."""

    start: int
    end: int
    text: str


def find_mistyped(text: str) -> list[Rewrite]:
    """Find what was typed in the wrong language, from left to right."""
    words = list(_LATIN_WORD.finditer(text))
    whole = text.strip(" !?.,~")
    if len(words) == 1 and words[0][0] == whole in SHORT_ANSWERS:
        return [Rewrite(words[0].start(), words[0].end(), SHORT_ANSWERS[whole])]
    rewrites = _read_as_hangul(words, MIN_SYLLABLES, MIN_KEYS)
    if rewrites:  # the keyboard was switched: short words are meant in Hangul too
        rewrites = _read_as_hangul(words, 1, 2)
    for match in _HANGUL_WORD.finditer(text):
        if _LONE_VOWEL.search(match[0]):
            word = type_in_latin(match[0])
            if word in SERVICE_WORDS:
                rewrites.append(Rewrite(match.start(), match.end(), word))
    return sorted(rewrites, key=lambda rewrite: rewrite.start)


def type_in_latin(hangul: str) -> str:
    """The keys that give a Hangul text, as an English keyboard writes them."""
    return "".join(KEYSTROKES.get(letter, letter) for letter in decompose(hangul))


def type_in_hangul(keys: str) -> list[Rewrite]:
    """The syllables that a run of keys gives; empty when a key is left over.

    Laughing and crying (``zz``, ``bb``) may follow the syllables.
    """
    syllables: list[Rewrite] = []
    position = 0
    while match := _SYLLABLE.match(keys, position):
        syllable = _compose(match["lead"], match["vowel"], match["tail"] or "")
        syllables.append(Rewrite(match.start(), match.end(), syllable))
        position = match.end()
    rest = keys[position:]
    if rest and (not syllables or not _SOUNDS.fullmatch(rest)):
        return []
    sounds = (
        Rewrite(position + index, position + index + 1, KEYS[key])
        for index, key in enumerate(rest)
    )
    return [*syllables, *sounds]


def _compose(lead: str, vowel: str, tail: str) -> str:
    middle = MIDDLES.index(LETTERS[vowel])
    final = TAILS.index(LETTERS[tail]) if tail else 0
    first = LEADS.index(LETTERS[lead])
    return chr(0xAC00 + (first * len(MIDDLES) + middle) * len(TAILS) + final)


def _read_as_hangul(
    words: list[re.Match[str]], min_syllables: int, min_keys: int
) -> list[Rewrite]:
    found: list[Rewrite] = []
    for match in words:
        word = match[0]
        if len(word) < min_keys or word.isupper() or word.lower() in _LATIN_WORDS:
            continue
        keys = "".join(key if key in _SHIFTED else key.lower() for key in word)
        items = type_in_hangul(keys)
        syllables = [item.text for item in items if "가" <= item.text <= "힣"]
        if len(syllables) >= min_syllables and COMMON_SYLLABLES.issuperset(syllables):
            found.extend(
                Rewrite(match.start() + item.start, match.start() + item.end, item.text)
                for item in items
            )
    return found
