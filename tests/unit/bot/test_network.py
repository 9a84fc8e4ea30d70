"""The neural half: its gradients are right, it learns, and learns the same each time."""

from __future__ import annotations

import numpy as np
import pytest

from bot.understanding.network import LAYERS, POOLED, TAIL, Batch, Network, Pass
from bot.understanding.network_training import Examples, NetworkSettings, train_network

FIXED, LEARNED, WIDTH, LABELS, EXTRAS = 5, 2, 4, 3, 2
ROWS = TAIL + 2


@pytest.fixture
def chance():
    return np.random.default_rng(1)


@pytest.fixture
def weights(chance):
    shapes = {
        "inner": (FIXED + LEARNED, WIDTH),
        "inner_bias": (WIDTH,),
        "window": (3 * WIDTH, WIDTH),
        "window_bias": (WIDTH,),
        "outer": (POOLED * WIDTH + EXTRAS, LABELS),
        "outer_bias": (LABELS,),
    }
    assert tuple(shapes) == LAYERS
    return {name: chance.standard_normal(shape) for name, shape in shapes.items()}


@pytest.fixture
def batch(chance):
    table = chance.standard_normal((ROWS, FIXED + LEARNED))
    places = np.array([*range(ROWS), 3, 1, 0])  # the first message is longer than its end
    return Batch(table, places, np.array([ROWS, 1, 2]), chance.standard_normal((3, EXTRAS)))


def slope(weights, batch, errors, name, place):
    """How fast the scores, weighed by `errors`, grow with one weight; by trying."""
    step, sums = 1e-6, []
    for sign in (1, -1):
        moved = {key: value.copy() for key, value in weights.items()}
        table = batch.table.copy()
        (table if name == "table" else moved[name])[place] += sign * step
        there = Batch(table, batch.places, batch.lengths, batch.extras)
        sums.append(float((Pass(moved, there).scores * errors).sum()))
    return (sums[0] - sums[1]) / (2 * step)


@pytest.mark.parametrize("name", LAYERS)
def test_the_gradient_of_each_layer_is_the_slope(weights, batch, chance, name):
    errors = chance.standard_normal((3, LABELS))
    gradients, _ = Pass(weights, batch).find_gradients(errors, FIXED)
    for place in np.ndindex(*weights[name].shape):
        assert gradients[name][place] == pytest.approx(slope(weights, batch, errors, name, place), abs=1e-4)


def test_the_gradient_of_learned_vectors_is_the_slope(weights, batch, chance):
    errors = chance.standard_normal((3, LABELS))
    _, to_learned = Pass(weights, batch).find_gradients(errors, FIXED)
    for row, column in np.ndindex(ROWS, LEARNED):
        expected = slope(weights, batch, errors, "table", (row, FIXED + column))
        assert to_learned[row, column] == pytest.approx(expected, abs=1e-4)


def test_a_message_scores_the_same_alone_and_among_others(weights, batch):
    together = Network(weights).score(batch)
    vectors = np.split(batch.table[batch.places], np.cumsum(batch.lengths)[:-1])
    for row, message in enumerate(vectors):
        alone = Network(weights).score(Batch.of([message], batch.extras[row : row + 1]))
        np.testing.assert_allclose(alone[0], together[row], atol=1e-9)


def test_word_order_matters(weights, chance):
    message, extras = chance.standard_normal((4, FIXED + LEARNED)), np.zeros((1, EXTRAS))
    score = Network(weights).score
    assert not np.allclose(score(Batch.of([message], extras)), score(Batch.of([message[::-1]], extras)))


def test_what_is_left_out_is_made_up_for(weights, batch, chance):
    plain = Pass(weights, batch).scores
    mean = np.mean([Pass(weights, batch, 0.3, chance).scores for _ in range(4000)], axis=0)
    np.testing.assert_allclose(mean, plain, atol=0.05 * np.abs(plain).max())


def make_examples(count=60):
    """Messages of three morphemes; the label is which of the first three occurs."""
    chance = np.random.default_rng(0)
    targets = np.arange(count) % 3
    messages = [np.array([target, *chance.integers(3, 8, 2)]) for target in targets]
    fixed = np.concatenate([chance.standard_normal((7, FIXED)), np.zeros((2, FIXED))]).astype(np.float32)
    return Examples(messages, fixed, np.zeros((count, 1), np.float32), targets, label_count=3)


SETTINGS = NetworkSettings(width=16, learned_width=4, batch_size=10, max_epochs=30, rate=0.01)


def train(examples, seed=0):
    network, learned = train_network(
        examples, settings=SETTINGS, epochs=SETTINGS.count_epochs(len(examples.targets)), seed=seed
    )
    table = np.concatenate([examples.fixed, learned], axis=1)
    batch = Batch.of([table[message] for message in examples.messages], examples.extras)
    return network.score(batch), learned


def test_it_learns_what_tells_the_labels_apart():
    examples = make_examples()
    scores, _ = train(examples)
    assert np.mean(scores.argmax(axis=1) == examples.targets) == 1.0


def test_the_same_examples_give_the_same_network_and_another_seed_another():
    first, again, other = (train(make_examples(), seed)[0] for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_only_a_morpheme_without_a_vector_gets_a_learned_one():
    examples = make_examples()
    _, learned = train(examples)
    assert not learned[:7].any()
    assert learned[7].any(), "met, and without a vector"
    assert not learned[examples.unknown].any()


def test_more_examples_are_each_seen_fewer_times():
    settings = NetworkSettings(budget=1000, min_epochs=2, max_epochs=20)
    assert [settings.count_epochs(count) for count in (1, 100, 400, 10_000)] == [20, 10, 2, 2]


def test_progress_ends_at_one():
    told = []
    train_network(make_examples(), settings=SETTINGS, epochs=3, seed=0, on_progress=told.append)
    assert told == sorted(told) and told[-1] == 1.0
