"""A contact centre's day through the engine, beside what queueing theory says should come of it.

Two days are lived. The plain one has what Erlang-A assumes (steady arrivals, exponential times, agents who take at
once), so that the engine can be held to the theory customer by customer. The real one has arrivals by the hour, skills,
priorities, two conversations to an agent, breaks, offers overlooked and pages that die.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from statistics import fmean
from typing import Any

import structlog

from handoff.domain.conversation import Owner
from handoff.domain.queue import priority_of
from handoff.policy.routing import RoutingPolicy, load_routing_policy
from handoff.service.store import Store
from ops.bench.figures import at_least, at_most, percentile
from ops.errors import OperationFailed
from ops.simulation import outcome
from ops.simulation.centre import STORES, open_store
from ops.simulation.day import SimulatedDay, Visit
from ops.simulation.demand import HOUR_S, Caller, DayPlan, draw_callers, load_plan
from ops.simulation.erlang_a import ErlangA
from ops.simulation.plain import serve
from ops.steps import Progress, step

AGENTS = 30
AGENTS_MAX = 300
_LONG_RUN = 200_000
_PLAIN_HOURS = 3
_SUCH_DAYS = 200
_PLAIN_LOAD = 0.97
_SAME_S = 0.001
_QUICK_AGENTS = 8
_QUICK_HOURS = 2


@dataclass(frozen=True)
class Wishes:
    """How large a centre, which customers (the same seed, the same ones), and where conversations are kept."""

    agents: int = AGENTS
    seed: int = 1
    store: str = "file"


def measure(wishes: Wishes, *, quick: bool = False) -> dict[str, Any]:
    """Return the figures of both days and of the theory. Raises OperationFailed for what cannot be simulated."""
    agents, seed, store = wishes.agents, wishes.seed, wishes.store
    if not 2 <= agents <= AGENTS_MAX:
        raise OperationFailed(f"--agents takes 2 to {AGENTS_MAX}, not {agents}")
    if store not in STORES:
        raise OperationFailed(f"--store takes {' or '.join(STORES)}, not {store}")
    if quick:
        agents, store = min(agents, _QUICK_AGENTS), "memory"
    # What the engine logs of agents gone and offers missed is what is simulated here.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    plan = load_plan()
    if quick:
        plan = plan.model_copy(update={"hours": plan.hours[1 : 1 + _QUICK_HOURS], "vanishing_at_s": (1_800.0,)})
    theory = check_theory(plain_plan(plan), agents, seed)
    plain = asyncio.run(_live_plain_day(plain_plan(plan, hours=1 if quick else _PLAIN_HOURS), agents, seed, store))
    day = asyncio.run(_live_day(plan, agents, seed, store))
    found = {"bench": "handoff", "agents": agents, "seed": seed, "store": store, "theory": theory, "plain": plain}
    return found | {"day": day, "goals": goals(theory, plain, day)}


# theory
def plain_plan(plan: DayPlan, *, hours: int = _PLAIN_HOURS) -> DayPlan:
    """Return a day as Erlang-A assumes it, so full that almost everybody waits a little."""
    rate = plan.agents / plan.handling_s * _PLAIN_LOAD * HOUR_S
    changed = {
        "places": 1,
        "hours": [{"customers": rate, "present": 1.0}] * hours,
        "topics": {"general": 1.0},
        "teams": [{"share": 1.0, "skills": ["general"]}],
        "handling": "exponential",
        "noticing_s": 0.0,
        "wrap_up": False,
        "overlooked": 0.0,
        "vanishing_at_s": [],
    }
    return DayPlan.model_validate(plan.model_dump() | changed)


def centre_of(plan: DayPlan, agents: int) -> ErlangA:
    """Return the theory's view of a plain day."""
    rate = plan.hours[0].customers * agents / plan.agents / HOUR_S
    return ErlangA(rate, 1 / plan.handling_s, 1 / plan.patience_s, agents * plan.places)


def check_theory(plan: DayPlan, agents: int, seed: int) -> dict[str, Any]:
    """Return the formulas' figures beside those of a long run of the plain model without the engine."""
    centre = centre_of(plan, agents)
    rng = Random(seed)  # noqa: S311 invented data
    at_s, callers = 0.0, []
    for number in range(_LONG_RUN):
        at_s += rng.expovariate(centre.arrival_rate)
        patience_s, handling_s = rng.expovariate(centre.leaving_rate), rng.expovariate(centre.serving_rate)
        callers.append(Caller(number, at_s, patience_s, handling_s, "general"))
    seen = serve(callers, [(0.0, centre.places)])
    waits = [outcome.Wait(one.caller.arrives_s, one.waited_s, one.begun_s is not None) for one in seen]
    return {"erlang_a": outcome.predict(centre), "long_run": outcome.describe(waits)}


