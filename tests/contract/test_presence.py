"""Whether an agent is there is kept without touching what else is known of them."""

from __future__ import annotations

from dataclasses import replace

from handoff.adapters.hub import LocalHub
from handoff.service.presence import Presence
from handoff.service.store import Store
from kernel.clock import ProductClock
from tests import building


def _presence(store: Store) -> Presence:
    return Presence(store, LocalHub(), ProductClock(), real_s=lambda: 1_000.0)


async def test_a_presence_said_by_an_older_page_changes_neither_role_nor_password(store: Store) -> None:
    before = building.agent("haneul", role="supervisor")
    after = replace(before, role="agent", password_hash="another")
    async with store.write() as tx:
        await tx.add_agent(before)
        await tx.save_agent(after)
    assert (await _presence(store).say(before, "online")).presence == "online"
    async with store.read() as tx:
        assert await tx.find_agent(login="haneul") == replace(after, presence="online", seen_at_s=1_000.0)


async def test_a_presence_of_somebody_who_left_is_nobodys(store: Store) -> None:
    await _presence(store).say(building.agent(), "away")
    async with store.read() as tx:
        assert list(await tx.list_agents()) == []


async def test_an_older_picture_of_a_member_of_staff_brings_back_neither_their_sessions_nor_them(store: Store) -> None:
    before = building.agent("haneul")
    async with store.write() as tx:
        await tx.add_agent(before)
        await tx.end_sessions(before.agent_id)
        await tx.set_active(before.agent_id, is_active=False)
        await tx.save_agent(replace(before, capacity=2))
    async with store.read() as tx:
        assert await tx.find_agent(login="haneul") == replace(before, capacity=2, session_number=2, is_active=False)
