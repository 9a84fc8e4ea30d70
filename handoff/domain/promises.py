"""What was promised a customer for a time: a call back, or that somebody looks after a ticket again. Pure.

PLANNED ──(its time comes)──▶ DUE ──▶ DONE
   │  ▲                        │
   │  └──────── moved ─────────┤
   └──────────▶ CANCELLED ◀────┘
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from handoff.domain.hours import TeamHours
from handoff.errors import Invalid, StateConflict
from kernel import korean

AHEAD_MAX = timedelta(days=90)
NOTE_LENGTH_MAX = 500


class PromiseKind(StrEnum):
    """What was promised."""

    CALLBACK = "callback"
    FOLLOW_UP = "follow_up"


class PromiseStatus(StrEnum):
    """What became of it."""

    PLANNED = "planned"
    DUE = "due"
    DONE = "done"
    CANCELLED = "cancelled"


OPEN_PROMISES = (PromiseStatus.PLANNED, PromiseStatus.DUE)


@dataclass(frozen=True)
class Promise:
    """One promise on a ticket. `agent_id` keeps it; None is whoever of the team takes it."""

    promise_id: str
    number: str
    conversation_id: str
    kind: PromiseKind
    status: PromiseStatus
    due_at: datetime
    note: str
    agent_id: str | None
    skill: str
    version: int
    created_by: str
    created_at: datetime
    came_due_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    outcome: str | None = None


def require_time(kind: PromiseKind, due_at: datetime, *, now: datetime, hours: TeamHours) -> datetime:
    """Return a time that can be promised. Raises Invalid with code time_passed, too_far_ahead or off_hours."""
    if due_at <= now:
        raise Invalid("지난 시각은 약속할 수 없어요.", code="time_passed")
    if due_at - now > AHEAD_MAX:
        raise Invalid(f"{AHEAD_MAX.days}일 안의 시각만 약속할 수 있어요.", code="too_far_ahead")
    if kind is PromiseKind.CALLBACK and not hours.is_open(due_at):
        opens = korean.say_when(hours.next_opening(due_at), now)
        raise Invalid(f"{hours.name} 상담 시간이 아니에요. 그 뒤로는 {opens}부터 가능해요.", code="off_hours")
    return due_at


def require_version(promise: Promise, version: int) -> None:
    """Raise StateConflict unless the caller has seen the newest state of the promise."""
    if promise.version != version:
        raise StateConflict(
            "그 사이 약속이 바뀌었어요. 새로 고친 내용을 확인해 주세요.",
            code="version_conflict",
            current=f"{promise.status} @{promise.version}",
            asked=f"@{version}",
        )


def come_due(promise: Promise, at: datetime) -> Promise | None:
    """Return the promise as one to be kept now; None when its time has not come or it was seen to already."""
    if promise.status is not PromiseStatus.PLANNED or promise.due_at > at:
        return None
    return replace(promise, status=PromiseStatus.DUE, came_due_at=at, version=promise.version + 1)


def take(promise: Promise, agent_id: str) -> Promise:
    """Return the promise as this agent's to keep."""
    _require_open(promise, "take")
    return replace(promise, agent_id=agent_id, version=promise.version + 1)


def move(promise: Promise, due_at: datetime) -> Promise:
    """Return the promise for another time, at which it comes due anew."""
    _require_open(promise, "move")
    return replace(promise, status=PromiseStatus.PLANNED, due_at=due_at, came_due_at=None, version=promise.version + 1)


def end(promise: Promise, status: PromiseStatus, *, by: str, at: datetime, outcome: str) -> Promise:
    """Return the promise as kept (done) or taken back (cancelled), with what came of it."""
    _require_open(promise, status)
    return replace(promise, status=status, ended_at=at, ended_by=by, outcome=outcome, version=promise.version + 1)


def _require_open(promise: Promise, asked: str) -> None:
    if promise.status not in OPEN_PROMISES:
        raise StateConflict("이미 끝난 약속이에요.", code="illegal_transition", current=promise.status, asked=asked)
