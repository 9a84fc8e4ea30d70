"""The conversation store in SQL: opens units of work. The statements are in the mixins beside this file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from handoff.adapters.sql.conversations import ConversationStatements
from handoff.adapters.sql.live import LiveStatements
from handoff.adapters.sql.outbox import OutboxStatements
from handoff.adapters.sql.people import PeopleStatements
from handoff.adapters.sql.replies import ReplyStatements
from handoff.adapters.sql.routing import RoutingStatements
from handoff.adapters.sql.tickets import TicketStatements
from handoff.adapters.sql.utterances import UtteranceStatements
from handoff.service.store import Transaction
from kernel import database

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "alembic_version_handoff"


def upgrade(url: str) -> None:
    """Bring the tables of conversations to their newest revision. Blocks."""
    database.upgrade(url, script_location=MIGRATIONS, version_table=VERSION_TABLE)


class SqlTransaction(
    ConversationStatements,
    PeopleStatements,
    ReplyStatements,
    RoutingStatements,
    TicketStatements,
    LiveStatements,
    OutboxStatements,
    UtteranceStatements,
):
    """One unit of work on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._postgres = connection.dialect.name == "postgresql"


class SqlStore:
    """Conversations in SQLite or PostgreSQL."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """Open a unit of work that commits when the block ends."""
        async with database.write(self._engine) as connection:
            yield SqlTransaction(connection)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        """Open a consistent view."""
        async with database.read(self._engine) as connection:
            yield SqlTransaction(connection)