async def _live_plain_day(plan: DayPlan, agents: int, seed: int, kind: str) -> dict[str, Any]:
    """Let the engine serve a plain day, and compare each customer's wait with the plain model's."""
    callers = draw_callers(plan, seed, agents=agents)
    async with open_store(kind) as store:
        with step(f"a plain day through the engine, {len(callers)} customers") as progress:
            day = await _live(store, plan, callers, agents, seed, progress)
        lost = await count_lost(store, day.visits)
    model = serve(callers, [(0.0, agents)])
    apart = [
        abs(wait.waited_s - one.waited_s) if wait.served == (one.begun_s is not None) else float("inf")
        for wait, one in zip(outcome.waits_of(day.visits), model, strict=True)
    ]
    return {
        "customers": len(callers),
        "same_as_model_ratio": sum(one <= _SAME_S for one in apart) / len(apart),
        "seen": outcome.describe(outcome.waits_of(day.visits)),
        "such_days": _such_days(plan, agents, seed),
        "erlang_a": outcome.predict(centre_of(plan, agents)),
        "estimates": outcome.describe_estimates(outcome.estimates_of(day.visits)),
        "lost": lost,
    }


def _such_days(plan: DayPlan, agents: int, seed: int) -> dict[str, Any]:
    """Return the figures of many such days in the plain model, on average: they begin empty, which one day shows by chance."""
    days = []
    for number in range(1, _SUCH_DAYS + 1):
        seen = serve(draw_callers(plan, seed + number, agents=agents), [(0.0, agents)])
        waits = [outcome.Wait(one.caller.arrives_s, one.waited_s, one.begun_s is not None) for one in seen]
        days.append(outcome.describe(waits))
    return {name: fmean(day[name] for day in days) for name in days[0]}


# the real day
async def _live_day(plan: DayPlan, agents: int, seed: int, kind: str) -> dict[str, Any]:
    policy = load_routing_policy()
    callers = draw_callers(plan, seed, agents=agents)
    async with open_store(kind) as store:
        with step(f"a day through the engine, {len(callers)} customers, {agents} agents") as progress:
            day = await _live(store, plan, callers, agents, seed, progress)
        lost = await count_lost(store, day.visits)
    wrap_up_s = policy.wrap_up_s if plan.wrap_up else 0
    spans = outcome.busy_spans(day.visits, wrap_up_s)
    there_s = outcome.place_seconds(outcome.staffed(day.staffing, plan.length_s), 0, plan.length_s)
    hours = outcome.by_hour(
        day.visits, plan, day.staffing, taking_s=plan.noticing_s + wrap_up_s, after_close_s=wrap_up_s
    )
    return {
        "customers": len(callers),
        "seen": outcome.describe(outcome.waits_of(day.visits))
        | {"utilisation": outcome.overlap_s(spans, 0, plan.length_s) / there_s, "lost": lost},
        "until_asked": outcome.describe(outcome.waits_until_asked(day.visits)),
        "model": _model_figures(plan, day, plan.noticing_s + wrap_up_s),
        "erlang_a": outcome.whole_day(hours),
        "hours": hours,
        "estimates": outcome.describe_estimates(outcome.estimates_of(day.visits)),
        "fairness": _fairness(day.visits, policy),
        "vanished": _vanished(plan, day.visits),
        "engine": _costs(day),
    }


async def _live(
    store: Store, plan: DayPlan, callers: Sequence[Caller], agents: int, seed: int, progress: Progress
) -> SimulatedDay:
    day = SimulatedDay(store, plan, callers, agents=agents, seed=seed, progress=progress.note)
    await day.live()
    return day


def _model_figures(plan: DayPlan, day: SimulatedDay, extra_s: float) -> dict[str, Any]:
    """Return the same day, customers and staffing in the plain model: one line, interchangeable places."""
    seen = serve([visit.caller for visit in day.visits], day.staffing, extra_s=extra_s)
    return outcome.describe([outcome.Wait(one.caller.arrives_s, one.waited_s, one.begun_s is not None) for one in seen])


def _fairness(visits: Sequence[Visit], policy: RoutingPolicy) -> dict[str, Any]:
    def rank(visit: Visit) -> float:
        skill = visit.caller.skill
        reason = "complaint" if skill == "complaint" else "customer_request"
        points = priority_of(policy.priority, reason=reason, skill=skill)
        return visit.caller.arrives_s - points * policy.priority.point_is_worth_s

    found = outcome.overtaken(visits, rank)
    waited = max((wait.waited_s for wait in outcome.waits_of(visits)), default=0.0)
    return {
        "overtaken": len(found),
        "overtaken_by_max_s": max(found, default=0.0),
        "longest_wait_s": waited,
        "lead_max_s": policy.priority.longest_lead_s,
    }


