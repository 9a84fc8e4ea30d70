"""A small contact centre's hour through the real services on a real store, held to the theory's plain model."""

from __future__ import annotations

from typing import Any

import pytest

from handoff.policy.routing import load_routing_policy
from ops.bench.handoff import Wishes, count_lost, measure, plain_plan
from ops.errors import OperationFailed
from ops.simulation import outcome
from ops.simulation.centre import open_store
from ops.simulation.day import SimulatedDay
from ops.simulation.demand import DayPlan, draw_callers, load_plan
from ops.simulation.plain import serve

PLAN = load_plan()
AGENTS = 2


def small(plan: DayPlan, **changed: Any) -> DayPlan:
    return DayPlan.model_validate(plan.model_dump() | changed)


async def test_the_engine_serves_a_plain_hour_as_the_model_does_customer_by_customer() -> None:
    plan = plain_plan(small(PLAN, handling_s=240.0, patience_s=300.0), hours=1)
    callers = draw_callers(plan, 7, agents=AGENTS)
    async with open_store("memory") as store:
        day = SimulatedDay(store, plan, callers, agents=AGENTS, seed=7)
        await day.live()
        assert await count_lost(store, day.visits) == 0
    model = serve(callers, [(0.0, AGENTS)])
    for visit, one in zip(day.visits, model, strict=True):
        begun_s = visit.begun_s[0] if visit.begun_s else None
        assert begun_s == pytest.approx(one.begun_s, abs=0.001)
    assert sum(one.begun_s is None for one in model) >= 1  # the hour is full enough to say something
    assert sum(one.waited_s > 0 for one in model) >= 8
    assert outcome.estimates_of(day.visits)


async def test_nobody_is_lost_or_overtaken_in_an_hour_with_all_that_happens() -> None:
    hour = {"customers": 480, "present": 1.0}
    topics = {"delivery": 0.7, "complaint": 0.3}
    plan = small(PLAN, hours=[hour], topics=topics, overlooked=0.05, vanishing_at_s=[900.0])
    callers = draw_callers(plan, 5, agents=AGENTS)
    policy = load_routing_policy()
    async with open_store("memory") as store:
        day = SimulatedDay(store, plan, callers, agents=AGENTS, seed=5)
        await day.live()
        assert await count_lost(store, day.visits) == 0
    worth_s = policy.priority.point_is_worth_s
    assert outcome.overtaken(day.visits, lambda v: v.caller.arrives_s - _points(v.caller.skill) * worth_s) == []
    put_back = [visit for visit in day.visits if visit.put_back_s]
    assert put_back and all(visit.closed_s is not None and len(visit.agents) == 2 for visit in put_back)
    assert {visit.agents[0] for visit in put_back}.isdisjoint({visit.agents[1] for visit in put_back})


def _points(skill: str) -> int:
    policy = load_routing_policy().priority
    return max(policy.skills.get(skill, 0), policy.reasons["complaint" if skill == "complaint" else "customer_request"])


@pytest.mark.parametrize("wishes", [Wishes(agents=1), Wishes(agents=10_000), Wishes(store="paper")])
def test_a_centre_that_cannot_be_is_refused(wishes: Wishes) -> None:
    with pytest.raises(OperationFailed, match="--"):
        measure(wishes)
