"""Small builders of domain values for tests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from handoff.domain.conversation import Agent, Author, Conversation, Message, Owner, Turn, TurnStatus
from handoff.domain.queue import rank
from handoff.policy.routing import load_routing_policy
from kernel.ids import new_id


def conversation(at: datetime, **changed: Any) -> Conversation:
    """A web conversation that the bot owns."""
    values: dict[str, Any] = {
        "conversation_id": new_id("c"),
        "channel": "web",
        "customer_id": None,
        "owner": Owner.BOT,
        "version": 1,
        "last_seq": 0,
        "created_at": at,
        "updated_at": at,
    }
    values |= changed
    if values["owner"] is Owner.WAITING and "ranked_at" not in changed:
        since = values.setdefault("waiting_since", at)
        values["ranked_at"] = rank(load_routing_policy().priority, at=since, priority=values.get("priority", 0))
    return Conversation(**values)


def message(conversation_id: str, seq: int, at: datetime, **changed: Any) -> Message:
    """A customer's message."""
    values: dict[str, Any] = {"author": Author.CUSTOMER, "text": f"말 {seq}"}
    return Message(conversation_id=conversation_id, seq=seq, at=at, **values | changed)


def turn(conversation_id: str, seq: int, at: datetime) -> Turn:
    """A queued turn."""
    return Turn(new_id("t"), conversation_id, seq, f"말 {seq}", None, TurnStatus.QUEUED, at)


def agent(login: str = "haneul", **changed: Any) -> Agent:
    """A member of staff."""
    values: dict[str, Any] = {"agent_id": new_id("a"), "name": "김하늘", "role": "agent", "password_hash": "x"}
    return Agent(login=login, **values | changed)
