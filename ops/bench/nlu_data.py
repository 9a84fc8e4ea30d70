"""What understanding is measured on: our own data and frozen set, and public sets where a folder of them is given.

The public sets are for measuring only: read where they are, never copied into the project.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kernel.settings import ROOT
from ops.errors import OperationFailed
from studio.dataset import read_dataset

OUT_OF_SCOPE = "out_of_scope"
FROZEN_SET = ROOT / "tests" / "nlu"
OWN_DATA = ROOT / "data" / "nlu"
CUT_TRAIN, CUT_TEST = 400, 144
# Neural networks take hours beyond this; peers are asked on a cut then.
MUCH = 20_000


@dataclass(frozen=True)
class Labelled:
    """A message and its intent."""

    text: str
    intent: str


@dataclass(frozen=True)
class PublicSet:
    """Messages to train on and messages to ask; `reference` is what others reached on it."""

    name: str
    train: Sequence[Labelled]
    test: Sequence[Labelled]
    reference: str = ""


def read_own_examples(wanted: int) -> list[Labelled]:
    """Return our own examples, at most so many an intent, as a customer would type them."""
    examples = read_dataset(OWN_DATA, ROOT / "domain.yml").examples
    return _thin([Labelled(example.text, example.intent) for example in examples], wanted)


def read_public_sets(folder: Path) -> list[PublicSet]:
    """Return the sets that stand below `folder`. Raises OperationFailed when none does."""
    found = [read(folder / name) for name, read in _READERS.items() if (folder / name).is_dir()]
    if not found:
        raise OperationFailed(f"{folder} holds none of {', '.join(_READERS)}")
    return found


def cut(whole: PublicSet, train: int = CUT_TRAIN, test: int = CUT_TEST) -> PublicSet:
    """Return a set with at most so many messages an intent, taken at even distances."""
    return PublicSet(
        name=f"{whole.name}, {train} a class",
        train=_thin(whole.train, train),
        test=_thin(whole.test, test),
    )


def write_lines(path: Path, messages: Iterable[Labelled]) -> Path:
    """Write messages as the bot's programs read them, one JSON object a line; return the path."""
    lines = (json.dumps({"text": one.text, "intent": one.intent}, ensure_ascii=False) for one in messages)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def list_frozen_files() -> list[Path]:
    """Return the files of the frozen set."""
    return sorted(FROZEN_SET.glob("*.jsonl"))


def _thin(messages: Sequence[Labelled], wanted: int) -> list[Labelled]:
    by_intent: dict[str, list[Labelled]] = defaultdict(list)
    for one in messages:
        by_intent[one.intent].append(one)
    kept: list[Labelled] = []
    for group in by_intent.values():
        count = min(wanted, len(group))
        kept += [group[place * len(group) // count] for place in range(count)]
    return kept


def _read_3i4k(folder: Path) -> PublicSet:
    def read(name: str) -> list[Labelled]:
        rows = (line.partition("\t") for line in (folder / name).read_text(encoding="utf-8").split("\n"))
        return _clean((text, f"kind_{label}") for label, _, text in rows)

    return PublicSet("3i4k", read("train.tsv"), read("test.tsv"), "authors 0.888; plain linear model 0.899")


def _read_banking77(folder: Path) -> PublicSet:
    def read(name: str) -> list[Labelled]:
        with (folder / name).open(encoding="utf-8", newline="") as rows:
            return _clean((row["text"], row["category"]) for row in csv.DictReader(rows))

    return PublicSet("banking77", read("train.csv"), read("test.csv"), "plain linear model 0.911; BERT tuned 0.937")


def _read_clinc150(folder: Path) -> PublicSet:
    content = json.loads((folder / "data_full.json").read_text(encoding="utf-8"))

    def read(*names: str) -> list[Labelled]:
        rows = (row for name in names for row in content[name])
        return _clean((text, OUT_OF_SCOPE if label == "oos" else label) for text, label in rows)

    reference = "plain linear model 0.929 in scope, AUROC 0.951; BERT tuned 0.969 in scope"
    return PublicSet("clinc150", read("train", "oos_train"), read("test", "oos_test"), reference)


def _clean(rows: Iterable[tuple[str, str]]) -> list[Labelled]:
    return [Labelled(text.strip(), intent) for text, intent in rows if text.strip()]


_READERS: dict[str, Callable[[Path], PublicSet]] = {
    "3i4k": _read_3i4k,
    "banking77": _read_banking77,
    "clinc150": _read_clinc150,
}
