"""How alike two pieces of Korean are, without an analyser: shared pairs of letters, rare ones weighing more. Pure.

Particles and endings change the last letters of a word and hardly its pairs, so that `배송이 늦어요` and `배송 늦네요`
meet in most of them.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

_WORD = re.compile(r"[가-힣]+|[a-z]+|\d+")
# Said in every conversation, so that sharing them says nothing.
_EVERYWHERE = frozenset(["안녕하세요", "감사합니다", "고객님", "상담원", "주세요", "있나요", "네", "예", "좀", "그"])

Terms = frozenset[str]


@lru_cache(maxsize=8_192)  # the same answers and macros are compared again and again
def terms_of(text: str) -> Terms:
    """Return the pairs of letters of the words in `text`; a word of one letter stands for itself."""
    found: set[str] = set()
    for word in _WORD.findall(text.lower()):
        if word in _EVERYWHERE:
            continue
        found.update(word[i : i + 2] for i in range(len(word) - 1)) if len(word) > 1 else found.add(word)
    return frozenset(found)


class Likeness:
    """Compares with a collection of texts; what many of them hold weighs little."""

    def __init__(self, collection: Sequence[Terms]) -> None:
        held = Counter(term for terms in collection for term in terms)
        self._rarest = (math.log(len(collection) + 1) + 1) ** 2
        self._squares = {term: (math.log((len(collection) + 1) / (count + 1)) + 1) ** 2 for term, count in held.items()}

    def between(self, one: Terms, other: Terms) -> float:
        """Return 0 (nothing in common) to 1 (the same): the cosine of both, weighed."""
        common = one & other
        return self._square(common) / math.sqrt(self._square(one) * self._square(other)) if common else 0.0

    def _square(self, terms: Terms) -> float:
        return sum(self._squares.get(term, self._rarest) for term in terms)


def overlap(one: Iterable[str], other: Iterable[str]) -> float:
    """Return how much two sets share: 0 to 1."""
    left, right = set(one), set(other)
    return len(left & right) / len(left | right) if left and right else 0.0
