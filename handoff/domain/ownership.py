"""Who may take a conversation from whom.

          handed_over            claimed
    BOT ─────────────▶ WAITING ─────────▶ HUMAN
     ▲ ▲                  ▲  transferred    │
     │ │                  └─────────────────┤
     │ └────────────────────────────────────┘ returned
     └──── reopened ──── CLOSED ◀── closed (from any other)

Every change raises `version` by one, so that whoever decided on an older picture is refused.
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


_ALLOWED: dict[Change, tuple[frozenset[Owner], Owner]] = {
    Change.HANDED_OVER: (frozenset({Owner.BOT}), Owner.WAITING),
    Change.CLAIMED: (frozenset({Owner.WAITING}), Owner.HUMAN),
    Change.TRANSFERRED: (frozenset({Owner.HUMAN}), Owner.WAITING),
    Change.RETURNED: (frozenset({Owner.HUMAN}), Owner.BOT),
    Change.CLOSED: (frozenset({Owner.BOT, Owner.WAITING, Owner.HUMAN}), Owner.CLOSED),
    Change.REOPENED: (frozenset({Owner.CLOSED}), Owner.BOT),
}


def change_owner(
    conversation: Conversation,
    change: Change,
    *,
    at: datetime,
    agent_id: str | None = None,
    skill: str | None = None,
    priority: int = 0,
) -> Conversation:
    """Return the conversation after `change`. Raises IllegalTransition, which names both states."""
    sources, target = _ALLOWED[change]
    if conversation.owner not in sources:
        raise IllegalTransition(
            f"지금은 할 수 없는 일이에요. (현재 {conversation.owner}, 요청 {change})",
            winner=winner_of(conversation),
        )
    waits = target is Owner.WAITING
    return replace(
        conversation,
        owner=target,
        version=conversation.version + 1,
        updated_at=at,
        agent_id=agent_id if target is Owner.HUMAN else None,
        skill=skill if waits else (conversation.skill if target is Owner.HUMAN else None),
        priority=priority if waits else (conversation.priority if target is Owner.HUMAN else 0),
        waiting_since=at if waits else None,
        closed_at=at if target is Owner.CLOSED else None,
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
