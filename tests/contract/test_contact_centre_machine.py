"""A contact centre where anything happens in any order, beside a plain model of who has what; on the fake and SQLite.

The model knows for each conversation its owner, agent and whether it is put aside, and says before each deed whether
it is allowed. Of offers it knows what must always be true: nobody is asked who is not there, lacks the skill or has
no place; nobody idle is left while something waits that they could take; who is first in the queue is asked for first.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from handoff.adapters.memory import MemoryStore
from handoff.adapters.sql.store import SqlStore, upgrade
from handoff.domain.conversation import Agent, Owner
from handoff.domain.queue import rank
from handoff.domain.routing import has_skill
from handoff.errors import HandoffError
from handoff.policy.routing import load_routing_policy
from handoff.service.routing import list_seats
from handoff.service.store import Store
from kernel.clock import FixedClock
from kernel.database import create_engine
from tests.contract.desk_world import DeskWorld

POLICY = load_routing_policy()
NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
BOT, WAITING, HUMAN, CLOSED = Owner.BOT, Owner.WAITING, Owner.HUMAN, Owner.CLOSED
SKILLS = ("delivery", "privacy")
STEP_S = 5


@dataclass
class Talk:
    """What the model knows of a conversation."""

    skill: str
    owner: Owner
    agent: str | None = None
    held_by: str | None = None
    aside: bool = False
    after_close_until: datetime | None = None
    closed_at: datetime | None = None
    ranked_at: datetime | None = None
    versions: list[int] = field(default_factory=lambda: [1])


class ContactCentre(RuleBasedStateMachine):
    """Deeds of agents, customers, a supervisor and time."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.clock = FixedClock(NOON)
        self.world = DeskWorld(self.loop.run(self.make_store()), self.clock)
        self.talks: dict[str, Talk] = {}
        self.agents: dict[str, Agent] = {}
        self.alive: dict[str, bool] = {}
        self.lead = self.loop.run(self.world.agent("lead", "offline", role="supervisor"))

    async def make_store(self) -> Store:
        return MemoryStore()

    def teardown(self) -> None:
        self.loop.run(self.world.runner.stop(grace_s=1))
        self.loop.close()

    # who is there

    @initialize(skills=st.lists(st.sampled_from([None, SKILLS[:1], SKILLS[1:]]), min_size=2, max_size=3))
    def open(self, skills: list[tuple[str, ...] | None]) -> None:
        for number, known in enumerate(skills):
            agent = self.loop.run(self.world.agent(f"a{number}", skills=known, capacity=1 + number % 2))
            self.agents[agent.agent_id], self.alive[agent.agent_id] = agent, True

    @rule(data=st.data(), presence=st.sampled_from(["online", "online", "away", "offline"]))
    def say_presence(self, data: st.DataObject, presence: str) -> None:
        agent = self._an_agent(data)
        self.alive[agent.agent_id] = True
        self.loop.run(self.world.presence.say(agent, presence))
        self._look()

    @rule(data=st.data())
    def page_dies(self, data: st.DataObject) -> None:
        self.alive[self._an_agent(data).agent_id] = False

    @rule(seconds=st.sampled_from([STEP_S, 25, 60, 330]))
    def time_passes(self, seconds: int) -> None:
        for _ in range(seconds // STEP_S):
            self.clock.advance(STEP_S)
            for agent_id, is_alive in self.alive.items():
                if is_alive:
                    self.loop.run(self.world.presence.touch(agent_id))
            self.loop.run(self.world.presence.sweep())
            self.loop.run(self.world.aside.sweep())
            self.loop.run(self.world.router.drain())
            self._put_back_of_the_gone()
            for talk in self.talks.values():
                if talk.after_close_until and talk.after_close_until <= self.clock.now():
                    talk.after_close_until = None

    def _put_back_of_the_gone(self) -> None:
        """What an agent held who is gone waits again, before all others of its priority: read back, order checked."""
        for name, talk in self.talks.items():
            now = self.loop.run(self.world.get(name))
            if talk.owner is HUMAN and now.owner is WAITING:
                assert talk.agent is not None and not self.alive[talk.agent], "only who is gone loses conversations"
                talk.owner, talk.held_by, talk.agent, talk.aside = WAITING, talk.agent, None, False
                talk.ranked_at = now.ranked_at
                talk.versions.append(now.version)
            elif talk.aside and now.snoozed_until is None:
                assert now.version == talk.versions[-1] + 1
                talk.aside = False
                talk.versions.append(now.version)

    # customers

    @precondition(lambda self: len(self.talks) < 8)
    @rule(skill=st.sampled_from(SKILLS), priority=st.integers(0, 4))
    def begin_to_wait(self, skill: str, priority: int) -> None:
        name = f"c_{len(self.talks)}"
        made = self.loop.run(self.world.waiting(name.removeprefix("c_"), skill=skill, priority=priority))
        ranked_at = rank(POLICY.priority, at=self.clock.now(), priority=priority)
        assert made.ranked_at == ranked_at
        self.talks[name] = Talk(skill, WAITING, ranked_at=ranked_at)
        self._look()

    @precondition(lambda self: self.talks)
    @rule(data=st.data())
    def leave_the_queue(self, data: st.DataObject) -> None:
        name, talk = self._a_talk(data)
        if self._do(talk.owner is WAITING, self.world.leaving.leave(name)):
            self._settle(name)
            talk.owner, talk.ranked_at = BOT, None

    @precondition(lambda self: self.talks)
    @rule(data=st.data())
    def write(self, data: st.DataObject) -> None:
        name, talk = self._a_talk(data)
        is_back = (
            talk.owner is CLOSED
            and talk.held_by is not None
            and talk.closed_at is not None
            and self.clock.now() - talk.closed_at <= timedelta(days=POLICY.reopen_days)
        )
        own_place = talk.after_close_until is not None  # what it took after its close is its own again
        has_place = is_back and talk.held_by in self.loop.run(self._seats())
        has_place = has_place and self._free_count(talk.held_by) + own_place > 0
        self.loop.run(self.world.say(name, "저기요"))
        self._settle(name)
        if talk.owner is CLOSED:
            talk.owner = (HUMAN if has_place else WAITING) if is_back else BOT
            talk.agent = talk.held_by if has_place else None
            talk.after_close_until = talk.closed_at = None
            talk.ranked_at = self.loop.run(self.world.get(name)).ranked_at
        talk.aside = False
        self._look()

    # agents

    @precondition(lambda self: self.talks)
    @rule(data=st.data(), behind=st.sampled_from([0, 0, 0, 1]))
    def claim(self, data: st.DataObject, behind: int) -> None:
        (name, talk), agent = self._a_talk(data), self._an_agent(data)
        version, is_new = self._version(talk, behind)
        allowed = is_new and talk.owner is WAITING and has_skill(agent, talk.skill)
        if self._do(allowed, self.world.desk.claim(name, agent, version=version)):
            self._taken(name, agent)

    @precondition(lambda self: self.talks)
    @rule(data=st.data())
    def decline(self, data: st.DataObject) -> None:
        agent = self._an_agent(data)
        for offered in self.loop.run(self.world.offers.list_mine(agent)):
            self.loop.run(self.world.offers.decline(offered.offer.offer_id, agent))
        self._look()

    @precondition(lambda self: self.talks)
    @rule(
        data=st.data(),
        deed=st.sampled_from(["transfer", "return", "close", "close", "close at once", "snooze", "wake"]),
        behind=st.sampled_from([0, 0, 0, 1]),
        skill=st.sampled_from(SKILLS),
    )
    def do_with_mine(self, data: st.DataObject, deed: str, behind: int, skill: str) -> None:
        (name, talk), agent = self._a_talk(data), self._an_agent(data)
        version, is_new = self._version(talk, behind)
        allowed = is_new and talk.owner is HUMAN and talk.agent == agent.agent_id
        now, desk, aside = self.clock.now(), self.world.desk, self.world.aside
        if deed == "transfer":
            done = self._do(allowed, desk.transfer(name, agent, version=version, skill=skill))
            if done:
                talk.owner, talk.skill, talk.held_by, talk.agent = WAITING, skill, talk.agent, None
        elif deed == "return":
            done = self._do(allowed, self.world.handing_back.return_to_bot(name, agent, version=version))
            if done:
                talk.owner, talk.held_by, talk.agent = BOT, talk.agent, None
        elif deed.startswith("close"):
            wraps_up = deed == "close"
            done = self._do(allowed, desk.close(name, agent, version=version, wrap_up=wraps_up))
            if done:
                talk.owner, talk.held_by, talk.agent, talk.closed_at = CLOSED, talk.agent, None, now
                talk.after_close_until = now + timedelta(seconds=POLICY.wrap_up_s) if wraps_up else None
        elif deed == "snooze":
            until = now + timedelta(seconds=45)
            done = self._do(allowed, aside.snooze(name, agent, version=version, until=until))
        else:
            done = self._do(allowed and talk.aside, aside.wake(name, agent, version=version))
        if done:
            talk.aside = deed == "snooze"
            talk.ranked_at = self.loop.run(self.world.get(name)).ranked_at
            self._changed(name)
            self._look()

    @precondition(lambda self: self.talks)
    @rule(data=st.data())
    def end_wrap_up(self, data: st.DataObject) -> None:
        (name, talk), agent = self._a_talk(data), self._an_agent(data)
        allowed = talk.after_close_until is not None and talk.held_by == agent.agent_id
        if self._do(allowed, self.world.aside.end_wrap_up(name, agent, version=talk.versions[-1])):
            talk.after_close_until = None
            self._look()

    # the supervisor

    @precondition(lambda self: self.talks)
    @rule(data=st.data())
    def pull(self, data: st.DataObject) -> None:
        name, talk = self._a_talk(data)
        allowed = talk.owner is not CLOSED and talk.agent != self.lead.agent_id
        if self._do(allowed, self.world.supervision.pull(name, self.lead, version=talk.versions[-1])):
            if talk.owner is BOT:
                talk.skill = "general"
            self._taken(name, self.lead)
            self.loop.run(self.world.handing_back.return_to_bot(name, self.lead, version=talk.versions[-1]))
            talk.owner, talk.held_by, talk.agent = BOT, self.lead.agent_id, None
            self._changed(name)

    @precondition(lambda self: self.talks)
    @rule(data=st.data())
    def push(self, data: st.DataObject) -> None:
        (name, talk), agent = self._a_talk(data), self._an_agent(data)
        seats = self.loop.run(self._seats())
        allowed = talk.owner in (WAITING, HUMAN) and talk.agent != agent.agent_id and agent.agent_id in seats
        deed = self.world.supervision.push(name, self.lead, version=talk.versions[-1], agent_id=agent.agent_id)
        if self._do(allowed, deed):
            self._taken(name, agent)

    # what must be true

    @invariant()
    def every_conversation_is_whose_the_model_says(self) -> None:
        for name, talk in self.talks.items():
            now = self.loop.run(self.world.get(name))
            assert (now.owner, now.agent_id, now.snoozed_until is not None) == (talk.owner, talk.agent, talk.aside)
            assert (now.version, now.ranked_at) == (talk.versions[-1], talk.ranked_at)
            assert (now.waiting_since is not None) == (now.owner is WAITING) == (now.ranked_at is not None)
            assert (now.wrap_up_until is not None) == (talk.after_close_until is not None)

    @invariant()
    def every_change_has_one_event_and_versions_only_grow(self) -> None:
        async def events(name: str) -> list[int]:
            async with self.world.store.read() as tx:
                return [event.version for event in await tx.list_events(name)]

        for name, talk in self.talks.items():
            versions = self.loop.run(events(name))
            assert versions == sorted(set(versions)) and set(versions) <= set(range(2, talk.versions[-1] + 1))

    @invariant()
    def the_queue_has_the_models_order_and_positions_agree(self) -> None:
        async def queue() -> tuple[list[str], list[int]]:
            async with self.world.store.read() as tx:
                found = await tx.list_conversations(owner=WAITING)
                return [c.conversation_id for c in found], [sum((await tx.count_ahead(c)).values()) for c in found]

        names, ahead = self.loop.run(queue())
        expected = sorted((t.ranked_at, name) for name, t in self.talks.items() if t.owner is WAITING)  # type: ignore[type-var]
        assert names == [name for _, name in expected]
        assert ahead == list(range(len(names)))

    def _look(self) -> None:
        """Drain as the router does at each hint, and check what is offered to whom."""
        before = self.loop.run(self.world.offered())
        self.loop.run(self.world.router.drain())
        offered = self.loop.run(self.world.offered())
        seats = self.loop.run(self._seats())
        passed = self.loop.run(self._passed())
        made = {name: agent_id for name, agent_id in offered.items() if before.get(name) != agent_id}
        assert all(self.talks[name].owner is WAITING for name in offered)
        for name, agent_id in made.items():
            assert agent_id in seats and has_skill(self.agents[agent_id], self.talks[name].skill)
            assert self._free_count(agent_id) >= 0 and (name, agent_id) not in passed
        left = [(t.ranked_at, n) for n, t in self.talks.items() if t.owner is WAITING and n not in offered]
        for ranked_at, name in left:
            for agent_id in seats:
                could = has_skill(self.agents[agent_id], self.talks[name].skill) and (name, agent_id) not in passed
                assert not could or self._free_count(agent_id) <= 0, "somebody idle could take it"
                later = [
                    n for n, a in made.items() if a == agent_id and (self.talks[n].ranked_at, n) > (ranked_at, name)
                ]
                assert not could or not later, "who is first in the queue is asked for first"

    # the model's helpers

    async def _seats(self) -> dict[str, int]:
        async with self.world.store.read() as tx:
            seats = await list_seats(tx, POLICY, now=self.clock.now(), now_s=self.world.real_s())
        return {seat.agent.agent_id: seat.load for seat in seats}

    async def _passed(self) -> set[tuple[str, str]]:
        async with self.world.store.read() as tx:
            since = self.clock.now() - timedelta(seconds=POLICY.ask_again_after_s)
            return set((await tx.list_passes(since=since)).pairs)

    def _free_count(self, agent_id: str | None) -> int:
        """Return an agent's free places by the model; none when they are not there."""
        if agent_id is None or agent_id not in self.loop.run(self._seats()) or agent_id not in self.agents:
            return 0
        taken = Counter(self.loop.run(self.world.offered()).values())[agent_id]
        taken += sum(t.agent == agent_id and not t.aside for t in self.talks.values())
        taken += sum(t.held_by == agent_id and t.after_close_until is not None for t in self.talks.values())
        return self.agents[agent_id].capacity - taken

    def _taken(self, name: str, agent: Agent) -> None:
        talk = self.talks[name]
        talk.held_by = talk.agent or talk.held_by
        talk.owner, talk.agent, talk.aside, talk.ranked_at = HUMAN, agent.agent_id, False, None
        self._changed(name)
        self._look()

    def _changed(self, name: str) -> None:
        self.talks[name].versions.append(self.loop.run(self.world.get(name)).version)

    def _settle(self, name: str) -> None:
        self.loop.run(self.world.idle(self.loop.run(self.world.get(name))))
        self._changed(name)

    def _do(self, allowed: bool, deed: Coroutine[Any, Any, object]) -> bool:
        """Carry out a deed that the model allows or not; return whether it was done."""
        refused = None
        try:
            self.loop.run(deed)
        except HandoffError as error:
            refused = error.code
        assert (refused is None) == allowed, f"allowed: {allowed}, refused: {refused}"
        return allowed

    def _a_talk(self, data: st.DataObject) -> tuple[str, Talk]:
        name = data.draw(st.sampled_from(sorted(self.talks)))
        return name, self.talks[name]

    def _an_agent(self, data: st.DataObject) -> Agent:
        return self.agents[data.draw(st.sampled_from(sorted(self.agents)))]

    def _version(self, talk: Talk, behind: int) -> tuple[int, bool]:
        """Return a version that was once seen, and whether it is the newest."""
        seen = talk.versions[max(0, len(talk.versions) - 1 - behind)]
        return seen, seen == talk.versions[-1]


class ContactCentreOnSqlite(ContactCentre):
    """The same on a database."""

    async def make_store(self) -> Store:
        self.folder = tempfile.TemporaryDirectory(prefix="ieum-machine-")
        url = f"sqlite+aiosqlite:///{Path(self.folder.name) / 'test.db'}"
        await asyncio.to_thread(upgrade, url)
        self.engine = create_engine(url)
        return SqlStore(self.engine)

    def teardown(self) -> None:
        self.loop.run(self.engine.dispose())
        super().teardown()
        self.folder.cleanup()


_LOOSE = {"deadline": None, "suppress_health_check": list(HealthCheck)}
TestContactCentre = ContactCentre.TestCase
TestContactCentre.settings = settings(max_examples=30, stateful_step_count=30, **_LOOSE)
TestContactCentreOnSqlite = ContactCentreOnSqlite.TestCase
TestContactCentreOnSqlite.settings = settings(max_examples=3, stateful_step_count=25, **_LOOSE)
