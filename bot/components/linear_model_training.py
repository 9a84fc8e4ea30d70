"""Training of the linear intent model: counts in, a `LinearModel` out.

scikit-learn is used here only, and imported only when a model is trained: a worker that
answers messages never loads it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from bot.text.features import Counts
from bot.text.linear_model import LinearModel, Vocabulary, softmax

FOLDS = 5
TEMPERATURES = np.geomspace(0.08, 3.0, 60)


def train_model(
    examples: Sequence[Sequence[Counts]],
    labels: Sequence[str],
    *,
    regularisation: float,
    min_examples: int,
) -> LinearModel:
    """Fit a model, and a temperature that makes its confidences honest.

    Raises:
        ValueError: fewer than two labels are given.
    """
    names = tuple(sorted(set(labels)))
    if len(names) < 2:
        raise ValueError("at least two intents are needed to train a classifier")
    targets = np.array([names.index(label) for label in labels])
    vocabulary = build_vocabulary(examples, min_examples=min_examples)
    matrix = _matrix(vocabulary, examples)
    temperature = _fit_temperature(matrix, targets, len(names), regularisation)
    classifier = _fit(matrix, targets, regularisation)
    coefficients, intercepts = _columns(classifier, len(names))
    return LinearModel(
        labels=names,
        vocabulary=vocabulary,
        coefficients=np.ascontiguousarray(coefficients.T, dtype=np.float32),
        intercepts=intercepts.astype(np.float32),
        temperature=temperature,
    )


def build_vocabulary(
    examples: Sequence[Sequence[Counts]], *, min_examples: int
) -> Vocabulary:
    """Features that occur in at least `min_examples` examples."""
    seen: Counter[str] = Counter()
    for views in examples:
        for counts in views:
            seen.update(counts.keys())
    kept = sorted(name for name, count in seen.items() if count >= min_examples)
    total = len(examples)
    idf = [math.log((1 + total) / (1 + seen[name])) + 1 for name in kept]
    rows: dict[str, int] = {name: row for row, name in enumerate(kept)}
    return Vocabulary(rows=rows, idf=np.array(idf, dtype=np.float32))


def _matrix(vocabulary: Vocabulary, examples: Sequence[Sequence[Counts]]) -> Any:
    from scipy.sparse import csr_matrix

    columns: list[np.ndarray] = []
    values: list[np.ndarray] = []
    ends = [0]
    for views in examples:
        rows, weights = vocabulary.weigh(views)
        columns.append(rows)
        values.append(weights)
        ends.append(ends[-1] + len(rows))
    shape = (len(examples), len(vocabulary.rows))
    return csr_matrix(
        (np.concatenate(values), np.concatenate(columns), ends), shape=shape
    )


def _fit(matrix: Any, targets: np.ndarray, regularisation: float) -> Any:
    from sklearn.svm import LinearSVC

    classifier = LinearSVC(C=regularisation, random_state=0, max_iter=2000)
    return classifier.fit(matrix, targets)


def _columns(classifier: Any, label_count: int) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients and intercepts with a row for each label, also when there are two."""
    if label_count > 2:
        return classifier.coef_, classifier.intercept_
    coefficients, intercept = classifier.coef_[0], classifier.intercept_[0]
    return np.stack([-coefficients, coefficients]), np.array([-intercept, intercept])


def _fit_temperature(
    matrix: Any, targets: np.ndarray, label_count: int, regularisation: float
) -> float:
    """Temperature under which scores of unseen examples are best as probabilities.

    Source: temperature scaling, Guo et al., "On Calibration of Modern Neural Networks".
    """
    from sklearn.model_selection import StratifiedKFold

    smallest = int(np.bincount(targets).min())
    if smallest < 2:
        return 1.0
    folds = StratifiedKFold(min(FOLDS, smallest), shuffle=True, random_state=0)
    scores = np.zeros((len(targets), label_count))
    for train, test in folds.split(matrix, targets):
        classifier = _fit(matrix[train], targets[train], regularisation)
        coefficients, intercepts = _columns(classifier, label_count)
        scores[test] = matrix[test] @ coefficients.T + intercepts
    rows = np.arange(len(targets))
    losses = [
        -np.log(softmax(scores / temperature)[rows, targets] + 1e-12).mean()
        for temperature in TEMPERATURES
    ]
    return float(TEMPERATURES[int(np.argmin(losses))])
