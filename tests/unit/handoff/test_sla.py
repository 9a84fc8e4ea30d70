"""Service levels: examples in words, and any course of events against a plain model that counts minutes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from handoff.domain import sla
from handoff.domain.hours import TeamHours
from handoff.domain.sla import CaseClocks, ClockKind, Rules, SlaClock, Step, StepLevel
from handoff.policy.service_levels import load_service_levels
from kernel.clock import KST

MINUTE = timedelta(minutes=1)
WEEK = (((540, 1080),),) * 5 + (((600, 840),), ())
CARE = TeamHours("care", "고객상담팀", frozenset({"general"}), WEEK)
SHORT = TeamHours(
    "night", "야간팀", frozenset({"delivery"}), (((600, 700), (900, 1_000)),) * 7, rests_on_holidays=False
)
ALL = frozenset({"agent", "supervisor"})
LADDER = (
    Step(75, StepLevel.WARNING, ALL),
    Step(100, StepLevel.BREACH, ALL, 1),
    Step(150, StepLevel.ESCALATION, ALL, 1),
)
COMPLAINT = Rules(
    CARE,
    {
        ClockKind.FIRST_RESPONSE: 20 * MINUTE,
        ClockKind.NEXT_RESPONSE: 20 * MINUTE,
        ClockKind.RESOLUTION: 600 * MINUTE,
    },
    LADDER,
)
SLOWER = Rules(SHORT, {kind: 3 * target for kind, target in COMPLAINT.targets.items()}, LADDER)


def kst(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=KST)


NOON = kst("2026-11-24T12:00")


def _levels(case: CaseClocks, at: datetime) -> list[tuple[str, str]]:
    return [
        (clock.kind, step.level)
        for clock in case.all()
        for step in sla.tick(clock, at=at, hours=CARE, ladder=LADDER)[1]
    ]


def test_a_complaint_is_warned_of_before_its_twenty_minutes_are_over() -> None:
    case = sla.open_case(NOON, COMPLAINT)
    assert (case.first.next_at, case.first.due_at) == (NOON + 15 * MINUTE, NOON + 20 * MINUTE)
    assert _levels(case, NOON + 15 * MINUTE - timedelta(microseconds=1)) == []
    assert _levels(case, NOON + 15 * MINUTE) == [("first_response", "warning")]
    assert _levels(case, NOON + 20 * MINUTE) == [("first_response", "warning"), ("first_response", "breach")]


def test_the_night_does_not_count() -> None:
    case = sla.open_case(kst("2026-11-24T17:50"), COMPLAINT)
    assert case.first.due_at == kst("2026-11-25T09:10")
    assert _levels(case, kst("2026-11-25T08:59")) == []


def test_an_answer_in_time_leaves_no_word() -> None:
    case = sla.agent_answered(sla.open_case(NOON, COMPLAINT), NOON + 5 * MINUTE, COMPLAINT)
    assert _levels(case, NOON + 60 * MINUTE) == []
    assert (case.first.done_at, case.first.spent) == (NOON + 5 * MINUTE, 5 * MINUTE)


def test_of_several_messages_the_first_that_was_not_answered_counts() -> None:
    case = sla.agent_answered(sla.open_case(NOON, COMPLAINT), NOON, COMPLAINT)
    for minutes in (10, 15, 25):
        case = sla.customer_wrote(case, NOON + minutes * MINUTE, COMPLAINT)
    assert case.next is not None and (case.next.round, case.next.due_at) == (1, NOON + 30 * MINUTE)
    case = sla.agent_answered(case, NOON + 26 * MINUTE, COMPLAINT)
    case = sla.customer_wrote(case, NOON + 40 * MINUTE, COMPLAINT)
    assert case.next is not None and (case.next.round, case.next.due_at) == (2, NOON + 60 * MINUTE)


def test_clocks_stand_while_the_customer_has_to_answer() -> None:
    case = sla.agent_answered(sla.open_case(NOON, COMPLAINT), NOON + MINUTE, COMPLAINT)
    case = sla.wait_for_customer(case, NOON + 10 * MINUTE, COMPLAINT)
    assert [clock.next_at for clock in case.all()] == [None, None]
    case = sla.customer_wrote(case, NOON + timedelta(days=1), COMPLAINT)
    spent = case.resolution.spent_by(NOON + timedelta(days=1, minutes=5), CARE)
    assert spent == 15 * MINUTE


def test_a_case_opened_again_goes_on_with_what_was_used() -> None:
    case = sla.resolve_case(sla.open_case(NOON, COMPLAINT), NOON + 30 * MINUTE, COMPLAINT)
    again = sla.reopen_case(case, NOON + 90 * MINUTE, COMPLAINT)
    assert again.resolution.due_at == kst("2026-11-25T14:00")  # 570 minutes more: 270 until closing, then 300
    assert again.next is not None and again.next.due_at == NOON + 110 * MINUTE
    assert again.first == case.first


def test_another_type_counts_what_was_waited_and_warns_at_once_when_it_is_over() -> None:
    slow = sla.open_case(NOON, Rules(CARE, SLOWER.targets, LADDER))
    case = sla.change_rules(slow, NOON + 30 * MINUTE, Rules(CARE, SLOWER.targets, LADDER), COMPLAINT)
    assert case.first.next_at == NOON + 30 * MINUTE
    assert _levels(case, NOON + 30 * MINUTE)[:2] == [("first_response", "warning"), ("first_response", "breach")]


def test_a_step_is_passed_once() -> None:
    clock, passed = sla.tick(sla.open_case(NOON, COMPLAINT).first, at=NOON + 16 * MINUTE, hours=CARE, ladder=LADDER)
    assert [step.percent for step in passed] == [75]
    assert sla.tick(clock, at=NOON + 16 * MINUTE, hours=CARE, ladder=LADDER)[1] == []
    assert clock.next_at == NOON + 20 * MINUTE
    last, _ = sla.tick(clock, at=NOON + 99 * MINUTE, hours=CARE, ladder=LADDER)
    assert last.next_at is None


def test_the_policy_in_force_answers_complaints_in_twenty_minutes_and_warns_before() -> None:
    levels = load_service_levels()
    complaint = levels.targets[levels.type_of("complaint", "general")]
    assert complaint[ClockKind.FIRST_RESPONSE] == 20 * MINUTE
    assert levels.ladder[0].percent < 100 and {"agent", "supervisor"} <= levels.ladder[0].tell


class Model:
    """One wait of a customer, counted minute by minute."""

    def __init__(self, kind: ClockKind, target_min: int) -> None:
        self.kind = kind
        self.target_min = target_min
        self.used_min = 0
        self.state = "running"
        self.passed: list[int] = []

    def minute(self, is_open: bool) -> None:
        if self.state == "running" and is_open:
            self.used_min += 1

    def look(self) -> None:
        if self.state != "running":
            return
        for step in LADDER[len(self.passed) :]:
            if 100 * self.used_min >= step.percent * self.target_min:
                self.passed.append(step.percent)


class Levels(RuleBasedStateMachine):
    """Any course of a case: a minute-by-minute count must agree with the clocks after every step."""

    @initialize(hour=st.integers(0, 23), day=st.integers(0, 13), slow=st.booleans())
    def open(self, hour: int, day: int, slow: bool) -> None:
        self.at = kst("2026-12-21T00:00") + timedelta(days=day, hours=hour)  # over Christmas and the new year
        self.rules = SLOWER if slow else COMPLAINT
        self.case = sla.open_case(self.at, self.rules)
        self.first, self.resolution = (self._model(k) for k in (ClockKind.FIRST_RESPONSE, ClockKind.RESOLUTION))
        self.next: Model | None = None
        self.next_count = 0
        self.waits = False
        self.steps: dict[tuple[str, int], list[int]] = {}

    def _model(self, kind: ClockKind) -> Model:
        return Model(kind, int(self.rules.targets[kind] / MINUTE))

    def _models(self) -> list[tuple[Model, SlaClock]]:
        pairs = [(self.first, self.case.first), (self.resolution, self.case.resolution)]
        if self.next is not None:
            assert self.case.next is not None
            pairs.append((self.next, self.case.next))
        return pairs

    @rule(minutes=st.one_of(st.integers(1, 40), st.integers(41, 3_000)))
    def time_passes(self, minutes: int) -> None:
        for _ in range(minutes):
            is_open = self.rules.hours.is_open(self.at)
            for model, _clock in self._models():
                model.minute(is_open)
            self.at += MINUTE
        for model, _clock in self._models():
            model.look()
        self._tick()

    def _tick(self) -> None:
        changed = {}
        for name, clock in (("first", self.case.first), ("next", self.case.next), ("resolution", self.case.resolution)):
            if clock is None:
                continue
            # What comes due is found by `next_at` alone: a clock that has none before now must have nothing to say.
            ticked, passed = sla.tick(clock, at=self.at, hours=self.rules.hours, ladder=LADDER)
            assert bool(passed) == (clock.next_at is not None and clock.next_at <= self.at)
            self.steps.setdefault((clock.kind, clock.round), []).extend(step.percent for step in passed)
            changed[name] = ticked
        self.case = CaseClocks(
            changed["first"], changed["resolution"], changed.get("next"), self.case.waits_for_customer
        )

    @rule()
    def customer_writes(self) -> None:
        self.case = sla.customer_wrote(self.case, self.at, self.rules)
        if self.resolution.state == "done":
            return
        self._go_on()
        if self.first.state == "done" and (self.next is None or self.next.state == "done"):
            self._ask()

    def _go_on(self) -> None:
        self.waits = False
        for model, _clock in self._models():
            if model.state == "paused":
                model.state = "running"

    def _ask(self) -> None:
        self.next = self._model(ClockKind.NEXT_RESPONSE)
        self.next_count += 1

    @rule()
    def agent_answers(self) -> None:
        self.case = sla.agent_answered(self.case, self.at, self.rules)
        self.first.state = "done"
        if self.next is not None:
            self.next.state = "done"

    @rule()
    def waits_for_customer(self) -> None:
        self.case = sla.wait_for_customer(self.case, self.at, self.rules)
        if self.resolution.state == "done":
            return
        self.waits = True
        for model, _clock in self._models():
            if model.state == "running":
                model.state = "paused"

    @rule()
    def stops_waiting(self) -> None:
        self.case = sla.stop_waiting(self.case, self.at, self.rules)
        if self.resolution.state != "done":
            self._go_on()

    @rule()
    def is_resolved(self) -> None:
        self.case = sla.resolve_case(self.case, self.at, self.rules)
        self.waits = False
        for model, _clock in self._models():
            model.state = "done"

    @precondition(lambda self: self.resolution.state == "done")
    @rule()
    def is_reopened(self) -> None:
        self.case = sla.reopen_case(self.case, self.at, self.rules)
        self.resolution.state = "running"
        self._ask()

    @rule(slow=st.booleans())
    def other_rules(self, slow: bool) -> None:
        new = SLOWER if slow else COMPLAINT
        self.case = sla.change_rules(self.case, self.at, self.rules, new)
        self.rules = new
        for model, _clock in self._models():
            if model.state != "done":
                model.target_min = int(new.targets[model.kind] / MINUTE)
            model.look()
        self._tick()

    @invariant()
    def agrees(self) -> None:
        if not hasattr(self, "case"):
            return
        assert self.case.waits_for_customer == self.waits
        assert (self.case.next.round if self.case.next else 0) == self.next_count
        for model, clock in self._models():
            state = "done" if clock.done_at else "running" if clock.running_since else "paused"
            assert state == model.state, clock
            assert clock.spent_by(self.at, self.rules.hours) == model.used_min * MINUTE, clock
            assert clock.target == model.target_min * MINUTE
            assert self.steps.get((clock.kind, clock.round), []) == model.passed
            assert (clock.next_at is None) == (model.state != "running" or len(model.passed) == len(LADDER))
            assert clock.next_at is None or clock.next_at > self.at or model.used_min == 0


Levels.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestLevels = Levels.TestCase


@pytest.mark.parametrize("percents", [[100, 150], [75, 50, 100], [75, 150], [75, 75, 100]])
def test_a_ladder_that_does_not_warn_or_climb_or_break_is_refused(percents: list[int]) -> None:
    from handoff.policy.service_levels import _read_ladder, _Step

    with pytest.raises(ValueError, match="ladder"):
        _read_ladder([_Step(percent=percent, tell=frozenset({"agent"})) for percent in percents])
