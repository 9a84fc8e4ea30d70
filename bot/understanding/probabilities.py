"""From scores to probabilities that mean what they say."""

from __future__ import annotations

import numpy as np

LINEAR_SCALES = np.geomspace(0.3, 12.0, 24)
NETWORK_SCALES = np.linspace(0.0, 1.6, 17)
SMALLEST = 1e-12
# Used where there are too few examples to keep any back.
DEFAULT_SCALES = (1.0, 0.5)
Scales = tuple[float, float]


def softmax(scores: np.ndarray) -> np.ndarray:
    """Probabilities of scores, along the last axis."""
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True))


def combine(linear: np.ndarray, deep: np.ndarray, scales: Scales) -> np.ndarray:
    """Probabilities from the scores of both halves."""
    return softmax(scales[0] * linear + scales[1] * deep)


def fit_scales(linear: np.ndarray, deep: np.ndarray, targets: np.ndarray) -> Scales:
    """Scales of both halves' scores under which unseen labels are most probable.

    Source: temperature scaling, Guo et al., "On Calibration of Modern Neural Networks",
    with a temperature for each half.
    """
    rows = np.arange(len(targets))
    best, found = np.inf, DEFAULT_SCALES
    for first in LINEAR_SCALES:
        for second in NETWORK_SCALES:
            scales = (float(first), float(second))
            probabilities = combine(linear, deep, scales)[rows, targets]
            loss = float(-np.log(probabilities + SMALLEST).mean())
            if loss < best:
                best, found = loss, scales
    return found
