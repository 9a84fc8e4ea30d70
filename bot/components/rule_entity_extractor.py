"""Entity extractor: everything that rules can find (`bot.text.entities`).

Runs after the tokenizer. Plain rules over the read text and Kiwi's morphemes, not a
learned model: the closed sets, numbers and days have a grammar, and their values must be
exact. spaCy's matcher was measured and left out: it works on tokens, while these forms cut
across them ("4월15일에산거", "패스앱으로"), and it costs a worker 46 MB and 1.4 s of start.

Training collects the goods named in the annotations, and learns when a name of goods means
goods of the shop: the one question here that the letters do not answer (ADR 0009).
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT, TEXT_TOKENS
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.kiwi_tokenizer import KiwiTokenizer
from bot.components.product_judge_training import (
    AnnotatedText,
    find_in_reading,
    train_judge,
)
from bot.components.text_normaliser import get_reading
from bot.text.entities import find_entities
from bot.text.entity import Entity
from bot.text.normal import NormalText
from bot.text.product_judge import ProductJudge
from bot.text.products import Morpheme

KST = timezone(timedelta(hours=9))
NAMES_FILE = "products.json"
PRODUCT = "product"
MIN_NAME_CHARS = 3  # shorter ones mean too many other things


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True
)
class RuleEntityExtractor(GraphComponent):
    """Adds the entities that rules find in a message."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that must come before this one."""
        return [KiwiTokenizer]

    def __init__(
        self,
        model_storage: ModelStorage,
        resource: Resource,
        products: frozenset[str] = frozenset(),
        judge: ProductJudge | None = None,
    ) -> None:
        """Keep where what is known of goods is stored, and what is known so far."""
        self._model_storage = model_storage
        self._resource = resource
        self._products = products
        self._judge = judge

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> RuleEntityExtractor:
        """Create an extractor that knows only the built-in names."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> RuleEntityExtractor:
        """Load an extractor with the names and the judgement it was trained on."""
        with model_storage.read_from(resource) as directory:
            known = json.loads((directory / NAMES_FILE).read_text(encoding="utf-8"))
        judge = known["judge"] and ProductJudge(**known["judge"])
        return cls(model_storage, resource, frozenset(known["names"]), judge)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn of goods from the annotations and store it."""
        self._products = frozenset(
            example.get(TEXT)[entity["start"] : entity["end"]]
            for example in training_data.entity_examples
            for entity in example.get(ENTITIES)
            if entity["entity"] == PRODUCT
            and entity["end"] - entity["start"] >= MIN_NAME_CHARS
        )
        self._judge = train_judge(map(_annotate, training_data.intent_examples))
        known = {
            "names": sorted(self._products),
            "judge": self._judge
            and {"weights": self._judge.weights, "bias": self._judge.bias},
        }
        with self._model_storage.write_to(self._resource) as directory:
            (directory / NAMES_FILE).write_text(
                json.dumps(known, ensure_ascii=False), encoding="utf-8"
            )
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Extract from each message."""
        for message in messages:
            reading = get_reading(message)
            found = find_entities(
                reading.text,
                _list_morphemes(message),
                today=_day_of(message),
                products=self._products,
                judge=self._judge,
            )
            entities = [_describe(entity, reading) for entity in found]
            message.set(
                ENTITIES, message.get(ENTITIES, []) + entities, add_to_output=True
            )
        return messages


def _list_morphemes(message: Message) -> list[Morpheme]:
    return [
        (token.start, token.end, token.lemma)
        for token in message.get(TEXT_TOKENS) or []
    ]


def _annotate(message: Message) -> AnnotatedText:
    """An example with its annotations at their places in the text as it is read."""
    reading = get_reading(message)
    goods, others = [], []
    for entity in message.get(ENTITIES) or []:
        span = find_in_reading(reading, entity["start"], entity["end"])
        (goods if entity["entity"] == PRODUCT else others).append(span)
    return AnnotatedText(reading.text, _list_morphemes(message), goods, others)


def _describe(entity: Entity, reading: NormalText) -> dict[str, Any]:
    start, end = reading.locate(entity.start, entity.end)
    return {
        "entity": entity.entity,
        "start": start,
        "end": end,
        "value": entity.value,
        "confidence_entity": 1.0,
        "extractor": RuleEntityExtractor.__name__,
    }


def _day_of(message: Message) -> date:
    """The day in Korea on which a message was said; today when it does not tell."""
    now = (message.get("metadata") or {}).get("now")
    at = datetime.fromisoformat(now) if now else datetime.now(KST)
    return at.astimezone(KST).date()
