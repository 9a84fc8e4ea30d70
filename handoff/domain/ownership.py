"""Who may take a conversation from whom.

          handed_over            claimed, pulled, pushed
    BOT ─────────────▶ WAITING ─────────▶ HUMAN ─┐ pulled, pushed (to another),
     ▲ ▲                │ ▲  transferred,   │ ▲  │ snoozed, woken (the same)
     │ │   left_queue   │ │  agent_gone     │ └──┘
     │ └────────────────┘ └─────────────────┤
     │ └────────────────────────────────────┘ returned_to_bot
     └──── reopened ──── CLOSED ◀── closed (from any other)

What goes from the bot, or from closed, straight to a person takes each step in between, in one commit. Every change
raises `version` by one, so that whoever decided on an older picture is refused. Two things stand beside the owner: a
snoozed conversation (`snoozed_until`) is still its agent's but takes none of their places; a closed one takes one of
its last agent's until `wrap_up_until`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from handoff.domain.conversation import Conversation, Owner
from handoff.errors import Conflict, IllegalTransition, Winner


class Change(StrEnum):
    """The changes of ownership there are."""

    HANDED_OVER = "handed_over"
    CLAIMED = "claimed"
    TRANSFERRED = "transferred"
    RETURNED = "returned_to_bot"
    CLOSED = "closed"
    REOPENED = "reopened"
    LEFT_QUEUE = "left_queue"
    PULLED = "pulled"
    PUSHED = "pushed"
    AGENT_GONE = "agent_gone"
    SNOOZED = "snoozed"
    WOKEN = "woken"


_ALLOWED: dict[Change, tuple[frozenset[Owner], Owner]] = {
    Change.HANDED_OVER: (frozenset({Owner.BOT}), Owner.WAITING),
    Change.CLAIMED: (frozenset({Owner.WAITING}), Owner.HUMAN),
    Change.TRANSFERRED: (frozenset({Owner.HUMAN}), Owner.WAITING),
    Change.RETURNED: (frozenset({Owner.HUMAN}), Owner.BOT),
    Change.CLOSED: (frozenset({Owner.BOT, Owner.WAITING, Owner.HUMAN}), Owner.CLOSED),
    Change.REOPENED: (frozenset({Owner.CLOSED}), Owner.BOT),
    Change.LEFT_QUEUE: (frozenset({Owner.WAITING}), Owner.BOT),
    Change.PULLED: (frozenset({Owner.WAITING, Owner.HUMAN}), Owner.HUMAN),
    Change.PUSHED: (frozenset({Owner.WAITING, Owner.HUMAN}), Owner.HUMAN),
    Change.AGENT_GONE: (frozenset({Owner.HUMAN}), Owner.WAITING),
    Change.SNOOZED: (frozenset({Owner.HUMAN}), Owner.HUMAN),
    Change.WOKEN: (frozenset({Owner.HUMAN}), Owner.HUMAN),
}


def change_owner(
    conversation: Conversation,
    change: Change,
    *,
    at: datetime,
    agent_id: str | None = None,
    skill: str | None = None,
    priority: int = 0,
    ranked_at: datetime | None = None,
    preferred_agent_id: str | None = None,
) -> Conversation:
    """Return the conversation after `change`. Raises IllegalTransition, which names both states.

    `skill`, `priority`, `ranked_at` (without it: `at`) and `preferred_agent_id` are of one that begins to wait.
    """
    sources, target = _ALLOWED[change]
    if conversation.owner not in sources:
        raise IllegalTransition(
            "지금은 할 수 없는 일이에요. 새로 고친 내용을 확인해 주세요.", winner=winner_of(conversation), asked=change
        )
    waits, helped = target is Owner.WAITING, target is Owner.HUMAN
    return replace(
        conversation,
        owner=target,
        version=conversation.version + 1,
        updated_at=at,
        agent_id=(agent_id or conversation.agent_id) if helped else None,
        last_agent_id=conversation.agent_id or conversation.last_agent_id,
        preferred_agent_id=preferred_agent_id if waits else None,
        skill=skill if waits else (conversation.skill if helped else None),
        priority=priority if waits else (conversation.priority if helped else 0),
        waiting_since=at if waits else None,
        ranked_at=(ranked_at or at) if waits else None,
        closed_at=at if target is Owner.CLOSED else None,
        snoozed_until=None,
        wrap_up_until=None,
    )


def require_version(conversation: Conversation, version: int) -> None:
    """Raise Conflict unless the caller has seen the newest ownership of the conversation."""
    if conversation.version != version:
        raise Conflict("그 사이 상담이 바뀌었어요. 새로 고친 내용을 확인해 주세요.", winner=winner_of(conversation))


def require_agent(conversation: Conversation, agent_id: str) -> None:
    """Raise Conflict unless this agent holds the conversation."""
    if conversation.owner is not Owner.HUMAN or conversation.agent_id != agent_id:
        raise Conflict("지금 이 상담을 맡고 있지 않아요.", code="not_owner", winner=winner_of(conversation))


def winner_of(conversation: Conversation, agent_name: str | None = None) -> Winner:
    """Describe who holds the conversation now."""
    return Winner(owner=conversation.owner, agent_name=agent_name, version=conversation.version)
