"""The life of a privacy request, and what of a history of consents holds now. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from backoffice.privacy.errors import UnknownGround, WrongState
from backoffice.privacy.request_tables import RequestKind, RequestState
from backoffice.privacy.tables import ConsentKind

_FOLLOWS: Mapping[RequestState, frozenset[RequestState]] = {
    RequestState.RECEIVED: frozenset({RequestState.IDENTITY_CHECKED, RequestState.REFUSED, RequestState.WITHDRAWN}),
    RequestState.IDENTITY_CHECKED: frozenset({RequestState.IN_WORK, RequestState.REFUSED, RequestState.WITHDRAWN}),
    RequestState.IN_WORK: frozenset({RequestState.ANSWERED, RequestState.REFUSED, RequestState.WITHDRAWN}),
}
ENDED = frozenset({RequestState.ANSWERED, RequestState.REFUSED, RequestState.WITHDRAWN})
OPTIONAL_CONSENTS = (ConsentKind.MARKETING, ConsentKind.NIGHT_ADS, ConsentKind.THIRD_PARTY)
_BEFORE_TIMES = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class KindRule:
    """What one kind of request means; see `requests.yml` for each field."""

    label: str
    answer_days: int
    alarm_days: Sequence[int]
    promise: str
    closes_account: bool = False


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Why a request may be refused."""

    because: str
    without_identity: bool = False


@dataclass(frozen=True, kw_only=True)
class RequestRules:
    """All kinds and grounds, and how to object."""

    version: int
    kinds: Mapping[RequestKind, KindRule]
    grounds: Mapping[str, Ground]
    objection: str


@dataclass(frozen=True)
class ConsentLine:
    """One time a customer agreed or took it back. `at` is None for what was given before times were written down."""

    kind: ConsentKind
    granted: bool
    at: datetime | None
    terms_version: int | None = None
    channel: str = ""


def check_step(state: RequestState, wanted: RequestState) -> None:
    """Raise WrongState unless `wanted` follows `state`."""
    if wanted not in _FOLLOWS.get(state, frozenset()):
        raise WrongState(state=state.value, wanted=wanted.value)


def list_before(wanted: RequestState) -> list[RequestState]:
    """Return the states that `wanted` may follow."""
    return [state for state, following in _FOLLOWS.items() if wanted in following]


def check_ground(ground: str, state: RequestState, rules: RequestRules) -> None:
    """Raise UnknownGround, or WrongState where the ground needs an identity that is not checked yet."""
    if ground not in rules.grounds:
        raise UnknownGround(ground)
    if state is RequestState.RECEIVED and not rules.grounds[ground].without_identity:
        raise WrongState(state=state.value, wanted=RequestState.REFUSED.value)


def due_at(opened_at: datetime, rule: KindRule) -> datetime:
    """Return the moment by which an answer is due."""
    return opened_at + timedelta(days=rule.answer_days)


def alarms(opened_at: datetime, rule: KindRule) -> dict[int, datetime]:
    """Return when to warn, by the days that are then left."""
    due = due_at(opened_at, rule)
    return {days: due - timedelta(days=days) for days in rule.alarm_days}


def current_consents(lines: Iterable[ConsentLine]) -> dict[ConsentKind, ConsentLine]:
    """Return the line of each kind that holds: the newest by its time, of equal ones the one written last.

    `lines` are in the order they were written. A kind that was never asked for is not in it.
    """
    newest: dict[ConsentKind, ConsentLine] = {}
    for line in lines:
        before = newest.get(line.kind)
        if before is None or (line.at or _BEFORE_TIMES) >= (before.at or _BEFORE_TIMES):
            newest[line.kind] = line
    return newest


def consents_withdrawn_with(kind: ConsentKind) -> tuple[ConsentKind, ...]:
    """Return what ends when `kind` is withdrawn: nobody wants advertising at night only."""
    return (ConsentKind.MARKETING, ConsentKind.NIGHT_ADS) if kind is ConsentKind.MARKETING else (kind,)
