"""Tickets that open one socket each, and sessions of staff: signed, so that any gateway process can read them."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

import jwt
from redis.asyncio import Redis
from redis.exceptions import RedisError

from handoff.errors import Unauthorized

TICKET_LIFETIME_S = 30
SESSION_LIFETIME_S = 12 * 3600


class Tickets:
    """Single-use tickets. Which were used is kept in Redis while it is there, and in this process always."""

    def __init__(self, key: str, redis: Redis | None) -> None:
        self._key = key
        self._redis = redis
        self._used: dict[str, float] = {}

    def issue(self, conversation_id: str) -> str:
        """Return a new ticket for a conversation."""
        claims = {"sub": conversation_id, "jti": secrets.token_hex(8), "exp": int(time.time()) + TICKET_LIFETIME_S}
        return jwt.encode(claims | {"aud": "ieum-ticket"}, self._key, algorithm="HS256")

    async def redeem(self, ticket: str) -> str:
        """Return the conversation of a ticket and use it up. Raises Unauthorized."""
        try:
            claims = jwt.decode(
                ticket,
                self._key,
                algorithms=["HS256"],
                audience="ieum-ticket",
                options={"require": ["exp", "jti", "sub"]},
            )
        except (jwt.InvalidTokenError, ValueError) as error:
            raise Unauthorized("연결권이 맞지 않아요.", code="invalid_ticket") from error
        if not await self._first_use(claims["jti"]):
            raise Unauthorized("이미 쓴 연결권이에요.", code="ticket_used")
        return str(claims["sub"])

    async def _first_use(self, ticket_id: str) -> bool:
        now = time.time()
        self._used = {known: until for known, until in self._used.items() if until > now}
        if ticket_id in self._used:
            return False
        self._used[ticket_id] = now + TICKET_LIFETIME_S + 1
        if self._redis is None:
            return True
        try:
            return bool(await self._redis.set(f"ieum:ticket:{ticket_id}", "1", nx=True, ex=TICKET_LIFETIME_S + 1))
        except RedisError:
            return True  # without Redis each process vouches for its own


@dataclass(frozen=True)
class Session:
    """Who is logged in, the token that each changing request has to repeat in a header, and which login that was.

    Once the agent has another `number`, the session is over.
    """

    agent_id: str
    csrf: str
    number: int


def sign_session(agent_id: str, number: int, key: str) -> tuple[str, Session]:
    """Return a cookie value and the session it stands for."""
    session = Session(agent_id, secrets.token_urlsafe(24), number)
    claims = {"sub": agent_id, "csrf": session.csrf, "number": number, "aud": "ieum-staff"}
    claims["exp"] = int(time.time()) + SESSION_LIFETIME_S
    return jwt.encode(claims, key, algorithm="HS256"), session


def read_session(cookie: str | None, key: str) -> Session:
    """Return the session of a cookie. Raises Unauthorized."""
    try:
        claims = jwt.decode(
            cookie or "",
            key,
            algorithms=["HS256"],
            audience="ieum-staff",
            options={"require": ["exp", "sub", "csrf", "number"]},
        )
    except (jwt.InvalidTokenError, ValueError) as error:
        raise Unauthorized("로그인이 필요해요.", code="login_required") from error
    return Session(str(claims["sub"]), str(claims["csrf"]), int(claims["number"]))
