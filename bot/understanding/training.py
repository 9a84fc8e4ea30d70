"""Training of the intent model: both halves, their scales, the decision on the scope.

scikit-learn and scipy are used here and in `scope.fit_decision` only, and imported when
a model is trained: a worker that answers messages never loads them. The scales and the
decision need scores of unseen messages: a second pair of halves is trained on all but a
part of the examples and asked for that part. The same examples give the same model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bot.understanding.encoding import NOT_LISTED, Encoder, Inputs
from bot.understanding.linear import LinearHalf
from bot.understanding.model import OUT_OF_SCOPE, IntentModel, NeuralHalf
from bot.understanding.network import Batch
from bot.understanding.network_training import (
    Examples,
    NetworkSettings,
    train_network,
)
from bot.understanding.probabilities import (
    DEFAULT_SCALES,
    Scales,
    combine,
    fit_scales,
)
from bot.understanding.scope import ScopeDecision, ScopeEvidence, fit_decision
from bot.understanding.taught import remember
from bot.understanding.utterance import Utterance
from bot.understanding.vectors import LanguageModel, MorphemeVectors
from bot.understanding.views import count_features

HELD_OUT_PARTS = 6  # one of so many equal parts is kept back
SEED = 0
# How near the end the linear half is fitted: finer changes no answer and takes longer.
TOLERANCE = 0.3
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Settings:
    """What can be chosen in training.

    `regularisation`: inverse strength, higher fits the examples closer. `min_examples`:
    examples that a feature must occur in to be kept.
    """

    regularisation: float = 0.5
    min_examples: int = 3
    network: NetworkSettings = field(default_factory=NetworkSettings)


@dataclass(frozen=True)
class _Prepared:
    """A training set as inputs of both halves; `matrix` holds features, then dense."""

    labels: tuple[str, ...]
    targets: np.ndarray
    encoder: Encoder
    inputs: Sequence[Inputs]
    matrix: Any
    fixed: np.ndarray


@dataclass(frozen=True)
class _Split:
    """Places of the examples that are learnt from, and of those kept back."""

    seen: np.ndarray
    unseen: np.ndarray


def train_model(
    utterances: Sequence[Utterance],
    intents: Sequence[str],
    *,
    language: LanguageModel,
    settings: Settings,
    on_progress: Progress = lambda ratio: None,
) -> IntentModel:
    """Train a model; `out_of_scope` among the intents gets a decision of its own.

    Args:
        utterances: the examples.
        intents: the intent of each.
        language: whose vectors of morphemes are used.
        settings: see `Settings`.
        on_progress: told the share (0-1) of the work done, from several threads.

    Raises:
        ValueError: fewer than two intents are given.
    """
    from threadpoolctl import threadpool_limits

    if len(set(intents)) < 2:
        raise ValueError("at least two intents are needed to train a classifier")
    # One thread of BLAS each: matrices this small gain nothing from sharing cores, and
    # sums in one order give the same model each time.
    with threadpool_limits(limits=1):
        prepared = _prepare(utterances, intents, language, settings)
        model = _train(prepared, settings, on_progress)
    return replace(model, taught=remember((each.text for each in utterances), intents))


def _prepare(
    utterances: Sequence[Utterance],
    intents: Sequence[str],
    language: LanguageModel,
    settings: Settings,
) -> _Prepared:
    labels = tuple(sorted(set(intents)))
    counted = [count_features(utterance) for utterance in utterances]
    vectors = MorphemeVectors.fit(language, [each.morphemes for each in utterances])
    encoder = Encoder.build(
        utterances, counted, vectors, min_examples=settings.min_examples
    )
    inputs = [
        encoder.encode(utterance, counts)
        for utterance, counts in zip(utterances, counted, strict=True)
    ]
    return _Prepared(
        labels=labels,
        targets=np.array([labels.index(intent) for intent in intents]),
        encoder=encoder,
        inputs=inputs,
        matrix=_make_matrix(encoder.vocabulary.size, inputs),
        fixed=encoder.list_vectors(),
    )


def _make_matrix(size: int, inputs: Sequence[Inputs]) -> Any:
    from scipy import sparse

    ends = np.cumsum([0, *(len(each.columns) for each in inputs)])
    weights = np.concatenate([each.weights for each in inputs])
    columns = np.concatenate([each.columns for each in inputs])
    views = sparse.csr_matrix((weights, columns, ends), shape=(len(inputs), size))
    dense = np.stack([each.dense for each in inputs])
    return sparse.hstack([views, sparse.csr_matrix(dense)], "csr")


def _train(
    prepared: _Prepared, settings: Settings, on_progress: Progress
) -> IntentModel:
    """Train both halves, and each without the unseen, two at a time.

    numpy and scikit-learn free the lock. One linear half after the other: their solver
    draws from one source of chance a process.
    """
    split = _split(prepared.targets)
    whole = np.arange(len(prepared.targets))
    tell = _share_progress(on_progress, 2 if split else 1)
    with ThreadPoolExecutor(max_workers=2, thread_name_prefix="training") as pool:
        linear = pool.submit(_train_linear_halves, prepared, whole, split, settings)
        neural = pool.submit(_train_neural, prepared, whole, settings, tell[0])
        if split:
            kept = pool.submit(_train_neural, prepared, split.seen, settings, tell[1])
        (coefficients, intercepts), linear_scores = linear.result()
        model = IntentModel(
            labels=prepared.labels,
            encoder=prepared.encoder,
            linear=LinearHalf.of(
                coefficients, intercepts, size=prepared.encoder.vocabulary.size
            ),
            neural=neural.result(),
            scales=DEFAULT_SCALES,
            scope=None,
        )
        if not split:
            return model
        evidence = ScopeEvidence(
            probabilities=np.empty(0),
            linear=linear_scores,
            deep=_score(kept.result(), prepared, split.unseen),
            unseen_ratio=_measure_unseen(prepared, split),
        )
    return _calibrate(model, prepared.targets[split.unseen], evidence)


def _split(targets: np.ndarray) -> _Split | None:
    """Keep a part back, in which every intent has its share; None if one is too rare."""
    from sklearn.model_selection import StratifiedKFold

    parts = min(HELD_OUT_PARTS, int(np.bincount(targets).min()))
    if parts < 2:
        return None
    folds = StratifiedKFold(parts, shuffle=True, random_state=SEED)
    return _Split(*next(folds.split(targets, targets)))


def _share_progress(on_progress: Progress, count: int) -> list[Progress]:
    done = [0.0] * count

    def tell_of(number: int) -> Progress:
        def tell(ratio: float) -> None:
            done[number] = ratio
            on_progress(sum(done) / count)

        return tell

    return [tell_of(number) for number in range(count)]


def _train_linear_halves(
    prepared: _Prepared, whole: np.ndarray, split: _Split | None, settings: Settings
) -> tuple[tuple[np.ndarray, np.ndarray], np.ndarray]:
    """Weights and intercepts learnt from all; scores that others give the unseen."""
    scores = np.empty(0)
    if split is not None:
        weights, intercepts = _train_linear(prepared, split.seen, settings)
        scores = prepared.matrix[split.unseen] @ weights.T + intercepts
    return _train_linear(prepared, whole, settings), scores


def _train_linear(
    prepared: _Prepared, chosen: np.ndarray, settings: Settings
) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients and intercepts with a row for each label, also when there are two."""
    from sklearn.svm import LinearSVC

    learner = LinearSVC(
        C=settings.regularisation, random_state=SEED, tol=TOLERANCE, max_iter=2000
    )
    learner.fit(prepared.matrix[chosen], prepared.targets[chosen])
    if len(prepared.labels) > 2:
        return learner.coef_, learner.intercept_
    row, intercept = learner.coef_[0], learner.intercept_[0]
    return np.stack([-row, row]), np.array([-intercept, intercept])


