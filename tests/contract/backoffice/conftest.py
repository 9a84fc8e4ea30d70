"""A shop with an empty, migrated database, once on SQLite and once on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice import schema
from kernel.database import create_engine


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[AsyncEngine]:
    """The engine of an empty shop."""
    await asyncio.to_thread(schema.upgrade, database_url)
    engine = create_engine(database_url)
    yield engine
    await engine.dispose()
