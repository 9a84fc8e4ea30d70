"""How well the rules find what trainers have annotated: `python -m bot.entity_report`.

Prints precision, recall and F1 of each entity over the annotations under data/nlu, found
exactly. Goods are judged by what the other half of the examples teaches, so that no line is
asked about what it has taught itself. With `--errors` every difference is named by file and
line: a rule that falls short, or an annotation to look at again. Examples out of scope teach
what is not meant, and are not asked: nobody acts on what is found in them.
"""

from __future__ import annotations

import argparse
import re
import sys
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import yaml

from bot.components.kiwi_analyser import analyse, load_kiwi
from bot.components.product_judge_training import (
    AnnotatedText,
    find_in_reading,
    train_judge,
)
from bot.text.entities import find_entities
from bot.text.normal import NormalText
from bot.text.products import ENTITY as PRODUCT
from bot.text.products import Morpheme
from bot.text.reading import read

ROOT = Path(__file__).resolve().parent.parent
TOTAL = "all"
HALVES = 2
ANY_DAY = date(2026, 1, 1)  # which day it is changes values, not places
# Over all entities of data/nlu in scope: what was reached, less some room.
LEAST_F1 = 0.935
OUT_OF_SCOPE = "out_of_scope"  # the file
Span = tuple[str, int, int]  # entity, start, end

_EXAMPLE = re.compile(r"^ {4}- (.*)$")
_MARK = re.compile(
    r'\[(?P<words>[^\]]+)\](?:\((?P<entity>\w+)[^)]*\)|\{"entity":\s*"(?P<named>\w+)"[^}]*\})'
)


@dataclass(frozen=True)
class MarkedLine:
    """An example of a training file: its text without the marks, and what they mark."""

    place: str
    text: str
    marks: frozenset[Span]
    in_scope: bool = True


@dataclass(frozen=True)
class Analysed:
    """A line with how it is read and what that is made of."""

    line: MarkedLine
    reading: NormalText
    morphemes: Sequence[Morpheme]

    @property
    def half(self) -> int:
        """In which half of the examples it stands, whatever their order."""
        return zlib.crc32(self.line.text.encode()) % HALVES


@dataclass
class Tally:
    """Counts of each entity, and the differences in words."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)

    def compare(self, line: MarkedLine, found: set[Span]) -> None:
        """Count one example."""
        for counter, spans, name in (
            (self.right, found & line.marks, ""),
            (self.wrong, found - line.marks, "found"),
            (self.missed, line.marks - found, "missed"),
        ):
            for entity, start, end in sorted(spans):
                counter.update((entity, TOTAL))
                if name:
                    self.errors.append(
                        f"{line.place}: {name} {entity} {line.text[start:end]!r}: {line.text}"
                    )

    def list_rows(self) -> Iterator[tuple[str, float, float, float, int]]:
        """Entity, precision, recall, F1 and annotations of each, the total last."""
        entities = sorted({*self.right, *self.wrong, *self.missed} - {TOTAL})
        for entity in (*entities, TOTAL):
            right, wrong = self.right[entity], self.wrong[entity]
            wanted = right + self.missed[entity]
            precision = right / (right + wrong) if right + wrong else 1.0
            recall = right / wanted if wanted else 1.0
            f1 = 2 * right / (2 * right + wrong + self.missed[entity] or 1)
            yield entity, precision, recall, f1, wanted

    @property
    def f1(self) -> float:
        """F1 over all entities."""
        return list(self.list_rows())[-1][3]


def evaluate(data: Path, config: Path) -> Tally:
    """Run the rules over the examples of a folder."""
    kiwi = load_kiwi(_read_user_words(config))
    examples = []
    for line in read_lines(data):
        reading = read(line.text)
        examples.append(Analysed(line, reading, analyse(kiwi, reading.text)))
    return compare_halves(examples)


def compare_halves(examples: Sequence[Analysed]) -> Tally:
    """Ask each half with what the other teaches about goods."""
    tally = Tally()
    for half in range(HALVES):
        judge = train_judge(_annotate(each) for each in examples if each.half != half)
        for each in examples:
            if each.half != half or not each.line.in_scope:
                continue
            found = find_entities(
                each.reading.text, each.morphemes, today=ANY_DAY, judge=judge
            )
            tally.compare(
                each.line,
                {
                    (entity.entity, *each.reading.locate(entity.start, entity.end))
                    for entity in found
                },
            )
    return tally


def read_lines(data: Path) -> Iterator[MarkedLine]:
    """The examples below a folder; lines that are no examples are passed over."""
    for file in sorted(data.rglob("*.yml")):
        lines = file.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, start=1):
            if example := _EXAMPLE.match(line):
                line = read_marks(example[1], f"{file}:{number}")
                yield replace(line, in_scope=file.stem != OUT_OF_SCOPE)


def read_marks(marked: str, place: str = "") -> MarkedLine:
    """An example as trainers write it: ``[운동화](product) 환불``."""
    text, marks, position = "", set(), 0
    for mark in _MARK.finditer(marked):
        text += marked[position : mark.start()]
        start = len(text)
        text += mark["words"]
        marks.add((mark["entity"] or mark["named"], start, len(text)))
        position = mark.end()
    return MarkedLine(place, text + marked[position:], frozenset(marks))


def _annotate(example: Analysed) -> AnnotatedText:
    goods, others = [], []
    for entity, start, end in example.line.marks:
        span = find_in_reading(example.reading, start, end)
        (goods if entity == PRODUCT else others).append(span)
    return AnnotatedText(example.reading.text, example.morphemes, goods, others)


def _read_user_words(config: Path) -> tuple[str, ...]:
    pipeline = yaml.safe_load(config.read_text(encoding="utf-8"))["pipeline"]
    words: Iterable[list[str] | None] = (each.get("user_words") for each in pipeline)
    return tuple(next(filter(None, words), ()))


def main(arguments: list[str] | None = None) -> int:
    """Report as the command line says; fails below `--least` F1 over all entities."""
    parser = argparse.ArgumentParser(prog="python -m bot.entity_report")
    parser.add_argument("--data", default=ROOT / "data" / "nlu", type=Path)
    parser.add_argument("--config", default=ROOT / "config.yml", type=Path)
    parser.add_argument("--errors", action="store_true", help="name every difference")
    parser.add_argument("--least", default=LEAST_F1, type=float, help="F1, 0 to 1")
    options = parser.parse_args(arguments)
    tally = evaluate(options.data, options.config)
    for line in tally.errors if options.errors else ():
        print(line.replace(f"{ROOT}/", ""))
    print(f"{'entity':14} {'precision':>9} {'recall':>7} {'F1':>6} {'examples':>9}")
    for entity, precision, recall, f1, wanted in tally.list_rows():
        print(f"{entity:14} {precision:9.3f} {recall:7.3f} {f1:6.3f} {wanted:9}")
    if tally.f1 < options.least:
        print(f"F1 {tally.f1:.3f} is below {options.least}: see --errors")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
