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
    """`text` in normal form; `spans[i]` is the part of `raw` its i-th character is from."""

    raw: str
    text: str
    spans: tuple[tuple[int, int], ...]

    def locate(self, start: int, end: int) -> tuple[int, int]:
        """Carry a span of the normal form, at least a character long, back to `raw`."""
        return self.spans[start][0], self.spans[end - 1][1]


def normalise(raw: str) -> NormalText:
    """Bring a text into normal form. Any string is accepted, also an empty one."""
    shown: list[tuple[str, tuple[int, int]]] = []
    for start, end in _clusters(raw):
        for character in unicodedata.normalize("NFC", raw[start:end]):
            visible = _visible(character)
            if visible:
                shown.append((visible, (start, end)))
    first, last = 0, len(shown)
    while first < last and shown[first][0] == " ":
        first += 1
    while last > first and shown[last - 1][0] == " ":
        last -= 1
    shown = shown[first:last]
    if shown and shown[0][0] == COMMAND_PREFIX:
        shown[0] = (HARMLESS_PREFIX, shown[0][1])
    return NormalText(
        raw=raw,
        text="".join(character for character, _ in shown),
        spans=tuple(span for _, span in shown),
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


def _visible(character: str) -> str:
    """The character as the models should see it; empty when it is invisible."""
    if character.isspace():
        return " "
    category = unicodedata.category(character)
    if category == "Cs":
        return REPLACEMENT
    if category in ("Cc", "Cf") and character != "\u200d":
        return ""
    return character
