"""What the linear half of the model sees of a message: five views of sparse features.

Each survives what breaks another: morphemes carry meaning and fail on misspelt words;
characters keep endings; jamo bear typing slips; skips join words that stand apart; ends
say how a message begins and ends, where Korean marks statement, question and command.
English goes the same way: the analyser leaves its words whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from bot.text.jamo import decompose
from bot.understanding.utterance import DIGIT, Utterance

Counts = Mapping[str, int]

# The views in order, with the share each has in the length of a message's features.
VIEWS = {
    "morphemes": 1.0,
    "characters": 1.0,
    "jamo": 1.0,
    "skips": 0.5,
    "ends": 0.5,
}
CHARACTER_SIZES = (1, 2, 3)
JAMO_SIZES = (4,)  # more sizes take a fifth longer to train and find no more
END_JAMO = 8
SKIPPED_MORPHEMES = 2
MOST_WORDS_COUNTED = 12
# The rest of a longer message is not looked at: it tells no more, and takes time.
MAX_CHARACTERS = 600
MAX_MORPHEMES = 300

BLANKS = re.compile(r"\s+")
REPEATS = re.compile(r"(.)\1{2,}", re.DOTALL)


def count_features(utterance: Utterance) -> tuple[Counts, ...]:
    """Count the features of a message in each of `VIEWS`; all may be empty."""
    masked = mask(utterance.text[:MAX_CHARACTERS])
    if not masked.strip():
        return tuple(Counter() for _ in VIEWS)
    words = [f"{form}/{tag}" for form, tag in utterance.morphemes[:MAX_MORPHEMES]]
    jamo = decompose(masked)
    return (
        Counter(_morphemes(words)),
        Counter(_ngrams(f" {masked} ", CHARACTER_SIZES)),
        Counter(_ngrams(f"^{jamo}$", JAMO_SIZES)),
        Counter(_skips(words)),
        Counter(_ends(masked, jamo, words)),
    )


def mask(text: str) -> str:
    """Lower case, digits as 0, single blanks, and runs of a character cut to two."""
    return BLANKS.sub(" ", REPEATS.sub(r"\1\1", DIGIT.sub("0", text.lower())))


def _morphemes(words: Sequence[str]) -> Iterator[str]:
    yield from words
    for first, second in zip(["^", *words], [*words, "$"], strict=True):
        yield f"{first} {second}"


def _ngrams(text: str, sizes: Sequence[int]) -> list[str]:
    return [
        text[start : start + size]
        for size in sizes
        for start in range(len(text) - size + 1)
    ]


def _skips(words: Sequence[str]) -> list[str]:
    bounded = ["^", *words, "$"]
    return [
        f"{bounded[first]}_{bounded[second]}"
        for first in range(len(bounded))
        for second in range(first + 2, min(len(bounded), first + 2 + SKIPPED_MORPHEMES))
    ]


def _ends(masked: str, jamo: str, words: Sequence[str]) -> Iterator[str]:
    for size in range(1, END_JAMO + 1):
        yield f"last letters {jamo[-size:]}"
    for size in range(2, END_JAMO + 1):
        yield f"first letters {jamo[:size]}"
    for size in (1, 2, 3, 4):
        yield f"last {' '.join(words[-size:])}"
    for size in (1, 2, 3):
        yield f"first {' '.join(words[:size])}"
    length = min(len(masked.split()), MOST_WORDS_COUNTED)
    yield f"words {length}"
    yield f"sign {masked[-1]}"
    yield f"words {length} {words[-1] if words else ''}"
