"""Fifty agents reach for one conversation at the same moment, again and again: one gets it, each time.

`IEUM_CLAIM_ROUNDS=1000` makes it a thousand times (some minutes); a few rounds are enough to notice a mistake.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator

import pytest

from handoff.adapters.hub import LocalHub
from handoff.adapters.memory import MemoryStore
from handoff.adapters.sql.store import SqlStore, upgrade
from handoff.domain.conversation import Agent, Author, Conversation, Owner
from handoff.errors import Conflict, Winner
from handoff.service.desk import Desk
from handoff.service.store import Store
from kernel.clock import FixedClock
from kernel.database import create_engine
from tests.contract.desk_world import DeskWorld

ROUNDS = int(os.environ.get("IEUM_CLAIM_ROUNDS", "6"))
AGENTS = 50


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def stores(request: pytest.FixtureRequest) -> AsyncIterator[list[Store]]:
    """One store as two gateways see it, each with connections of its own."""
    if request.param == "memory":
        yield [MemoryStore()] * 2
        return
    url = request.getfixturevalue(f"{request.param}_url")
    await asyncio.to_thread(upgrade, url)
    engines = [create_engine(url), create_engine(url)]
    yield [SqlStore(engine) for engine in engines]
    for engine in engines:
        await engine.dispose()


async def _reach(desk: Desk, agent: Agent, talk: Conversation) -> str | Winner:
    """Return who got it; whoever came too late is told by whom and since which version."""
    try:
        await desk.claim(talk.conversation_id, agent, version=talk.version)
    except Conflict as conflict:
        return conflict.winner
    return agent.agent_id


async def test_of_fifty_agents_exactly_one_gets_the_conversation_each_time(
    stores: list[Store], clock: FixedClock
) -> None:
    world = DeskWorld(stores[0], clock)
    desks = [Desk(store, LocalHub(), clock) for store in stores]
    agents = [await world.agent(f"agent{number:02}") for number in range(AGENTS)]
    wins = dict.fromkeys((agent.agent_id for agent in agents), 0)
    for number in range(ROUNDS):
        talk = await world.waiting(f"talk{number}")
        await world.router.drain()  # somebody is asked; whoever is faster gets it all the same

        order = agents[number % AGENTS :] + agents[: number % AGENTS]
        reached = [_reach(desks[place % 2], agent, talk) for place, agent in enumerate(order)]
        answers = await asyncio.gather(*reached)
        (winner,) = [answer for answer in answers if isinstance(answer, str)]
        names = {agent.agent_id: agent.name for agent in agents}
        assert {answer for answer in answers if answer != winner} == {
            Winner(Owner.HUMAN, names[winner], talk.version + 1)
        }
        held = await world.get(talk)
        assert (held.owner, held.agent_id, held.version) == (Owner.HUMAN, winner, talk.version + 1)
        assert await world.events(talk) == ["claimed"]
        assert len(await world.texts(talk, *Author)) == 1
        wins[winner] += 1
    assert sum(wins.values()) == ROUNDS
