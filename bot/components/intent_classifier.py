"""Intent classifier: what a message asks for, and whether it is for the shop at all.

Last of the pipeline, after the tokenizer; the model is `bot.understanding.model`. It also
decides when a message was not understood: below `fallback_threshold` the intent becomes
`nlu_fallback`, which the rules answer by saying so; the ranking keeps what the model would
have said. It does not look at the dialogue.

Beside Rasa's `intent` and `intent_ranking` a message gets `out_of_scope_score` (0-1) and,
where it holds several requests, `intents`: their names in the order they are said.
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

from bot.components import intent_model_files
from bot.components.kiwi_language import KiwiLanguage
from bot.components.kiwi_tokenizer import KiwiTokenizer, get_kiwi
from bot.components.text_normaliser import get_reading
from bot.understanding.model import OUT_OF_SCOPE, IntentModel
from bot.understanding.prediction import NOTHING_KNOWN, Prediction
from bot.understanding.training import Settings, train_model
from bot.understanding.utterance import Utterance

FALLBACK_INTENT = "nlu_fallback"
INTENTS = "intents"
OUT_OF_SCOPE_SCORE = "out_of_scope_score"
ANNOUNCEMENTS = 20
logger = logging.getLogger(__name__)


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True
)
class IntentClassifier(GraphComponent):
    """Ranks the intents of a message and says how sure it is."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Defaults of the component's parameters."""
        return {
            # Least confidence (0-1) at which the best intent is acted on.
            "fallback_threshold": 0.15,
            # Intents listed in the answer.
            "ranking_length": 5,
            # Inverse strength of regularisation of the linear half: higher fits the
            # examples closer.
            "regularisation": 1.0,
            # Examples a feature must occur in to be kept.
            "min_examples": 3,
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
        model: IntentModel | None = None,
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
    ) -> IntentClassifier:
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
    ) -> IntentClassifier:
        """Load a trained classifier.

        Raises:
            UnfitModel: it was trained with another analyser or version.
        """
        with model_storage.read_from(resource) as directory:
            model = intent_model_files.read(directory, KiwiLanguage(get_kiwi()))
        return cls(config, model_storage, resource, model)

    def train(self, training_data: TrainingData) -> Resource:
        """Train on the intent examples and store the model, logging how far it is."""
        examples = [e for e in training_data.intent_examples if e.get(TEXT)]
        self._model = train_model(
            [_read_utterance(example) for example in examples],
            [example.get(INTENT) for example in examples],
            language=KiwiLanguage(get_kiwi()),
            settings=Settings(
                regularisation=self._config["regularisation"],
                min_examples=self._config["min_examples"],
            ),
            on_progress=_Announcer().tell,
        )
        with self._model_storage.write_to(self._resource) as directory:
            intent_model_files.write(self._model, directory)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Classify each message; an untrained classifier understands nothing."""
        for message in messages:
            self._classify(message)
        return messages

    def _classify(self, message: Message) -> None:
        if self._model is None:
            self._set(message, NOTHING_KNOWN, ())
            return
        utterance = _read_utterance(message)
        prediction = self._model.predict(utterance)
        self._set(message, prediction, self._model.find_intents(utterance, prediction))

    def _set(
        self, message: Message, prediction: Prediction, intents: tuple[str, ...]
    ) -> None:
        listed = [
            {"name": name, "confidence": confidence}
            for name, confidence in prediction.ranking[: self._config["ranking_length"]]
        ]
        best = listed[0] if listed else {"name": FALLBACK_INTENT, "confidence": 0.0}
        understood = best["name"] == OUT_OF_SCOPE or (
            best["confidence"] >= self._config["fallback_threshold"]
        )
        if len(intents) > 1:
            message.set(INTENTS, list(intents), add_to_output=True)
        elif not understood:
            best = {"name": FALLBACK_INTENT, "confidence": 1.0 - best["confidence"]}
        score = prediction.out_of_scope_score
        message.set(INTENT, best, add_to_output=True)
        message.set(INTENT_RANKING_KEY, listed, add_to_output=True)
        message.set(OUT_OF_SCOPE_SCORE, score, add_to_output=True)


class _Announcer:
    """Logs the progress of a training, a line a twentieth; `bot.train` shows it."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self._told = 0

    def tell(self, ratio: float) -> None:
        """Take the share (0-1) of the work done."""
        if int(ratio * ANNOUNCEMENTS) > self._told:
            self._told = int(ratio * ANNOUNCEMENTS)
            logger.info("Training the classifier", extra={"ratio": ratio})


def _read_utterance(message: Message) -> Utterance:
    tokens = message.get(TEXT_TOKENS) or []
    return Utterance.of(
        get_reading(message).text,
        [(token.lemma, token.start, token.end) for token in tokens],
    )
