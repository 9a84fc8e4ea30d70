"""Who an action speaks for: read from the turn's signed context, and from nothing else.

Slots and entities are what somebody typed; they never say who somebody is.
"""

from __future__ import annotations

from typing import Any

from actions.errors import InvalidTurnContext
from kernel.tokens import InvalidToken, TurnContext, read_turn_context

_NOBODY = TurnContext(turn_id="", conversation_id="", customer_id=None, channel="")


def read_speaker(metadata: Any, key: str) -> TurnContext:
    """Return the turn's context; an anonymous one where the message carries none.

    Raises InvalidTurnContext for a context that is there but not genuine or no longer valid: the
    turn then fails and goes to a person, rather than tell a known customer to log in.
    """
    token = metadata.get("context") if isinstance(metadata, dict) else None
    if not token:
        return _NOBODY
    if not isinstance(token, str):
        raise InvalidTurnContext("the turn's context is not a token")
    try:
        return read_turn_context(token, key)
    except (InvalidToken, KeyError) as error:
        raise InvalidTurnContext("the turn's context is not valid") from error
