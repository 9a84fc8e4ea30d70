"""A message as the models read it, with the way back to the text.

Follows `bot.text.normal`, whose form is kept for everything that people or actions see.
Here full-width signs become plain, words typed in the wrong language are turned over,
shorthand is written out, stretched signs are cut to two and emoji lose their variants.
What anger or haste can be heard from stays as a sign, in its shortest form.
"""

from __future__ import annotations

import functools
import unicodedata

from bot.text import keyboard, shorthand
from bot.text.normal import NormalText, normalise

Piece = tuple[str, int, int]  # a character and the part of the text it is from

PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d", "-"),
        **dict.fromkeys("\u2018\u2019\u201a\u201b`\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb", '"'),
        **dict.fromkeys("\u301c\u223c\u02dc\uff5e", "~"),
        "ㅜ": "ㅠ",
    }
)
# Joiners and variants: a face keeps its meaning without colour of skin or of print.
EMOJI_VARIANTS = frozenset(
    "\u200d\ufe0e\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
)
MAX_REPEATS = 2
UNLIMITED = 1 << 30
SPOKEN_DIGITS = frozenset("공영일이삼사오육륙칠팔구")  # 공일공 공공공공


def read(text: str) -> NormalText:
    """Bring any string into the form the models read."""
    normal = normalise(text)
    pieces = [
        (plain, start, end)
        for character, (start, end) in zip(normal.text, normal.spans, strict=True)
        for plain in _plain(character)
    ]
    pieces = _turn_over(pieces)
    pieces = _write_out(pieces)
    pieces = _cut_repeats(pieces)
    return NormalText(
        raw=text,
        text="".join(character for character, _, _ in pieces),
        spans=tuple((start, end) for _, start, end in pieces),
    )


@functools.lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    """A character without its typographic form; empty for a variant of an emoji."""
    if character < "\u0080" or "가" <= character <= "힣":
        return character
    if character in EMOJI_VARIANTS:
        return ""
    plain = character.translate(PLAIN)
    if plain != character or "ㄱ" <= character <= "ㅣ":
        return plain
    if "\uffa0" <= character <= "\uffdc":  # half-width letters of Hangul
        code = unicodedata.decomposition(character).rpartition(" ")[2]
        return chr(int(code, 16)).translate(PLAIN) if code else character
    folded = unicodedata.normalize("NFKC", character)
    return folded if folded.isascii() and folded.isprintable() else character


def _turn_over(pieces: list[Piece]) -> list[Piece]:
    text = _text_of(pieces)
    rewritten: list[Piece] = []
    position = 0
    for rewrite in keyboard.find_mistyped(text):
        rewritten.extend(pieces[position : rewrite.start])
        rewritten.extend(_replace(pieces, rewrite.start, rewrite.end, rewrite.text))
        position = rewrite.end
    return [*rewritten, *pieces[position:]] if position else pieces


def _write_out(pieces: list[Piece]) -> list[Piece]:
    text = _text_of(pieces)
    rewritten: list[Piece] = []
    position = 0
    for run in shorthand.RUN.finditer(text):
        expansion = shorthand.expand(run[0], alone=run[0] == text.strip(" !?.,~"))
        if expansion is None:
            continue
        word, length = expansion
        rewritten.extend(pieces[position : run.start()])
        position = run.start() + length
        rewritten.extend(_replace(pieces, run.start(), position, word))
    return [*rewritten, *pieces[position:]] if position else pieces


def _replace(pieces: list[Piece], start: int, end: int, text: str) -> list[Piece]:
    """Characters that all stand for the same part of the text."""
    begin, finish = pieces[start][1], pieces[end - 1][2]
    return [(character, begin, finish) for character in text]


def _cut_repeats(pieces: list[Piece]) -> list[Piece]:
    kept: list[Piece] = []
    run_length = 0
    for piece in pieces:
        run_length = run_length + 1 if kept and piece[0] == kept[-1][0] else 1
        if run_length > _most_repeats(piece[0]):
            kept[-1] = (piece[0], kept[-1][1], piece[2])
        else:
            kept.append(piece)
    return kept


def _most_repeats(character: str) -> int:
    """How often a character may follow itself: numbers and Latin words as they are."""
    if character == " ":
        return 1
    if character in SPOKEN_DIGITS or (
        character.isascii() and (character.isalnum() or character in "_-")
    ):
        return UNLIMITED
    return MAX_REPEATS


def _text_of(pieces: list[Piece]) -> str:
    return "".join(character for character, _, _ in pieces)
