"""A message that equals an example means what the example does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.prediction import Prediction
from bot.understanding.taught import CERTAINTY, letters_of, recall, remember

TAUGHT = remember(["택배 언제 와요?", "12월 3일에 되나요", "비 와요"], ["delivery_status", "help", "out_of_scope"])
RANKING = (("greet", 0.6), ("delivery_status", 0.3), ("out_of_scope", 0.1))


@pytest.mark.parametrize("text", ["택배언제와요", "택배 언제 와요!!", "택배 언제  와요~"])
def test_case_spacing_and_punctuation_do_not_matter(text):
    found = recall(Prediction(RANKING, False, 0.1), text, TAUGHT, "out_of_scope")
    assert found.ranking[0] == ("delivery_status", CERTAINTY)
    assert not found.out_of_scope


def test_one_number_is_like_another():
    assert recall(Prediction(RANKING, False, 0.1), "11월 4일에 되나요", TAUGHT, "out_of_scope").ranking[0][0] == "help"


def test_what_was_taught_as_out_of_scope_is_decided_so():
    found = recall(Prediction(RANKING, False, 0.1), "비 와요", TAUGHT, "out_of_scope")
    assert (found.out_of_scope, found.out_of_scope_score) == (True, CERTAINTY)


def test_what_was_not_taught_is_left_as_it_was():
    judged = Prediction(RANKING, False, 0.1)
    assert recall(judged, "처음 듣는 말", TAUGHT, "out_of_scope") is judged


def test_two_meanings_of_the_same_letters_teach_nothing():
    assert remember(["네", "네!", "아니요"], ["affirm", "greet", "deny"]) == {"아니요": "deny"}


def test_signs_alone_teach_nothing():
    assert remember(["...", "?!"], ["greet", "greet"]) == {}


@given(st.sampled_from(["택배 언제 와요?", "비 와요", "모르는 말"]), st.floats(0, 1), st.permutations(RANKING))
def test_confidences_stay_probabilities(text, score, ranking):
    found = recall(Prediction(tuple(ranking), score > 0.5, score), text, TAUGHT, "out_of_scope")
    assert sum(share for _, share in found.ranking) == pytest.approx(1.0)
    assert len({name for name, _ in found.ranking}) == len(found.ranking)
    assert 0 <= found.out_of_scope_score <= 1


@given(st.text())
def test_letters_of_anything_are_found_again(text):
    assert letters_of(letters_of(text)) == letters_of(text)
