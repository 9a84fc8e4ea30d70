"""Intent classifier: a linear model over morphemes, characters and jamo.

Last of the pipeline, after the tokenizer. It also decides when a message was not
understood: below `fallback_threshold` the intent becomes `nlu_fallback`, which the rules
answer by saying so; the ranking keeps what the model would have said. It does not look
at the dialogue.
"""

from __future__ import annotations

import logging
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT, TEXT_TOKENS
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components import linear_model_files
from bot.components.kiwi_tokenizer import KiwiTokenizer
from bot.components.linear_model_training import train_model
from bot.components.text_normaliser import get_reading
from bot.text.features import Counts, count_features
from bot.text.linear_model import LinearModel

FALLBACK_INTENT = "nlu_fallback"
logger = logging.getLogger(__name__)


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True
)
class LinearIntentClassifier(GraphComponent):
    """Ranks the intents of a message and says how sure it is."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Defaults of the component's parameters."""
        return {
            # Least confidence (0-1) at which the best intent is acted on.
            "fallback_threshold": 0.35,
            # Intents listed in the answer.
            "ranking_length": 5,
            # Inverse strength of regularisation: higher fits the examples closer.
            "regularisation": 3.0,
            # Examples a feature must occur in to be kept.
            "min_examples": 2,
        }

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that must come before this one."""
        return [KiwiTokenizer]

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: LinearModel | None = None,
    ) -> None:
        """Keep what is needed to train, or to classify when `model` is given."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntentClassifier:
        """Create an untrained classifier."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearIntentClassifier:
        """Load a trained classifier."""
        with model_storage.read_from(resource) as directory:
            model = linear_model_files.read(directory)
        return cls(config, model_storage, resource, model)

    def train(self, training_data: TrainingData) -> Resource:
        """Train on the intent examples and store the model."""
        examples = [e for e in training_data.intent_examples if e.get(TEXT)]
        self._model = train_model(
            [_count(example) for example in examples],
            [example.get(INTENT) for example in examples],
            regularisation=self._config["regularisation"],
            min_examples=self._config["min_examples"],
        )
        with self._model_storage.write_to(self._resource) as directory:
            linear_model_files.write(self._model, directory)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Classify each message; an untrained classifier understands nothing."""
        for message in messages:
            ranking = self._model.rank(_count(message)) if self._model else []
            self._set_intent(message, ranking)
        return messages

    def _set_intent(self, message: Message, ranking: list[Any]) -> None:
        listed = [
            {"name": name, "confidence": confidence}
            for name, confidence in ranking[: self._config["ranking_length"]]
        ]
        best = listed[0] if listed else {"name": FALLBACK_INTENT, "confidence": 0.0}
        if best["confidence"] < self._config["fallback_threshold"]:
            best = {"name": FALLBACK_INTENT, "confidence": 1.0 - best["confidence"]}
        message.set(INTENT, best, add_to_output=True)
        message.set(INTENT_RANKING_KEY, listed, add_to_output=True)


def _count(message: Message) -> list[Counts]:
    morphemes = [token.lemma for token in message.get(TEXT_TOKENS) or []]
    return list(count_features(get_reading(message).text, morphemes))
