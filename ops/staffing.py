"""Members of staff as the operator keeps them: added, changed, listed, shut out."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from handoff.adapters.sql.store import SqlStore
from handoff.domain.conversation import Agent
from handoff.domain.routing import SKILLS, SPOKEN
from handoff.service import staff
from handoff.service.store import Store
from kernel.database import create_engine
from kernel.settings import Settings

# Letters and digits that cannot be mistaken for one another when typed from a screen.
_TYPEABLE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_PASSWORD_LENGTH = 10


async def add(
    settings: Settings, *, login: str, name: str, password: str, role: str, routing: Mapping[str, Any] | None = None
) -> Agent:
    """Add a member of staff, or renew the one with this login. Raises handoff.errors.Invalid."""
    async with _store(settings) as store:
        return await staff.add(store, login=login, name=name, password=password, role=role, routing=routing)


async def change(settings: Settings, login: str, changed: Mapping[str, Any]) -> Agent:
    """Change what is given of a member of staff. Raises handoff.errors.Invalid and NotFound."""
    async with _store(settings) as store:
        return await staff.change(store, login, changed)


async def deactivate(settings: Settings, login: str) -> Agent:
    """Shut out a member of staff who has left. Raises handoff.errors.NotFound."""
    async with _store(settings) as store:
        return await staff.deactivate(store, login)


async def list_all(settings: Settings) -> list[dict[str, Any]]:
    """Return everybody, by login, without their passwords."""
    async with _store(settings) as store, store.read() as tx:
        return [describe(agent) for agent in await tx.list_agents()]


def describe(agent: Agent) -> dict[str, Any]:
    """Return a member of staff as the operator sees them."""
    return {
        "login": agent.login,
        "name": agent.name,
        "role": agent.role,
        "skills": list(agent.skills or SKILLS),
        "languages": list(agent.languages or SPOKEN),
        "capacity": agent.capacity,
        "team": agent.team,
        "presence": agent.presence,
        "is_active": agent.is_active,
    }


def make_password() -> str:
    """Return a password that can be typed from a screen: 49 bits."""
    return "".join(secrets.choice(_TYPEABLE_LETTERS) for _ in range(_PASSWORD_LENGTH))


@asynccontextmanager
async def _store(settings: Settings) -> AsyncIterator[Store]:
    engine = create_engine(settings.database_url)
    try:
        yield SqlStore(engine)
    finally:
        await engine.dispose()
