"""A linear text classifier that runs on numpy alone.

Training lives in `bot.components.linear_intent_classifier`; this is the part needed
for every message: weigh the known features of a text and add up their rows of the
weight matrix. Weights are plain arrays and text, so that reading a stored model can
never run code.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.text.features import VIEWS, Counts


@dataclass(frozen=True)
class Vocabulary:
    """Known features: their row in the weight matrix and how rare they are."""

    rows: dict[str, int]
    idf: np.ndarray

    def weigh(self, views: Sequence[Counts]) -> tuple[np.ndarray, np.ndarray]:
        """Rows and weights of a text: tf-idf, each view scaled to the same length.

        Unknown features count for the length, as rare as a feature can be: a text that
        is mostly unknown gets small weights everywhere and no label much support.
        """
        rows: list[int] = []
        weights: list[np.ndarray] = []
        for counts in views:
            known = [
                (self.rows[name], n) for name, n in counts.items() if name in self.rows
            ]
            if not known:
                continue
            view_rows = [row for row, _ in known]
            tf = np.array([1.0 + math.log(n) for _, n in known], dtype=np.float32)
            weight = tf * self.idf[view_rows]
            unknown = (len(counts) - len(known)) * self.unknown_weight**2
            length = math.sqrt(float(weight @ weight) + unknown)
            rows.extend(view_rows)
            weights.append(weight / (length * math.sqrt(len(VIEWS))))
        if not rows:
            return np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32)
        return np.array(rows, dtype=np.int32), np.concatenate(weights).astype(
            np.float32
        )

    @property
    def unknown_weight(self) -> float:
        """Weight of a feature that no kept example has."""
        return float(self.idf.max())


@dataclass(frozen=True)
class LinearModel:
    """Scores of each label: `coefficients` has a row a feature, a column a label."""

    labels: tuple[str, ...]
    vocabulary: Vocabulary
    coefficients: np.ndarray
    intercepts: np.ndarray
    temperature: float

    def rank(self, views: Sequence[Counts]) -> list[tuple[str, float]]:
        """Labels with their probabilities, best first; empty when nothing is known."""
        rows, weights = self.vocabulary.weigh(views)
        if not len(rows):
            return []
        scores = weights @ self.coefficients[rows] + self.intercepts
        probabilities = softmax(scores / self.temperature)
        order = np.argsort(-probabilities, kind="stable")
        return [(self.labels[i], float(probabilities[i])) for i in order]


def softmax(scores: np.ndarray) -> np.ndarray:
    """Probabilities of scores, along the last axis."""
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)
