"""What customers said, for the shop's privacy requests: everything about one of them, and its being forgotten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.privacy.ports import Talk
from handoff.adapters.sql.reply_tables import ratings, solved_replies
from handoff.adapters.sql.tables import conversations, handoffs, memories, messages, notes, turns
from handoff.adapters.sql.ticket_tables import ticket_events, ticket_promises, tickets
from kernel.database import read, write

_COMPLAINT = "complaint"
_OURS = conversations.c.customer_id == sa.bindparam("whose")
_OF_CUSTOMER = sa.select(conversations).where(_OURS).order_by(conversations.c.created_at)
_SAID = (
    sa.select(messages.c.conversation_id, messages.c.author, messages.c.text, messages.c.cards, messages.c.at)
    .join(conversations)
    .where(_OURS)
    .order_by(messages.c.conversation_id, messages.c.seq)
)
_COMPLAINTS = (
    sa.select(handoffs.c.conversation_id)
    .join(conversations)
    .where(_OURS, sa.or_(handoffs.c.reason == _COMPLAINT, handoffs.c.skill == _COMPLAINT))
    .union(sa.select(tickets.c.conversation_id).join(conversations).where(_OURS, tickets.c.type == _COMPLAINT))
)
_TICKETS = sa.select(tickets).join(conversations).where(_OURS).order_by(tickets.c.opened_at, tickets.c.number)
_RATINGS = sa.select(ratings).join(conversations).where(_OURS).order_by(ratings.c.at)
_PROMISES = (
    sa.select(ticket_promises)
    .join(conversations, conversations.c.conversation_id == ticket_promises.c.conversation_id)
    .where(_OURS)
    .order_by(ticket_promises.c.due_at)
)


class SqlTalks:
    """The conversations of one customer in the SQL store. Names of agents and their notes are not the customer's data."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def list_of_customer(self, customer_id: str) -> Sequence[Talk]:
        """Return all conversations, oldest first, as the customer saw them."""
        whose = {"whose": customer_id}
        async with read(self._engine) as connection:
            found = (await connection.execute(_OF_CUSTOMER, whose)).all()
            complaints = set((await connection.execute(_COMPLAINTS, whose)).scalars())
            parts: dict[str, defaultdict[str, list[dict[str, Any]]]] = {}
            for name, (query, shape) in _PARTS.items():
                parts[name] = defaultdict(list)
                for row in await connection.execute(query, whose):
                    parts[name][row.conversation_id].append(shape(row))
        return [
            Talk(
                conversation_id=row.conversation_id,
                last_at=row.updated_at,
                is_complaint=row.conversation_id in complaints,
                content={
                    "conversation_id": row.conversation_id,
                    "channel": row.channel,
                    "channel_user": row.channel_user,
                    "began_at": _rfc3339(row.created_at),
                    **{name: of[row.conversation_id] for name, of in parts.items()},
                },
            )
            for row in found
        ]

    async def forget(self, customer_id: str, pseudonym: str) -> None:
        """Take out words, notes and memories; who spoke when stays, under the pseudonym."""
        ours = sa.select(conversations.c.conversation_id).where(conversations.c.customer_id == customer_id)
        emptied = (
            messages.update().values(text="", choices=[], cards=[], client_msg_id=None),
            turns.update().values(text="", payload=None),
            handoffs.update().values(context={}),
            memories.update().values(state=None, understanding={}),
            tickets.update().values(
                customer_id=pseudonym, contact_kind=None, contact_value=None, tags=[], analysis=sa.null()
            ),
        )
        async with write(self._engine) as connection:
            for change in emptied:
                await connection.execute(change.where(change.table.c.conversation_id.in_(ours)))  # type: ignore[attr-defined]
            for gone in (notes, solved_replies):
                await connection.execute(gone.delete().where(gone.c.conversation_id.in_(ours)))
            await connection.execute(ratings.update().where(ratings.c.conversation_id.in_(ours)).values(words=None))
            theirs = sa.select(tickets.c.number).where(tickets.c.conversation_id.in_(ours))
            await connection.execute(
                ticket_promises.update().where(ticket_promises.c.number.in_(theirs)).values(note="", outcome=None)
            )
            await connection.execute(ticket_events.update().where(ticket_events.c.number.in_(theirs)).values(detail={}))
            named = conversations.update().where(conversations.c.customer_id == customer_id)
            await connection.execute(named.values(customer_id=pseudonym, channel_user=None))


def _message_of(row: Any) -> dict[str, Any]:
    return {"author": row.author, "text": row.text, "cards": row.cards, "at": _rfc3339(row.at)}


def _rating_of(row: Any) -> dict[str, Any]:
    return {"score": row.score, "words": row.words, "at": _rfc3339(row.at)}


def _promise_of(row: Any) -> dict[str, Any]:
    return {"kind": row.kind, "status": row.status, "due_at": _rfc3339(row.due_at)}


def _ticket_of(row: Any) -> dict[str, Any]:
    return {
        "number": row.number,
        "type": row.type,
        "status": row.status,
        "opened_at": _rfc3339(row.opened_at),
        "resolved_at": _rfc3339(row.resolved_at) if row.resolved_at else None,
        "contact": row.contact_value,
    }


def _rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


# What a conversation holds besides itself, as its customer gets it.
_PARTS: Mapping[str, tuple[sa.Select[Any], Callable[[Any], dict[str, Any]]]] = {
    "messages": (_SAID, _message_of),
    "tickets": (_TICKETS, _ticket_of),
    "promises": (_PROMISES, _promise_of),
    "ratings": (_RATINGS, _rating_of),
}
