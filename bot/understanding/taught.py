"""What was taught word for word: a message that equals an example means what it does.

Whoever teaches the bot a sentence expects it to be understood from then on; a statistical
model promises no such thing of a single example among thousands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from bot.understanding.prediction import Prediction
from bot.understanding.utterance import DIGIT

# How sure the answer is: an example may still be labelled wrongly.
CERTAINTY = 0.97
_NO_LETTER = re.compile(r"[\W_]+")


def remember(texts: Iterable[str], intents: Iterable[str]) -> dict[str, str]:
    """Intents by the letters of their examples; those with two meanings are left out."""
    taught: dict[str, str] = {}
    ambiguous: set[str] = set()
    for text, intent in zip(texts, intents, strict=True):
        letters = letters_of(text)
        if letters and taught.setdefault(letters, intent) != intent:
            ambiguous.add(letters)
    return {
        letters: intent
        for letters, intent in taught.items()
        if letters not in ambiguous
    }


def letters_of(text: str) -> str:
    """The text without case, spacing and punctuation; one number is like another."""
    return DIGIT.sub("0", _NO_LETTER.sub("", text.casefold()))


def recall(
    prediction: Prediction, text: str, taught: Mapping[str, str], out_of_scope: str
) -> Prediction:
    """The prediction, put right where the message was taught."""
    intent = taught.get(letters_of(text))
    if intent is None:
        return prediction
    found = dict(prediction.ranking)
    own = max(found.pop(intent, 0.0), CERTAINTY)
    rest = sum(found.values()) or 1.0
    others = tuple((name, share / rest * (1 - own)) for name, share in found.items())
    outside = intent == out_of_scope
    score = prediction.out_of_scope_score
    return Prediction(
        ((intent, own), *others),
        outside,
        max(score, CERTAINTY) if outside else min(score, 1 - CERTAINTY),
    )
