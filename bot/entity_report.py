"""How well the rules find what trainers have annotated: `python -m bot.entity_report`.

Prints precision, recall and F1 of each entity over the annotations under data/nlu, found
exactly, and with `--errors` every difference. Names of goods are taken from the built-in
list only, unless `--with-annotated-goods`: what is looked up would be found by definition.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TOTAL = "all"
ANY_DAY = date(2026, 1, 1)  # which day it is changes values, not places
Span = tuple[str, int, int]  # entity, start, end


@dataclass
class Tally:
    """Counts of each entity, and the differences in words."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)

    def compare(self, text: str, found: set[Span], wanted: set[Span]) -> None:
        """Count one example."""
        for counter, spans, name in (
            (self.right, found & wanted, ""),
            (self.wrong, found - wanted, "wrong"),
            (self.missed, wanted - found, "missed"),
        ):
            for entity, start, end in sorted(spans):
                counter.update((entity, TOTAL))
                if name:
                    self.errors.append(f"{name:6} {entity}: {text[start:end]} | {text}")

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


def evaluate(data: Path, config: Path, *, with_annotated_goods: bool) -> Tally:
    """Run the rules over the examples of a folder."""
    from rasa.shared.importers.importer import TrainingDataImporter
    from rasa.shared.utils.io import read_yaml_file

    from bot.components.kiwi_tokenizer import load_kiwi, tokenize
    from bot.text.entities import find_entities
    from bot.text.reading import read

    importer = TrainingDataImporter.load_from_dict(training_data_paths=[str(data)])
    examples = importer.get_nlu_data().intent_examples
    kiwi = load_kiwi(_read_user_words(read_yaml_file(config)))
    goods = frozenset(_list_goods(examples) if with_annotated_goods else ())
    tally = Tally()
    for example in examples:
        text = example.get("text")
        reading = read(text)
        morphemes = [
            (each.start, each.end, each.lemma) for each in tokenize(kiwi, reading.text)
        ]
        found = find_entities(reading.text, morphemes, today=ANY_DAY, products=goods)
        tally.compare(
            text,
            {(each.entity, *reading.locate(each.start, each.end)) for each in found},
            {
                (each["entity"], each["start"], each["end"])
                for each in example.get("entities", [])
            },
        )
    return tally


def _read_user_words(config: Any) -> tuple[str, ...]:
    words = (each.get("user_words") for each in config["pipeline"])
    return tuple(next(filter(None, words), ()))


def _list_goods(examples: list[Any]) -> Iterator[str]:
    for example in examples:
        for entity in example.get("entities", []):
            if entity["entity"] == "product":
                yield example.get("text")[entity["start"] : entity["end"]]


def main(arguments: list[str] | None = None) -> int:
    """Report as the command line says; fails below `--least` F1 over all entities."""
    parser = argparse.ArgumentParser(prog="python -m bot.entity_report")
    parser.add_argument("--data", default=ROOT / "data" / "nlu", type=Path)
    parser.add_argument("--config", default=ROOT / "config.yml", type=Path)
    parser.add_argument("--errors", action="store_true")
    parser.add_argument("--with-annotated-goods", action="store_true")
    parser.add_argument("--least", default=0.95, type=float, help="F1, 0 to 1")
    options = parser.parse_args(arguments)
    tally = evaluate(
        options.data, options.config, with_annotated_goods=options.with_annotated_goods
    )
    for line in tally.errors if options.errors else ():
        print(line)
    print(f"{'entity':14} {'precision':>9} {'recall':>7} {'F1':>6} {'examples':>9}")
    f1 = 0.0
    for entity, precision, recall, f1, wanted in tally.list_rows():
        print(f"{entity:14} {precision:9.3f} {recall:7.3f} {f1:6.3f} {wanted:9}")
    return 0 if f1 >= options.least else 1


if __name__ == "__main__":
    sys.exit(main())
