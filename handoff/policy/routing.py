"""Reads `routing.yml`, and refuses one that does not fit by naming what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from handoff.domain.queue import PriorityPolicy

_PATH = Path(__file__).with_name("routing.yml")
_DAY_S = 86_400

Words = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Points = Annotated[int, Field(ge=0, le=10, strict=True)]
Seconds = Annotated[int, Field(gt=0, le=_DAY_S, strict=True)]
Days = Annotated[int, Field(ge=1, le=365, strict=True)]
Skill = Literal[
    "verification", "security_review", "delivery", "orders", "compensation", "privacy", "complaint", "general"
]


@dataclass(frozen=True)
class RoutingPolicy:
    """The rules in force; times in seconds."""

    version: int
    author: str
    changed_on: date
    priority: PriorityPolicy
    answer_within_s: int
    ask_again_after_s: int
    away_after_missed: int
    offers_end_after_s: int
    conversations_return_after_s: int
    assumed_handling_s: int
    assumed_accept_s: int
    sticky_days: int
    reopen_days: int
    wrap_up_s: int
    snooze_days_max: int


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Anger(_Shape):
    at_least_ratio: Annotated[float, Field(gt=0, le=1)]
    points: Points


class _Promise(_Shape):
    due_within_days: Annotated[int, Field(ge=0, le=30, strict=True)]
    points: Points


class _Priority(_Shape):
    point_is_worth_s: Seconds
    most_points: Annotated[int, Field(ge=1, le=20, strict=True)]
    reasons: dict[Words, Points]
    skills: dict[Skill, Points]
    grades: dict[Words, Points]
    anger: _Anger
    promise: _Promise


class _Offers(_Shape):
    answer_within_s: Seconds
    ask_again_after_s: Seconds
    away_after_missed: Annotated[int, Field(ge=1, le=100, strict=True)]


class _Presence(_Shape):
    offers_end_after_s: Seconds
    conversations_return_after_s: Seconds


class _Waiting(_Shape):
    assumed_handling_s: Seconds
    assumed_accept_s: Seconds


class _File(_Shape):
    version: Annotated[int, Field(ge=1, strict=True)]
    author: Words
    changed_on: date
    priority: _Priority
    offers: _Offers
    presence: _Presence
    waiting: _Waiting
    sticky_days: Days
    reopen_days: Days
    wrap_up_s: Annotated[int, Field(ge=0, le=_DAY_S, strict=True)]
    snooze_days_max: Days


@cache
def load_routing_policy() -> RoutingPolicy:
    """Return the rules in force. Raises ValueError when the file does not fit."""
    return read_routing_policy(yaml.safe_load(_PATH.read_text(encoding="utf-8")))


def read_routing_policy(data: Any) -> RoutingPolicy:
    """Return the rules that `data` holds. Raises ValueError, which names the place."""
    file = _File.model_validate(data)
    if file.presence.conversations_return_after_s < file.presence.offers_end_after_s:
        raise ValueError("presence: conversations_return_after_s is shorter than offers_end_after_s")
    points = file.priority
    return RoutingPolicy(
        version=file.version,
        author=file.author,
        changed_on=file.changed_on,
        priority=PriorityPolicy(
            point_is_worth_s=points.point_is_worth_s,
            most_points=points.most_points,
            reasons=points.reasons,
            skills={str(skill): worth for skill, worth in points.skills.items()},
            grades=points.grades,
            anger_at_least_ratio=points.anger.at_least_ratio,
            anger_points=points.anger.points,
            promise_due_within_days=points.promise.due_within_days,
            promise_points=points.promise.points,
        ),
        **file.offers.model_dump(),
        **file.presence.model_dump(),
        **file.waiting.model_dump(),
        sticky_days=file.sticky_days,
        reopen_days=file.reopen_days,
        wrap_up_s=file.wrap_up_s,
        snooze_days_max=file.snooze_days_max,
    )
