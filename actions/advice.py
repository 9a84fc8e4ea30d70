"""Reads the advice on verification from `verification_advice.yml`, once, and refuses a file that does not fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from actions.advised import Situation

_PATH = Path(__file__).with_name("verification_advice.yml")
_ASPECTS = frozenset(Situation.__dataclass_fields__) - {"network"} | {"app"}

When = Mapping[str, Sequence[Any]]


@dataclass(frozen=True)
class Way:
    """Another way to verify: what it is called, what it takes to do, how long, its name in the log."""

    name: str
    effort: str
    takes: str
    method: str | None = None


@dataclass(frozen=True)
class App:
    """The PASS app of a network, and where to get it."""

    name: str
    android: str
    ios: str


@dataclass(frozen=True)
class Extra:
    """Bubbles that only some need."""

    say: Sequence[str]
    when: When


@dataclass(frozen=True)
class Step:
    """One thing to try; the file explains the fields."""

    say: Sequence[str]
    when: When
    also: Sequence[Extra] = ()
    asks: str | None = None
    shows: str | None = None


@dataclass(frozen=True)
class Advice:
    """What helps against one cause, step by step."""

    intent: str
    feel: Sequence[str]
    steps: Sequence[Step]
    other_ways: Sequence[str]
    method: str | None = None

    def find_step(self, after: int, situation: Situation) -> int | None:
        """Return the place of the next step that fits, None where there is none left."""
        places = range(after + 1, len(self.steps))
        return next((place for place in places if situation.fits(self.steps[place].when)), None)

    def find_step_about(self, aspects: Set[str], situation: Situation) -> int | None:
        """Return the place of the first step that fits and says something of its own where one of `aspects` is known."""
        for place, step in enumerate(self.steps):
            looks_at = {aspect for when in (step.when, *(extra.when for extra in step.also)) for aspect in when}
            if situation.fits(step.when) and looks_at & aspects:
                return place
        return None


@dataclass(frozen=True)
class AdviceBook:
    """All advice by cause, the ways to verify, and the PASS apps; version, author and day as in the file."""

    version: int
    author: str
    changed_on: date
    causes: Mapping[str, Advice]
    ways: Mapping[str, Way]
    alternatives: Sequence[str]
    without_phone: Sequence[str]
    apps: Mapping[str, App]

    def find_cause(self, intent: str) -> str | None:
        """Return the cause that `intent` names, None when it names none."""
        return next((cause for cause, advice in self.causes.items() if advice.intent == intent), None)


@cache
def load_advice() -> AdviceBook:
    """Return the advice in force. Raises KeyError, TypeError or ValueError when the file does not fit."""
    return read_advice(yaml.safe_load(_PATH.read_text(encoding="utf-8")))


def read_advice(data: Mapping[str, Any]) -> AdviceBook:
    """Return the advice that a file's content holds. Raises KeyError, TypeError or ValueError when it does not fit."""
    causes = {name: Advice(**fields | {"steps": _steps(fields["steps"])}) for name, fields in data["causes"].items()}
    ways = {name: Way(**fields) for name, fields in data["ways"].items()}
    apps = {name: App(**fields) for name, fields in data["apps"].items()}
    book = AdviceBook(**{**data, "causes": causes, "ways": ways, "apps": apps})
    for name, advice in book.causes.items():
        if not advice.feel or not advice.steps or not all(said and all(said) for said in _said(advice)):
            raise ValueError(f"{name}: every step needs words")
        strange = sorted({aspect for when in _conditions(advice) for aspect in when} - _ASPECTS)
        if strange:
            raise ValueError(f"{name}: no aspect {', '.join(strange)}")
        if advice.find_step(-1, Situation()) is None or not all(all(when.values()) for when in _conditions(advice)):
            raise ValueError(f"{name}: a step must fit somebody of whom nothing is known, and each aspect needs values")
    listed = [*book.alternatives, *book.without_phone, *(way for a in book.causes.values() for way in a.other_ways)]
    unknown = sorted(set(listed) - set(book.ways))
    if unknown:
        raise ValueError(f"ways that are not described: {', '.join(unknown)}")
    return book


def _steps(listed: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    made = []
    for fields in listed:
        also = tuple(Extra(**extra) for extra in fields.get("also", ()))
        made.append(Step(**{"when": {}, "say": (), **fields, "also": also}))
    return tuple(made)


def _said(advice: Advice) -> Iterator[Sequence[str]]:
    for step in advice.steps:
        yield step.say
        yield from (extra.say for extra in step.also)


def _conditions(advice: Advice) -> Iterator[When]:
    for step in advice.steps:
        yield step.when
        yield from (extra.when for extra in step.also)
