"""Reads `rules.yml`, and refuses one that does not fit by naming what is wrong."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from backoffice.blocking.policy import BlockRule, BlockRules, SignalRule
from backoffice.blocking.tables import BlockReason, BlockSignal

_PATH = Path(__file__).with_name("rules.yml")
_LONGEST_H = 24 * 365

Words = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Hours = Annotated[int, Field(gt=0, le=_LONGEST_H, strict=True)]
Skill = Literal["verification", "security_review"]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Reason(_Shape):
    share_percent: Annotated[int, Field(ge=0, le=100, strict=True)]
    release_after_h: Hours | None
    by_case: bool = False
    reviewed_by: Literal["id_card_check", "carrier_check", "security_team", "id_card_comparison", "case_by_case"]
    because: Words
    meanwhile: Words | None
    avoid: Words | None
    may_lift_early: bool
    skill: Skill


class _Signal(_Shape):
    security_only: bool = False
    skill: Skill | None = None
    release_after_h: Hours | None = None
    instead_of: frozenset[BlockReason] = frozenset()


class _File(_Shape):
    version: Annotated[int, Field(ge=1, strict=True)]
    author: Words
    changed_on: date
    keep_releases_years: Annotated[int, Field(ge=5, le=100, strict=True)]
    justification_letters: Annotated[int, Field(ge=1, le=100, strict=True)]
    lifted_by: dict[Skill, Annotated[frozenset[Words], Field(min_length=1)]]
    reasons: dict[BlockReason, _Reason]
    signals: dict[BlockSignal, _Signal]


@cache
def load_block_rules() -> BlockRules:
    """Return the rules in force. Raises ValueError when the file does not fit."""
    return read_block_rules(yaml.safe_load(_PATH.read_text(encoding="utf-8")))


def read_block_rules(data: Any) -> BlockRules:
    """Return the rules that `data` holds. Raises ValueError, which names the place."""
    file = _File.model_validate(data)
    for what, known, needed in (
        ("reason", set(file.reasons), set(BlockReason)),
        ("signal", set(file.signals), set(BlockSignal)),
        ("skill", set(file.lifted_by), set(get_args(Skill))),
    ):
        if missing := needed - known:
            raise ValueError(f"no rule for the {what} {', '.join(sorted(missing))}")
    if sum(rule.share_percent for rule in file.reasons.values()) != 100:
        raise ValueError("the shares of all reasons are not 100 percent")
    for signal, found in file.signals.items():
        if bool(found.instead_of) != (found.release_after_h is not None) or found.security_only == bool(
            found.instead_of
        ):
            raise ValueError(f"the signal {signal} is either for the security team or has a time and reasons")
    return BlockRules(
        version=file.version,
        author=file.author,
        changed_on=file.changed_on,
        keep_releases_years=file.keep_releases_years,
        justification_letters=file.justification_letters,
        lifted_by={str(skill): roles for skill, roles in file.lifted_by.items()},
        reasons={reason: BlockRule(**rule.model_dump()) for reason, rule in file.reasons.items()},
        signals={signal: SignalRule(**found.model_dump()) for signal, found in file.signals.items()},
    )
