"""How an earlier conversation of the customer ended, in a word and in a line for agents. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from handoff.domain.conversation import Conversation, Handoff, Json, Owner
from handoff.domain.ratings import Rating
from handoff.domain.tickets import Ticket


class Outcome(StrEnum):
    """What became of a conversation."""

    BY_BOT = "by_bot"  # nobody was asked for
    WAITING = "waiting"
    WITH_AGENT = "with_agent"
    RETURNED = "returned_to_bot"
    CLOSED_BY_AGENT = "closed_by_agent"
    LEFT = "left"  # a person was asked for, and none had come when it ended


LABELS: Mapping[Outcome, str] = {
    Outcome.BY_BOT: "봇이 응대",
    Outcome.WAITING: "상담원 대기 중",
    Outcome.WITH_AGENT: "상담 중",
    Outcome.RETURNED: "상담 뒤 봇이 이어받음",
    Outcome.CLOSED_BY_AGENT: "상담원이 마무리",
    Outcome.LEFT: "상담원을 만나지 못하고 끝남",
}


def outcome_of(conversation: Conversation, handoffs: Sequence[Handoff]) -> Outcome:
    """Return what became of a conversation with these handoffs, oldest first."""
    if conversation.owner is Owner.WAITING:
        return Outcome.WAITING
    if conversation.owner is Owner.HUMAN:
        return Outcome.WITH_AGENT
    if not handoffs:
        return Outcome.BY_BOT
    if handoffs[-1].claimed_at is None:
        return Outcome.LEFT
    return Outcome.CLOSED_BY_AGENT if conversation.owner is Owner.CLOSED else Outcome.RETURNED


def describe_previous(
    conversation: Conversation,
    handoffs: Sequence[Handoff],
    names: Mapping[str, str],
    *,
    ticket: Ticket | None = None,
    rating: Rating | None = None,
) -> Json:
    """Return an earlier conversation as the context carries it; `names` are those of agents by id."""
    last = handoffs[-1] if handoffs else None
    outcome = outcome_of(conversation, handoffs)
    rated = f"만족도 {rating.score}점" if rating else None
    topic = (last.context.get("topic") or {}).get("name") if last else None
    return {
        "conversation_id": conversation.conversation_id,
        "channel": conversation.channel,
        "owner": conversation.owner.value,
        "created_at": conversation.created_at.isoformat(),
        "ended_at": conversation.closed_at.isoformat() if conversation.closed_at else None,
        "outcome": outcome.value,
        "outcome_label": LABELS[outcome],
        "reason": last.reason if last else None,
        "skill": last.skill if last else None,
        "topic": topic,
        "agent_name": names.get(last.claimed_by or "") if last else None,
        "ticket": {"number": ticket.number, "status": ticket.status.value} if ticket else None,
        "rating": rating.score if rating else None,
        "summary": " · ".join(part for part in (topic, LABELS[outcome], rated) if part),
    }
