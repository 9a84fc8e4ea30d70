"""A customer's text in the form the models read, with the way back to the original.

Every later step works on the normal form; places it reports (entities) are carried
back to the text as it was written. The form: composed Hangul (NFC, since some keyboards
send conjoining jamo), no invisible characters, no blanks at the ends, and never a
leading "/" — Rasa would read that as a command.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

COMMAND_PREFIX = "/"
HARMLESS_PREFIX = "\uff0f"  # the same stroke in full width
REPLACEMENT = "\ufffd"


@dataclass(frozen=True)
class NormalText:
    """`text` in normal form; `origins[i]` is where its i-th character began in `raw`.

    `origins` has one more entry than `text` has characters: the end of the last one.
    """

    raw: str
    text: str
    origins: tuple[int, ...]

    def locate(self, start: int, end: int) -> tuple[int, int]:
        """Carry a span of the normal form back to the original text."""
        return self.origins[start], max(self.origins[end], self.origins[start])


def normalise(raw: str) -> NormalText:
    """Bring a text into normal form. Any string is accepted, also an empty one."""
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _clusters(raw):
        for character in unicodedata.normalize("NFC", raw[start:end]):
            shown = _shown(character)
            if shown:
                characters.append(shown)
                starts.append(start)
                ends.append(end)
    return _without_outer_blanks(raw, characters, starts, ends)


def _without_outer_blanks(
    raw: str, characters: list[str], starts: list[int], ends: list[int]
) -> NormalText:
    first, last = 0, len(characters)
    while first < last and characters[first].isspace():
        first += 1
    while last > first and characters[last - 1].isspace():
        last -= 1
    if first == last:
        return NormalText(raw=raw, text="", origins=(len(raw),))
    if characters[first] == COMMAND_PREFIX:
        characters[first] = HARMLESS_PREFIX
    return NormalText(
        raw=raw,
        text="".join(characters[first:last]),
        origins=(*starts[first:last], ends[last - 1]),
    )


def _clusters(raw: str) -> Iterator[tuple[int, int]]:
    """Yield spans whose parts may compose with one another but not with neighbours."""
    start = 0
    for index in range(1, len(raw) + 1):
        if index == len(raw) or not _joins_previous(raw[index]):
            if index > start:
                yield start, index
            start = index


def _joins_previous(character: str) -> bool:
    return unicodedata.combining(character) != 0 or "\u1160" <= character <= "\u11ff"


def _shown(character: str) -> str:
    """The character as the models should see it; empty when it is invisible."""
    if character.isspace():
        return " "
    category = unicodedata.category(character)
    if category == "Cs":
        return REPLACEMENT
    if category in ("Cc", "Cf") and character != "\u200d":
        return ""
    return character
