"""The analyser's own language model, as `bot.understanding.vectors` asks for it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from importlib import metadata

from kiwipiepy import Kiwi

from bot.understanding.utterance import Morpheme

PACKAGES = ("kiwipiepy", "kiwipiepy_model")
NOUN = "NNP"  # what the shop's own nouns are entered as


class KiwiLanguage:
    """Cosines of morphemes and parts of nouns, from a loaded analyser."""

    def __init__(self, kiwi: Kiwi) -> None:
        """Use a loaded analyser."""
        self._kiwi = kiwi
        self.version = ", ".join(
            f"{name} {metadata.version(name)}" for name in PACKAGES
        )

    def list_morphemes(self) -> Iterator[Morpheme]:
        """Morphemes that have a vector, in the order of their ids from 0."""
        number = 0
        while self.measure(number, [number]) is not None:
            found = self._kiwi.morpheme(number)
            yield str(found.form), str(found.tag)
            number += 1

    def measure(
        self, morpheme: Morpheme | int, others: Sequence[int]
    ) -> list[float] | None:
        """Cosines of a morpheme, or of an id, to some ids; None without a vector."""
        cosine = self._kiwi.morpheme_similarity
        try:
            if math.isnan(cosine(morpheme, others[0])):
                return None
        except ValueError:
            return None
        return [cosine(morpheme, other) for other in others]

    def split(self, noun: str) -> Sequence[Morpheme]:
        """Morphemes a compound noun consists of; itself when the analyser knows no parts."""
        found = self._kiwi.tokenize(noun, blocklist=[(noun, NOUN)])
        return [(str(part.form), str(part.tag)) for part in found]
