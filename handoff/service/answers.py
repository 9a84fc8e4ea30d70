"""Keeps what agents answered when a conversation ends well, for their colleagues; called in the commit that ends it."""

from __future__ import annotations

from datetime import datetime

from handoff.domain.borrowing import harvest
from handoff.domain.conversation import Conversation, Handoff, Json
from handoff.service.store import Transaction

KEPT_PER_SKILL = 2_000
TALK_LOOKED_AT = 60
_INTENTS_LOOKED_AT = 5


async def keep_answers(tx: Transaction, conversation: Conversation, handoff: Handoff | None, *, at: datetime) -> int:
    """Keep what the agents of a conversation answered, now that it has ended well; return how many answers."""
    if handoff is None or handoff.claimed_by is None:
        return 0
    after = max(0, conversation.last_seq - TALK_LOOKED_AT)
    messages = await tx.list_messages(conversation.conversation_id, after=after, limit=TALK_LOOKED_AT)
    found = harvest(
        list(messages),
        handoff.context,
        conversation_id=conversation.conversation_id,
        skill=handoff.skill,
        intents=tuple(dict.fromkeys(intents_of(handoff.context))),
        at=at,
    )
    if found:
        await tx.add_solved(found)
        await tx.trim_solved(handoff.skill, keep=KEPT_PER_SKILL)
    return len(found)


def intents_of(context: Json) -> list[str]:
    """Return the last things that a customer asked for, the topic of the handoff last."""
    history = context.get("intent_history") or []
    topic = (context.get("topic") or {}).get("intent")
    named = [str(guess["intent"]) for guess in history if guess.get("intent")][-_INTENTS_LOOKED_AT:]
    return [*named, topic] if topic else named