def _train_neural(
    prepared: _Prepared, chosen: np.ndarray, settings: Settings, tell: Progress
) -> NeuralHalf:
    network, learned = train_network(
        Examples(
            messages=[_list_rows(prepared, place) for place in chosen],
            fixed=prepared.fixed,
            extras=np.stack([prepared.inputs[place].families for place in chosen]),
            targets=prepared.targets[chosen],
            label_count=len(prepared.labels),
        ),
        settings=settings.network,
        seed=SEED + len(chosen),
        on_progress=tell,
    )
    return NeuralHalf(network, prepared.fixed, learned)


def _score(half: NeuralHalf, prepared: _Prepared, chosen: np.ndarray) -> np.ndarray:
    """The network's scores of some examples, a row each."""
    table = np.concatenate([half.fixed, half.learned], axis=1)
    scores = [
        half.network.score(
            Batch.of(
                [table[_list_rows(prepared, place)]],
                prepared.inputs[place].families[None],
            )
        )
        for place in chosen
    ]
    return np.concatenate(scores)


def _list_rows(prepared: _Prepared, place: int) -> np.ndarray:
    """Rows of an example's morphemes, those not listed as the unknown one."""
    rows = prepared.inputs[place].rows
    unknown = len(prepared.fixed) - 1
    return (
        np.where(rows == NOT_LISTED, unknown, rows)
        if len(rows)
        else np.array([unknown])
    )


def _measure_unseen(prepared: _Prepared, split: _Split) -> np.ndarray:
    """Share of the morphemes of each unseen example that no seen one holds."""
    familiar = np.unique(np.concatenate([prepared.inputs[i].rows for i in split.seen]))
    familiar = familiar[familiar != NOT_LISTED]
    rows = [_list_rows(prepared, place) for place in split.unseen]
    return np.array([float(np.mean(~np.isin(each, familiar))) for each in rows])


def _calibrate(
    model: IntentModel, targets: np.ndarray, evidence: ScopeEvidence
) -> IntentModel:
    """The model with honest scales and, where it can be learnt, a scope decision."""
    scales: Scales = fit_scales(evidence.linear, evidence.deep, targets)
    decision: ScopeDecision | None = None
    if OUT_OF_SCOPE in model.labels:
        probabilities = combine(evidence.linear, evidence.deep, scales)
        label = model.labels.index(OUT_OF_SCOPE)
        decision = fit_decision(
            replace(evidence, probabilities=probabilities), targets, label
        )
    return replace(model, scales=scales, scope=decision)
