"""Between rows of the tables and the domain's values."""

from __future__ import annotations

from typing import Any

from handoff.domain.conversation import (
    Agent,
    Author,
    Choice,
    Conversation,
    Handoff,
    Lease,
    Message,
    Note,
    Owner,
    Turn,
    TurnStatus,
)
from handoff.domain.routing import Offer, Outcome

Row = Any


def conversation_values(c: Conversation) -> dict[str, Any]:
    lease = c.lease
    return {
        "conversation_id": c.conversation_id,
        "channel": c.channel,
        "channel_user": c.channel_user,
        "customer_id": c.customer_id,
        "owner": c.owner.value,
        "version": c.version,
        "last_seq": c.last_seq,
        "agent_id": c.agent_id,
        "skill": c.skill,
        "priority": c.priority,
        "waiting_since": c.waiting_since,
        "created_at": c.created_at,
        "updated_at": c.updated_at,
        "closed_at": c.closed_at,
        "lease_runner": lease.runner if lease else None,
        "lease_token": lease.token if lease else None,
        "lease_until_s": lease.until_s if lease else None,
        "ranked_at": c.ranked_at,
        "last_agent_id": c.last_agent_id,
        "preferred_agent_id": c.preferred_agent_id,
        "language": c.language,
        "snoozed_until": c.snoozed_until,
        "wrap_up_until": c.wrap_up_until,
    }


def conversation_of(row: Row) -> Conversation:
    lease = None
    if row.lease_token is not None:
        lease = Lease(runner=row.lease_runner, token=row.lease_token, until_s=row.lease_until_s)
    return Conversation(
        conversation_id=row.conversation_id,
        channel=row.channel,
        channel_user=row.channel_user,
        customer_id=row.customer_id,
        owner=Owner(row.owner),
        version=row.version,
        last_seq=row.last_seq,
        agent_id=row.agent_id,
        skill=row.skill,
        priority=row.priority,
        waiting_since=row.waiting_since,
        created_at=row.created_at,
        updated_at=row.updated_at,
        closed_at=row.closed_at,
        lease=lease,
        ranked_at=row.ranked_at,
        last_agent_id=row.last_agent_id,
        preferred_agent_id=row.preferred_agent_id,
        language=row.language,
        snoozed_until=row.snoozed_until,
        wrap_up_until=row.wrap_up_until,
    )


def message_values(m: Message) -> dict[str, Any]:
    return {
        "conversation_id": m.conversation_id,
        "seq": m.seq,
        "author": m.author.value,
        "author_id": m.author_id,
        "author_name": m.author_name,
        "client_msg_id": m.client_msg_id,
        "text": m.text,
        "choices": [{"id": c.choice_id, "label": c.label, "payload": c.payload} for c in m.choices],
        "cards": list(m.cards),
        "at": m.at,
    }


def message_of(row: Row) -> Message:
    return Message(
        conversation_id=row.conversation_id,
        seq=row.seq,
        author=Author(row.author),
        author_id=row.author_id,
        author_name=row.author_name,
        client_msg_id=row.client_msg_id,
        text=row.text,
        choices=tuple(Choice(choice_id=c["id"], label=c["label"], payload=c["payload"]) for c in row.choices),
        cards=tuple(row.cards),
        at=row.at,
    )


def turn_of(row: Row) -> Turn:
    return Turn(
        turn_id=row.turn_id,
        conversation_id=row.conversation_id,
        seq=row.seq,
        text=row.text,
        payload=row.payload,
        status=TurnStatus(row.status),
        created_at=row.created_at,
    )


def handoff_of(row: Row) -> Handoff:
    return Handoff(**row._mapping)


def note_of(row: Row) -> Note:
    return Note(**row._mapping)


def agent_of(row: Row) -> Agent:
    values = dict(row._mapping)
    for name in ("skills", "languages"):
        values[name] = None if values[name] is None else tuple(values[name])
    return Agent(**values)


def offer_of(row: Row) -> Offer:
    values = dict(row._mapping)
    return Offer(**values | {"outcome": Outcome(values["outcome"]) if values["outcome"] else None})
