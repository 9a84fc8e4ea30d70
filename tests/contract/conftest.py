"""Every store there is, so that one suite holds all of them to the same promises."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from handoff.adapters.memory import MemoryStore
from handoff.adapters.sql.store import SqlStore, upgrade
from handoff.service.store import Store
from kernel.database import create_engine


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    """An empty conversation store."""
    if request.param == "memory":
        yield MemoryStore()
        return
    import asyncio

    url = request.getfixturevalue(f"{request.param}_url")
    await asyncio.to_thread(upgrade, url)
    engine = create_engine(url)
    yield SqlStore(engine)
    await engine.dispose()
