"""The linear half of the intent model: a weight for each feature and label.

Weights are kept as one byte each with a scale a feature: a quarter of the memory and of
the archive, and scores that differ by less than a hundredth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.understanding.encoding import Inputs

LARGEST = 127


@dataclass(frozen=True)
class LinearHalf:
    """Scores of labels.

    `coefficients`: whole numbers, a row a column of the vocabulary, a column a label;
    times `scales`, one a row, they are the weights. `dense`: weights of the sentence
    vector and the families. `intercepts`: one a label.
    """

    coefficients: np.ndarray
    scales: np.ndarray
    dense: np.ndarray
    intercepts: np.ndarray

    @classmethod
    def of(
        cls, coefficients: np.ndarray, intercepts: np.ndarray, *, size: int
    ) -> LinearHalf:
        """Take weights, a row a label; the first `size` columns are of features."""
        sparse = coefficients[:, :size].T
        scales = np.maximum(np.abs(sparse).max(axis=1), 1e-12) / LARGEST
        return cls(
            np.rint(sparse / scales[:, None]).astype(np.int8),
            scales.astype(np.float32),
            np.ascontiguousarray(coefficients[:, size:].T, dtype=np.float32),
            intercepts.astype(np.float32),
        )

    def score(self, inputs: Inputs) -> np.ndarray:
        """Scores of one message, one a label."""
        weights = inputs.weights * self.scales[inputs.columns]
        sparse = weights @ self.coefficients[inputs.columns].astype(np.float32)
        return np.asarray(sparse + inputs.dense @ self.dense + self.intercepts)
