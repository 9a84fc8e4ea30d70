"""Signed tokens: who speaks in a turn, who may read a conversation, who the shop says a customer is.

All are HS256 JWTs, each kind with its own audience and its own key, so that none can stand in for
another. Lifetimes are measured in real time, not on the product's clock.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jwt

_ALGORITHM = "HS256"
_TURN_AUDIENCE = "ieum-turn"
_CONVERSATION_AUDIENCE = "ieum-conversation"
_CLAIM_AUDIENCE = "ieum-claim"
_WITHOUT_SUBJECT = (_TURN_AUDIENCE, _CLAIM_AUDIENCE)
_LEEWAY_S = 5

TURN_LIFETIME_S = 120
CONVERSATION_LIFETIME_S = 7 * 24 * 3600
IDENTITY_LIFETIME_S = 600


class InvalidToken(Exception):
    """The token is malformed, signed with another key, or meant for something else."""


class ExpiredToken(InvalidToken):
    """The token was good once."""


@dataclass(frozen=True)
class TurnContext:
    """Who an action speaks for, good for one turn of one conversation."""

    turn_id: str
    conversation_id: str
    customer_id: str | None
    channel: str
    # What people are doing for the customer, newest first: number, status_text, opened_at, promised_at (or None).
    tickets: Sequence[Mapping[str, Any]] = ()
    # When people are there again; None while they are.
    opens_at: str | None = None
    # The team's hours in words.
    hours_text: str | None = None


@dataclass(frozen=True)
class IdentityClaim:
    """An action's word that the customer proved in this turn who they are, good for this turn of this conversation."""

    turn_id: str
    conversation_id: str
    customer_id: str


def derive_key(key: str, purpose: str) -> str:
    """Return a key for `purpose` alone, from which nothing follows about `key` or about those of other purposes."""
    return hmac.new(key.encode(), f"ieum {purpose}".encode(), "sha256").hexdigest()


def sign_turn_context(context: TurnContext, key: str) -> str:
    """Return a token for `context` that an action can trust for two minutes."""
    claims = {
        "turn_id": context.turn_id,
        "conversation_id": context.conversation_id,
        "customer_id": context.customer_id,
        "channel": context.channel,
        "tickets": [dict(ticket) for ticket in context.tickets],
        "opens_at": context.opens_at,
        "hours_text": context.hours_text,
    }
    return _sign(claims, key, audience=_TURN_AUDIENCE, lifetime_s=TURN_LIFETIME_S)


def read_turn_context(token: str, key: str) -> TurnContext:
    """Return who the turn is for. Raises InvalidToken or ExpiredToken."""
    claims = _read(token, key, audience=_TURN_AUDIENCE)
    try:
        return TurnContext(
            turn_id=claims["turn_id"],
            conversation_id=claims["conversation_id"],
            customer_id=claims["customer_id"],
            channel=claims["channel"],
            tickets=tuple(claims.get("tickets") or ()),
            opens_at=claims.get("opens_at"),
            hours_text=claims.get("hours_text"),
        )
    except KeyError as error:
        raise InvalidToken(f"the token lacks {error}") from error


def sign_identity_claim(claim: IdentityClaim, key: str) -> str:
    """Return a token for `claim` that the turn's runner can trust."""
    claims = {"turn_id": claim.turn_id, "conversation_id": claim.conversation_id, "customer_id": claim.customer_id}
    return _sign(claims, key, audience=_CLAIM_AUDIENCE, lifetime_s=TURN_LIFETIME_S)


def read_identity_claim(token: str, key: str) -> IdentityClaim:
    """Return who proved to be whom. Raises InvalidToken or ExpiredToken."""
    claims = _read(token, key, audience=_CLAIM_AUDIENCE)
    try:
        return IdentityClaim(claims["turn_id"], claims["conversation_id"], claims["customer_id"])
    except KeyError as error:
        raise InvalidToken(f"the token lacks {error}") from error


def sign_conversation(conversation_id: str, key: str, lifetime_s: int = CONVERSATION_LIFETIME_S) -> str:
    """Return the token with which a customer's page writes to and reads one conversation."""
    return _sign({"sub": conversation_id}, key, audience=_CONVERSATION_AUDIENCE, lifetime_s=lifetime_s)


def read_conversation(token: str, key: str) -> str:
    """Return the conversation id the token is for. Raises InvalidToken or ExpiredToken."""
    conversation_id, expires_at_s = _read_conversation(token, key)
    if time.time() > expires_at_s + _LEEWAY_S:
        raise ExpiredToken("the token has expired")
    return conversation_id


@lru_cache(maxsize=8_192)
def _read_conversation(token: str, key: str) -> tuple[str, float]:
    """Return whose token it is and when it ends: a page shows the same one with every message."""
    claims = _read(token, key, audience=_CONVERSATION_AUDIENCE)
    return str(claims["sub"]), float(claims["exp"])


def sign_identity(customer_id: str, key: str, lifetime_s: int = IDENTITY_LIFETIME_S) -> str:
    """Return what the shop's own site would sign for a customer who is logged in there."""
    now = int(time.time())
    return jwt.encode({"sub": customer_id, "iat": now, "exp": now + lifetime_s}, key, algorithm=_ALGORITHM)


def read_identity(token: str, key: str) -> str:
    """Return the customer id the shop vouches for.

    The shop's token has no audience; it must expire, and within ten minutes (plus leeway).
    Raises InvalidToken or ExpiredToken.
    """
    claims = _read(token, key, audience=None)
    if int(claims["exp"]) > time.time() + IDENTITY_LIFETIME_S + _LEEWAY_S:
        raise InvalidToken("the identity token lives longer than ten minutes")
    return str(claims["sub"])


def _sign(claims: dict[str, Any], key: str, *, audience: str, lifetime_s: int) -> str:
    now = int(time.time())
    return jwt.encode(claims | {"aud": audience, "iat": now, "exp": now + lifetime_s}, key, algorithm=_ALGORITHM)


def _read(token: str, key: str, *, audience: str | None) -> dict[str, Any]:
    try:
        return jwt.decode(
            token,
            key,
            algorithms=[_ALGORITHM],
            audience=audience,
            leeway=_LEEWAY_S,
            options={"require": ["exp"] + ([] if audience in _WITHOUT_SUBJECT else ["sub"])},
        )
    except jwt.ExpiredSignatureError as error:
        raise ExpiredToken("the token has expired") from error
    except (jwt.InvalidTokenError, UnicodeError, ValueError) as error:
        raise InvalidToken("the token is not valid") from error
