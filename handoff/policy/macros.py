"""Reads the macros that come with the product (`macros.yml`), and refuses one that does not fit by naming it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from handoff.domain import macros
from handoff.domain.macros import Macro
from handoff.errors import Invalid

_PATH = Path(__file__).with_name("macros.yml")
Words = Annotated[str, StringConstraints(min_length=1)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Macro(_Shape):
    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{3,40}$")]
    name: Words
    skill: str | None = None
    intents: list[str] = []
    text: Words


class _File(_Shape):
    version: Annotated[int, Field(ge=1, strict=True)]
    author: Words
    changed_on: date
    macros: list[_Macro]


@dataclass(frozen=True)
class DeliveredMacros:
    """What the product comes with."""

    version: int
    macros: tuple[Macro, ...]


@cache
def load_macros() -> DeliveredMacros:
    """Return the macros of the file. Raises ValueError when it does not fit."""
    return read_macros(yaml.safe_load(_PATH.read_text(encoding="utf-8")))


def read_macros(data: Any) -> DeliveredMacros:
    """Return the macros that `data` holds. Raises ValueError, which names the one that is wrong."""
    file = _File.model_validate(data)
    for what in ([macro.id for macro in file.macros], [macro.name for macro in file.macros]):
        if len(set(what)) != len(what):
            raise ValueError("two macros have the same id or name")
    at = datetime.combine(file.changed_on, time(), tzinfo=UTC)
    made = []
    for macro in file.macros:
        try:
            macros.check(name=macro.name, text=macro.text, skill=macro.skill)
        except Invalid as error:
            raise ValueError(f"{macro.id}: {error.detail}") from error
        text = macro.text.strip()
        made.append(Macro(f"m_{macro.id}", macro.name, text, macro.skill, tuple(macro.intents), 1, file.author, at))
    return DeliveredMacros(file.version, tuple(made))
