"""Who comes on an invented day: when, about what, how patient, how long it takes. The same seed gives the same day. Pure.

Customers come as a Poisson process whose rate changes by the hour. What is drawn belongs to the customer, so that the
same day can be served by different centres.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from handoff.domain.routing import SKILLS

HOUR_S = 3600.0
_PATH = Path(__file__).with_name("day.yml")

Seconds = Annotated[float, Field(gt=0, le=86_400)]
Share = Annotated[float, Field(ge=0, le=1)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Hour(_Shape):
    """One hour of the day: how many customers come, and which share of the agents is there."""

    customers: Annotated[float, Field(ge=0)]
    present: Annotated[float, Field(gt=0, le=1)]


class Team(_Shape):
    """A share of the agents who have the same skills."""

    share: Annotated[float, Field(gt=0, le=1)]
    skills: Annotated[tuple[str, ...], Field(min_length=1)]


class DayPlan(_Shape):
    """A day as it is expected. Means in seconds; customers by hour are for `agents` of them, and scale with their number."""

    agents: Annotated[int, Field(ge=1)]
    places: Annotated[int, Field(ge=1, le=50)]  # conversations that one agent has in hand at once, at most
    hours: Annotated[tuple[Hour, ...], Field(min_length=1)]
    topics: Mapping[str, Share]
    teams: Annotated[tuple[Team, ...], Field(min_length=1)]
    patience_s: Seconds
    handling_s: Seconds
    handling: Literal["lognormal", "exponential"]
    handling_spread: Annotated[float, Field(gt=0)]  # standard deviation to mean, of the lognormal
    noticing_s: Annotated[float, Field(ge=0)]  # from an offer to the click that takes it
    wrap_up: bool
    overlooked: Share  # of all offers, which lapse
    vanishing_at_s: tuple[Seconds, ...]  # when an agent's page dies
    vanishing_for_s: Seconds

    @property
    def length_s(self) -> float:
        """Return how long customers come."""
        return len(self.hours) * HOUR_S

    def staff(self, agents: int, hour: int) -> int:
        """Return how many of so many agents are there in an hour."""
        return max(1, round(agents * self.hours[hour].present))


@dataclass(frozen=True)
class Caller:
    """A customer of the day; times in seconds from its begin."""

    number: int
    arrives_s: float
    patience_s: float
    handling_s: float
    skill: str


def load_plan() -> DayPlan:
    """Return the usual day. Raises ValueError when `day.yml` does not fit."""
    return read_plan(yaml.safe_load(_PATH.read_text(encoding="utf-8")))


def read_plan(data: Any) -> DayPlan:
    """Return the day that `data` describes. Raises ValueError, which names what is wrong."""
    plan = DayPlan.model_validate(data)
    named = {*plan.topics, *(skill for team in plan.teams for skill in team.skills)}
    if unknown := named - set(SKILLS):
        raise ValueError(f"unknown skills: {', '.join(sorted(unknown))}")
    for what, shares in (("topics", plan.topics.values()), ("teams", [team.share for team in plan.teams])):
        if not math.isclose(sum(shares), 1.0, abs_tol=1e-6):
            raise ValueError(f"the shares of {what} make {sum(shares):.3f}, not 1")
    return plan


def draw_callers(plan: DayPlan, seed: int, *, agents: int | None = None) -> list[Caller]:
    """Return the customers of one day in the order they come."""
    rng = Random(seed)  # noqa: S311 invented data
    scale = (agents or plan.agents) / plan.agents
    callers: list[Caller] = []
    for number, hour in enumerate(plan.hours):
        rate = hour.customers * scale / HOUR_S
        at = number * HOUR_S
        # Begun anew each hour: what an exponential gap has already lasted says nothing about its rest.
        while rate and (at := at + rng.expovariate(rate)) < (number + 1) * HOUR_S:
            callers.append(_draw(plan, rng, len(callers), at))
    return callers


def _draw(plan: DayPlan, rng: Random, number: int, at: float) -> Caller:
    return Caller(
        number=number,
        arrives_s=at,
        patience_s=rng.expovariate(1 / plan.patience_s),
        handling_s=_handling(plan, rng),
        skill=rng.choices(list(plan.topics), list(plan.topics.values()))[0],
    )


def _handling(plan: DayPlan, rng: Random) -> float:
    if plan.handling == "exponential":
        return rng.expovariate(1 / plan.handling_s)
    variance = math.log1p(plan.handling_spread**2)
    return rng.lognormvariate(math.log(plan.handling_s) - variance / 2, math.sqrt(variance))


def skills_of(plan: DayPlan, agents: int) -> Sequence[tuple[str, ...]]:
    """Return the skills of each agent: teams one after the other, in proportion to their shares."""
    filled = [0.0] * len(plan.teams)
    chosen = []
    for _ in range(agents):
        filled = [amount + team.share for amount, team in zip(filled, plan.teams, strict=True)]
        first = max(range(len(filled)), key=lambda index: filled[index])
        filled[first] -= 1
        chosen.append(plan.teams[first].skills)
    return chosen
