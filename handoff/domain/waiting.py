"""How long somebody who waits will probably wait.

With `m` conversations still to end before it is one's turn, `n` places working at once, each taken for `h` seconds on
average, and those ahead giving up after `p` seconds on average, the next step of the queue takes 1 / (n/h + j/p)
seconds while `j` are ahead. The expected wait is the sum over the steps (Whitt 1999, "Predicting queueing delays").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handoff.domain.conversation import Agent
from handoff.domain.routing import SKILLS, has_skill

PRIOR_COUNT = 5  # an assumed time counts as much as so many measured ones
GIVEN_UP_MIN = 5  # fewer tell nothing about patience


@dataclass(frozen=True)
class Served:
    """One wait that ended, and what followed: claimed or given up, and when the conversation ended."""

    skill: str
    waiting_since: datetime
    claimed_at: datetime | None
    ended_at: datetime


@dataclass(frozen=True)
class Place:
    """A present agent with the places that conversations in hand and times after a close leave free."""

    agent: Agent
    free_count: int


@dataclass(frozen=True)
class Pace:
    """How fast the queue moves: seconds a conversation takes of a place, by skill; how long people are patient."""

    handling_s: Mapping[str, float]
    patience_s: float | None
    accept_s: float


def measure(
    served: Sequence[Served],
    *,
    assumed_s: float,
    accept_s: float,
    after_close_s: float,
    accepted_after_s: Sequence[float] = (),
) -> Pace:
    """Return the pace that lately served conversations show; where few are known, the assumed times weigh in.

    `accepted_after_s` is how long agents took lately to take what they were asked to.
    """
    accept_s = _mean(accepted_after_s, prior_s=accept_s)
    handled = [s for s in served if s.claimed_at is not None]
    overall = _mean((_seconds(s.claimed_at, s.ended_at) for s in handled), prior_s=assumed_s)
    handling = {
        skill: _mean((_seconds(s.claimed_at, s.ended_at) for s in handled if s.skill == skill), prior_s=overall)
        for skill in SKILLS
    }
    waited_s = sum(_seconds(s.waiting_since, s.claimed_at or s.ended_at) for s in served)
    given_up_count = len(served) - len(handled)
    return Pace(
        handling_s={skill: seconds + accept_s + after_close_s for skill, seconds in handling.items()},
        patience_s=waited_s / given_up_count if given_up_count >= GIVEN_UP_MIN and waited_s > 0 else None,
        accept_s=accept_s,
    )


def estimate_wait_s(skill: str | None, ahead: Mapping[str, int], places: Sequence[Place], pace: Pace) -> int | None:
    """Return the expected seconds until a person takes the conversation; None while nobody who can is there.

    `ahead` counts those served before by skill. Who needs another skill is in the way only as far as they take
    the same agents: in the share of their agents' places that have both skills.
    """
    own = [place for place in places if has_skill(place.agent, skill)]
    capacity = sum(place.agent.capacity for place in own)
    if not capacity:
        return None
    before = sum(count * _shared_ratio(other, skill, places) for other, count in ahead.items())
    free = sum(place.free_count for place in own)
    if before < free:
        return round(pace.accept_s)
    handling_s = pace.handling_s.get(skill or "general") or max(pace.handling_s.values())
    return round(pace.accept_s + _steps_s(before - free + 1, capacity / handling_s, pace.patience_s))


def _steps_s(steps: float, rate: float, patience_s: float | None) -> float:
    if patience_s is None:
        return steps / rate
    whole = int(steps)
    waits = (1 / (rate + left / patience_s) for left in range(whole))
    return sum(waits) + (steps - whole) / (rate + whole / patience_s)


def _shared_ratio(other: str, skill: str | None, places: Sequence[Place]) -> float:
    theirs = [place for place in places if has_skill(place.agent, other)]
    all_of_them = sum(place.agent.capacity for place in theirs)
    if not all_of_them:
        return 0.0
    return sum(place.agent.capacity for place in theirs if has_skill(place.agent, skill)) / all_of_them


def _mean(values: Iterable[float], *, prior_s: float) -> float:
    known = list(values)
    return (sum(known) + PRIOR_COUNT * prior_s) / (len(known) + PRIOR_COUNT)


def _seconds(since: datetime | None, until: datetime) -> float:
    return max(timedelta(), until - since).total_seconds() if since else 0.0
