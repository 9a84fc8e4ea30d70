"""Meaning of morphemes: the vectors of the analyser's own language model.

Kiwi ships a language model (CoNg) with a 256-dimensional vector for each of 70,000
morphemes, so that 택배 is near 배송 without any example saying so. Its interface gives
cosines only; vectors are recovered from the cosines to a set of landmarks (the exact
ones up to rotation, since there are more landmarks than dimensions). Nothing more is
loaded than the analyser already holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from bot.understanding.utterance import Morpheme

DIMENSIONS = 256
LANDMARKS = tuple(range(100, 100 + 384 * 20, 20))  # ids are in order of frequency
COMMON_SHARE = 1e-3  # words more frequent than this count less in a mean
MAX_KNOWN = 40_000  # a kilobyte each: bounds what a long-running process remembers
NOUNS = ("NNG", "NNP")


class LanguageModel(Protocol):
    """The part of the analyser that is used; `KiwiLanguage` has it."""

    @property
    def version(self) -> str:
        """What the vectors depend on; equal versions give equal vectors."""

    def list_morphemes(self) -> Iterator[Morpheme]:
        """Morphemes that have a vector, in the order of their ids from 0."""

    def measure(
        self, morpheme: Morpheme | int, others: Sequence[int]
    ) -> list[float] | None:
        """Cosines of a morpheme, or of an id, to some ids; None without a vector."""

    def split(self, noun: str) -> Sequence[Morpheme]:
        """Morphemes a compound noun consists of."""


@dataclass
class MorphemeVectors:
    """Vectors of morphemes, centred and of unit length; zeros where nothing is known.

    The shop's own nouns, which the language model has not seen, get the mean of their
    parts (운송장번호: 운송장 and 번호). `shares` tells how frequent morphemes are in the
    examples, 0-1. `known` fills up as morphemes are met.
    """

    model: LanguageModel
    ids: dict[Morpheme, int]
    projection: np.ndarray
    mean: np.ndarray
    shares: dict[Morpheme, float]
    known: dict[Morpheme, np.ndarray] = field(default_factory=dict)

    @classmethod
    def fit(
        cls, model: LanguageModel, examples: Iterable[Sequence[Morpheme]]
    ) -> MorphemeVectors:
        """Vectors for the morphemes of some examples; others are looked up later."""
        counts = Counter(morpheme for example in examples for morpheme in example)
        total = sum(counts.values())
        values, axes = np.linalg.eigh(_measure_landmarks(model))
        projection = axes[:, -DIMENSIONS:] / np.sqrt(values[-DIMENSIONS:])
        vectors = cls(
            model,
            number_morphemes(model),
            projection.astype(np.float32),
            np.zeros(DIMENSIONS, dtype=np.float32),
            {morpheme: n / total for morpheme, n in counts.items() if n > 1},
        )
        raw = {morpheme: vectors._look_up(morpheme) for morpheme in counts}
        mean = sum((counts[m] / total) * v for m, v in raw.items())
        vectors.mean = np.asarray(mean, dtype=np.float32)
        vectors.known = {m: vectors._centre(v) for m, v in raw.items()}
        return vectors

    def get(self, morpheme: Morpheme) -> np.ndarray:
        """Vector of a morpheme; zeros when the language model does not know it."""
        vector = self.known.get(morpheme)
        if vector is None:
            vector = self._centre(self._look_up(morpheme))
            if len(self.known) < MAX_KNOWN:
                self.known[morpheme] = vector
        return vector

    def embed(self, morphemes: Sequence[Morpheme]) -> np.ndarray:
        """Mean of the vectors, common words counting less, of unit length or zero.

        Source: Arora et al., "A Simple but Tough-to-Beat Baseline for Sentence
        Embeddings".
        """
        if not morphemes:
            return np.zeros(DIMENSIONS, dtype=np.float32)
        weights = np.array(
            [
                COMMON_SHARE / (COMMON_SHARE + self.shares.get(morpheme, 0.0))
                for morpheme in morphemes
            ],
            dtype=np.float32,
        )
        total = weights @ np.stack([self.get(morpheme) for morpheme in morphemes])
        length = float(np.sqrt(total @ total))
        return total / np.float32(length) if length else total

    def _look_up(self, morpheme: Morpheme) -> np.ndarray:
        cosines = self._measure(morpheme)
        if cosines is not None:
            return np.array(cosines, dtype=np.float32) @ self.projection
        form, tag = morpheme
        parts = self.model.split(form) if tag in NOUNS and len(form) > 1 else ()
        found = [self._measure(part) for part in parts if part in self.ids]
        measured = [cosines for cosines in found if cosines is not None]
        if not measured:
            return np.zeros(DIMENSIONS, dtype=np.float32)
        return np.mean(measured, axis=0).astype(np.float32) @ self.projection

    def _measure(self, morpheme: Morpheme) -> list[float] | None:
        """Cosines to the landmarks; None for a morpheme without a vector."""
        form, tag = morpheme
        as_written = ((form, tag), (form.upper(), tag), *((form, n) for n in NOUNS))
        listed = [self.ids[each] for each in as_written if each in self.ids]
        # One that is not listed may be a variant (는 of 은), which the model resolves.
        wanted = listed[0] if listed else morpheme
        return self.model.measure(wanted, LANDMARKS)

    def _centre(self, vector: np.ndarray) -> np.ndarray:
        if not vector.any():
            return vector
        centred = vector - self.mean
        return (centred / max(float(np.linalg.norm(centred)), 1e-9)).astype(np.float32)


def number_morphemes(model: LanguageModel) -> dict[Morpheme, int]:
    """Ids of the morphemes that have a vector; the first id where one occurs twice."""
    ids: dict[Morpheme, int] = {}
    for number, morpheme in enumerate(model.list_morphemes()):
        ids.setdefault(morpheme, number)
    return ids


def _measure_landmarks(model: LanguageModel) -> np.ndarray:
    return np.array([model.measure(landmark, LANDMARKS) for landmark in LANDMARKS])
