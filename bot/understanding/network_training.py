"""Training of the neural half: Adam with warm-up and linear decay, in numpy alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from bot.understanding.network import POOLED, Arrays, Batch, Network, Pass

BETA1, BETA2, EPSILON = 0.9, 0.99, 1e-8
DECAYED = ("inner", "window", "outer")
WARM_UP = 0.1  # share of the steps in which the rate rises
Progress = Callable[[float], None]


@dataclass(frozen=True)
class NetworkSettings:
    """Size and course of the training; chosen by measurement (docs/understanding.md)."""

    width: int = 160
    learned_width: int = 32
    rate: float = 8e-3
    learned_rate: float = 1e-2
    smoothing: float = 0.05
    decay: float = 0.02
    batch_size: int = 256
    morpheme_dropout: float = 0.15
    dropout: float = 0.4
    # Messages looked at in all. It bounds the time of a training whatever the data grow
    # to: the more examples, the fewer times each is seen.
    budget: int = 330_000
    min_epochs: int = 8
    max_epochs: int = 24

    def count_epochs(self, example_count: int) -> int:
        """Passes over so many examples."""
        wanted = self.budget // max(1, example_count)
        return max(self.min_epochs, min(self.max_epochs, wanted))


@dataclass(frozen=True)
class Examples:
    """What the network learns from.

    `messages`: rows of `fixed`, one a morpheme. `fixed`: vectors of all morphemes, the
    last of one that is not known at all. `extras`, `targets`: a row, an element, a
    message.
    """

    messages: Sequence[np.ndarray]
    fixed: np.ndarray
    extras: np.ndarray
    targets: np.ndarray
    label_count: int

    @property
    def unknown(self) -> int:
        """Row of the morpheme that is not known."""
        return len(self.fixed) - 1

    def find_learnable(self) -> np.ndarray:
        """Rows without a fixed vector that occur in a message."""
        learnable = ~self.fixed.any(axis=1)
        learnable &= np.isin(np.arange(len(self.fixed)), np.concatenate(self.messages))
        learnable[self.unknown] = False
        return learnable


@dataclass
class Adam:
    """Kingma and Ba's optimiser; rows of `update_rows` move only when they are met."""

    means: Arrays = field(default_factory=dict)
    squares: Arrays = field(default_factory=dict)
    steps: int = 0

    def update(
        self, name: str, weights: np.ndarray, gradient: np.ndarray, rate: float
    ) -> None:
        """Move all weights."""
        mean = self.means.setdefault(name, np.zeros_like(weights))
        square = self.squares.setdefault(name, np.zeros_like(weights))
        mean *= np.float32(BETA1)
        mean += np.float32(1 - BETA1) * gradient
        square *= np.float32(BETA2)
        square += np.float32(1 - BETA2) * gradient * gradient
        step = np.float32(rate * self._correct())
        weights -= step * mean / (np.sqrt(square) + np.float32(EPSILON))

    def update_rows(
        self,
        name: str,
        weights: np.ndarray,
        rows: np.ndarray,
        gradient: np.ndarray,
        rate: float,
    ) -> None:
        """Move some rows; one second moment a row."""
        means = self.means.setdefault(name, np.zeros_like(weights))
        squares = self.squares.setdefault(name, np.zeros(len(weights), np.float32))
        means[rows] = BETA1 * means[rows] + (1 - BETA1) * gradient
        squares[rows] = BETA2 * squares[rows] + (1 - BETA2) * (gradient**2).mean(1)
        step = np.float32(rate * self._correct())
        root = np.sqrt(squares[rows])[:, None] + np.float32(EPSILON)
        weights[rows] -= step * means[rows] / root

    def _correct(self) -> float:
        return float(np.sqrt(1 - BETA2**self.steps) / (1 - BETA1**self.steps))


