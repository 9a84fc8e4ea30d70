"""The training data with the place of each example, and what is malformed in them.

Read before a training starts, so that a slip of the hand is named by file and line instead of by
whatever Rasa makes of it. Problems quote no example: trainers' examples are customers' words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scalarstring import LiteralScalarString

from studio.errors import TrainingDataError

_KINDS = ("intent", "synonym", "regex", "lookup")
# [강남구](region), [강남](region:강남구), [강남]{"entity": "region", "value": "강남구"}
_ANNOTATION = re.compile(
    r'\[(?P<text>[^\[\]]+)\](?:\((?P<entity>[^():]+)(?::[^()]*)?\)|\{[^{}]*"entity"\s*:\s*"(?P<named>[^"]+)"[^{}]*\})'
)
_LISTED_MAX = 20


@dataclass(frozen=True)
class Example:
    """What a customer might say, as typed; `entities` are the names of those marked in it.

    `frame` is the same with the name of the entity in the place of what is marked.
    """

    text: str
    frame: str
    intent: str
    entities: tuple[str, ...]
    file: Path
    line: int

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"{self.file}:{self.line}"


@dataclass
class Dataset:
    """All examples, and a sentence for each thing that is malformed."""

    examples: list[Example] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_dataset(training_dir: Path, domain: Path, others: Iterable[Path] = ()) -> Dataset:
    """Read all training files; `others` (configuration) are looked through for malformed YAML only."""
    dataset = Dataset()
    declared = _load(domain, dataset) or {}
    for other in others:
        _load(other, dataset)
    for file in sorted([*training_dir.rglob("*.yml"), *training_dir.rglob("*.yaml")]):
        content = _load(file, dataset)
        if isinstance(content, Mapping) and "nlu" in content:
            _read_blocks(file, content, dataset)
        elif content is not None and not isinstance(content, Mapping):
            dataset.problems.append(f'{file}:1: is no mapping: begin with version: "3.1" and nlu:, rules: or stories:')
    _check_names(dataset, declared)
    return dataset


def ensure_well_formed(training_dir: Path, domain: Path, others: Iterable[Path] = ()) -> None:
    """Raise TrainingDataError naming each malformed place, unless there is none."""
    problems = read_dataset(training_dir, domain, others).problems
    if problems:
        more = f"\n... and {len(problems) - _LISTED_MAX} more" if len(problems) > _LISTED_MAX else ""
        raise TrainingDataError(
            "\n".join(["the training data have to be mended first:", *problems[:_LISTED_MAX]]) + more
        )


def list_intents(domain: Path) -> list[str]:
    """Return the intents that the domain declares. Raises TrainingDataError."""
    dataset = Dataset()
    declared = _load(domain, dataset)
    if dataset.problems or not isinstance(declared, Mapping):
        raise TrainingDataError(dataset.problems[0] if dataset.problems else f"{domain}: is no mapping")
    return sorted(_names(declared, "intents"))


def _load(file: Path, dataset: Dataset) -> Any:
    try:
        return YAML().load(file.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        dataset.problems.append(f"{file}:{mark.line + 1 if mark else 1}: is no YAML: {error.problem or error.context}")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        dataset.problems.append(f"{file}:{line}: is not UTF-8: save the file as UTF-8")
    except (YAMLError, OSError) as error:
        dataset.problems.append(f"{file}:1: cannot be read: {error}")
    return None


def _read_blocks(file: Path, content: Any, dataset: Dataset) -> None:
    blocks = content["nlu"]
    if not isinstance(blocks, CommentedSeq):
        line = content.lc.key("nlu")[0] + 1
        dataset.problems.append(f"{file}:{line}: nlu holds no list: write `- intent: NAME` below it")
        return
    for place, block in enumerate(blocks):
        line = blocks.lc.item(place)[0] + 1
        if not isinstance(block, Mapping) or not any(kind in block for kind in _KINDS):
            dataset.problems.append(f"{file}:{line}: has no `intent`: write `- intent: NAME`")
        elif not isinstance(block.get("examples"), str):
            dataset.problems.append(f"{file}:{line}: has no `examples: |` with a line `- ...` for each")
        elif "intent" in block:
            _read_examples(file, block, dataset)


def _read_examples(file: Path, block: Any, dataset: Dataset) -> None:
    written = block["examples"]
    first = block.lc.key("examples")[0] + 1
    # Only in a literal block does each example have a line of its own in the file.
    step = 1 if isinstance(written, LiteralScalarString) else 0
    found = 0
    for offset, line in enumerate(written.split("\n"), start=1):
        place = first + offset * step
        if not line.strip():
            continue
        found += 1
        said = line.strip().removeprefix("- ").strip()
        if not line.strip().startswith("- "):
            dataset.problems.append(f"{file}:{place}: is no example: begin with `- ` and the words")
            continue
        text, frame, entities = _strip(said)
        if "[" in text or "]" in text:
            dataset.problems.append(f"{file}:{place}: has a bracket that marks nothing: write [words](entity)")
        dataset.examples.append(Example(text, frame, str(block["intent"]), entities, file, place))
    if not found:
        dataset.problems.append(f"{file}:{first}: {block['intent']} has no example: add some or take the block out")


def _strip(example: str) -> tuple[str, str, tuple[str, ...]]:
    entities = tuple(match["entity"] or match["named"] for match in _ANNOTATION.finditer(example))
    text = _ANNOTATION.sub(lambda match: match["text"], example)
    return text, _ANNOTATION.sub(lambda match: f"<{match['entity'] or match['named']}>", example), entities


def _check_names(dataset: Dataset, declared: Mapping[str, Any]) -> None:
    intents, entities = _names(declared, "intents"), _names(declared, "entities")
    unknown: dict[str, str] = {}
    for example in dataset.examples:
        if example.intent not in intents:
            unknown.setdefault(example.intent, f"{example.place}: the domain has no intent {example.intent}")
        for entity in example.entities:
            if entity not in entities:
                dataset.problems.append(f"{example.place}: the domain has no entity {entity}: correct it or declare it")
    dataset.problems += [f"{problem}: correct its name or declare it" for problem in unknown.values()]


def _names(declared: Mapping[str, Any], kind: str) -> set[str]:
    return set(_iterate_names(declared.get(kind) or []))


def _iterate_names(listed: Iterable[Any]) -> Iterator[str]:
    for entry in listed:
        yield from (str(name) for name in entry) if isinstance(entry, Mapping) else (str(entry),)
