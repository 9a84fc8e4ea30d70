"""Reads `next_steps.yml`, and refuses one that does not fit by naming what is wrong."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from handoff.domain import placeholders
from handoff.domain.next_step import SIGNALS, Condition, Signal, StepRule, StepRules
from handoff.errors import Invalid

_PATH = Path(__file__).with_name("next_steps.yml")

Words = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_Value = str | int | float | bool | None


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Bounds(_Shape):
    least: float | int | None = None
    most: float | int | None = None


class _Rule(_Shape):
    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")]
    when: dict[str, _Bounds | list[_Value] | _Value]
    say: Words


class _File(_Shape):
    version: Annotated[int, Field(ge=1)]
    author: Words
    changed_on: date
    rules: Annotated[list[_Rule], Field(min_length=1)]


@cache
def load_next_steps() -> StepRules:
    """Return the advice in force. Raises ValueError when the file does not fit."""
    return read_next_steps(yaml.safe_load(_PATH.read_text(encoding="utf-8")))


def read_next_steps(data: Any) -> StepRules:
    """Return the advice that `data` holds. Raises ValueError, which names the rule."""
    file = _File.model_validate(data)
    names = [rule.id for rule in file.rules]
    if len(set(names)) != len(names):
        raise ValueError("two rules have the same id")
    last = file.rules[-1]
    if last.when or "{" in last.say:
        raise ValueError(f"the last rule, {last.id}, has to fit always")
    return StepRules(version=file.version, author=file.author, rules=tuple(_rule(rule) for rule in file.rules))


def _rule(rule: _Rule) -> StepRule:
    try:
        placeholders.check(rule.say)
    except Invalid as error:
        raise ValueError(f"{rule.id}: {error.detail}") from error
    return StepRule(rule.id, tuple(_condition(rule.id, name, wanted) for name, wanted in rule.when.items()), rule.say)


def _condition(rule_id: str, name: str, wanted: Any) -> Condition:
    if name not in SIGNALS:
        raise ValueError(f"{rule_id}: there is no signal {name!r}")
    kind = SIGNALS[name][0]
    if isinstance(wanted, _Bounds):
        if kind not in (int, float) or (wanted.least is None and wanted.most is None):
            raise ValueError(f"{rule_id}: {name} has no bounds")
        return Condition(name, least=wanted.least, most=wanted.most)
    values: tuple[Signal, ...] = tuple(wanted) if isinstance(wanted, list) else (wanted,)
    if not values or any(value is not None and type(value) is not kind for value in values):
        raise ValueError(f"{rule_id}: {name} has to be {kind.__name__}")
    return Condition(name, among=values)
