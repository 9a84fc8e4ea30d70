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
        frequencies: list[float] = []
        starts: list[int] = []
        shares: list[float] = []
        for known, counts, share in zip(
            self.columns, views, VIEWS.values(), strict=True
        ):
            start = len(columns)
            for name, count in counts.items():
                column = known.get(name)
                if column is not None:
                    columns.append(column)
                    frequencies.append(1.0 if count == 1 else 1.0 + math.log(count))
            if len(columns) > start:
                starts.append(start)
                shares.append(share)
        if not columns:
            return np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32)
        found = np.array(columns, dtype=np.int32)
        weights = np.array(frequencies, dtype=np.float32) * self.idf[found]
        lengths = np.diff([*starts, len(columns)])
        norms = np.sqrt(np.add.reduceat(weights * weights, starts))
        scales = (np.array(shares) / norms).astype(np.float32)
        return found, weights * np.repeat(scales, lengths)
