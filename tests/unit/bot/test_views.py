"""What the linear half sees of a message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.utterance import Utterance
from bot.understanding.views import MAX_CHARACTERS, VIEWS, count_features, mask
from bot.understanding.vocabulary import Vocabulary


def utter(text):
    return Utterance.of(text, [(f"{word}/N", 0, len(text)) for word in text.split()])


def test_digits_look_alike_and_long_laughter_is_short():
    assert mask("2026-12345 ㅋㅋㅋㅋㅋ  OK") == "00-00 ㅋㅋ ok"


def test_a_text_without_content_has_no_features():
    assert count_features(utter("  ")) == ({}, {}, {}, {}, {})


def test_one_wrong_key_leaves_most_letters_alike():
    right, wrong = (count_features(utter(text)) for text in ("택배 언제 와요", "택베 언재 와요"))
    jamo = list(VIEWS).index("jamo")
    shared = len(right[jamo].keys() & wrong[jamo].keys()) / len(right[jamo])
    assert shared > 0.4
    assert right[0].keys() & wrong[0].keys() < right[0].keys()


def test_a_question_and_a_statement_end_differently():
    asked, said = (count_features(utter(text))[-1] for text in ("환불 되나요?", "환불 됐어요."))
    assert asked.keys() - said.keys() and said.keys() - asked.keys()


def test_the_rest_of_an_endless_message_is_not_looked_at():
    begun = "배송 " * (MAX_CHARACTERS // 3)
    tokens = [("배송/N", 0, 2)]
    assert count_features(Utterance.of(begun + "환불", tokens)) == count_features(Utterance.of(begun, tokens))


@pytest.fixture(scope="module")
def vocabulary():
    texts = ("택배 언제 와요", "택배 어디예요", "환불 언제 돼요")
    return Vocabulary.build([count_features(utter(text)) for text in texts], min_examples=1)


def test_a_feature_in_too_few_examples_is_not_kept():
    counted = [count_features(utter(text)) for text in ("택배 와요", "택배 가요")]
    kept = Vocabulary.build(counted, min_examples=2).columns[0]
    assert "택배/N" in kept and "와요/N" not in kept


def test_rare_features_weigh_more(vocabulary):
    columns, weights = vocabulary.weigh(count_features(utter("택배 언제 와요")))
    weight = dict(zip(columns.tolist(), weights.tolist(), strict=True))
    words = vocabulary.columns[0]
    assert weight[words["와요/N"]] > weight[words["택배/N"]]


def test_every_view_has_its_share_of_the_length(vocabulary):
    columns, weights = vocabulary.weigh(count_features(utter("택배 언제 와요")))
    ends = [len(view) for view in vocabulary.columns]
    first = columns < ends[0]
    assert float((weights[first] ** 2).sum()) == pytest.approx(1.0, abs=1e-5)
    assert float((weights**2).sum()) == pytest.approx(sum(share**2 for share in VIEWS.values()), abs=1e-4)


def test_nothing_known_weighs_nothing(vocabulary):
    columns, weights = vocabulary.weigh(count_features(utter("")))
    assert len(columns) == len(weights) == 0


@given(st.text(max_size=80))
def test_any_text_can_be_weighed(vocabulary, text):
    columns, weights = vocabulary.weigh(count_features(utter(text)))
    assert len(columns) == len(weights)
    assert len(set(columns.tolist())) == len(columns)


def test_a_message_is_cut_with_its_places():
    text = "배송도 늦고 보상도"
    whole = Utterance.of(
        text, [("배송/NNG", 0, 2), ("도/JX", 2, 3), ("늦/VA", 4, 5), ("고/EC", 5, 6), ("보상/NNG", 7, 9)]
    )
    part = whole.part(2, 5)
    assert part.text == "늦고 보상"
    assert [part.text[start:end] for start, end in part.spans] == ["늦", "고", "보상"]


def test_order_numbers_and_brands_look_alike_in_any_writing():
    tokens = [("2026-10234/W_SERIAL", 0, 10), ("SKT/SL", 11, 14), ("a/b/SW", 15, 18)]
    expected = (("0000-00000", "W_SERIAL"), ("skt", "SL"), ("a/b", "SW"))
    assert Utterance.of("2026-10234 SKT a/b", tokens).morphemes == expected
