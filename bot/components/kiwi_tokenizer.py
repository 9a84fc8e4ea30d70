"""Tokenizer: Korean morphemes by Kiwi.

Follows the normaliser, whose reading of the text it takes apart. Rasa's own tokenizers drop
or split Hangul wrongly.
"""

from __future__ import annotations

from typing import Any

from kiwipiepy import Kiwi
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.kiwi_analyser import Morpheme, analyse, analyse_all
from bot.components.kiwi_analyser import get_kiwi as get_kiwi
from bot.components.kiwi_analyser import load_kiwi as load_kiwi
from bot.components.text_normaliser import get_reading


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False
)
class KiwiTokenizer(Tokenizer):
    """Splits text into morphemes; a token's lemma is its ``form/tag``."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Defaults of the component's parameters."""
        return {
            # Nouns of the shop that a general dictionary splits.
            "user_words": [],
            # Asked for by Rasa's base class; intents are never split here.
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
        }

    def __init__(self, config: dict[str, Any]) -> None:
        """Load the analyser, or take the one this process has."""
        super().__init__(config)
        self._kiwi = load_kiwi(tuple(config["user_words"]))

    @staticmethod
    def supported_languages() -> list[str]:
        """Languages this component may be used for."""
        return ["ko"]

    @staticmethod
    def required_packages() -> list[str]:
        """Packages looked for before the component is made."""
        return ["kiwipiepy"]

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Tokenize an attribute of a message; its text as it is read. Any is accepted."""
        if attribute == TEXT:
            return tokenize(self._kiwi, get_reading(message).text)
        return tokenize(self._kiwi, message.get(attribute))

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Tokenize all examples, their texts several at a time."""
        examples = [e for e in training_data.training_examples if e.get(TEXT)]
        texts = [get_reading(example).text for example in examples]
        found = analyse_all(self._kiwi, texts)
        for example, text, morphemes in zip(examples, texts, found, strict=True):
            example.set(TOKENS_NAMES[TEXT], _as_tokens(text, morphemes))
        return training_data


def tokenize(kiwi: Kiwi, text: str) -> list[Token]:
    """Morphemes of a text as tokens, those without extent left out."""
    return _as_tokens(text, analyse(kiwi, text))


def _as_tokens(text: str, morphemes: list[Morpheme]) -> list[Token]:
    return [
        Token(text=text[start:end], start=start, end=end, lemma=lemma)
        for start, end, lemma in morphemes
    ]
