"""Service levels: clocks that run in a team's open hours, and what happens as they run out. Pure.

A clock measures how long a customer has waited for one thing: the first answer, the next answer, the solution. It runs
only while the team is open, and stands while nothing is ours to do (`pause`). As it uses up its target it passes the
steps of the ladder: warnings before the breach, the breach itself at 100 percent, escalations beyond. `next_at` is the
moment of the next step while the clock runs, so that whoever looks after clocks finds them by it.

    start ──▶ running ──pause──▶ paused ──resume──▶ running ──finish──▶ done ──resume──▶ running (the case opened again)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from handoff.domain.hours import TeamHours


class ClockKind(StrEnum):
    """What the customer waits for."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"


class StepLevel(StrEnum):
    """How serious a step of the ladder is."""

    WARNING = "warning"
    BREACH = "breach"
    ESCALATION = "escalation"


@dataclass(frozen=True)
class Step:
    """What happens when `percent` of a target is used up: who is told, and by how much the case gains priority.

    `tell` names roles; `agent` is whoever has the case, or everybody at the desk while nobody has it.
    """

    percent: int
    level: StepLevel
    tell: frozenset[str]
    raise_priority: int = 0


Ladder = Sequence[Step]
"""Steps by growing percent; exactly one of them, at 100 percent, is the breach."""

Targets = Mapping[ClockKind, timedelta]


@dataclass(frozen=True)
class SlaClock:
    """One wait of a customer. `spent` is the open time used before `running_since`; steps count from the ladder's first.

    A next response has a clock for each time the customer began to wait: `round`, from 1.
    """

    kind: ClockKind
    round: int
    target: timedelta
    spent: timedelta = timedelta()
    running_since: datetime | None = None
    done_at: datetime | None = None
    steps_done: int = 0
    due_at: datetime | None = None
    next_at: datetime | None = None

    def spent_by(self, at: datetime, hours: TeamHours) -> timedelta:
        """Return how much open time was used by `at`."""
        return self.spent + (hours.between(self.running_since, at) if self.running_since else timedelta())


def start(
    kind: ClockKind, target: timedelta, *, at: datetime, hours: TeamHours, ladder: Ladder, round: int = 1
) -> SlaClock:
    """Return a clock that runs from `at` on."""
    return _scheduled(SlaClock(kind, round, target, running_since=at), hours, ladder)


def pause(clock: SlaClock, *, at: datetime, hours: TeamHours) -> SlaClock:
    """Return the clock standing still; one that is not running stays as it is."""
    if clock.running_since is None:
        return clock
    return replace(clock, spent=clock.spent_by(at, hours), running_since=None, due_at=None, next_at=None)


def resume(clock: SlaClock, *, at: datetime, hours: TeamHours, ladder: Ladder) -> SlaClock:
    """Return the clock running on with what is left of its target; one that runs stays as it is."""
    if clock.running_since is not None:
        return clock
    return _scheduled(replace(clock, running_since=at, done_at=None), hours, ladder)


def finish(clock: SlaClock, *, at: datetime, hours: TeamHours) -> SlaClock:
    """Return the clock done: the customer has what they waited for. One that is done stays as it is."""
    if clock.done_at is not None:
        return clock
    return replace(pause(clock, at=at, hours=hours), done_at=at)


def retarget(
    clock: SlaClock, target: timedelta, *, at: datetime, hours: TeamHours, new_hours: TeamHours, ladder: Ladder
) -> SlaClock:
    """Return the clock with another target or in other hours from `at` on; what was used stays used.

    A step that was passed is not passed again, however far away the new target is.
    """
    if clock.running_since is None:
        return replace(clock, target=target)
    moved = replace(clock, target=target, spent=clock.spent_by(at, hours), running_since=at)
    return _scheduled(moved, new_hours, ladder)


def tick(clock: SlaClock, *, at: datetime, hours: TeamHours, ladder: Ladder) -> tuple[SlaClock, list[Step]]:
    """Return the clock with the steps it has passed by `at`; none for a clock that does not run."""
    if clock.running_since is None:
        return clock, []
    spent, passed = clock.spent_by(at, hours), []
    for step in ladder[clock.steps_done :]:
        if spent < _until_step(clock, step):
            break
        passed.append(step)
    return _scheduled(replace(clock, steps_done=clock.steps_done + len(passed)), hours, ladder), passed


def is_breached(clock: SlaClock, *, at: datetime, hours: TeamHours) -> bool:
    """Tell whether more than the target was used."""
    return clock.spent_by(at, hours) > clock.target


def _scheduled(clock: SlaClock, hours: TeamHours, ladder: Ladder) -> SlaClock:
    assert clock.running_since is not None
    due_at = hours.add(clock.running_since, clock.target - clock.spent)
    next_at = None
    if clock.steps_done < len(ladder):
        next_at = hours.add(clock.running_since, _until_step(clock, ladder[clock.steps_done]) - clock.spent)
    return replace(clock, due_at=due_at, next_at=next_at)


