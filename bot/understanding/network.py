"""The neural half of the intent model: a convolution over morpheme vectors, in numpy.

Each morpheme is its fixed vector (see `vectors`) and, where there is none, a learned
one. One layer looks at the morpheme, the next at it and its neighbours; the largest and
the sum of each unit over the message, the largest over its end, where Korean puts what is
wanted, and the word families found give the scores.
`Network` is all that a message needs; training is in `network_training`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Arrays = dict[str, np.ndarray]
TAIL = 6  # morphemes that count as the end of a message
POOLED = 5  # inputs of the last layer, each as wide as a layer, beside the extras
LAYERS = ("inner", "inner_bias", "window", "window_bias", "outer", "outer_bias")


@dataclass(frozen=True)
class Batch:
    """Morphemes of several messages, one after another, one a message at least.

    `table`: vectors, a row a different morpheme; `places`: the row of each morpheme;
    `lengths`: how many morphemes each message has; `extras`: a row a message, inputs of
    the last layer as they are.
    """

    table: np.ndarray
    places: np.ndarray
    lengths: np.ndarray
    extras: np.ndarray

    @classmethod
    def of(cls, messages: Sequence[np.ndarray], extras: np.ndarray) -> Batch:
        """Put messages together, each given as its vectors, a row a morpheme."""
        table = np.concatenate(messages)
        lengths = np.array([len(message) for message in messages])
        return cls(table, np.arange(len(table)), lengths, extras)

    @property
    def starts(self) -> np.ndarray:
        """Where each message begins in `places`."""
        return np.cumsum(self.lengths) - self.lengths

    def find_tails(self) -> tuple[np.ndarray, np.ndarray]:
        """Places of the last morphemes of the messages, and how many each message has."""
        counts = np.minimum(self.lengths, TAIL)
        firsts = self.starts + self.lengths - counts
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return np.repeat(firsts, counts) + within, counts

    def find_windows(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Rows of the morpheme before each one, of itself, and of the one after it.

        Where a message begins or ends, the row after the table's last stands for none.
        """
        none, starts = len(self.table), self.starts
        before, after = np.empty_like(self.places), np.empty_like(self.places)
        before[1:], after[:-1] = self.places[:-1], self.places[1:]
        before[starts] = none
        after[starts + self.lengths - 1] = none
        return before, self.places, after


@dataclass(frozen=True)
class Network:
    """Weights by name, see `LAYERS`."""

    weights: Arrays

    def score(self, batch: Batch) -> np.ndarray:
        """Scores of a batch: a row a message, a column a label."""
        return Pass(self.weights, batch).scores


