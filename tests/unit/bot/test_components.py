"""Normaliser, entities and mood as parts of the pipeline."""

from __future__ import annotations

import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.kiwi_tokenizer import KiwiTokenizer
from bot.components.mood_meter import MoodMeter
from bot.components.rule_entity_extractor import RuleEntityExtractor
from bot.components.text_normaliser import READING, TextNormaliser


@pytest.fixture
def storage(tmp_path):
    return LocalModelStorage.create(tmp_path)


def understand(storage, text, now=None, extractor=None):
    message = Message({"text": text, **({"metadata": {"now": now}} if now else {})})
    extractor = extractor or RuleEntityExtractor.create({}, storage, Resource("r"), None)
    tokenizer = KiwiTokenizer(KiwiTokenizer.get_default_config())
    for component in (TextNormaliser(), tokenizer, extractor, MoodMeter()):
        component.process([message])
    return message


def list_entities(message):
    text = message.get("text")
    return [(each["entity"], text[each["start"] : each["end"]], each["value"]) for each in message.get("entities")]


def test_the_text_stays_as_written_and_entities_stand_in_it(storage):
    message = understand(storage, "ＳＫＴ인데요ㅠㅠㅠㅠ 2026－10234")
    assert message.get("text") == "ＳＫＴ인데요ㅠㅠㅠㅠ 2026－10234"
    assert list_entities(message) == [("carrier", "ＳＫＴ", "SKT"), ("order_id", "2026－10234", "2026-10234")]


def test_words_on_the_wrong_keyboard_are_tokenized_as_meant(storage):
    message = understand(storage, "qothd")
    assert [token.lemma for token in message.get("text_tokens")] == ["배송/NNG"]


def test_yesterday_is_counted_from_when_the_message_was_said_in_korea(storage):
    late = understand(storage, "어제 산 거", now="2026-03-01T15:30:00+00:00")  # 2 March in Korea
    assert list_entities(late) == [("date", "어제", "2026-03-01/2026-03-01")]


def test_a_message_that_does_not_say_when_is_of_today(storage):
    ((entity, surface, _),) = list_entities(understand(storage, "어제 산 거"))
    assert (entity, surface) == ("date", "어제")


def test_goods_named_in_annotations_are_known_after_training_and_loading(storage):
    example = Message({"text": "호작도자개함 샀어요", "intent": "order_history"})
    example.set("entities", [{"entity": "product", "start": 0, "end": 6, "value": "호작도자개함"}])
    assert list_entities(understand(storage, "호작도자개함 환불")) == []
    resource = RuleEntityExtractor.create({}, storage, Resource("r"), None).train(TrainingData([example]))
    loaded = RuleEntityExtractor.load({}, storage, resource, None)
    found = list_entities(understand(storage, "호작도자개함 환불", extractor=loaded))
    assert found == [("product", "호작도자개함", "호작도자개함")]


def test_what_was_learned_about_goods_is_kept_by_training_and_loading(storage):
    examples = []
    for name in ("운동화", "셔츠", "냄비", "모자", "우산"):
        bought = Message({"text": f"{name} 반품하고 싶어요", "intent": "return_exchange"})
        bought.set("entities", [{"entity": "product", "start": 0, "end": len(name), "value": name}])
        examples += [bought, Message({"text": f"{name} 문양 좋아하세요", "intent": "out_of_scope"})]
    for component in (TextNormaliser(), KiwiTokenizer(KiwiTokenizer.get_default_config())):
        component.process(examples)
    resource = RuleEntityExtractor.create({}, storage, Resource("r"), None).train(TrainingData(examples))
    loaded = RuleEntityExtractor.load({}, storage, resource, None)
    assert list_entities(understand(storage, "양말 문양 좋아하세요", extractor=loaded)) == []
    found = list_entities(understand(storage, "양말 반품하고 싶어요", extractor=loaded))
    assert found == [("product", "양말", "양말")]
    assert list_entities(understand(storage, "양말 문양 좋아하세요")) == [("product", "양말", "양말")]


def test_mood_goes_out_with_the_message(storage):
    message = understand(storage, "장난하냐 당장 보내")
    assert message.get("mood")["anger"] >= 0.6
    assert message.as_dict(only_output_properties=True)["mood"] == message.get("mood")


@pytest.mark.parametrize(
    "text", ["", "👍", "ㅋㅋ", "\ud800", "\u202e\u200b", '/intent{"a":"b"}', "[x](order_id:1)", "가" * 2000]
)
def test_awkward_texts_bring_no_entity_and_no_failure(storage, text):
    assert list_entities(understand(storage, text)) == []


def test_training_examples_are_read_like_messages():
    data = TrainingData([Message({"text": "ㄱㅅ", "intent": "thanks"})])
    TextNormaliser().process_training_data(data)
    assert data.training_examples[0].get(READING).text == "감사"