def _vanished(plan: DayPlan, visits: Sequence[Visit]) -> dict[str, Any]:
    again = [
        visit.begun_s[number + 1] - at_s
        for visit in visits
        for number, at_s in enumerate(visit.put_back_s)
        if len(visit.begun_s) > number + 1
    ]
    return {
        "pages_died": len(plan.vanishing_at_s),
        "put_back": sum(len(visit.put_back_s) for visit in visits),
        "waited_again_max_s": max(again, default=0.0),
    }


def _costs(day: SimulatedDay) -> dict[str, Any]:
    costs = day.timeline.costs_s
    every = [one for kind in costs.values() for one in kind]
    return {
        "events": len(every),
        "took_s": sum(every),
        "ms_an_event": fmean(every) * 1000,
        "p99_ms": percentile(every, 0.99) * 1000,
        "faster_than_life": day.clock.at_s / sum(every),
        "by_kind": {
            kind: {"count": len(took), "mean_ms": fmean(took) * 1000, "p99_ms": percentile(took, 0.99) * 1000}
            for kind, took in sorted(costs.items())
        },
    }


async def count_lost(store: Store, visits: Sequence[Visit]) -> int:
    """Return how many customers ended neither served nor gone by their own wish, or whose history has a hole."""
    lost = 0
    for visit in visits:
        if not visit.is_over:
            lost += 1
            continue
        async with store.read() as tx:
            conversation = await tx.find_conversation(visit.conversation_id)
            messages = await tx.list_messages(visit.conversation_id, limit=1_000)
            events = await tx.list_events(visit.conversation_id)
        assert conversation is not None, "the store keeps what was opened"
        wanted = Owner.CLOSED if visit.closed_s is not None else Owner.BOT
        dense = [message.seq for message in messages] == list(range(1, conversation.last_seq + 1))
        claims = [event.actor for event in events if event.kind == "claimed"]
        lost += not (conversation.owner is wanted and dense and claims == visit.agents)
    return lost


# goals
def goals(theory: dict[str, Any], plain: dict[str, Any], day: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what the product wants of these figures, and whether it is so."""
    return [*_goals_of_theory(theory, plain), *_goals_of_day(day), *_goals_of_estimates(plain, day)]


def _goals_of_theory(theory: dict[str, Any], plain: dict[str, Any]) -> list[dict[str, Any]]:
    formula, run = theory["erlang_a"], theory["long_run"]
    off = abs(run["wait_mean_s"] / formula["wait_mean_s"] - 1)
    return [
        at_most("Erlang-A's mean wait, off a long run of the plain model", off, 0.05),
        at_most("Erlang-A's share that leaves, off the same", abs(run["left_ratio"] - formula["left_ratio"]), 0.005),
        at_least("plain day: customers who wait in the engine as in the model", plain["same_as_model_ratio"], 1.0),
    ]


def _goals_of_day(day: dict[str, Any]) -> list[dict[str, Any]]:
    fair, seen, model, told = day["fairness"], day["seen"], day["model"], day["erlang_a"]
    return [
        at_most("conversations lost", seen["lost"], 0),
        at_most("customers overtaken by a later rank of their topic", fair["overtaken"], 0),
        at_most("longest wait, s, beside the most that priority can cost", fair["longest_wait_s"], fair["lead_max_s"]),
        at_most("more customers who leave than in the model, share", seen["left_ratio"] - model["left_ratio"], 0.02),
        at_most("share that leaves, off Erlang-A's hours", abs(seen["left_ratio"] - told["left_ratio"]), 0.03),
        at_most("engine's time an event, ms", day["engine"]["ms_an_event"], 20.0),
    ]


def _goals_of_estimates(plain: dict[str, Any], day: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for title, lived in (("plain day", plain), ("day", day)):
        estimates = lived["estimates"]
        if not estimates["all"]["told"]:
            found.append(at_least(f"{title}: estimates told", 0, 1))
            continue
        every = estimates["all"]
        reached = every["right_ratio"] / every["best_possible_ratio"]
        found.append(at_least(f"{title}: estimates right (×2 or 30 s), beside the best possible", reached, 0.9))
        ratios = [group["told_to_waited"] for group in estimates["by_position"].values() if group["told"] >= 20]
        worst = max((max(one, 1 / one) if one else float("inf") for one in ratios), default=1.0)
        found.append(at_most(f"{title}: told to waited on average, the worst place in the queue", worst, 2.0))
    return found
