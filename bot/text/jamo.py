"""Hangul syllables taken apart into the letters (jamo) they are typed with.

A slip of one key changes one jamo and leaves its neighbours: n-grams of jamo therefore
stay similar where n-grams of syllables do not.
"""

from __future__ import annotations

FIRST_SYLLABLE = 0xAC00
LAST_SYLLABLE = 0xD7A3
VOWELS = 21
FINALS = 28
LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
MIDDLES = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
TAILS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")


def decompose(text: str) -> str:
    """Write every Hangul syllable as its compatibility jamo, the rest as it is."""
    return "".join(_decompose_character(character) for character in text)


def _decompose_character(character: str) -> str:
    code = ord(character)
    if not FIRST_SYLLABLE <= code <= LAST_SYLLABLE:
        return character
    index = code - FIRST_SYLLABLE
    lead, rest = divmod(index, VOWELS * FINALS)
    middle, tail = divmod(rest, FINALS)
    return LEADS[lead] + MIDDLES[middle] + TAILS[tail]
