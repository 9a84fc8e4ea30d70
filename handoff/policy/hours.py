"""Reads `hours.yml`, and refuses one that does not fit by naming what is wrong."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from handoff.domain.hours import WEEKDAYS, Span, TeamHours, read_time, require_sense
from handoff.domain.routing import SKILLS
from handoff.errors import Invalid

_PATH = Path(__file__).with_name("hours.yml")

Words = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Team(_Shape):
    name: Words
    skills: frozenset[str]
    week: dict[Weekday, list[str]]
    holidays: Literal["open", "closed"]


class _File(_Shape):
    version: Annotated[int, Field(ge=1, strict=True)]
    author: Words
    changed_on: date
    teams: dict[str, _Team]


@cache
def load_hours() -> dict[str, TeamHours]:
    """Return the hours that hold until operators change them, by team. Raises ValueError when the file does not fit."""
    return read_hours(yaml.safe_load(_PATH.read_text(encoding="utf-8")))


def read_hours(data: Any) -> dict[str, TeamHours]:
    """Return the hours that `data` holds. Raises ValueError, which names the place."""
    teams = {name: _read_team(name, team) for name, team in _File.model_validate(data).teams.items()}
    answered = sorted(skill for hours in teams.values() for skill in hours.skills)
    if answered != sorted(SKILLS):
        raise ValueError("every skill belongs to one team; these do not: " + ", ".join(_uneven(answered)))
    return teams


def read_week(week: dict[str, list[str]]) -> tuple[tuple[Span, ...], ...]:
    """Return spans written `09:00-18:00` by weekday; days left out are days off. Raises Invalid."""
    return tuple(tuple(_read_span(span) for span in week.get(day, ())) for day in WEEKDAYS)


def _read_team(team: str, found: _Team) -> TeamHours:
    try:
        week = read_week({str(day): spans for day, spans in found.week.items()})
        return require_sense(TeamHours(team, found.name, found.skills, week, found.holidays == "closed"))
    except Invalid as error:
        raise ValueError(f"the hours of {team}: {error.detail}") from error


def _read_span(text: str) -> Span:
    opens, dash, closes = text.partition("-")
    if not dash:
        raise Invalid("시간은 09:00-18:00처럼 적어 주세요.", code="impossible_hours")
    return read_time(opens.strip()), read_time(closes.strip())


def _uneven(answered: list[str]) -> list[str]:
    return sorted(skill for skill in {*SKILLS, *answered} if answered.count(skill) != 1 or skill not in SKILLS)
