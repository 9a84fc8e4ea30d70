"""Stock Rasa's whitespace tokenizer, with Hangul left in. For measuring only.

The stock one takes a token of nothing but Hangul for an emoji and drops it. A peer that
reads Korean at all is the fairer one.
"""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.whitespace_tokenizer import WhitespaceTokenizer


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False
)
class HangulWhitespaceTokenizer(WhitespaceTokenizer):
    """Splits at spaces and keeps what stands between them."""

    def remove_emoji(self, text: str) -> str:
        """Keep the token, whatever it is made of."""
        return text
