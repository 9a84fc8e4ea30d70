"""Whether an agent is there is kept without touching what else is known of them."""

from __future__ import annotations

from dataclasses import replace

from handoff.service.staff import set_presence
from handoff.service.store import Store
from tests import building


async def test_a_presence_said_by_an_older_page_changes_neither_role_nor_password(store: Store) -> None:
    before = building.agent("haneul", role="supervisor")
    after = replace(before, role="agent", password_hash="another")
    async with store.write() as tx:
        await tx.add_agent(before)
        await tx.save_agent(after)
    assert (await set_presence(store, before, "online")).presence == "online"
    async with store.read() as tx:
        assert await tx.find_agent(login="haneul") == replace(after, presence="online")


async def test_a_presence_of_somebody_who_left_is_nobodys(store: Store) -> None:
    await set_presence(store, building.agent(), "away")
    async with store.read() as tx:
        assert list(await tx.list_agents()) == []
