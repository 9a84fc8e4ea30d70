"""What a customer's conversations hold, for `demo show`: a reading of the store, changing nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from handoff.adapters.sql.tables import conversations, handoffs, messages
from kernel.database import create_engine, read
from kernel.settings import Settings

_OF_CONVERSATION = ("conversation_id", "channel", "owner", "version", "created_at", "closed_at")
_OF_MESSAGE = ("seq", "author", "text", "cards", "at")
_OF_TICKET = (
    "handoff_id",
    "conversation_id",
    "reason",
    "requested_by",
    "skill",
    "priority",
    "context",
    "waiting_since",
    "claimed_at",
    "ended_at",
)


async def list_of_customer(settings: Settings, customer_id: str) -> dict[str, Any]:
    """Return {"tickets", "conversations"} of a customer, the oldest first."""
    engine = create_engine(settings.database_url)
    try:
        async with read(engine) as connection:
            ours = conversations.c.customer_id == customer_id
            found = await connection.execute(
                _pick(conversations, _OF_CONVERSATION).where(ours).order_by(conversations.c.created_at)
            )
            histories = {row.conversation_id: {**_plain(row), "messages": []} for row in found}
            joined = _pick(messages, ("conversation_id", *_OF_MESSAGE)).join(conversations).where(ours)
            for row in await connection.execute(joined.order_by(messages.c.conversation_id, messages.c.seq)):
                entry = _plain(row)
                histories[entry.pop("conversation_id")]["messages"].append(entry)
            query = _pick(handoffs, _OF_TICKET).join(conversations).where(ours)
            tickets = [_plain(row) for row in await connection.execute(query.order_by(handoffs.c.waiting_since))]
    finally:
        await engine.dispose()
    return {"tickets": tickets, "conversations": list(histories.values())}


def _pick(table: sa.Table, names: tuple[str, ...]) -> sa.Select[Any]:
    return sa.select(*(table.c[name] for name in names))


def _plain(row: sa.Row[Any]) -> dict[str, Any]:
    return {name: _rfc3339(value) for name, value in row._mapping.items()}


def _rfc3339(value: Any) -> Any:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value
