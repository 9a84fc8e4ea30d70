"""Mood: how angry and how pressed a message sounds, beside its intent.

Runs anywhere after the normaliser. Writes `mood` with `anger` and `urgency`, 0 to 1; what
follows from them is for the dialogue and the people to decide.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

from bot.components.text_normaliser import get_reading
from bot.text.mood import assess_mood

MOOD = "mood"


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False
)
class MoodMeter(GraphComponent):
    """Adds the mood of a message to what is known of it."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MoodMeter:
        """Create the component; it has no parameters and no state."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Assess each message."""
        for message in messages:
            mood = assess_mood(get_reading(message).text)
            message.set(MOOD, dataclasses.asdict(mood), add_to_output=True)
        return messages
