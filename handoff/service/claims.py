"""Who a customer proved to be during a turn: the actions' signed word, believed only where it fits that turn."""

from __future__ import annotations

from handoff.domain.conversation import Conversation, Turn
from kernel.tokens import InvalidToken, read_identity_claim


def read_claim(token: str | None, turn: Turn, conversation: Conversation, key: str) -> str | None:
    """Return the customer that `token` names, None without one.

    Raises InvalidToken for a claim that was not made in this turn or contradicts what is known: the answer it
    came with may tell somebody what is another's, and must not go out.
    """
    if token is None:
        return None
    claim = read_identity_claim(token, key)
    if (claim.turn_id, claim.conversation_id) != (turn.turn_id, conversation.conversation_id):
        raise InvalidToken("the claim is another turn's")
    if conversation.customer_id not in (None, claim.customer_id):
        raise InvalidToken("the claim is another customer's")
    return claim.customer_id
