"""What a customer's conversations hold, for `demo show`: a reading of the store, changing nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff.adapters.sql.tables import conversations, handoffs, messages
from handoff.adapters.sql.ticket_tables import ticket_promises, tickets
from kernel.database import create_engine, read
from kernel.settings import Settings

_OF_CONVERSATION = ("conversation_id", "channel", "owner", "version", "created_at", "closed_at")
_OF_MESSAGE = ("seq", "author", "text", "cards", "at")
_OF_TICKET = (
    "number",
    "conversation_id",
    "type",
    "status",
    "agent_id",
    "tags",
    "contact_kind",
    "contact_value",
    "analysis",
    "merged_into",
    "opened_at",
    "resolved_at",
)
_OF_PROMISE = ("promise_id", "number", "kind", "status", "due_at", "note", "outcome")
_OF_HANDOFF = (
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
            found_tickets = await _list_tickets(connection, customer_id)
    finally:
        await engine.dispose()
    return {"tickets": found_tickets, "conversations": list(histories.values())}


async def _list_tickets(connection: AsyncConnection, customer_id: str) -> list[dict[str, Any]]:
    """Return tickets with their handoffs and promises; at the top level what the last handoff said stands as well."""
    ours = conversations.c.customer_id == customer_id
    query = _pick(handoffs, _OF_HANDOFF).join(conversations).where(ours).order_by(handoffs.c.waiting_since)
    passed = (await connection.execute(query)).all()
    opened = _pick(tickets, _OF_TICKET).join(conversations).where(ours)
    rows = (await connection.execute(opened.order_by(tickets.c.opened_at, tickets.c.number))).all()
    of_ours = ticket_promises.c.number.in_([row.number for row in rows])
    promised = (await connection.execute(_pick(ticket_promises, _OF_PROMISE).where(of_ours))).all()
    found = []
    for row in rows:
        same = [other for other in rows if other.conversation_id == row.conversation_id]
        until = min((other.opened_at for other in same if other.opened_at > row.opened_at), default=None)
        theirs = [
            _plain(handoff)
            for handoff in passed
            if handoff.conversation_id == row.conversation_id
            and handoff.waiting_since >= row.opened_at
            and (until is None or handoff.waiting_since < until)
        ]
        promises = [_plain(promise) for promise in promised if promise.number == row.number]
        found.append(_plain(row) | {"handoffs": theirs, "promises": promises})
    return [(ticket["handoffs"][-1] if ticket["handoffs"] else {}) | ticket for ticket in found]


def _pick(table: sa.Table, names: tuple[str, ...]) -> sa.Select[Any]:
    return sa.select(*(table.c[name] for name in names))


def _plain(row: sa.Row[Any]) -> dict[str, Any]:
    return {name: _rfc3339(value) for name, value in row._mapping.items()}


def _rfc3339(value: Any) -> Any:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value
