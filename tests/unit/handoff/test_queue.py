"""Who is served first: points for what is urgent, waiting time for everybody, nobody overtaken for ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from handoff.domain.queue import day_of, priority_of, promise_breaks, rank
from handoff.policy import routing as routing_policy
from handoff.policy.routing import load_routing_policy, read_routing_policy

POLICY = load_routing_policy().priority
NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)


def _order(promised: str | None, status: str = "in_transit") -> dict[str, Any]:
    return {"order_id": "1", "status": status, "delivery": {"promised_date": promised}}


@pytest.mark.parametrize(
    ("order", "breaks"),
    [
        (_order("2026-11-24"), True),
        (_order("2026-11-20"), True),
        (_order("2026-11-25"), False),
        (_order("2026-11-20", "delivered"), False),
        (_order("2026-11-20", "cancelled"), False),
        ({"status": "packed", "promised_date": "2026-11-24"}, True),
        ({"status": "packed", "promised_date": "2026-11-24T15:00:00Z"}, True),
        (_order(None), False),
        (_order("곧"), False),
        ({"status": "packed"}, False),
        ("an order?", False),
        (None, False),
    ],
)
def test_a_promise_breaks_when_its_day_has_come_and_nothing_else_has(order: Any, breaks: bool) -> None:
    assert promise_breaks([order], TODAY) is breaks


def test_what_makes_a_conversation_urgent_adds_up_to_the_most_there_is() -> None:
    plain = {"reason": "customer_request", "skill": "delivery"}
    assert priority_of(POLICY, **plain) == 1
    assert priority_of(POLICY, **plain | {"skill": "complaint"}) == 3
    assert priority_of(POLICY, **plain, mood={"anger": POLICY.anger_at_least_ratio}) == 2
    assert priority_of(POLICY, **plain, mood={"anger": 0.1}) == 1
    assert priority_of(POLICY, **plain, facts={"orders": [_order("2026-11-24")]}, today=TODAY) == 2
    assert priority_of(POLICY, **plain, facts={"orders": [_order("2026-11-24")]}) == 1
    everything = {"customer": {"grade": "vip"}, "orders": [_order("2026-11-01")]}
    all_of_it = priority_of(POLICY, reason="complaint", facts=everything, mood={"anger": 1.0}, today=TODAY)
    assert all_of_it == POLICY.most_points == 6
    assert priority_of(replace(POLICY, most_points=4), reason="complaint", facts=everything, today=TODAY) == 4


@pytest.mark.parametrize("mood", [None, {}, {"anger": None}, {"anger": "high"}, {"anger": True}, {"urgency": 1.0}])
@pytest.mark.parametrize("facts", [None, {}, {"customer": None, "orders": None}, {"customer": {}}])
def test_odd_facts_give_no_points(mood: Any, facts: Any) -> None:
    assert priority_of(POLICY, reason="something new", facts=facts, mood=mood, today=TODAY) == 0


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 7_200)), min_size=2, max_size=30))
def test_nobody_is_overtaken_by_who_comes_later_than_the_longest_lead(arrivals: list[tuple[int, int]]) -> None:
    at = [NOON + timedelta(seconds=seconds) for _, seconds in arrivals]
    ranks = [rank(POLICY, at=since, priority=priority) for since, (priority, _) in zip(at, arrivals, strict=True)]
    for i, j in ((i, j) for i in range(len(at)) for j in range(len(at))):
        if (at[j] - at[i]).total_seconds() > POLICY.longest_lead_s:
            assert ranks[i] < ranks[j]
        if arrivals[i][0] == arrivals[j][0] and at[i] < at[j]:
            assert ranks[i] < ranks[j], "first come, first served within a priority"


def test_the_day_is_the_shops() -> None:
    assert day_of(datetime(2026, 11, 24, 15, 0, tzinfo=UTC)) == date(2026, 11, 25)


# the policy's file

FILE = yaml.safe_load(routing_policy._PATH.read_text(encoding="utf-8"))


def _changed(path: str, value: Any) -> dict[str, Any]:
    data = yaml.safe_load(yaml.safe_dump(FILE))
    *folders, name = path.split(".")
    place = data
    for folder in folders:
        place = place[folder]
    place[name] = value
    return dict(data)


def test_the_policy_says_its_version_author_and_day() -> None:
    policy = read_routing_policy(FILE)
    assert policy == load_routing_policy()
    assert policy.version >= 1 and policy.author and policy.changed_on <= date(2027, 1, 1)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("version", 0),
        ("version", "1"),
        ("author", ""),
        ("changed_on", "soon"),
        ("unknown", 1),
        ("priority.point_is_worth_s", 0),
        ("priority.reasons.complaint", -1),
        ("priority.reasons.complaint", 2.5),
        ("priority.skills.cooking", 1),
        ("priority.anger.at_least_ratio", 1.5),
        ("priority.promise.due_within_days", -1),
        ("offers.answer_within_s", 0),
        ("offers.away_after_missed", 0),
        ("presence.conversations_return_after_s", 10),
        ("presence", {"offers_end_after_s": 30}),
        ("waiting.assumed_handling_s", 0),
        ("reopen_days", 0),
        ("wrap_up_s", -1),
    ],
)
def test_a_policy_that_does_not_fit_is_refused_by_name(path: str, value: Any) -> None:
    with pytest.raises(ValueError, match=path.split(".")[-1] if path != "presence" else "presence") as refused:
        read_routing_policy(_changed(path, value))
    assert str(refused.value)
