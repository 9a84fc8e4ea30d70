"""The classifier as the last part of the pipeline, with whatever people type."""

from __future__ import annotations

import logging

import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components import kiwi_analyser
from bot.components.intent_classifier import IntentClassifier
from bot.components.kiwi_tokenizer import KiwiTokenizer, get_kiwi
from bot.components.text_normaliser import TextNormaliser

EXAMPLES = {
    "delivery_delay": "배송이 너무 늦어요|택배가 늦네요|배송이 왜 이렇게 늦나요|배송 지연됐어요|아직도 안 왔어요|배송이 늦습니다",
    "compensation_request": "보상해 주세요|보상은 안 해주나요|보상 받고 싶어요|피해 보상 요구합니다|보상금 주세요|보상 되나요",
    "greet": "안녕하세요|안녕|안녕하십니까|하이 안녕|반가워요|안녕하신가요",
    "out_of_scope": "날씨 어때요|오늘 비 오나요|치킨 먹고 싶다|대출 금리 알려줘|호텔 예약할래|영화 추천해 줘",
}
HOSTILE = {
    "nothing": "",
    "blanks": " \t\n",
    "2,000 characters": "배송이 늦고 " * 285,
    "one character 2,000 times": "가" * 2000,
    "emoji": "😀😡👨‍👩‍👧",
    "jamo": "ㅂㅅㅇㅈㅇㅇ",
    "laughter": "ㅋㅋㅋㅋㅋㅋㅋㅋ",
    "control characters": "배송\x00\x07\x1b[2J",
    "bidi": "\u202e송배\u200f\u2066",
    "invisible": "\u200b\u200d\ufeff",
    "half a character": "\ud800",
    "English": "where is my parcel, it is late",
    "Japanese": "荷物はどこですか",
    "Rasa's intent": '/greet{"a":"b"}',
    "SQL": "'; DROP TABLE orders; --",
    "HTML": "<script>alert(1)</script>",
    "digits": "1" * 500,
    "signs": "?!?!...~~~",
}


@pytest.fixture(scope="module")
def storage(tmp_path_factory):
    return LocalModelStorage.create(tmp_path_factory.mktemp("storage"))


def run(classifier, message):
    tokenizer = KiwiTokenizer(KiwiTokenizer.get_default_config())
    for component in (TextNormaliser(), tokenizer, classifier):
        component.process([message])
    return message


@pytest.fixture(scope="module")
def trained(storage):
    pairs = [(text, intent) for intent, texts in EXAMPLES.items() for text in texts.split("|")]
    data = TrainingData([Message({"text": text, "intent": intent}) for text, intent in pairs])
    TextNormaliser().process_training_data(data)
    KiwiTokenizer(KiwiTokenizer.get_default_config()).process_training_data(data)
    config = IntentClassifier.get_default_config() | {"min_examples": 1}
    resource = IntentClassifier.create(config, storage, Resource("classifier"), None).train(data)
    return IntentClassifier.load(config, storage, resource, None)


@pytest.fixture(scope="module")
def classify(trained):
    return lambda text: run(trained, Message({"text": text}))


def test_both_requests_of_a_message_go_out_in_the_order_they_are_said(classify):
    message = classify("배송도 늦고 보상도 안 해주나요")
    assert message.get("intents") == ["delivery_delay", "compensation_request"]
    assert message.get("intent")["name"] in message.get("intents")
    assert message.as_dict(only_output_properties=True)["intents"] == message.get("intents")


def test_a_message_with_one_request_names_no_others(classify):
    assert classify("배송이 너무 늦어요").get("intents") is None


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_whatever_is_typed_gets_an_answer_in_form(classify, text):
    answer = classify(text).as_dict(only_output_properties=True)
    assert answer["intent"]["name"] in {*EXAMPLES, "nlu_fallback"}
    assert 0 <= answer["intent"]["confidence"] <= 1
    assert 0 <= answer["out_of_scope_score"] <= 1
    assert all(0 <= item["confidence"] <= 1 for item in answer["intent_ranking"])


def test_a_message_of_nothing_is_not_understood(classify):
    message = classify("")
    assert message.get("intent") == {"name": "nlu_fallback", "confidence": 1.0}
    assert message.get("intent_ranking") == []


def test_below_the_threshold_it_says_so_and_keeps_the_ranking(trained, classify, monkeypatch):
    sure = classify("배송이 너무 늦어요").get("intent_ranking")[0]
    monkeypatch.setitem(trained._config, "fallback_threshold", sure["confidence"] + 1e-6)
    message = classify("배송이 너무 늦어요")
    assert message.get("intent")["name"] == "nlu_fallback"
    assert message.get("intent_ranking")[0] == sure


def test_an_untrained_classifier_understands_nothing(storage):
    classifier = IntentClassifier.create(IntentClassifier.get_default_config(), storage, Resource("none"), None)
    assert run(classifier, Message({"text": "안녕"})).get("intent")["name"] == "nlu_fallback"


def test_training_tells_how_far_it_is(storage, caplog):
    examples = [Message({"text": text, "intent": intent}) for text, intent in (("안녕", "greet"), ("배송", "x"))]
    data = TrainingData(examples)
    KiwiTokenizer(KiwiTokenizer.get_default_config()).process_training_data(data)
    config = IntentClassifier.get_default_config()
    with caplog.at_level(logging.INFO, logger="bot.components.intent_classifier"):
        IntentClassifier.create(config, storage, Resource("told"), None).train(data)
    ratios = [record.ratio for record in caplog.records]
    assert ratios == sorted(ratios) and ratios[-1] == 1.0


def test_without_a_tokenizer_there_is_no_analyser(monkeypatch):
    monkeypatch.setattr(kiwi_analyser, "_loaded", {})
    with pytest.raises(LookupError, match="KiwiTokenizer"):
        get_kiwi()
