"""The Korean analyser of the process: Kiwi, without anything of Rasa's.

Places are the analyser's own: a morpheme ("오" + "아" in "와") need not stand in the text
verbatim, so searching for it would fail.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from kiwipiepy import Kiwi

Morpheme = tuple[int, int, str]  # start, end, form/tag

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_NOUN = "NNP"
THREADS = 2  # for many texts at once; a single one is analysed by its caller
# The one analyser of the process, by the nouns it was given.
_loaded: dict[tuple[str, ...], Kiwi] = {}


def analyse(kiwi: Kiwi, text: str) -> list[Morpheme]:
    """Morphemes of a text in order, those without extent left out."""
    return _read(kiwi.tokenize(_LONE_SURROGATE.sub("\ufffd", text)))


def analyse_all(kiwi: Kiwi, texts: Iterable[str]) -> Iterator[list[Morpheme]]:
    """Like `analyse` for many texts, in order, on `THREADS` threads."""
    analysable = (_LONE_SURROGATE.sub("\ufffd", text) for text in texts)
    return map(_read, kiwi.tokenize(analysable))


def _read(tokens: Iterable[Any]) -> list[Morpheme]:
    return [
        (each.start, each.start + each.len, f"{each.form}/{each.tag}")
        for each in tokens
        if each.len
    ]


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
        num_workers=THREADS,
        load_default_dict=False,
        load_multi_dict=False,
        load_typo_dict=False,
    )
    for word in user_words:
        kiwi.add_user_word(word, _NOUN)
    kiwi.tokenize("")  # builds the tables now instead of during the first message
    return kiwi
