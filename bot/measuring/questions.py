"""Reads files of questions: what a customer says and how it should be understood.

One JSON object a line: {"text", "intent" or "intents", "entities": [{"entity", "text"}]}.
Everything that is wrong is reported at once, each with file, line and what to change.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Question:
    """A message and what it means.

    `several` tells that it was labelled by "intents": all of them have to be found.
    `entities` are (entity, surface) pairs; None when nobody marked any.
    """

    text: str
    intents: tuple[str, ...]
    several: bool = False
    entities: tuple[tuple[str, str], ...] | None = None
    origin: str = ""


class BadQuestions(Exception):
    """Lines that cannot be used; `problems` has a sentence for each."""

    def __init__(self, problems: Iterable[str]) -> None:
        """Keep the problems, in the order of the files."""
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class _BadLine(Exception):
    """What to change in one line."""


def read_questions(paths: Iterable[Path]) -> list[Question]:
    """The questions of all files, in order; empty lines are skipped.

    Raises:
        BadQuestions: a file cannot be read, holds no question, or has malformed lines.
    """
    questions: list[Question] = []
    problems: list[str] = []
    for path in paths:
        found = len(questions) + len(problems)
        for origin, line in _list_lines(path, problems):
            try:
                questions.append(_read_line(line, origin))
            except _BadLine as error:
                problems.append(f"{origin}: {error}")
        if len(questions) + len(problems) == found:
            problems.append(f"{path}: holds no line: write one JSON object a line")
    if problems:
        raise BadQuestions(problems)
    return questions


def list_doubts(questions: Iterable[Question], known: frozenset[str]) -> Iterator[str]:
    """Yield what looks like a mistake of the label; such lines are measured as they are.

    Args:
        questions: as read.
        known: intents of the model; empty when it names none.
    """
    for question in questions:
        for intent in question.intents:
            if known and intent not in known:
                yield f"{question.origin}: the model has no intent {intent}"
        for entity, surface in question.entities or ():
            if surface not in question.text:
                yield f"{question.origin}: the text of {entity} is not in the message"


def _list_lines(path: Path, problems: list[str]) -> list[tuple[str, str]]:
    try:
        content = path.read_bytes()
    except OSError as error:
        problems.append(f"{path}: cannot be read: {error.strerror}")
        return []
    lines: list[tuple[str, str]] = []
    for number, raw in enumerate(content.split(b"\n"), start=1):
        try:
            line = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        except UnicodeDecodeError:
            problems.append(f"{path}:{number}: is not UTF-8: save the file as UTF-8")
            continue
        if line:
            lines.append((f"{path}:{number}", line))
    return lines


def _read_line(line: str, origin: str) -> Question:
    try:
        content = json.loads(line)
    except ValueError as error:
        message = getattr(error, "msg", "a number too long")
        place = getattr(error, "colno", 1)
        raise _BadLine(
            f"is no JSON ({message} at column {place}):"
            ' write {"text": "...", "intent": "..."}'
        ) from None
    if not isinstance(content, dict):
        raise _BadLine('is no object: write {"text": "...", "intent": "..."}')
    if not isinstance(content.get("text"), str):
        raise _BadLine('has no "text": add the message as a string')
    return Question(
        text=content["text"],
        intents=_read_intents(content),
        several="intents" in content,
        entities=_read_entities(content),
        origin=origin,
    )


def _read_intents(content: dict[str, Any]) -> tuple[str, ...]:
    if ("intent" in content) == ("intents" in content):
        raise _BadLine(
            'needs either "intent" or, where the message holds several, "intents"'
        )
    listed = content["intents"] if "intents" in content else [content["intent"]]
    name = '"intents"' if "intents" in content else '"intent"'
    if (
        not isinstance(listed, list)
        or not listed
        or not all(isinstance(intent, str) and intent for intent in listed)
    ):
        wanted = "a list of intent ids" if name == '"intents"' else "an intent id"
        raise _BadLine(f"{name} has to be {wanted}")
    if len(set(listed)) != len(listed):
        raise _BadLine(f"{name} names an intent twice: name each once")
    return tuple(listed)


def _read_entities(content: dict[str, Any]) -> tuple[tuple[str, str], ...] | None:
    listed = content.get("entities")
    if listed is None:
        return None
    shape = '"entities" has to be a list of {"entity": "...", "text": "..."}'
    if not isinstance(listed, list):
        raise _BadLine(shape)
    pairs = []
    for entity in listed:
        pair = (
            (entity.get("entity"), entity.get("text"))
            if isinstance(entity, dict)
            else ()
        )
        if len(pair) != 2 or not all(isinstance(part, str) and part for part in pair):
            raise _BadLine(shape)
        pairs.append(pair)
    return tuple(pairs)
