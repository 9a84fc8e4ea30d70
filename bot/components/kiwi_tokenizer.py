"""Tokenizer: Korean morphemes by Kiwi.

Follows the normaliser, whose reading of the text it takes apart. Rasa's own tokenizers drop or split Hangul wrongly. Places are the
analyser's own: a morpheme ("오" + "아" in "와") need not stand in the text verbatim, so
searching for it would fail.
"""

from __future__ import annotations

import re
from typing import Any

from kiwipiepy import Kiwi
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components.text_normaliser import get_reading

LONE_SURROGATE = re.compile("[\ud800-\udfff]")
NOUN = "NNP"
# The one analyser of the process, by the nouns it was given.
_loaded: dict[tuple[str, ...], Kiwi] = {}


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


def tokenize(kiwi: Kiwi, text: str) -> list[Token]:
    """Morphemes of a text as tokens, those without extent left out."""
    analysable = LONE_SURROGATE.sub("\ufffd", text)
    tokens = []
    for morpheme in kiwi.tokenize(analysable):
        end = morpheme.start + morpheme.len
        if end > morpheme.start:
            tokens.append(
                Token(
                    text=text[morpheme.start : end],
                    start=morpheme.start,
                    end=end,
                    lemma=f"{morpheme.form}/{morpheme.tag}",
                )
            )
    return tokens


def load_kiwi(user_words: tuple[str, ...]) -> Kiwi:
    """The process's analyser; loading takes about a second and 230 MB."""
    if user_words not in _loaded:
        _loaded.clear()
        _loaded[user_words] = _make_kiwi(user_words)
    return _loaded[user_words]


def get_kiwi() -> Kiwi:
    """The analyser that this process has loaded.

    Raises:
        LookupError: no tokenizer was made before.
    """
    if not _loaded:
        raise LookupError("the pipeline needs KiwiTokenizer before its classifier")
    return next(iter(_loaded.values()))


def _make_kiwi(user_words: tuple[str, ...]) -> Kiwi:
    # The dictionaries of place names, of names from other languages and of typing slips
    # double the memory and are of no use for a shop's messages.
    kiwi = Kiwi(
        num_workers=1,
        load_default_dict=False,
        load_multi_dict=False,
        load_typo_dict=False,
    )
    for word in user_words:
        kiwi.add_user_word(word, NOUN)
    kiwi.tokenize("")  # builds the tables now instead of during the first message
    return kiwi
