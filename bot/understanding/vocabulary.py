"""Features known from training, and what each weighs in a message."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.understanding.views import VIEWS, Counts


@dataclass(frozen=True)
class Vocabulary:
    """A dictionary of columns a view, and how rare each feature is (`idf`).

    Columns of all views are numbered through, in the order of `columns`.
    """

    columns: tuple[dict[str, int], ...]
    idf: np.ndarray

    @property
    def size(self) -> int:
        """Number of columns."""
        return len(self.idf)

    @classmethod
    def build(
        cls, examples: Sequence[Sequence[Counts]], *, min_examples: int
    ) -> Vocabulary:
        """Features that occur in at least `min_examples` examples."""
        columns: list[dict[str, int]] = []
        idf: list[float] = []
        for view in range(len(VIEWS)):
            seen: Counter[str] = Counter()
            for counts in examples:
                seen.update(counts[view].keys())
            kept = sorted(name for name, n in seen.items() if n >= min_examples)
            columns.append({name: len(idf) + i for i, name in enumerate(kept)})
            idf += [math.log((1 + len(examples)) / (1 + seen[n])) + 1 for n in kept]
        return cls(tuple(columns), np.array(idf, dtype=np.float32))

    def weigh(self, views: Sequence[Counts]) -> tuple[np.ndarray, np.ndarray]:
        """Columns and weights of a message: sublinear tf-idf, each view to its share.

        Both are empty when nothing of the message is known.
        """
        columns: list[int] = []
        weights: list[np.ndarray] = []
        for known, counts, share in zip(
            self.columns, views, VIEWS.values(), strict=True
        ):
            found = [(known[name], n) for name, n in counts.items() if name in known]
            if not found:
                continue
            view_columns = [column for column, _ in found]
            tf = np.array([1.0 + math.log(n) for _, n in found], dtype=np.float32)
            weight = tf * self.idf[view_columns]
            columns += view_columns
            weights.append(weight * np.float32(share / np.sqrt(weight @ weight)))
        if not columns:
            return np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32)
        return np.array(columns, dtype=np.int32), np.concatenate(weights)
