"""Entity extractor: everything that rules can find (`bot.text.entities`).

Runs after the tokenizer. Plain rules over the read text and Kiwi's morphemes, not a
learned model: the closed sets, numbers and days have a grammar, and their values must be
exact. spaCy's matcher was measured and left out: it works on tokens, while these forms cut
across them ("4월15일에산거", "패스앱으로"), and it costs a worker 46 MB and 1.4 s of start.

Training only collects the goods named in the annotations.
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
from bot.components.text_normaliser import get_reading
from bot.text.entities import find_entities
from bot.text.entity import Entity
from bot.text.normal import NormalText

KST = timezone(timedelta(hours=9))
NAMES_FILE = "products.json"
PRODUCT = "product"
MIN_NAME_CHARS = 2


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
    ) -> None:
        """Keep where the names of goods are stored, and those known so far."""
        self._model_storage = model_storage
        self._resource = resource
        self._products = products

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
        """Load an extractor with the names it was trained on."""
        with model_storage.read_from(resource) as directory:
            names = json.loads((directory / NAMES_FILE).read_text(encoding="utf-8"))
        return cls(model_storage, resource, frozenset(names))

    def train(self, training_data: TrainingData) -> Resource:
        """Collect the names of goods in the annotations and store them."""
        self._products = frozenset(
            example.get(TEXT)[entity["start"] : entity["end"]]
            for example in training_data.entity_examples
            for entity in example.get(ENTITIES)
            if entity["entity"] == PRODUCT
            and entity["end"] - entity["start"] >= MIN_NAME_CHARS
        )
        with self._model_storage.write_to(self._resource) as directory:
            (directory / NAMES_FILE).write_text(
                json.dumps(sorted(self._products), ensure_ascii=False),
                encoding="utf-8",
            )
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Extract from each message."""
        for message in messages:
            reading = get_reading(message)
            found = find_entities(
                reading.text,
                [
                    (token.start, token.end, token.lemma)
                    for token in message.get(TEXT_TOKENS) or []
                ],
                today=_day_of(message),
                products=self._products,
            )
            entities = [_describe(entity, reading) for entity in found]
            message.set(
                ENTITIES, message.get(ENTITIES, []) + entities, add_to_output=True
            )
        return messages


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