class Pass:
    """One way forward through the network, kept for the way back in training."""

    def __init__(
        self,
        weights: Arrays,
        batch: Batch,
        dropout: float = 0.0,
        chance: np.random.Generator | None = None,
    ) -> None:
        """Compute `scores`; that share of the last layer's inputs is left out by `chance`."""
        self._weights, self._batch = weights, batch
        self._windows = batch.find_windows()
        inner = np.maximum(batch.table @ weights["inner"] + weights["inner_bias"], 0)
        self._inner_table = inner
        self._inner = inner[batch.places]
        outer = self._look_through_windows() + weights["window_bias"]
        self._outer = np.maximum(outer, 0, out=outer)
        self._pooled = self._pool()
        self._kept: np.ndarray | float = 1.0
        if dropout and chance:
            self._kept = _choose(chance, self._pooled.shape, dropout)
            self._pooled *= self._kept
        self.scores = self._pooled @ weights["outer"] + weights["outer_bias"]

    def _look_through_windows(self) -> np.ndarray:
        """What each morpheme and its neighbours say together.

        A morpheme met many times in the batch is multiplied once, with the weights of each
        of its three places, and looked up where it stands.
        """
        parts = np.split(self._weights["window"], 3)
        none = np.zeros((1, parts[0].shape[1]), parts[0].dtype)
        said = [np.concatenate([self._inner_table @ part, none]) for part in parts]
        before, own, after = (
            each[rows] for each, rows in zip(said, self._windows, strict=True)
        )
        own += before
        own += after
        return np.asarray(own)

    def _pool(self) -> np.ndarray:
        starts = self._batch.starts
        self._scale = (1 / np.sqrt(self._batch.lengths)).astype(np.float32)[:, None]
        layers = (self._outer, self._inner)
        self._largest = [np.maximum.reduceat(layer, starts) for layer in layers]
        sums = [np.add.reduceat(layer, starts) * self._scale for layer in layers]
        self._tails, self._tail_lengths = self._batch.find_tails()
        self._tail = self._outer[self._tails]
        tail_starts = np.cumsum(self._tail_lengths) - self._tail_lengths
        self._tail_largest = np.maximum.reduceat(self._tail, tail_starts)
        parts = [
            *(self._largest[0], sums[0]),
            *(self._largest[1], sums[1]),
            self._tail_largest,
        ]
        return np.concatenate([*parts, self._batch.extras], axis=1)

    def find_gradients(
        self, errors: np.ndarray, learned_from: int
    ) -> tuple[Arrays, np.ndarray]:
        """Gradients of the weights, and of the table's columns from `learned_from` on.

        Args:
            errors: gradient of the scores, a row a message.
            learned_from: columns before it are fixed, and no gradient is found for them.
        """
        width = self._inner.shape[1]
        pooled = (errors @ self._weights["outer"].T) * self._kept
        parts = [pooled[:, i * width : (i + 1) * width] for i in range(POOLED)]
        outer = self._unpool(self._outer, self._largest[0], parts[0], parts[1])
        outer[self._tails] += _to_largest(
            self._tail, self._tail_largest, parts[4], self._tail_lengths
        )
        outer *= self._outer > 0
        places = [self._sum_by_row(outer, rows) for rows in self._windows]
        inner = self._sum_by_row(
            self._unpool(self._inner, self._largest[1], parts[2], parts[3]),
            self._batch.places,
        )
        for place, part in zip(
            places, np.split(self._weights["window"], 3), strict=True
        ):
            inner += place @ part.T
        inner *= self._inner_table > 0
        gradients = {
            "inner": self._batch.table.T @ inner,
            "inner_bias": inner.sum(axis=0),
            "window": np.concatenate([self._inner_table.T @ each for each in places]),
            "window_bias": outer.sum(axis=0),
            "outer": self._pooled.T @ errors,
            "outer_bias": errors.sum(axis=0),
        }
        return gradients, inner @ self._weights["inner"][learned_from:].T

    def _unpool(
        self,
        layer: np.ndarray,
        largest: np.ndarray,
        to_largest: np.ndarray,
        to_sum: np.ndarray,
    ) -> np.ndarray:
        lengths = self._batch.lengths
        gradient = _to_largest(layer, largest, to_largest, lengths)
        gradient += np.repeat(to_sum * self._scale, lengths, axis=0)
        return gradient

    def _sum_by_row(self, gradient: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Add up what belongs to the same row of the table."""
        from scipy.sparse import csc_matrix

        count = len(rows)
        ones = np.ones(count, np.float32)
        shape = (len(self._batch.table) + 1, count)
        adding = csc_matrix((ones, rows, np.arange(count + 1)), shape)
        return np.asarray((adding @ gradient)[:-1])


def _to_largest(
    layer: np.ndarray, largest: np.ndarray, gradient: np.ndarray, lengths: np.ndarray
) -> np.ndarray:
    """The gradient of each message's largest units, where in the message they were.

    Equal ones, as of a morpheme said twice, get it each.
    """
    spread = np.repeat(gradient, lengths, axis=0)
    spread *= layer == np.repeat(largest, lengths, axis=0)
    return spread


def _choose(
    chance: np.random.Generator, shape: tuple[int, ...], share: float
) -> np.ndarray:
    """What is kept, as factors: 0, or what makes up for what is left out."""
    kept = chance.random(shape, dtype=np.float32) >= share
    return kept * np.float32(1 / (1 - share))
