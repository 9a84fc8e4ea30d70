"""Reads the advice on verification from `verification_advice.yml`, once, and refuses a file that does not fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_PATH = Path(__file__).with_name("verification_advice.yml")


@dataclass(frozen=True)
class Way:
    """Another way to verify: what it is called, what it takes to do, how long."""

    name: str
    effort: str
    takes: str


@dataclass(frozen=True)
class Advice:
    """What helps against one cause, remedy by remedy."""

    intent: str
    feel: Sequence[str]
    remedies: Sequence[Sequence[str]]
    other_ways: Sequence[str]
    carriers: Mapping[str, str]


@dataclass(frozen=True)
class AdviceBook:
    """All advice by cause, and the ways to verify."""

    causes: Mapping[str, Advice]
    ways: Mapping[str, Way]
    alternatives: Sequence[str]
    without_phone: Sequence[str]

    def find_cause(self, intent: str) -> str | None:
        """Return the cause that `intent` names, None when it names none."""
        return next((cause for cause, advice in self.causes.items() if advice.intent == intent), None)


@cache
def load_advice() -> AdviceBook:
    """Return the advice in force. Raises KeyError, TypeError or ValueError when the file does not fit."""
    return read_advice(yaml.safe_load(_PATH.read_text(encoding="utf-8")))


def read_advice(data: Mapping[str, Any]) -> AdviceBook:
    """Return the advice that a file's content holds. Raises KeyError, TypeError or ValueError when it does not fit."""
    book = AdviceBook(
        causes={name: Advice(**fields) for name, fields in data["causes"].items()},
        ways={name: Way(**fields) for name, fields in data["ways"].items()},
        alternatives=data["alternatives"],
        without_phone=data["without_phone"],
    )
    for name, advice in book.causes.items():
        if not advice.remedies or not all(remedy and all(remedy) for remedy in advice.remedies) or not advice.feel:
            raise ValueError(f"{name}: every remedy needs words")
    listed = [*book.alternatives, *book.without_phone, *(way for a in book.causes.values() for way in a.other_ways)]
    unknown = sorted(set(listed) - set(book.ways))
    if unknown:
        raise ValueError(f"ways that are not described: {', '.join(unknown)}")
    return book
