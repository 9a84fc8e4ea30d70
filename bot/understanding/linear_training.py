"""Training of the linear half: features, a support vector machine, scores of the unseen.

scikit-learn and scipy are imported when a model is trained: a worker never loads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.understanding.linear import LinearHalf
from bot.understanding.utterance import Utterance
from bot.understanding.views import count_features
from bot.understanding.vocabulary import Vocabulary

SEED = 0
# How near the end it is fitted: finer changes no answer and takes longer.
TOLERANCE = 0.3


@dataclass(frozen=True)
class LinearLesson:
    """What the linear half learns from; `families` holds a row an example.

    `seen` and `unseen`: places of the examples that others learn from to judge the rest, both
    None where none can be kept back.
    """

    utterances: Sequence[Utterance]
    families: np.ndarray
    targets: np.ndarray
    seen: np.ndarray | None
    unseen: np.ndarray | None
    regularisation: float
    min_examples: int


@dataclass(frozen=True)
class LinearOutcome:
    """The features found, the half learnt from all, and what another says of the unseen."""

    vocabulary: Vocabulary
    half: LinearHalf
    unseen_scores: np.ndarray


def learn(lesson: LinearLesson) -> LinearOutcome:
    """Find the features, and fit one half after the other.

    Not at once: scikit-learn's solver draws from one source of chance a process.
    """
    counted = [count_features(utterance) for utterance in lesson.utterances]
    vocabulary = Vocabulary.build(counted, min_examples=lesson.min_examples)
    weighed = [vocabulary.weigh(counts) for counts in counted]
    matrix = _make_matrix(vocabulary.size, weighed, lesson.families)
    scores = np.empty(0)
    if lesson.seen is not None and lesson.unseen is not None:
        weights, intercepts = _fit(
            matrix[lesson.seen], lesson.targets[lesson.seen], lesson
        )
        scores = matrix[lesson.unseen] @ weights.T + intercepts
    weights, intercepts = _fit(matrix, lesson.targets, lesson)
    half = LinearHalf.of(weights, intercepts, size=vocabulary.size)
    return LinearOutcome(vocabulary, half, scores)


def _make_matrix(
    size: int, weighed: Sequence[tuple[np.ndarray, np.ndarray]], families: np.ndarray
) -> Any:
    from scipy import sparse

    ends = np.cumsum([0, *(len(columns) for columns, _ in weighed)])
    columns = np.concatenate([columns for columns, _ in weighed])
    weights = np.concatenate([weights for _, weights in weighed])
    views = sparse.csr_matrix((weights, columns, ends), shape=(len(weighed), size))
    return sparse.hstack([views, sparse.csr_matrix(families)], "csr")


def _fit(
    matrix: Any, targets: np.ndarray, lesson: LinearLesson
) -> tuple[np.ndarray, np.ndarray]:
    """Weights and intercepts with a row for each label, also when there are two."""
    from sklearn.svm import LinearSVC

    learner = LinearSVC(
        C=lesson.regularisation, random_state=SEED, tol=TOLERANCE, max_iter=2000
    )
    learner.fit(matrix, targets)
    if len(learner.classes_) > 2:
        return learner.coef_, learner.intercept_
    row, intercept = learner.coef_[0], learner.intercept_[0]
    return np.stack([-row, row]), np.array([-intercept, intercept])
