"""Reads `rules.yml` of one-time codes, and refuses one that does not fit by naming what is wrong."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

from backoffice.identity.policy import CodeRules

_PATH = Path(__file__).with_name("rules.yml")

Count = Annotated[int, Field(ge=1, le=100, strict=True)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Count
    author: Annotated[str, Field(min_length=1)]
    changed_on: date
    digits: Annotated[int, Field(ge=6, le=8, strict=True)]
    lifetime_s: Annotated[int, Field(ge=60, le=600, strict=True)]
    tries: Annotated[int, Field(ge=1, le=10, strict=True)]
    pause_s: Annotated[int, Field(ge=1, le=3600, strict=True)]
    per_day: Count
    per_talk: Count


@cache
def load_code_rules() -> CodeRules:
    """Return the rules in force. Raises ValueError when the file does not fit."""
    return read_code_rules(yaml.safe_load(_PATH.read_text(encoding="utf-8")))


def read_code_rules(data: Any) -> CodeRules:
    """Return the rules that `data` holds. Raises ValueError, which names the place."""
    return CodeRules(**_File.model_validate(data).model_dump())
