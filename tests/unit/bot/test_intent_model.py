"""The intent model learns, says when it does not know, and survives being stored."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest

from bot.components import intent_model_files
from bot.components.intent_model_files import ARRAYS, WORDS, UnfitModel
from bot.components.kiwi_language import KiwiLanguage
from bot.components.kiwi_tokenizer import load_kiwi, tokenize
from bot.text.reading import read
from bot.understanding.linear_training import AXES, find_axes, turn_back
from bot.understanding.network import Batch
from bot.understanding.network_training import NetworkSettings
from bot.understanding.training import Settings, train_model
from bot.understanding.utterance import Utterance
from bot.understanding.vectors import MorphemeVectors
from bot.understanding.word_families import FAMILIES, find_families

EXAMPLES = {
    "delivery_status": "택배 언제 와요|배송 언제 와요|택배 어디예요|배송 어디쯤이에요|물건 언제 도착해요|배송 조회요",
    "order_history": "주문 내역 보여줘요|지난 주문 보여줘요|주문 목록 볼래요|주문 내역 볼래요|구매 내역이요|샀던 거 볼래요",
    "greet": "안녕하세요|안녕|안녕하십니까|하이 안녕|반가워요|안녕하신가요",
    "out_of_scope": "날씨 어때요|오늘 비 오나요|치킨 먹고 싶다|대출 금리 알려줘|호텔 예약할래|영화 추천해 줘",
}
PAIRS = [(text, intent) for intent, texts in EXAMPLES.items() for text in texts.split("|")]
SETTINGS = Settings(min_examples=1, network=NetworkSettings(width=32, batch_size=8, min_epochs=15, max_epochs=15))


@pytest.fixture(scope="module")
def kiwi():
    return load_kiwi(("운송장번호",))


@pytest.fixture(scope="module")
def language(kiwi):
    return KiwiLanguage(kiwi)


@pytest.fixture(scope="module")
def utter(kiwi):
    def make(text):
        reading = read(text).text
        return Utterance.of(reading, [(t.lemma, t.start, t.end) for t in tokenize(kiwi, reading)])

    return make


@pytest.fixture(scope="module")
def learn(utter, language):
    def train(pairs):
        utterances = [utter(text) for text, _ in pairs]
        return train_model(utterances, [intent for _, intent in pairs], language=language, settings=SETTINGS)

    return train


@pytest.fixture(scope="module")
def model(learn):
    return learn(PAIRS)


@pytest.fixture(scope="module")
def ask(model, utter):
    return lambda text: model.predict(utter(text))


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
def test_unseen_and_misspelt_words_get_the_nearest_intent(ask, text, intent):
    ranked = [name for name, _ in ask(text).ranking if name != "out_of_scope"]
    assert ranked[0] == intent


def test_a_word_no_example_has_is_understood_by_its_meaning(ask):
    ranked = [name for name, _ in ask("소포 도착").ranking if name != "out_of_scope"]
    assert ranked[0] == "delivery_status"


def test_what_is_out_of_scope_scores_higher(ask):
    inside, outside = ask("택배 언제 와요"), ask("내일 날씨 알려줘")
    assert outside.out_of_scope_score > inside.out_of_scope_score


def test_confidences_are_probabilities(ask):
    prediction = ask("택배")
    assert sum(confidence for _, confidence in prediction.ranking) == pytest.approx(1.0, abs=1e-5)
    assert all(0 <= confidence <= 1 for _, confidence in prediction.ranking)
    assert 0 <= prediction.out_of_scope_score <= 1


def test_the_decision_and_the_first_of_the_ranking_agree(ask):
    for text, _ in PAIRS:
        prediction = ask(text)
        assert (prediction.ranking[0][0] == "out_of_scope") == prediction.out_of_scope


def test_nothing_known_has_no_ranking(ask):
    prediction = ask("")
    assert prediction.ranking == () and prediction.out_of_scope


def test_the_same_examples_give_the_same_answers(model, learn, utter):
    again = learn(PAIRS)
    for text in ("택배 언제 와요", "주문 볼래", "하이", "호텔 알려줘요"):
        assert again.predict(utter(text)) == model.predict(utter(text))


def test_a_model_without_examples_out_of_scope_never_says_so(learn, utter):
    model = learn([pair for pair in PAIRS if pair[1] != "out_of_scope"])
    known, strange = (model.predict(utter(text)) for text in ("택배 언제 와요", "푸틴 몇 살"))
    assert not known.out_of_scope and not strange.out_of_scope
    assert strange.out_of_scope_score > known.out_of_scope_score


def test_two_intents_with_one_example_each_can_be_learnt(learn, utter):
    model = learn([("안녕", "greet"), ("배송 조회", "delivery_status")])
    assert model.predict(utter("안녕")).ranking[0][0] == "greet"


def test_one_intent_is_nothing_to_learn_from(learn):
    with pytest.raises(ValueError, match="two intents"):
        learn([("안녕", "greet"), ("하이", "greet")])


def test_a_stored_model_answers_the_same(model, language, utter, tmp_path):
    intent_model_files.write(model, tmp_path)
    stored = intent_model_files.read(tmp_path, language)
    for text in ("택배 언제 와요", "주문 볼래", "하이", "날씨", "운송장번호 뮈라구용", ""):
        assert stored.predict(utter(text)) == model.predict(utter(text))


def test_a_stored_model_holds_nothing_that_could_run(model, tmp_path):
    intent_model_files.write(model, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {ARRAYS, WORDS}
    with np.load(tmp_path / ARRAYS, allow_pickle=False) as arrays:
        assert {arrays[name].dtype.kind for name in arrays} <= {"f", "i"}
    json.loads(gzip.decompress((tmp_path / WORDS).read_bytes()))


@pytest.mark.parametrize(
    ("change", "reason"), [({"analyser": "kiwi 0"}, "trained with kiwi 0"), ({"format": 0}, "another version")]
)
def test_a_model_of_another_analyser_or_version_asks_for_training(model, language, tmp_path, change, reason):
    intent_model_files.write(model, tmp_path)
    words = json.loads(gzip.decompress((tmp_path / WORDS).read_bytes())) | change
    (tmp_path / WORDS).write_bytes(gzip.compress(json.dumps(words).encode()))
    with pytest.raises(UnfitModel, match=f"{reason}.*run ./ieum train"):
        intent_model_files.read(tmp_path, language)


def test_what_the_networks_say_is_the_mean_of_both_and_in_haste_the_first_ones(model):
    half, extras = model.neural, np.zeros((1, len(FAMILIES)), np.float32)
    rows = np.array([0, 1, 2])
    fixed = half.fixed[rows]
    alone = [
        each.network.score(Batch.of([np.concatenate([fixed, each.learned[rows]], axis=1)], extras))
        for each in half.members
    ]
    assert len(alone) == 2 and not np.allclose(*alone)
    np.testing.assert_allclose(half.score(fixed, rows, extras, hastily=False), sum(alone) / 2, rtol=1e-5)
    np.testing.assert_allclose(half.score(fixed, rows, extras, hastily=True), alone[0])


def test_weights_of_the_main_directions_say_the_same_of_whole_vectors():
    chance = np.random.default_rng(1)
    sentences = chance.standard_normal((300, 64)) * np.linspace(0, 2, 64)
    axes, weights = find_axes(sentences), chance.standard_normal((5, 7 + AXES + 3))
    assert axes.shape == (64, AXES)
    assert np.linalg.norm(sentences @ axes) > 0.98 * np.linalg.norm(sentences)
    features, families = chance.standard_normal((300, 7)), chance.standard_normal((300, 3))
    learned = np.concatenate([features, sentences @ axes, families], axis=1) @ weights.T
    asked = np.concatenate([features, sentences, families], axis=1) @ turn_back(weights, axes, 7).T
    np.testing.assert_allclose(asked, learned)


def test_vectors_know_what_is_alike(language):
    vectors = MorphemeVectors.fit(language, [[("택배", "NNG"), ("배송", "NNG"), ("치킨", "NNG"), ("오", "VV")]])
    parcel, delivery, chicken = (vectors.get((word, "NNG")) for word in ("택배", "배송", "치킨"))
    assert parcel @ delivery > parcel @ chicken
    assert float(np.linalg.norm(parcel)) == pytest.approx(1.0, abs=1e-4)


def test_a_noun_of_the_shop_means_what_its_parts_mean(language):
    vectors = MorphemeVectors.fit(language, [[("운송장", "NNG"), ("번호", "NNG"), ("치킨", "NNG"), ("오", "VV")]])
    compound = vectors.get(("운송장번호", "NNP"))
    assert compound @ vectors.get(("번호", "NNG")) > compound @ vectors.get(("치킨", "NNG"))


def test_what_has_no_meaning_has_no_vector(language):
    vectors = MorphemeVectors.fit(language, [[("택배", "NNG"), ("오", "VV")]])
    assert not vectors.get(("?", "SF")).any()
    assert not vectors.embed([]).any()


def test_families_are_found_without_blanks_and_in_any_case():
    assert find_families("다른 방법 PASS") == ["other_ways", "pass_app"]
    assert find_families("") == []


def test_no_word_stands_twice_in_a_family():
    for name, words in FAMILIES.items():
        assert len(set(words)) == len(words), name
        assert all(word == word.lower() for word in words), name
