"""Messages as the inputs of both halves of the intent model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.understanding.utterance import Morpheme, Utterance
from bot.understanding.vectors import MorphemeVectors
from bot.understanding.views import Counts, count_features
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

    @classmethod
    def build(
        cls,
        utterances: Sequence[Utterance],
        counted: Sequence[Sequence[Counts]],
        vectors: MorphemeVectors,
        *,
        min_examples: int,
    ) -> Encoder:
        """Make the encoder of a training set; `counted` are the features of each."""
        vocabulary = Vocabulary.build(counted, min_examples=min_examples)
        seen: Counter[Morpheme] = Counter()
        for utterance in utterances:
            seen.update(set(utterance.morphemes))
        kept = [
            morpheme
            for morpheme in sorted(seen)
            if vectors.get(morpheme).any() or seen[morpheme] >= min_examples
        ]
        return cls(vocabulary, vectors, {m: row for row, m in enumerate(kept)})

    def list_vectors(self) -> np.ndarray:
        """Vectors of the listed morphemes, a row each, and zeros for the unknown one."""
        listed = [self.vectors.get(morpheme) for morpheme in self.rows]
        return np.stack([*listed, np.zeros_like(self.vectors.mean)]) * np.float32(
            VECTOR_SCALE
        )

    def encode(
        self, utterance: Utterance, counted: Sequence[Counts] | None = None
    ) -> Inputs:
        """Inputs of a message; `counted` are its features where they are known already."""
        columns, weights = self.vocabulary.weigh(counted or count_features(utterance))
        morphemes = utterance.morphemes[:MAX_NETWORK_MORPHEMES]
        rows = [self.rows.get(morpheme, NOT_LISTED) for morpheme in morphemes]
        return Inputs(
            columns,
            weights,
            self.vectors.embed(morphemes),
            weigh_families(utterance.text),
            np.array(rows, dtype=np.int32),
        )


def weigh_families(text: str) -> np.ndarray:
    """Word families in a text, as a vector of length `FAMILY_WEIGHT`, or zero."""
    found = find_families(text)
    vector = np.zeros(len(FAMILY_NUMBERS), dtype=np.float32)
    for name in found:
        vector[FAMILY_NUMBERS[name]] = FAMILY_WEIGHT / np.sqrt(len(found))
    return vector
