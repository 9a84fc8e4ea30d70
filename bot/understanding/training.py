"""Training of the intent model: both halves, their scales, the decision on the scope.

scikit-learn and scipy are used in training alone (here, in `linear_training`, `network`
and `scope.fit_decision`), and imported when a model is trained: a worker that answers
messages never loads them. The scales and the decision need scores of unseen messages: a
second pair of halves is trained on all but a part of the examples and asked for that
part. The same examples give the same model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from bot.understanding import beside
from bot.understanding.encoding import (
    MAX_NETWORK_MORPHEMES,
    NOT_LISTED,
    Encoder,
    find_rows,
    list_rows,
    list_vectors,
    weigh_families,
)
from bot.understanding.linear_training import SEED, LinearLesson, learn
from bot.understanding.model import OUT_OF_SCOPE, IntentModel, Member, NeuralHalf
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
from bot.understanding.utterance import Morpheme, Utterance
from bot.understanding.vectors import LanguageModel, MorphemeVectors

HELD_OUT_PARTS = 6  # one of so many equal parts is kept back
SCORED_AT_ONCE = 200
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Settings:
    """What can be chosen in training.

    `regularisation`: inverse strength, higher fits the examples closer. `min_examples`:
    examples that a feature must occur in to be kept.
    """

    regularisation: float = 1.0
    min_examples: int = 3
    network: NetworkSettings = field(default_factory=NetworkSettings)


@dataclass(frozen=True)
class _Prepared:
    """A training set as inputs of the network: `messages` are rows of `fixed`."""

    labels: tuple[str, ...]
    targets: np.ndarray
    vectors: MorphemeVectors
    rows: dict[Morpheme, int]
    fixed: np.ndarray
    messages: Sequence[np.ndarray]
    families: np.ndarray


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
        on_progress: told the share (0-1) of the work done.

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
        model = _train(prepared, utterances, settings, on_progress)
    return replace(model, taught=remember((each.text for each in utterances), intents))


def _prepare(
    utterances: Sequence[Utterance],
    intents: Sequence[str],
    language: LanguageModel,
    settings: Settings,
) -> _Prepared:
    labels = tuple(sorted(set(intents)))
    number_of = {label: number for number, label in enumerate(labels)}
    vectors = MorphemeVectors.fit(language, [each.morphemes for each in utterances])
    rows = list_rows(utterances, vectors, min_examples=settings.min_examples)
    return _Prepared(
        labels=labels,
        targets=np.array([number_of[intent] for intent in intents]),
        vectors=vectors,
        rows=rows,
        fixed=list_vectors(rows, vectors),
        messages=[_list_rows(rows, utterance) for utterance in utterances],
        families=np.stack([weigh_families(each.text) for each in utterances]),
    )


def _train(
    prepared: _Prepared,
    utterances: Sequence[Utterance],
    settings: Settings,
    on_progress: Progress,
) -> IntentModel:
    """Train both halves, and each without the unseen, at the same time.

    The network that has not seen all judges the rest, and is asked beside the other ever after.
    """
    split = _split(prepared.targets)
    whole = np.arange(len(prepared.targets))
    lesson = _make_lesson(prepared, utterances, split, settings)
    linear = beside.begin(lambda: learn(lesson))
    if split:
        kept = beside.begin(lambda: _train_neural(prepared, split.seen, settings))
    members = [_train_neural(prepared, whole, settings, on_progress)]
    found = linear()
    if split:
        members.append(kept())
    model = IntentModel(
        labels=prepared.labels,
        encoder=Encoder(found.vocabulary, prepared.vectors, prepared.rows),
        linear=found.half,
        neural=NeuralHalf(prepared.fixed, tuple(members)),
        scales=DEFAULT_SCALES,
        scope=None,
    )
    if not split:
        return model
    evidence = ScopeEvidence(
        probabilities=np.empty(0),
        linear=found.unseen_scores,
        deep=_score(members[-1], prepared, split.unseen),
        unseen_ratio=_measure_unseen(prepared, split),
    )
    return _calibrate(model, prepared.targets[split.unseen], evidence)


def _make_lesson(
    prepared: _Prepared,
    utterances: Sequence[Utterance],
    split: _Split | None,
    settings: Settings,
) -> LinearLesson:
    return LinearLesson(
        utterances=utterances,
        vectors=prepared.vectors,
        families=prepared.families,
        targets=prepared.targets,
        seen=split.seen if split else None,
        unseen=split.unseen if split else None,
        regularisation=settings.regularisation,
        min_examples=settings.min_examples,
    )


def _split(targets: np.ndarray) -> _Split | None:
    """Keep a part back, in which every intent has its share; None if one is too rare."""
    from sklearn.model_selection import StratifiedKFold

    parts = min(HELD_OUT_PARTS, int(np.bincount(targets).min()))
    if parts < 2:
        return None
    folds = StratifiedKFold(parts, shuffle=True, random_state=SEED)
    return _Split(*next(folds.split(targets, targets)))


def _train_neural(
    prepared: _Prepared,
    chosen: np.ndarray,
    settings: Settings,
    tell: Progress = lambda ratio: None,
) -> Member:
    network, learned = train_network(
        Examples(
            messages=[prepared.messages[place] for place in chosen],
            fixed=prepared.fixed,
            extras=prepared.families[chosen],
            targets=prepared.targets[chosen],
            label_count=len(prepared.labels),
        ),
        settings=settings.network,
        epochs=settings.network.count_epochs(len(prepared.targets)),
        seed=SEED + len(chosen),
        on_progress=tell,
    )
    return Member(network, learned)


def _score(member: Member, prepared: _Prepared, chosen: np.ndarray) -> np.ndarray:
    """A network's scores of some examples, a row each."""
    table = np.concatenate([prepared.fixed, member.learned], axis=1)
    parts = np.array_split(chosen, len(chosen) // SCORED_AT_ONCE + 1)
    scores = [
        member.network.score(
            Batch.of(
                [table[prepared.messages[i]] for i in part], prepared.families[part]
            )
        )
        for part in parts
    ]
    return np.concatenate(scores)


def _list_rows(rows: dict[Morpheme, int], utterance: Utterance) -> np.ndarray:
    """Rows of an example's morphemes, those not listed as the unknown one."""
    found = find_rows(rows, utterance.morphemes[:MAX_NETWORK_MORPHEMES])
    unknown = len(rows)
    return (
        np.where(found == NOT_LISTED, unknown, found)
        if len(found)
        else np.array([unknown])
    )


def _measure_unseen(prepared: _Prepared, split: _Split) -> np.ndarray:
    """Share of the morphemes of each unseen example that no seen one holds."""
    familiar = np.unique(np.concatenate([prepared.messages[i] for i in split.seen]))
    familiar = familiar[familiar != len(prepared.rows)]
    unseen = [prepared.messages[place] for place in split.unseen]
    return np.array([float(np.mean(~np.isin(each, familiar))) for each in unseen])


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
