"""One day of customers and agents, event by event, through the engine.

The clock jumps to the next thing that anybody does, and to what the engine itself does in time: it is asked every few
seconds of the day, and at the first whole second after an offer lapses or the time after a close is up.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

from handoff.domain.conversation import Agent, Owner
from handoff.errors import Conflict
from handoff.policy.routing import RoutingPolicy, load_routing_policy
from handoff.service.ports import agent_topic
from handoff.service.store import Store
from ops.simulation.centre import Centre, SimulatedClock
from ops.simulation.demand import HOUR_S, Caller, DayPlan, skills_of
from ops.simulation.timeline import Timeline

BEGIN = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)  # a Tuesday, nine in the morning in Seoul
ASKED_EVERY_S = 9.0  # the engine, when nothing is known to come due; less than its presence forgives
SIGN_OF_LIFE_S = 18.0  # of an agent's page, less than the policy's patience
ESTIMATE_EVERY_S = 60.0  # a waiting customer looks at the estimate again
SENT_AT = (0.0, 1.0)  # the agent's messages, in shares of the talk; the customer answers in between
LATEST_S = 3 * HOUR_S  # after the last customer came; whoever still waits then was lost


@dataclass(frozen=True)
class Told:
    """What a waiting customer's page showed at a moment."""

    at_s: float
    position: int
    estimated_s: int | None


@dataclass
class Visit:
    """What became of one customer."""

    caller: Caller
    conversation_id: str = ""
    priority: int = 0
    begun_s: list[float] = field(default_factory=list)  # taken by an agent; again after one vanished
    asked_s: list[float] = field(default_factory=list)  # when an agent was asked to take it
    agents: list[str] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    left_s: float | None = None
    put_back_s: list[float] = field(default_factory=list)
    closed_s: float | None = None
    talked_s: float = 0.0

    @property
    def is_over(self) -> bool:
        """Tell whether the customer is gone, served or not."""
        return self.left_s is not None or self.closed_s is not None


@dataclass
class _Hand:
    """A conversation in an agent's hands."""

    visit: Visit
    version: int
    since_s: float


@dataclass
class AgentAtWork:
    """An agent of the day, and what their page knows."""

    agent: Agent
    is_there: bool = False  # on duty: no break, not gone home
    page_lives: bool = True
    hands: dict[str, _Hand] = field(default_factory=dict)
    seen_offers: set[str] = field(default_factory=set)


