"""How content a customer was with a conversation that ended. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from handoff.domain.conversation import Conversation, Owner
from handoff.errors import StateConflict

SCORES = range(1, 6)
LOW_UP_TO = 3
WORDS_LENGTH_MAX = 500


@dataclass(frozen=True)
class Rating:
    """1 (not at all) to 5 (very). One for each time that a conversation ended: `closed_version` says which."""

    conversation_id: str
    closed_version: int
    score: int
    words: str | None
    at: datetime
    channel: str
    agent_id: str | None
    skill: str | None
    # What was opened because of it: the ticket to look after.
    ticket_number: str | None = None

    @property
    def is_low(self) -> bool:
        """Whether somebody has to look after it."""
        return self.score <= LOW_UP_TO


def require_ended(conversation: Conversation) -> None:
    """Raise StateConflict unless the conversation has ended."""
    if conversation.owner is not Owner.CLOSED:
        raise StateConflict(
            "상담이 끝난 뒤에 평가할 수 있어요.",
            code="not_closed",
            current=conversation.owner.value,
            asked="rate",
        )
