"""The intent model: a linear half over sparse views, networks over morpheme vectors.

Runs on numpy alone, after the analyser. The halves err on different messages: their
weighted scores, made honest by two temperatures, are the probabilities. Out of scope is
a decision of its own (`scope`); several intents in one message are found by `several`;
a message that equals an example means what the example does (`taught`).
Training is in `training`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from bot.understanding.encoding import NOT_LISTED, VECTOR_SCALE, Encoder, Inputs
from bot.understanding.linear import LinearHalf
from bot.understanding.network import Batch, Network
from bot.understanding.prediction import NOTHING_KNOWN, Prediction
from bot.understanding.probabilities import Scales, combine
from bot.understanding.scope import (
    ScopeDecision,
    ScopeEvidence,
    measure_strangeness,
)
from bot.understanding.several import find_intents
from bot.understanding.taught import letters_of, recall
from bot.understanding.utterance import Utterance

OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True)
class Member:
    """One of the networks, with the vectors of morphemes that it learned."""

    network: Network
    learned: np.ndarray


@dataclass(frozen=True)
class NeuralHalf:
    """Networks that are asked together; what they say is the mean of their scores.

    `fixed`: given vectors of the listed morphemes. These and those that the members learned
    have a row a morpheme; the last is of one that is not known.
    """

    fixed: np.ndarray
    members: tuple[Member, ...]

    def score(
        self, fixed: np.ndarray, rows: np.ndarray, extras: np.ndarray, *, hastily: bool
    ) -> np.ndarray:
        """Scores of a message, one row, from its morphemes' given vectors and their rows.

        Hastily, the first member alone is asked.
        """
        asked = self.members[:1] if hastily else self.members
        scores = [
            member.network.score(
                Batch.of(
                    [np.concatenate([fixed, member.learned[rows]], axis=1)], extras
                )
            )
            for member in asked
        ]
        return np.asarray(sum(scores) / np.float32(len(scores)))


@dataclass(frozen=True)
class IntentModel:
    """A trained model. `scope` is None where no example was out of scope.

    `taught` holds the intents of examples by their letters (`taught.letters_of`).
    """

    labels: tuple[str, ...]
    encoder: Encoder
    linear: LinearHalf
    neural: NeuralHalf
    scales: Scales
    scope: ScopeDecision | None
    taught: Mapping[str, str] = field(default_factory=dict)

    def predict(self, utterance: Utterance) -> Prediction:
        """Understand one message, as one intent."""
        return recall(self.judge(utterance), utterance.text, self.taught, OUT_OF_SCOPE)

    def judge(self, utterance: Utterance, *, hastily: bool = False) -> Prediction:
        """Understand one message by what it is like, whether it was taught or not.

        Hastily, one network is asked: for the many parts that a message may have.
        """
        inputs = self.encoder.encode(utterance)
        if not len(inputs.columns):
            return NOTHING_KNOWN
        linear = self.linear.score(inputs)[None]
        deep = self._score_by_networks(inputs, utterance, hastily)
        probabilities = combine(linear, deep, self.scales)
        if self.scope is None:
            score = measure_strangeness(probabilities[0])
            return Prediction(self._rank(probabilities[0]), False, score)
        unseen = np.array([inputs.unseen_ratio])
        evidence = ScopeEvidence(probabilities, linear, deep, unseen)
        score = float(self.scope.score(evidence)[0])
        ranking = self._rank(self.scope.weigh(probabilities[0], score))
        outside = score >= self.scope.threshold
        return Prediction(self._decide(ranking, outside), outside, score)

    def find_intents(self, utterance: Utterance, whole: Prediction) -> tuple[str, ...]:
        """Intents of a message in the order they are said; `whole` is its prediction."""
        if letters_of(utterance.text) in self.taught:
            return (whole.ranking[0][0],)
        return find_intents(
            utterance, whole, lambda part: self.judge(part, hastily=True)
        )

    def _score_by_networks(
        self, inputs: Inputs, utterance: Utterance, hastily: bool
    ) -> np.ndarray:
        """Scores of the networks, one row; unseen morphemes get the analyser's vector."""
        rows = inputs.rows if len(inputs.rows) else np.array([NOT_LISTED])
        fixed = self.neural.fixed[rows]
        for place in np.flatnonzero(inputs.rows == NOT_LISTED):
            vector = self.encoder.vectors.get(utterance.morphemes[place])
            fixed[place] = vector * np.float32(VECTOR_SCALE)
        return self.neural.score(fixed, rows, inputs.families[None], hastily=hastily)

    def _rank(self, probabilities: np.ndarray) -> tuple[tuple[str, float], ...]:
        order = np.argsort(-probabilities, kind="stable")
        return tuple((self.labels[i], float(probabilities[i])) for i in order)

    def _decide(
        self, ranking: tuple[tuple[str, float], ...], outside: bool
    ) -> tuple[tuple[str, float], ...]:
        """The ranking with out_of_scope first where that is the decision, else not."""
        if self.scope is None or len(ranking) < 2:
            return ranking
        label = self.labels[self.scope.label]
        rest = [item for item in ranking if item[0] != label]
        own = next(item for item in ranking if item[0] == label)
        if outside:
            return (own, *rest)
        return (rest[0], own, *rest[1:]) if ranking[0] == own else ranking
