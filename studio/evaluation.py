"""Measures a model on examples it has not seen: a fixed part of the training data is kept back for it.

Every fifth example of an intent goes to the exam, by its place in the file, so that two runs over the
same data compare. Only files and values here; who trains and parses is `studio.training`.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from studio.errors import TrainingDataError

_EVERY = 5
# [강남구](region) or [강남](region:강남구) or [강남]{"entity": "region"}: what remains is the text a customer would type.
_ANNOTATION = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")


@dataclass(frozen=True)
class Question:
    """One kept-back example: what is asked and what it means."""

    text: str
    intent: str


def split_training_data(source: Path, target: Path) -> list[Question]:
    """Copy the training data to `target` without the kept-back examples, and return those.

    Raises TrainingDataError.
    """
    questions: list[Question] = []
    for file in sorted(source.rglob("*")):
        if not file.is_file():
            continue
        copy = target / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        content = _load(file) if file.suffix in (".yml", ".yaml") else None
        if isinstance(content, dict) and "nlu" in content:
            questions += _keep_back(content)
            with copy.open("w") as output:
                YAML(typ="safe").dump(content, output)
        else:
            shutil.copyfile(file, copy)
    return questions


def count_examples(training_dir: Path) -> int:
    """Return how many examples of intents the training data hold. Raises TrainingDataError."""
    count = 0
    for file in training_dir.rglob("*.yml"):
        content = _load(file)
        if isinstance(content, dict):
            count += sum(len(_list_examples(block)) for block in content.get("nlu") or [] if "intent" in block)
    return count


def rate(questions: Sequence[Question], answers: Iterable[str | None]) -> float | None:
    """Return the ratio of questions whose intent was found, or None when nothing was asked."""
    if not questions:
        return None
    right = sum(question.intent == answer for question, answer in zip(questions, answers, strict=True))
    return round(right / len(questions), 4)


def _keep_back(content: dict[str, Any]) -> list[Question]:
    kept: list[Question] = []
    for block in content["nlu"] or []:
        examples = _list_examples(block)
        if "intent" not in block or len(examples) < _EVERY:
            continue
        kept += [
            Question(_ANNOTATION.sub(r"\1", example), block["intent"]) for example in examples[_EVERY - 1 :: _EVERY]
        ]
        left = [example for place, example in enumerate(examples, start=1) if place % _EVERY]
        block["examples"] = "".join(f"- {example}\n" for example in left)
    return kept


def _list_examples(block: dict[str, Any]) -> list[str]:
    examples = block.get("examples") or ""
    if not isinstance(examples, str):
        return []
    return [line.strip()[2:].strip() for line in examples.splitlines() if line.strip().startswith("- ")]


def _load(file: Path) -> Any:
    try:
        return YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    except (YAMLError, UnicodeDecodeError) as error:
        raise TrainingDataError(f"{file} cannot be read: {error}") from error
