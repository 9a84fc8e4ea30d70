"""Reads what the conversation store holds, past the product's own code for reading it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from handoff.adapters.sql.tables import conversations, events, messages, turns
from kernel.database import create_engine, read
from ops.faults.history import Stored, StoredConversation, StoredEvent, StoredMessage, StoredTurn


async def read_stored(database_url: str) -> Stored:
    """Return everything about conversations that the checker looks at."""
    engine = create_engine(database_url)
    found = Stored()
    try:
        async with read(engine) as connection:
            for row in await connection.execute(_pick(conversations, StoredConversation)):
                found.conversations[row.conversation_id] = StoredConversation(*row)
            for row in await connection.execute(_pick(messages, StoredMessage).order_by(messages.c.seq)):
                found.messages[row.conversation_id].append(StoredMessage(*_plain(row)))
            for row in await connection.execute(_pick(turns, StoredTurn).order_by(turns.c.seq)):
                found.turns[row.conversation_id].append(StoredTurn(*_plain(row)))
            for row in await connection.execute(_pick(events, StoredEvent).order_by(events.c.version)):
                found.events[row.conversation_id].append(StoredEvent(*row))
    finally:
        await engine.dispose()
    return found


def _pick(table: sa.Table, shape: Any) -> sa.Select[Any]:
    return sa.select(*(table.c[name] for name in shape.__dataclass_fields__))


def _plain(row: sa.Row[Any]) -> list[Any]:
    return [value.isoformat() if isinstance(value, datetime) else value for value in row]


async def count_queued(database_url: str) -> int:
    """Return how many messages still wait for the bot's answer."""
    engine = create_engine(database_url)
    try:
        async with read(engine) as connection:
            statement = sa.select(sa.func.count()).where(turns.c.status == "queued")
            return int((await connection.execute(statement)).scalar_one())
    finally:
        await engine.dispose()
