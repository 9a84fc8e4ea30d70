"""Training of the linear half: features, a support vector machine, scores of the unseen.

scikit-learn and scipy are imported when a model is trained: a worker never loads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.understanding import beside
from bot.understanding.encoding import MAX_NETWORK_MORPHEMES
from bot.understanding.linear import LinearHalf
from bot.understanding.utterance import Utterance
from bot.understanding.vectors import MorphemeVectors
from bot.understanding.views import count_features
from bot.understanding.vocabulary import Vocabulary

SEED = 0
# How near the end it is fitted: finer changes no answer and takes longer.
TOLERANCE = 1.0
# Directions of the sentence vectors that it is fitted on: with all 256 it takes half as long again, for
# the same answers.
AXES = 48


@dataclass(frozen=True)
class LinearLesson:
    """What the linear half learns from; `families` holds a row an example.

    `seen` and `unseen`: places of the examples that others learn from to judge the rest, both
    None where none can be kept back.
    """

    utterances: Sequence[Utterance]
    vectors: MorphemeVectors
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
    """Find the features, and fit both halves, the second in a process of its own.

    Not in a thread: scikit-learn's solver draws from one source of chance a process.
    """
    counted = [count_features(utterance) for utterance in lesson.utterances]
    vocabulary = Vocabulary.build(counted, min_examples=lesson.min_examples)
    weighed = [vocabulary.weigh(counts) for counts in counted]
    sentences = _embed(lesson)
    axes = find_axes(sentences)
    dense = np.concatenate([sentences @ axes, lesson.families], axis=1)
    matrix = _make_matrix(vocabulary.size, weighed, dense)
    judged = beside.begin(lambda: _judge_unseen(matrix, lesson))
    weights, intercepts = _fit(matrix, lesson.targets, lesson)
    weights = turn_back(weights, axes, vocabulary.size)
    half = LinearHalf.of(weights, intercepts, size=vocabulary.size)
    return LinearOutcome(vocabulary, half, judged())


def _judge_unseen(matrix: Any, lesson: LinearLesson) -> np.ndarray:
    """Scores of the unseen by a half that learned from the seen; none where there are none."""
    if lesson.seen is None or lesson.unseen is None:
        return np.empty(0)
    weights, intercepts = _fit(matrix[lesson.seen], lesson.targets[lesson.seen], lesson)
    return np.asarray(matrix[lesson.unseen] @ weights.T + intercepts)


def _embed(lesson: LinearLesson) -> np.ndarray:
    sentences = [
        lesson.vectors.embed(utterance.morphemes[:MAX_NETWORK_MORPHEMES])
        for utterance in lesson.utterances
    ]
    return np.stack(sentences)


def find_axes(sentences: np.ndarray) -> np.ndarray:
    """The directions in which sentences differ most, a column each."""
    _, directions = np.linalg.eigh(sentences.T @ sentences)
    return np.asarray(directions[:, -AXES:])


def turn_back(weights: np.ndarray, axes: np.ndarray, start: int) -> np.ndarray:
    """Weights of whole sentence vectors, where those from column `start` are of their axes."""
    end = start + axes.shape[1]
    parts = [weights[:, :start], weights[:, start:end] @ axes.T, weights[:, end:]]
    return np.concatenate(parts, axis=1)


def _make_matrix(
    size: int, weighed: Sequence[tuple[np.ndarray, np.ndarray]], dense: np.ndarray
) -> Any:
    from scipy import sparse

    ends = np.cumsum([0, *(len(columns) for columns, _ in weighed)])
    columns = np.concatenate([columns for columns, _ in weighed])
    weights = np.concatenate([weights for _, weights in weighed])
    views = sparse.csr_matrix((weights, columns, ends), shape=(len(weighed), size))
    return sparse.hstack([views, sparse.csr_matrix(dense)], "csr")


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
