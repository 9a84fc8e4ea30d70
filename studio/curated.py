"""Examples that trainers chose, in Rasa's training format, one file an intent.

A customer's text is data and stays data: what Rasa would read as markup (`[x](entity)`, `{"…"}`)
is escaped or replaced, line breaks become spaces, and the file is replaced in one step, so that a
training that starts meanwhile sees the old file or the new one, never half of one.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

_INTENT_ID = re.compile(r"[a-z][a-z0-9_]*")
# Rasa's entity markup is `[text](entity)` or `[text]{json}`; there is no escape for it in the format,
# so its brackets become their full-width twins, which the normaliser reads as the same letters. So does
# the backslash: in a file of nothing but ASCII, Rasa takes `\u005b` for a bracket and `\u000a` for a line's end.
_MARKUP = str.maketrans({"[": "［", "]": "］", "{": "｛", "}": "｝", "\\": "＼"})
_LENGTH_MAX = 500


def as_example(text: str) -> str:
    """Return a text as one line of an intent's examples that Rasa reads as plain words."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line.translate(_MARKUP).lstrip("-# ")[:_LENGTH_MAX].strip()


class CuratedExamples:
    """The folder `nlu/curated` of the training data."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, intent: str, text: str) -> bool:
        """Add an example to an intent's file; False when it is there already or nothing of it is left."""
        if not _INTENT_ID.fullmatch(intent):
            raise ValueError(f"not an intent id: {intent!r}")
        example = as_example(text)
        examples = self.list_of(intent)
        if not example or example in examples:
            return False
        self._write(intent, [*examples, example])
        return True

    def list_of(self, intent: str) -> list[str]:
        """Return the curated examples of an intent, oldest first."""
        path = self._path(intent)
        if not path.exists():
            return []
        body = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        return [line.removeprefix("- ") for line in body["nlu"][0]["examples"].splitlines() if line.strip()]

    def _path(self, intent: str) -> Path:
        return self._folder / f"{intent}.yml"

    def _write(self, intent: str, examples: list[str]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        lines = "".join(f"- {example}\n" for example in examples)
        body = {"version": "3.1", "nlu": [{"intent": intent, "examples": LiteralScalarString(lines)}]}
        yaml = YAML()
        yaml.width = 10_000
        descriptor, name = tempfile.mkstemp(dir=self._folder, prefix=f".{intent}-", suffix=".tmp")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                yaml.dump(body, file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, self._path(intent))
        except BaseException:
            os.unlink(name)
            raise
