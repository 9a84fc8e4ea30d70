"""A message as the intent model sees it: its text and its morphemes, with their places."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

Morpheme = tuple[str, str]  # form, part of speech

DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Utterance:
    """A text in the form models read it, and its morphemes.

    Forms are in lower case with digits as 0, so that every order number looks alike.
    `spans` are the places of the morphemes in `text`.
    """

    text: str
    morphemes: tuple[Morpheme, ...]
    spans: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, text: str, tokens: Iterable[tuple[str, int, int]]) -> Utterance:
        """Make one of tokens as (``form/tag``, start, end), in order."""
        tokens = list(tokens)
        parted = (name.rpartition("/") for name, _, _ in tokens)
        return cls(
            text,
            tuple((DIGIT.sub("0", form.lower()), tag) for form, _, tag in parted),
            tuple((start, end) for _, start, end in tokens),
        )

    def part(self, first: int, last: int) -> Utterance:
        """The message from morpheme `first` up to, not including, `last`."""
        start, end = self.spans[first][0], self.spans[last - 1][1]
        return Utterance(
            self.text[start:end],
            self.morphemes[first:last],
            tuple((a - start, b - start) for a, b in self.spans[first:last]),
        )