def _until_step(clock: SlaClock, step: Step) -> timedelta:
    return clock.target * step.percent / 100


@dataclass(frozen=True)
class Rules:
    """All that a case's clocks go by: its team's hours, its type's targets, the ladder."""

    hours: TeamHours
    targets: Targets
    ladder: Ladder


@dataclass(frozen=True)
class CaseClocks:
    """The clocks of one case. `next` is the latest round; `resolution` runs from the opening to the solution.

    While `waits_for_customer` every clock stands.
    """

    first: SlaClock
    resolution: SlaClock
    next: SlaClock | None = None
    waits_for_customer: bool = False

    def all(self) -> list[SlaClock]:
        """Return the clocks there are."""
        return [clock for clock in (self.first, self.next, self.resolution) if clock is not None]


def open_case(at: datetime, rules: Rules) -> CaseClocks:
    """Return the clocks of a case that has just been opened: first response and resolution run."""
    first, resolution = (
        start(kind, rules.targets[kind], at=at, hours=rules.hours, ladder=rules.ladder)
        for kind in (ClockKind.FIRST_RESPONSE, ClockKind.RESOLUTION)
    )
    return CaseClocks(first, resolution)


def customer_wrote(case: CaseClocks, at: datetime, rules: Rules) -> CaseClocks:
    """Return the clocks after the customer said something: they go on, and an answer is awaited if none was.

    Of several messages the first that was not answered counts.
    """
    if case.resolution.done_at is not None:
        return case
    case = _go_on(case, at, rules)
    if case.first.done_at is None or (case.next is not None and case.next.done_at is None):
        return case
    return replace(case, next=_next_round(case, at, rules))


def agent_answered(case: CaseClocks, at: datetime, rules: Rules) -> CaseClocks:
    """Return the clocks after an agent wrote to the customer: nobody waits for an answer."""
    answered = replace(case, first=finish(case.first, at=at, hours=rules.hours))
    if case.next is not None:
        answered = replace(answered, next=finish(case.next, at=at, hours=rules.hours))
    return answered


def wait_for_customer(case: CaseClocks, at: datetime, rules: Rules) -> CaseClocks:
    """Return the clocks standing still until the customer says something."""
    if case.resolution.done_at is not None:
        return case
    return replace(_each(case, lambda clock: pause(clock, at=at, hours=rules.hours)), waits_for_customer=True)


def stop_waiting(case: CaseClocks, at: datetime, rules: Rules) -> CaseClocks:
    """Return the clocks running on although the customer said nothing."""
    return case if case.resolution.done_at is not None else _go_on(case, at, rules)


def resolve_case(case: CaseClocks, at: datetime, rules: Rules) -> CaseClocks:
    """Return the clocks of a solved case: all are done."""
    done = _each(case, lambda clock: finish(clock, at=at, hours=rules.hours))
    return replace(done, waits_for_customer=False)


def reopen_case(case: CaseClocks, at: datetime, rules: Rules) -> CaseClocks:
    """Return the clocks of a solved case that is open again: the solution goes on, an answer is awaited anew."""
    if case.resolution.done_at is None:
        return case
    resolution = resume(case.resolution, at=at, hours=rules.hours, ladder=rules.ladder)
    return replace(case, resolution=resolution, next=_next_round(case, at, rules))


def change_rules(case: CaseClocks, at: datetime, old: Rules, new: Rules) -> CaseClocks:
    """Return the clocks under other targets or hours: the case's type or team changed, or the team's hours did."""

    def moved(clock: SlaClock) -> SlaClock:
        if clock.done_at is not None:
            return clock
        target = new.targets[clock.kind]
        return retarget(clock, target, at=at, hours=old.hours, new_hours=new.hours, ladder=new.ladder)

    return _each(case, moved)


def _go_on(case: CaseClocks, at: datetime, rules: Rules) -> CaseClocks:
    if not case.waits_for_customer:
        return case

    def running(clock: SlaClock) -> SlaClock:
        return clock if clock.done_at else resume(clock, at=at, hours=rules.hours, ladder=rules.ladder)

    return replace(_each(case, running), waits_for_customer=False)


def _next_round(case: CaseClocks, at: datetime, rules: Rules) -> SlaClock:
    kind = ClockKind.NEXT_RESPONSE
    number = case.next.round + 1 if case.next else 1
    return start(kind, rules.targets[kind], at=at, hours=rules.hours, ladder=rules.ladder, round=number)


def _each(case: CaseClocks, change: Callable[[SlaClock], SlaClock]) -> CaseClocks:
    return replace(
        case,
        first=change(case.first),
        next=change(case.next) if case.next else None,
        resolution=change(case.resolution),
    )