class SimulatedDay:
    """Lives through a day; afterwards `visits` and `timeline.costs_s` say what happened."""

    def __init__(
        self,
        store: Store,
        plan: DayPlan,
        callers: Sequence[Caller],
        *,
        agents: int,
        seed: int,
        policy: RoutingPolicy | None = None,
        progress: Callable[[str], None] = lambda _text: None,
    ) -> None:
        self.clock = SimulatedClock(BEGIN)
        self.centre = Centre(store, self.clock)
        self.timeline = Timeline(self.clock)
        self.visits = [Visit(caller) for caller in callers]
        self.agents: list[AgentAtWork] = []
        self.staffing: list[tuple[float, int]] = []  # places there from when on
        self._plan, self._count = plan, agents
        self._policy = policy or load_routing_policy()
        self._rng = Random(seed)  # noqa: S311 invented data
        self._by_id: dict[str, Visit] = {}
        self._ids = itertools.count()
        self._open = len(callers)
        self._progress = progress

    async def live(self) -> None:
        """Let the day pass, until the last customer is served or gone."""
        skills = skills_of(self._plan, self._count)
        hired = await self.centre.hire([f"{n:03}" for n in range(self._count)], skills, self._plan.places)
        self.agents = [AgentAtWork(agent) for agent in hired]
        for hour in range(len(self._plan.hours)):
            self.timeline.plan(hour * HOUR_S, "shift", lambda hour=hour: self._change_shift(hour))  # type: ignore[misc]
        for at_s in self._plan.vanishing_at_s:
            self.timeline.plan(at_s, "vanishing", self._vanish)
        for visit in self.visits:
            self.timeline.plan(visit.caller.arrives_s, "arrival", lambda visit=visit: self._arrive(visit))  # type: ignore[misc]
        self.timeline.plan(0.0, "clockwork", self._ask_engine)
        await self.timeline.run(self._settle, until=self._is_over)

    def _is_over(self) -> bool:
        return self._open == 0 or self.clock.at_s > self._plan.length_s + LATEST_S

    # what the engine does by itself
    async def _settle(self) -> None:
        """Let everybody who is woken look, until nobody is woken any more."""
        while woken := await self.centre.route():
            for one in self.agents:
                if agent_topic(one.agent.agent_id) in woken and one.page_lives:
                    await self._look(one)

    async def _ask_engine(self) -> None:
        """Do the clockwork's round and let pages give their signs of life."""
        at_s = self.clock.at_s
        hour = min(int(at_s // HOUR_S), len(self._plan.hours))
        self._progress(f"{9 + hour:02}:{int(at_s // 60) % 60:02}, {len(self.visits) - self._open} customers done")
        for number, one in enumerate(self.agents):
            turn = (at_s // ASKED_EVERY_S - number) % (SIGN_OF_LIFE_S // ASKED_EVERY_S)
            if turn == 0 and one.page_lives and (one.is_there or one.hands):
                await self.centre.presence.touch(one.agent.agent_id)
        await self._sweep()
        self.timeline.plan(at_s + ASKED_EVERY_S, "clockwork", self._ask_engine)

    async def _sweep(self) -> None:
        await self.centre.sweep()
        for one in self.agents:
            if not one.page_lives:
                await self._find_put_back(one)

    def _sweep_after(self, seconds: float) -> None:
        """Ask the engine at the whole second after something comes due, as the clockwork does."""
        self.timeline.plan(math.floor(self.clock.at_s + seconds) + 1.0, "clockwork", self._sweep)

    # customers
    async def _arrive(self, visit: Visit) -> None:
        visit.conversation_id = await self.centre.call(visit.caller.skill)
        self._by_id[visit.conversation_id] = visit
        await self._settle()
        await self._read_estimate(visit)
        self.timeline.plan(self.clock.at_s + visit.caller.patience_s, "leaving", lambda: self._lose_patience(visit))

    async def _read_estimate(self, visit: Visit) -> None:
        if visit.is_over or visit.begun_s:
            return
        wait = await self.centre.tell_wait(visit.conversation_id)
        if wait is None:
            return
        visit.told.append(Told(self.clock.at_s, wait.position, wait.estimated_s))
        self.timeline.plan(self.clock.at_s + ESTIMATE_EVERY_S, "reading", lambda: self._read_estimate(visit))

    async def _lose_patience(self, visit: Visit) -> None:
        if visit.begun_s or visit.is_over:
            return
        await self.centre.leave(visit.conversation_id)
        visit.left_s = self.clock.at_s
        self._open -= 1

    # agents
    async def _change_shift(self, hour: int) -> None:
        wanted = self._plan.staff(self._count, hour)
        # Who is there rotates, so that breaks fall on everybody.
        first = hour * 7 % self._count
        there = {(first + number) % self._count for number in range(wanted)}
        for number, one in enumerate(self.agents):
            if (number in there) == one.is_there:
                continue
            one.is_there = number in there
            if one.page_lives:
                await self.centre.presence.say(one.agent, "online" if one.is_there else "away")
        self._note_staffing()

    def _note_staffing(self) -> None:
        places = sum(one.agent.capacity for one in self.agents if one.is_there and one.page_lives)
        self.staffing.append((self.clock.at_s, places))

    async def _vanish(self) -> None:
        """Let the page of an agent die who has something in hand."""
        there = [one for one in self.agents if one.is_there and one.page_lives]
        one = max(there, key=lambda one: (len(one.hands), one.agent.agent_id))
        one.page_lives = False
        self._note_staffing()
        self.timeline.plan(self.clock.at_s + self._plan.vanishing_for_s, "vanishing", lambda: self._come_back(one))

    async def _come_back(self, one: AgentAtWork) -> None:
        one.page_lives = True
        one.seen_offers.clear()
        await self._find_put_back(one)
        for key, hand in one.hands.items():  # what the engine left in their hands goes on
            self._plan_talk(one, key, hand)
        await self.centre.presence.say(one.agent, "online" if one.is_there else "away")
        self._note_staffing()

    async def _find_put_back(self, one: AgentAtWork) -> None:
        """Notice what the engine took out of a vanished agent's hands."""
        for key, hand in list(one.hands.items()):
            if await self.centre.owner_of(key) is Owner.WAITING:
                del one.hands[key]
                hand.visit.put_back_s.append(self.clock.at_s)

    async def _look(self, one: AgentAtWork) -> None:
        """Read what the agent is asked to take; what is new is noticed after a while, or overlooked."""
        for offered in await self.centre.offers.list_mine(one.agent):
            offer = offered.offer
            if offer.offer_id in one.seen_offers:
                continue
            one.seen_offers.add(offer.offer_id)
            visit = self._by_id[offer.conversation_id]
            visit.asked_s.append(self.clock.at_s)
            visit.priority = offered.item.conversation.priority
            self._sweep_after(offered.seconds_left)
            if self._rng.random() < self._plan.overlooked:
                continue
            pause_s = self._rng.gammavariate(4, self._plan.noticing_s / 4) if self._plan.noticing_s else 0.0
            self.timeline.plan(
                self.clock.at_s + pause_s,
                "taking",
                lambda key=offer.conversation_id, version=offer.version: self._take(one, key, version),  # type: ignore[misc]
            )

    async def _take(self, one: AgentAtWork, key: str, version: int) -> None:
        if not one.page_lives:
            return
        try:
            done = await self.centre.desk.claim(key, one.agent, version=version)
        except Conflict:  # the customer left, or somebody else was asked meanwhile
            return
        visit = self._by_id[key]
        visit.begun_s.append(self.clock.at_s)
        visit.agents.append(one.agent.agent_id)
        hand = one.hands[key] = _Hand(visit, done.version, self.clock.at_s)
        self._plan_talk(one, key, hand)

    def _plan_talk(self, one: AgentAtWork, key: str, hand: _Hand) -> None:
        left_s = max(0.0, hand.visit.caller.handling_s - hand.visit.talked_s)
        for number, share in enumerate(SENT_AT):
            is_last = number == len(SENT_AT) - 1
            at_s = self.clock.at_s + left_s * share
            self.timeline.plan(at_s, "talking", lambda: self._write(one, key, hand))
            if not is_last:
                between_s = at_s + left_s * (SENT_AT[number + 1] - share) / 2
                self.timeline.plan(between_s, "answering", lambda: self._answer(one, key, hand))
        self.timeline.plan(self.clock.at_s + left_s, "closing", lambda: self._close(one, key, hand))

    def _is_in_hand(self, one: AgentAtWork, key: str, hand: _Hand) -> bool:
        return one.page_lives and one.hands.get(key) is hand

    async def _write(self, one: AgentAtWork, key: str, hand: _Hand) -> None:
        if self._is_in_hand(one, key, hand):
            number = f"s{next(self._ids)}"
            await self.centre.desk.send(
                key, one.agent, version=hand.version, client_msg_id=number, text="확인해 볼게요."
            )

    async def _answer(self, one: AgentAtWork, key: str, hand: _Hand) -> None:
        if self._is_in_hand(one, key, hand):
            await self.centre.customers.accept(key, client_msg_id=f"c{next(self._ids)}", text="네, 감사합니다.")

    async def _close(self, one: AgentAtWork, key: str, hand: _Hand) -> None:
        if not self._is_in_hand(one, key, hand):
            return
        await self.centre.desk.close(key, one.agent, version=hand.version, wrap_up=self._plan.wrap_up)
        del one.hands[key]
        hand.visit.closed_s = self.clock.at_s
        self._open -= 1
        if self._plan.wrap_up:
            self._sweep_after(self._policy.wrap_up_s)
