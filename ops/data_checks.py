"""Checks the examples that the bot learns from: `python -m ops.data_checks`.

Repeats teach nothing and make measurements look better than they are; so do examples that stand in the
frozen set as well. Each finding names its place and what to change. Exit status 1 when there is one.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kernel.settings import ROOT
from studio.dataset import Example, list_intents, read_dataset

EXAMPLES_MIN = 90
# Shorter messages differ by one word from half of all others.
_WORDS_MIN = 3
_CURATED = "curated"
# Never learnt: what the classifier answers when it is not sure.
# What no customer says: the bot did not understand; an agent gave the conversation back.
_WITHOUT_EXAMPLES = {"nlu_fallback", "handed_back"}
_EDGES = "\"'`.,!?~…·:;()<>“”‘’^*-–—"


@dataclass(frozen=True)
class FrozenLine:
    """A message of the frozen set."""

    text: str
    place: str


def check(root: Path) -> list[str]:
    """Return what has to be mended below `root`, in the order of urgency; empty when all is well."""
    domain = root / "domain.yml"
    dataset = read_dataset(root / "data", domain, [root / "config.yml"])
    if dataset.problems:
        return [_relative(problem, root) for problem in dataset.problems]
    examples = dataset.examples
    found = [
        *find_repeats(examples),
        *find_near_repeats(examples),
        *find_leaks(examples, read_frozen(root / "tests" / "nlu")),
        *find_scarce(examples, list_intents(domain), domain),
    ]
    return [_relative(problem, root) for problem in found]


def find_repeats(examples: Sequence[Example]) -> Iterator[str]:
    """Yield examples that equal an earlier one once case, spacing and punctuation are dropped."""
    seen: dict[str, Example] = {}
    for example in examples:
        first = seen.setdefault(plain(example.text), example)
        if first is not example:
            other = "" if first.intent == example.intent else f" of {first.intent}: decide which of the two it is, and"
            yield f"{example.place}: repeats {first.place}{other or ':'} take one out"


def find_near_repeats(examples: Sequence[Example]) -> Iterator[str]:
    """Yield examples of three words and more that differ from an earlier one of their intent by one swapped word.

    So does one that differs only in what is marked as an entity, of whatever length.
    """
    seen: dict[tuple[object, ...], Example] = {}
    for example in examples:
        near = None
        for key in [*_gaps(split_words(example.text)), *_frame(example)]:
            first = seen.setdefault((example.intent, *key), example)
            if plain(first.text) != plain(example.text):
                near = near or first
        if near:
            yield f"{example.place}: differs by one word from {near.place}: say it in another way, or take it out"


def find_leaks(examples: Sequence[Example], frozen: Sequence[FrozenLine]) -> Iterator[str]:
    """Yield examples that equal a line of the frozen set or are one word apart from it: swapped, added or left out."""
    equal = {plain(line.text): line for line in frozen}
    swapped = {gap: line for line in frozen for gap in _gaps(split_words(line.text))}
    whole = {tuple(split_words(line.text)): line for line in frozen}
    shorter = {short: line for line in frozen for short in _shortened(split_words(line.text))}
    for example in examples:
        words = split_words(example.text)
        line = equal.get(plain(example.text))
        if line:
            yield f"{example.place}: stands in the frozen set as well, {line.place}: take it out here"
            continue
        near = [swapped.get(gap) for gap in _gaps(words)] + [whole.get(short) for short in _shortened(words)]
        near.append(shorter.get(tuple(words)))
        line = next((one for one in near if one), None)
        if line:
            yield f"{example.place}: is one word apart from the frozen set, {line.place}: say it in another way here"


def find_scarce(examples: Sequence[Example], intents: Sequence[str], domain: Path) -> Iterator[str]:
    """Yield intents with fewer than 90 examples, those that trainers chose left out."""
    written = [example for example in examples if _CURATED not in example.file.parts]
    counts = Counter(example.intent for example in written)
    places: dict[str, str] = {}
    for example in written:
        places.setdefault(example.intent, example.place)
    for intent in intents:
        if intent not in _WITHOUT_EXAMPLES and counts[intent] < EXAMPLES_MIN:
            place = places.get(intent, f"{domain}:1")
            yield f"{place}: {intent} has {counts[intent]} examples: write {EXAMPLES_MIN - counts[intent]} more"


def read_frozen(folder: Path) -> list[FrozenLine]:
    """Return the messages of the frozen set."""
    return [
        FrozenLine(json.loads(line)["text"], f"{file}:{number}")
        for file in sorted(folder.glob("*.jsonl"))
        for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), start=1)
        if line.strip()
    ]


def plain(text: str) -> str:
    """Return a text without case, spacing and punctuation; one of nothing but signs as it is."""
    composed = unicodedata.normalize("NFC", text).casefold()
    return "".join(letter for letter in composed if letter.isalnum()) or composed.strip()


def split_words(text: str) -> list[str]:
    """Return the words of a text, without case and without the punctuation around them."""
    composed = unicodedata.normalize("NFC", text).casefold()
    return [word for part in composed.split() if (word := part.strip(_EDGES))]


def _gaps(words: Sequence[str]) -> Iterator[tuple[object, ...]]:
    """Yield the words with each of them left open in turn; two texts share one when they differ there only."""
    if len(words) >= _WORDS_MIN:
        for place in range(len(words)):
            yield (len(words), place, *words[:place], *words[place + 1 :])


def _frame(example: Example) -> Iterator[tuple[object, ...]]:
    """Yield what is left when entities are named only; two texts share it when they differ in what is marked only."""
    words = split_words(example.frame)
    if example.entities and len(words) >= _WORDS_MIN:
        yield ("frame", *words)


def _shortened(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    if len(words) > _WORDS_MIN:
        for place in range(len(words)):
            yield (*words[:place], *words[place + 1 :])


def _relative(problem: str, root: Path) -> str:
    return problem.replace(f"{root}/", "")


def main() -> int:
    """Check the repository's data and print what has to be mended; return the exit status."""
    found = check(ROOT)
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
