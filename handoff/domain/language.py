"""Which language a customer writes, by the letters they use. No model: enough to ask the right agent first."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SCRIPTS = {
    "ko": re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]"),
    "ja": re.compile(r"[\u3040-\u30ff]"),
    "zh": re.compile(r"[\u4e00-\u9fff]"),
    "en": re.compile(r"[A-Za-z]"),
}
_KOREAN_ENOUGH = 0.2  # of the letters: Korean sentences hold product names and addresses in Latin letters
_LETTERS_MIN = 8  # an order number, an OK or a carrier's name is no language


def language_of(texts: Iterable[str]) -> str | None:
    """Return `ko`, `ja`, `zh` or `en`; None where too little is written to tell."""
    text = " ".join(texts)
    counts = {language: len(letters.findall(text)) for language, letters in _SCRIPTS.items()}
    total = sum(counts.values())
    if counts["ko"] and counts["ko"] >= total * _KOREAN_ENOUGH:
        return "ko"
    if counts["ja"] and counts["ja"] + counts["zh"] > counts["en"]:
        return "ja"
    if counts["zh"] > counts["en"]:
        return "zh"
    return "en" if counts["en"] >= _LETTERS_MIN else None
