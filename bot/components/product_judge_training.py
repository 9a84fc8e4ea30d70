"""Learns when a name of goods means goods of the shop, from annotated examples.

A logistic model over the signs around each name. Candidates are found with the built-in
names only: a name taken from an annotation would mean goods by definition.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.text.normal import NormalText
from bot.text.product_context import Message, list_message_signs, list_signs
from bot.text.product_judge import ProductJudge
from bot.text.products import Morpheme, find_candidates

# Source: halves of the training data, each asked with what the other taught; flat around.
_INVERSE_REGULARISATION = 0.5
_MIN_OCCURRENCES = 2
_MIN_WEIGHT = 0.01


@dataclass(frozen=True)
class AnnotatedText:
    """A text as it was read, and where goods, and where other entities, are marked."""

    text: str
    morphemes: Sequence[Morpheme]
    goods: Sequence[tuple[int, int]]
    others: Sequence[tuple[int, int]] = ()


def train_judge(examples: Iterable[AnnotatedText]) -> ProductJudge | None:
    """Learn from examples; None when they do not hold both names that mean goods and others."""
    rows: list[set[str]] = []
    answers: list[bool] = []
    for example in examples:
        message = Message.hear(example.text, example.morphemes)
        shared = set(list_message_signs(message))
        for candidate in find_candidates(example.text, example.morphemes):
            span = (candidate.start, candidate.end)
            if any(_overlap(span, other) for other in example.others):
                continue
            rows.append(shared | set(list_signs(message, candidate)))
            answers.append(any(_overlap(span, goods) for goods in example.goods))
    if len(set(answers)) < 2:
        return None
    return _fit(rows, answers)


def find_in_reading(reading: NormalText, start: int, end: int) -> tuple[int, int]:
    """Where a part of a text stands in its reading; an empty part when nothing is left."""
    places = [
        place
        for place, (first, last) in enumerate(reading.spans)
        if start <= first and last <= end
    ]
    return (places[0], places[-1] + 1) if places else (0, 0)


def _fit(rows: list[set[str]], answers: list[bool]) -> ProductJudge:
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    counts = Counter(sign for row in rows for sign in row)
    signs = sorted(sign for sign, count in counts.items() if count >= _MIN_OCCURRENCES)
    column_of = {sign: column for column, sign in enumerate(signs)}
    columns = [[column_of[sign] for sign in row if sign in column_of] for row in rows]
    ends = [0]
    for row in columns:
        ends.append(ends[-1] + len(row))
    places = [column for row in columns for column in row]
    matrix = csr_matrix(
        ([1.0] * len(places), places, ends), shape=(len(rows), len(signs))
    )
    model = LogisticRegression(
        C=_INVERSE_REGULARISATION, max_iter=1000, solver="liblinear", random_state=0
    )
    model.fit(matrix, answers)
    weights = {
        sign: round(float(weight), 4)
        for sign, weight in zip(signs, model.coef_[0], strict=True)
        if abs(weight) >= _MIN_WEIGHT
    }
    return ProductJudge(weights, round(float(model.intercept_[0]), 4))


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]
