"""Whether a message is out of scope: a decision of its own, on more than probability.

A small logistic model looks at how the intents share the probability, how strong both
halves' scores are in themselves, and how many of the morphemes were never seen. It is
trained on messages that the intent model had not seen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

# Of messages out of scope among all. An assumption, since real customers' share is not
# known: operators who measure theirs change it here.
ASSUMED_SHARE = 0.15
THRESHOLDS = np.linspace(0.2, 0.8, 61)
SMALLEST = 1e-6
# Of the probabilities that tell strange messages when none is known.
SOFTNESS = 3.0


@dataclass(frozen=True)
class ScopeEvidence:
    """What is known of some messages: a row, or an element, a message."""

    probabilities: np.ndarray
    linear: np.ndarray
    deep: np.ndarray
    unseen_ratio: np.ndarray


@dataclass(frozen=True)
class ScopeDecision:
    """A logistic model on evidence.

    `label` is the column of out_of_scope; a score (0-1) of `threshold` and above means
    that a message is out of scope.
    """

    label: int
    mean: np.ndarray
    spread: np.ndarray
    coefficients: np.ndarray
    intercept: float
    threshold: float

    def score(self, evidence: ScopeEvidence) -> np.ndarray:
        """Probability of being out of scope, 0-1, an element a message."""
        standard = (describe(evidence, self.label) - self.mean) / self.spread
        return np.asarray(
            1 / (1 + np.exp(-(standard @ self.coefficients + self.intercept)))
        )

    def weigh(self, probabilities: np.ndarray, score: float) -> np.ndarray:
        """A message's probabilities, with the decision's own for out_of_scope."""
        rest = 1.0 - probabilities[self.label]
        weighed = probabilities * ((1.0 - score) / max(float(rest), SMALLEST))
        weighed[self.label] = score
        return np.asarray(weighed / weighed.sum())


def describe(evidence: ScopeEvidence, label: int) -> np.ndarray:
    """Values the decision looks at: a row a message."""
    probabilities = evidence.probabilities
    others = np.sort(np.delete(probabilities, label, axis=1), axis=1)
    best = others[:, -2:] if others.shape[1] > 1 else np.repeat(others, 2, axis=1)
    own = np.clip(probabilities[:, label], SMALLEST, 1 - SMALLEST)
    deep_others = np.delete(evidence.deep, label, axis=1).max(axis=1)
    return np.column_stack(
        [
            np.log(own / (1 - own)),
            np.log(best + SMALLEST),
            -(probabilities * np.log(probabilities + SMALLEST)).sum(axis=1),
            evidence.linear[:, label],
            np.delete(evidence.linear, label, axis=1).max(axis=1),
            evidence.deep[:, label] - deep_others,
            np.log(np.exp(evidence.deep).sum(axis=1)),
            evidence.unseen_ratio,
        ]
    )


def measure_strangeness(probabilities: np.ndarray) -> float:
    """How strange a message is to a model that knows nothing out of scope, 0-1.

    Source: the raised temperature of Liang et al., "Enhancing the Reliability of
    Out-of-distribution Image Detection in Neural Networks".
    """
    softened = probabilities ** (1 / SOFTNESS)
    return float(1.0 - softened.max() / softened.sum())


def fit_decision(
    evidence: ScopeEvidence, targets: np.ndarray, label: int
) -> ScopeDecision:
    """Train on messages that the intent model has not seen."""
    from sklearn.linear_model import LogisticRegression

    values = describe(evidence, label)
    mean, spread = values.mean(axis=0), values.std(axis=0) + SMALLEST
    outside = targets == label
    learner = LogisticRegression(C=0.1, max_iter=1000)
    learner.fit((values - mean) / spread, outside)
    seen = float(outside.mean())
    shift = np.log(ASSUMED_SHARE / (1 - ASSUMED_SHARE)) - np.log(seen / (1 - seen))
    decision = ScopeDecision(
        label=label,
        mean=mean,
        spread=spread,
        coefficients=learner.coef_[0],
        intercept=float(learner.intercept_[0] + shift),
        threshold=0.5,
    )
    threshold = find_threshold(decision.score(evidence), outside)
    return replace(decision, threshold=threshold)


def find_threshold(scores: np.ndarray, outside: np.ndarray) -> float:
    """Threshold of the best F1, were `ASSUMED_SHARE` of the messages out of scope.

    Half the best F1: where scores mean what they say, no other does better, and the height
    of the curve, which is flat and noisy, is surer than the place of its top. Source:
    Lipton, Elkan and Naryanaswamy, "Optimal Thresholding of Classifiers to Maximize F1".
    """
    weight = ASSUMED_SHARE / (1 - ASSUMED_SHARE) * (~outside).sum() / outside.sum()
    found = []
    for threshold in THRESHOLDS:
        hits = weight * (scores[outside] >= threshold).sum()
        claimed = hits + (scores[~outside] >= threshold).sum()
        found.append(2 * hits / (claimed + weight * outside.sum()))
    return float(max(found)) / 2
