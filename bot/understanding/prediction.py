"""What the intent model says of a message."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Prediction:
    """The intents with their probabilities, best first, and the decision on the scope.

    `ranking` is empty when nothing of the message is known. `out_of_scope_score` is
    0-1; where the model was trained without such examples, it only orders messages.
    """

    ranking: tuple[tuple[str, float], ...]
    out_of_scope: bool
    out_of_scope_score: float


NOTHING_KNOWN = Prediction((), out_of_scope=True, out_of_scope_score=1.0)
