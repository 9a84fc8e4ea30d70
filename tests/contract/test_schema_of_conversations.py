"""The migrated database is what the tables say, on both databases, from nothing and from the first release on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy.ext.asyncio import AsyncEngine

from handoff.adapters.sql.store import MIGRATIONS, VERSION_TABLE, upgrade
from handoff.adapters.sql.tables import metadata
from kernel.database import create_engine, write


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """An empty database."""
    made = create_engine(database_url)
    yield made
    await made.dispose()


def _differences(connection: sa.Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    return list(compare_metadata(context, metadata))


def _upgrade_to(url: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes |= {"url": url, "version_table": VERSION_TABLE}
    command.upgrade(config, revision)


async def test_migrations_lead_to_the_tables_as_declared_and_again_change_nothing(
    engine: AsyncEngine, database_url: str
) -> None:
    for _ in range(2):
        await asyncio.to_thread(upgrade, database_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []


async def test_what_the_first_release_stored_is_still_there(engine: AsyncEngine, database_url: str) -> None:
    await asyncio.to_thread(_upgrade_to, database_url, "0001")
    conversation = (
        "INSERT INTO conversations (conversation_id, channel, owner, version, last_seq, priority, created_at, updated_at)"
        " VALUES ('c_1', 'kakao', 'bot', 1, 1, 0, {now}, {now})"
    )
    now = "now()" if engine.dialect.name == "postgresql" else "1764000000000000"
    async with write(engine) as connection:
        await connection.exec_driver_sql(conversation.format(now=now))
        waiting = f"INSERT INTO outbox (conversation_id, seq, created_at) VALUES ('c_1', 1, {now})"
        await connection.exec_driver_sql(waiting)
    await asyncio.to_thread(upgrade, database_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
        found = await connection.exec_driver_sql("SELECT conversation_id, seq, taken_by FROM outbox")
        assert found.all() == [("c_1", 1, None)]
