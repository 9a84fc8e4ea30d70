"""Out of scope as a decision of its own; several requests in one message."""

from __future__ import annotations

import numpy as np
import pytest

from bot.understanding.prediction import Prediction
from bot.understanding.probabilities import combine, fit_scales, softmax
from bot.understanding.scope import (
    ASSUMED_SHARE,
    ScopeEvidence,
    find_threshold,
    fit_decision,
    measure_strangeness,
)
from bot.understanding.several import find_cuts, find_intents
from bot.understanding.utterance import Utterance

OUTSIDE = 2


def make_evidence(count=400):
    """Messages whose morphemes were not seen are out of scope, whatever the intents' scores."""
    chance = np.random.default_rng(0)
    outside = np.arange(count) % 5 == 0
    scores = chance.standard_normal((count, 3))
    evidence = ScopeEvidence(softmax(scores), scores, scores, np.where(outside, 0.8, 0.1) + chance.random(count) / 5)
    return evidence, np.where(outside, OUTSIDE, 0)


def test_the_decision_learns_from_more_than_probability():
    evidence, targets = make_evidence()
    decision = fit_decision(evidence, targets, OUTSIDE)
    claimed = decision.score(evidence) >= decision.threshold
    assert np.mean(claimed == (targets == OUTSIDE)) > 0.97
    assert np.mean((evidence.probabilities.argmax(axis=1) == OUTSIDE) == (targets == OUTSIDE)) < 0.8


def test_probabilities_follow_the_decision_and_stay_probabilities():
    evidence, targets = make_evidence()
    decision = fit_decision(evidence, targets, OUTSIDE)
    weighed = decision.weigh(np.array([0.5, 0.4, 0.1]), 0.7)
    np.testing.assert_allclose(weighed, [0.3 * 5 / 9, 0.3 * 4 / 9, 0.7])
    certain = decision.weigh(np.array([0.0, 0.0, 1.0]), 0.2)
    assert certain.sum() == pytest.approx(1.0)


def test_the_threshold_is_where_f1_is_best():
    outside = np.array([True] * 20 + [False] * 80)
    scores = np.where(outside, 0.7, 0.4)
    assert 0.4 < find_threshold(scores, outside) <= 0.7


def f1_of(threshold, scores, outside):
    hits = (scores[outside] >= threshold).sum()
    return 2 * hits / ((scores >= threshold).sum() + outside.sum())


def test_where_scores_are_honest_no_threshold_does_much_better():
    chance = np.random.default_rng(3)
    scores = chance.beta(0.4, 0.4 * (1 - ASSUMED_SHARE) / ASSUMED_SHARE, 20_000)
    outside = chance.random(len(scores)) < scores
    best = max(f1_of(threshold, scores, outside) for threshold in np.linspace(0.05, 0.95, 91))
    threshold = find_threshold(scores, outside)
    assert threshold < 0.4  # these scores tell too little for one of a half
    assert f1_of(threshold, scores, outside) > best - 0.01


def test_an_even_message_is_stranger_than_a_clear_one():
    even, clear = np.full(4, 0.25), np.array([0.97, 0.01, 0.01, 0.01])
    assert measure_strangeness(even) > measure_strangeness(clear)


def test_scales_make_probabilities_honest():
    chance = np.random.default_rng(0)
    truth = chance.standard_normal((4000, 3)) * 2
    targets = np.array([chance.choice(3, p=row) for row in softmax(truth)])
    boastful = truth * 2.5
    scales = fit_scales(boastful, np.zeros_like(truth), targets)
    confidence = combine(boastful, np.zeros_like(truth), scales).max(axis=1)
    right = np.mean(truth.argmax(axis=1) == targets)
    assert abs(confidence.mean() - right) < 0.03
    assert softmax(boastful).max(axis=1).mean() - right > 0.08


def say(*tokens):
    """A message of (morpheme, tag) pairs, written with blanks between them."""
    named, start = [], 0
    for form, tag in tokens:
        named.append((f"{form}/{tag}", start, start + len(form)))
        start += len(form) + 1
    return Utterance.of(" ".join(form for form, _ in tokens), named)


LATE_AND_AMENDS = say(
    *(("배송", "NNG"), ("도", "JX"), ("늦", "VA"), ("고", "EC")),
    *(("보상", "NNG"), ("도", "JX"), ("안", "MAG"), ("해", "VV")),
)
LATE, AMENDS = "delivery_delay", "compensation_request"


def predict_by_word(utterance):
    """Delay where something is late, amends where it is asked for; the first of both."""
    found = [intent for word, intent in (("늦", LATE), ("보상", AMENDS)) if word in utterance.text]
    return Prediction(tuple((intent, 0.9) for intent in found), False, 0.0)


def find(utterance, predict):
    return find_intents(utterance, predict(utterance), predict)


def test_both_wishes_are_found_in_the_order_they_are_said():
    assert find(LATE_AND_AMENDS, predict_by_word) == (LATE, AMENDS)


def test_a_message_is_cut_after_a_connective_only():
    assert list(find_cuts(LATE_AND_AMENDS)) == [4]


def test_a_clause_that_goes_on_is_not_cut():
    wish = say(("주문", "NNG"), ("알", "VV"), ("고", "EC"), ("싶", "VX"), ("어요", "EF"), ("빨리", "MAG"))
    assert list(find_cuts(wish)) == []


@pytest.mark.parametrize(
    ("second", "confidence", "outside"),
    [("greet", 0.99, False), (LATE, 0.99, False), (AMENDS, 0.5, False), (AMENDS, 0.99, True)],
    ids=["a courtesy", "the same again", "not sure", "out of scope"],
)
def test_what_is_no_second_wish_leaves_one(second, confidence, outside):
    def predict(utterance):
        if "늦" in utterance.text:
            return Prediction(((LATE, 0.9),), False, 0.0)
        return Prediction(((second, confidence),), outside, 0.0)

    assert find(LATE_AND_AMENDS, predict) == (LATE,)


def test_parts_that_contradict_the_whole_are_not_believed():
    def predict(utterance):
        if utterance is LATE_AND_AMENDS:
            return Prediction((("order_cancel", 0.9),), False, 0.0)
        return predict_by_word(utterance)

    assert find(LATE_AND_AMENDS, predict) == ("order_cancel",)


def test_nothing_known_holds_no_intent():
    assert find(say(), lambda utterance: Prediction((), True, 1.0)) == ()


def test_an_endless_message_is_cut_a_few_times_only():
    asked = []

    def predict(utterance):
        asked.append(utterance)
        return Prediction(((LATE, 0.9),), False, 0.0)

    find(say(*[("늦", "VA"), ("고", "EC")] * 500), predict)
    assert len(asked) <= 9
