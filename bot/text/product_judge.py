"""A learned judgement whether a name of goods means goods of the shop.

Weighs the signs that `bot.text.product_context` reads around a name. The weights are learned
from the annotated examples when a model is trained (`bot.components.product_judge_training`);
without them the signs alone decide.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# Source: F1 of goods on halves of the training data, flat between 0.40 and 0.50.
LEAST_PROBABILITY = 0.45

_LEAST_SCORE = math.log(LEAST_PROBABILITY / (1 - LEAST_PROBABILITY))


@dataclass(frozen=True)
class ProductJudge:
    """Weights of a logistic model; a sign it does not know weighs nothing."""

    weights: Mapping[str, float]
    bias: float

    def weigh(self, signs: Iterable[str]) -> float:
        """How much signs speak for goods; each counts once."""
        return sum(self.weights.get(sign, 0.0) for sign in set(signs))

    def means_goods(self, weight: float) -> bool:
        """Whether the weight of all signs is enough."""
        return self.bias + weight >= _LEAST_SCORE
