"""Normaliser: what the models read of a message.

First of the pipeline, also in training, so that examples and messages are read alike. The
message's own text is left alone: people and actions see what was written, and entities
are reported at their places in it.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.text.normal import NormalText
from bot.text.reading import read

READING = "reading"


def get_reading(message: Message) -> NormalText:
    """How the text of a message is read; read now where the normaliser did not run."""
    reading: NormalText | None = message.get(READING)
    if reading is not None and reading.raw == message.get(TEXT):
        return reading
    return read(message.get(TEXT) or "")


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False
)
class TextNormaliser(GraphComponent):
    """Keeps the reading of each message beside its text."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TextNormaliser:
        """Create the component; it has no parameters and no state."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Read each message that has a text."""
        for message in messages:
            if message.get(TEXT):
                message.set(READING, read(message.get(TEXT)))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Read the training examples the same way."""
        self.process(training_data.training_examples)
        return training_data