def train_network(
    examples: Examples,
    *,
    settings: NetworkSettings,
    epochs: int,
    seed: int,
    on_progress: Progress = lambda ratio: None,
) -> tuple[Network, np.ndarray]:
    """Train on examples; the same seed gives the same network.

    Returns the network and the learned vectors, a row a morpheme, zero where there is a
    fixed one.
    """
    chance = np.random.default_rng(seed)
    learnable = examples.find_learnable()
    learned = chance.standard_normal((len(learnable), settings.learned_width)) * 0.3
    learned = (learned * learnable[:, None]).astype(np.float32)
    weights = _draw_weights(chance, examples, settings)
    adam = Adam()
    for chosen, pace, done in _plan(chance, len(examples.targets), epochs, settings):
        adam.steps += 1
        batch, rows = _gather(examples, learned, chosen, settings, chance)
        forward = Pass(weights, batch, settings.dropout, chance)
        errors = _find_errors(
            forward.scores, examples.targets[chosen], settings.smoothing
        )
        fixed_width = examples.fixed.shape[1]
        gradients, to_learned = forward.find_gradients(errors, fixed_width)
        for name, gradient in gradients.items():
            if name in DECAYED:
                weights[name] *= np.float32(1 - settings.rate * pace * settings.decay)
            adam.update(name, weights[name], gradient, settings.rate * pace)
        moved = learnable[rows]
        if moved.any():
            rate = settings.learned_rate * pace
            adam.update_rows("learned", learned, rows[moved], to_learned[moved], rate)
        on_progress(done)
    return Network(weights), learned


def _plan(
    chance: np.random.Generator, count: int, epochs: int, settings: NetworkSettings
) -> Iterator[tuple[np.ndarray, float, float]]:
    """Yield the examples of each step, its pace (0-1), and the share of steps done."""
    size = min(settings.batch_size, count)
    steps_an_epoch = count // size
    steps, step = epochs * steps_an_epoch, 0
    for _ in range(epochs):
        order = chance.permutation(count)
        for place in range(steps_an_epoch):
            step += 1
            share = step / (steps + 1)
            pace = min(1.0, share / WARM_UP) * (1 - share)
            yield order[place * size : (place + 1) * size], pace, step / steps


def _gather(
    examples: Examples,
    learned: np.ndarray,
    chosen: np.ndarray,
    settings: NetworkSettings,
    chance: np.random.Generator,
) -> tuple[Batch, np.ndarray]:
    """The batch of some examples, and the morphemes that its table holds.

    Some morphemes are made unknown by chance, so that no single one is relied on.
    """
    messages = [examples.messages[i] for i in chosen]
    morphemes = np.concatenate(messages)
    dropped = chance.random(len(morphemes)) < settings.morpheme_dropout
    morphemes = np.where(dropped, examples.unknown, morphemes)
    rows, places = np.unique(morphemes, return_inverse=True)
    table = np.concatenate([examples.fixed[rows], learned[rows]], axis=1)
    lengths = np.array([len(message) for message in messages])
    return Batch(table, places, lengths, examples.extras[chosen]), rows


def _draw_weights(
    chance: np.random.Generator, examples: Examples, settings: NetworkSettings
) -> Arrays:
    def draw(rows: int, columns: int, gain: float) -> np.ndarray:
        scale = gain / np.sqrt(rows)
        return (chance.standard_normal((rows, columns)) * scale).astype(np.float32)

    width, labels = settings.width, examples.label_count
    inputs = examples.fixed.shape[1] + settings.learned_width
    return {
        "inner": draw(inputs, width, 1.4),
        "inner_bias": np.zeros(width, np.float32),
        "window": draw(3 * width, width, 1.4),
        "window_bias": np.zeros(width, np.float32),
        "outer": draw(POOLED * width + examples.extras.shape[1], labels, 1.0),
        "outer_bias": np.zeros(labels, np.float32),
    }


def _find_errors(
    scores: np.ndarray, targets: np.ndarray, smoothing: float
) -> np.ndarray:
    """Gradient of the cross-entropy with smoothed labels."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    errors = shifted / shifted.sum(axis=1, keepdims=True)
    errors -= np.float32(smoothing / scores.shape[1])
    errors[np.arange(len(targets)), targets] -= np.float32(1 - smoothing)
    return (errors / np.float32(len(targets))).astype(np.float32)
