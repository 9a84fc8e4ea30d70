"""The intent model learns, says when it does not know, and survives being stored."""

from __future__ import annotations

import pytest

from bot.components import linear_model_files
from bot.components.linear_model_training import train_model
from bot.text.features import count_features

EXAMPLES = {
    "delivery_status": ["택배 언제 와요", "배송 언제 와요", "택배 어디예요", "배송 어디쯤이에요"],
    "order_history": ["주문 내역 보여줘요", "지난 주문 보여줘요", "주문 목록 볼래요", "주문 내역 볼래요"],
    "greet": ["안녕하세요", "안녕", "안녕하십니까", "하이 안녕"],
}


def count(text):
    return list(count_features(text, [f"{word}/N" for word in text.split()]))


@pytest.fixture(scope="module")
def model():
    pairs = [(text, intent) for intent, texts in EXAMPLES.items() for text in texts]
    return train_model(
        [count(text) for text, _ in pairs],
        [intent for _, intent in pairs],
        regularisation=3.0,
        min_examples=1,
    )


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("배송은 언제 와요?", "delivery_status"),
        ("택베 언재 와요", "delivery_status"),
        ("택배언제와요", "delivery_status"),
        ("주문내역", "order_history"),
        ("안녕하세여", "greet"),
    ],
)
def test_unseen_and_misspelt_words_get_the_nearest_intent(model, text, intent):
    assert model.rank(count(text))[0][0] == intent


def test_confidences_are_probabilities_in_order(model):
    confidences = [confidence for _, confidence in model.rank(count("택배"))]
    assert sum(confidences) == pytest.approx(1.0, abs=1e-5)
    assert confidences == sorted(confidences, reverse=True)


def test_a_text_without_content_has_no_ranking(model):
    assert model.rank(count("")) == []


def test_unknown_words_lower_the_confidence(model):
    clear = model.rank(count("택배 언제 와요"))[0][1]
    diluted = model.rank(count("택배 xqzw 蘭亭 jvkp 𝔘𝔫 brrr 언제 qqff zzyx 와요"))[0][1]
    assert diluted < clear


def test_a_stored_model_answers_the_same(model, tmp_path):
    linear_model_files.write(model, tmp_path)
    stored = linear_model_files.read(tmp_path)
    for text in ("택배 언제 와요", "주문 볼래", "하이"):
        assert stored.rank(count(text)) == model.rank(count(text))


def test_a_stored_model_holds_nothing_that_could_run(model, tmp_path):
    linear_model_files.write(model, tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {".npz", ".json"}
    assert all(b"pickle" not in path.read_bytes()[:4096] for path in tmp_path.iterdir())


def test_one_intent_is_nothing_to_learn_from():
    with pytest.raises(ValueError, match="two intents"):
        train_model([count("a")], ["x"], regularisation=1.0, min_examples=1)
