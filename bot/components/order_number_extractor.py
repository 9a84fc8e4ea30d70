"""Entity extractor: order numbers.

Runs before the classifier. Writes `order_id` with the number in its usual form as value.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.text.order_numbers import find_order_numbers

ENTITY = "order_id"


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False
)
class OrderNumberExtractor(GraphComponent):
    """Adds the order numbers of a message to its entities."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> OrderNumberExtractor:
        """Create the component; it has no parameters and no state."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Extract from each message."""
        for message in messages:
            found = [
                {
                    "entity": ENTITY,
                    "start": number.start,
                    "end": number.end,
                    "value": number.value,
                    "confidence_entity": 1.0,
                    "extractor": type(self).__name__,
                }
                for number in find_order_numbers(message.get(TEXT) or "")
            ]
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages
