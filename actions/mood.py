"""How an answer changes when the customer is angry: the feeling first, then only what counts, and a person at once.

Pure. Mood is read from the words alone, never from who somebody is.
"""

from __future__ import annotations

from actions.phrases import PERSON, vary
from actions.reply import Reply
from actions.turn import Turn

# From here on (0–1) anger is answered; the desk calls a customer from 0.7 on very angry.
ANGER_THRESHOLD = 0.6
_MOST_CHOICES = 3
_SORRY = ("죄송", "속상", "답답", "걱정", "불편", "놀라")
_ACKNOWLEDGED = (
    "많이 속상하셨죠. 불편을 드려 정말 죄송해요.",
    "화가 나실 만해요. 정말 죄송해요.",
    "답답하게 해 드려 정말 죄송해요.",
)


def is_angry(turn: Turn) -> bool:
    """Return whether the customer's anger has to be answered."""
    return turn.anger >= ANGER_THRESHOLD


def soothe(reply: Reply, turn: Turn) -> Reply:
    """Return `reply` as an angry customer should hear it; as it is to anybody else."""
    said = [*reply.bubbles, *reply.closing]
    if not is_angry(turn) or not said:
        return reply
    reply.tips.clear()
    if not any(word in said[0] for word in _SORRY):
        reply.bubbles.insert(0, vary(turn.turn_id, "anger", _ACKNOWLEDGED))
    if reply.handoff is None:
        others = [choice for choice in reply.choices if choice != PERSON]
        reply.choices[:] = [PERSON, *others] if reply.question_needs_choices else [PERSON, *others[: _MOST_CHOICES - 1]]
    return reply
