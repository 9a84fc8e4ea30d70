"""Messages as the inputs of both halves of the intent model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.understanding.utterance import Morpheme, Utterance
from bot.understanding.vectors import MorphemeVectors
from bot.understanding.views import count_features
from bot.understanding.vocabulary import Vocabulary
from bot.understanding.word_families import FAMILIES, find_families

FAMILY_NUMBERS = {name: number for number, name in enumerate(FAMILIES)}
FAMILY_WEIGHT = 0.8
VECTOR_SCALE = 4.0  # of unit vectors, as inputs of the network
MAX_NETWORK_MORPHEMES = 60  # what the network looks at of a message
NOT_LISTED = -1


@dataclass(frozen=True)
class Inputs:
    """What both halves get of one message.

    `columns` and `weights`: its features. `sentence`: its vector. `families`: a value a
    word family. `rows`: its morphemes as rows of the network's table, `NOT_LISTED` for
    those that training did not see.
    """

    columns: np.ndarray
    weights: np.ndarray
    sentence: np.ndarray
    families: np.ndarray
    rows: np.ndarray

    @property
    def dense(self) -> np.ndarray:
        """Sentence vector and families, one after the other."""
        return np.concatenate([self.sentence, self.families])

    @property
    def unseen_ratio(self) -> float:
        """Share of the morphemes that training did not see; 1 when there are none."""
        return float(np.mean(self.rows == NOT_LISTED)) if len(self.rows) else 1.0


@dataclass(frozen=True)
class Encoder:
    """Turns messages into inputs; made once for a training set.

    `rows`: place of each listed morpheme in the network's table. The row after the last
    stands for a morpheme of which nothing is known.
    """

    vocabulary: Vocabulary
    vectors: MorphemeVectors
    rows: dict[Morpheme, int]

    def encode(self, utterance: Utterance) -> Inputs:
        """Inputs of a message."""
        columns, weights = self.vocabulary.weigh(count_features(utterance))
        morphemes = utterance.morphemes[:MAX_NETWORK_MORPHEMES]
        return Inputs(
            columns,
            weights,
            self.vectors.embed(morphemes),
            weigh_families(utterance.text),
            find_rows(self.rows, morphemes),
        )


def list_rows(
    utterances: Sequence[Utterance], vectors: MorphemeVectors, *, min_examples: int
) -> dict[Morpheme, int]:
    """Number the morphemes that the network knows: with a vector, or frequent enough."""
    seen: Counter[Morpheme] = Counter()
    for utterance in utterances:
        seen.update(set(utterance.morphemes))
    kept = [
        morpheme
        for morpheme in sorted(seen)
        if vectors.get(morpheme).any() or seen[morpheme] >= min_examples
    ]
    return {morpheme: row for row, morpheme in enumerate(kept)}


def list_vectors(rows: dict[Morpheme, int], vectors: MorphemeVectors) -> np.ndarray:
    """Vectors of the numbered morphemes, a row each, and zeros for the unknown one."""
    listed = [vectors.get(morpheme) for morpheme in rows]
    return np.stack([*listed, np.zeros_like(vectors.mean)]) * np.float32(VECTOR_SCALE)


def find_rows(rows: dict[Morpheme, int], morphemes: Sequence[Morpheme]) -> np.ndarray:
    """The row of each morpheme, `NOT_LISTED` where it has none."""
    found = [rows.get(morpheme, NOT_LISTED) for morpheme in morphemes]
    return np.array(found, dtype=np.int32)


def weigh_families(text: str) -> np.ndarray:
    """Word families in a text, as a vector of length `FAMILY_WEIGHT`, or zero."""
    found = find_families(text)
    vector = np.zeros(len(FAMILY_NUMBERS), dtype=np.float32)
    for name in found:
        vector[FAMILY_NUMBERS[name]] = FAMILY_WEIGHT / np.sqrt(len(found))
    return vector
