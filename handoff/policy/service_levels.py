"""Reads `service_levels.yml`, and refuses one that does not fit by naming what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from handoff.domain.routing import SKILLS
from handoff.domain.sla import ClockKind, Ladder, Step, StepLevel, Targets
from handoff.domain.tickets import TicketType

_PATH = Path(__file__).with_name("service_levels.yml")
_TOLD = frozenset({"agent", "senior_agent", "supervisor", "administrator"})
_BREACH = 100

Words = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Minutes = Annotated[int, Field(ge=1, le=60 * 24 * 30, strict=True)]


@dataclass(frozen=True)
class ServiceLevels:
    """The policy in force."""

    version: int
    targets: Mapping[TicketType, Targets]
    ladder: Ladder
    type_by_reason: Mapping[str, TicketType]
    type_by_skill: Mapping[str, TicketType]
    causes: Mapping[str, str]
    reopen_within: timedelta

    def type_of(self, reason: str, skill: str) -> TicketType:
        """Return the type a ticket begins with."""
        return self.type_by_reason.get(reason) or self.type_by_skill.get(skill) or TicketType.QUESTION


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Step(_Shape):
    percent: Annotated[int, Field(ge=1, le=1_000, strict=True)]
    tell: frozenset[str]
    raise_priority: Annotated[int, Field(ge=0, le=4, strict=True)] = 0


class _Types(_Shape):
    by_reason: dict[str, TicketType]
    by_skill: dict[str, TicketType]


class _File(_Shape):
    version: Annotated[int, Field(ge=1, strict=True)]
    author: Words
    changed_on: date
    targets: dict[TicketType, dict[ClockKind, Minutes]]
    ladder: Annotated[list[_Step], Field(min_length=2)]
    types: _Types
    causes: Annotated[dict[str, Words], Field(min_length=1)]
    reopen_within_days: Annotated[int, Field(ge=1, le=90, strict=True)]


@cache
def load_service_levels() -> ServiceLevels:
    """Return the policy in force. Raises ValueError when the file does not fit."""
    return read_service_levels(yaml.safe_load(_PATH.read_text(encoding="utf-8")))


def read_service_levels(data: Any) -> ServiceLevels:
    """Return the policy that `data` holds. Raises ValueError, which names the place."""
    file = _File.model_validate(data)
    for kind, found in file.targets.items():
        if missing := set(ClockKind) - set(found):
            raise ValueError(f"no target of {kind} for {', '.join(sorted(missing))}")
    if missing_types := set(TicketType) - set(file.targets):
        raise ValueError(f"no targets for {', '.join(sorted(missing_types))}")
    if unknown := set(file.types.by_skill) - set(SKILLS):
        raise ValueError(f"no skill is called {', '.join(sorted(unknown))}")
    return ServiceLevels(
        version=file.version,
        targets={
            kind: {clock: timedelta(minutes=minutes) for clock, minutes in found.items()}
            for kind, found in file.targets.items()
        },
        ladder=_read_ladder(file.ladder),
        type_by_reason=file.types.by_reason,
        type_by_skill=file.types.by_skill,
        causes=file.causes,
        reopen_within=timedelta(days=file.reopen_within_days),
    )


def _read_ladder(steps: list[_Step]) -> Ladder:
    percents = [step.percent for step in steps]
    if percents != sorted(set(percents)) or _BREACH not in percents or percents[0] == _BREACH:
        raise ValueError("the ladder climbs, warns before 100 percent, and has a step at 100")
    if unknown := frozenset().union(*(step.tell for step in steps)) - _TOLD:
        raise ValueError(f"nobody is called {', '.join(sorted(unknown))}")
    return tuple(Step(step.percent, _level_of(step.percent), step.tell, step.raise_priority) for step in steps)


def _level_of(percent: int) -> StepLevel:
    if percent == _BREACH:
        return StepLevel.BREACH
    return StepLevel.WARNING if percent < _BREACH else StepLevel.ESCALATION
