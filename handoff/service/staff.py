"""Members of staff: added by the operator, known by login and password."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from handoff.domain.conversation import Agent
from handoff.domain.routing import check_routing
from handoff.errors import Forbidden, Invalid, NotFound, TooManyAttempts, Unauthorized
from handoff.service.ports import Hub, session_topic
from handoff.service.store import Store, Transaction
from kernel.ids import new_id

ROLES = (
    "agent",
    "senior_agent",
    "supervisor",
    "trainer",
    "security_reviewer",
    "privacy_officer",
    "administrator",
)
DESK_ROLES = frozenset({"agent", "senior_agent", "supervisor", "administrator"})
STUDIO_ROLES = frozenset({"trainer", "supervisor", "administrator"})
PASSWORD_LENGTH_MIN = 8
NAME_LENGTH_MAX = 60
LOGIN_LENGTH_MAX = 200
ATTEMPTS_MAX = 10
ATTEMPTS_WINDOW_S = 300.0
LOGINS_REMEMBERED = 1_000
CHECKED_AT_ONCE = 1  # each check takes 64 MiB and some 50 ms of four cores, by design: guesses must not slow pages down

_hasher = PasswordHasher()
# Verified against when the login does not exist, so that a stranger cannot tell by the time it takes. Written down,
# not made: making one takes as long as a check does, at every start.
_COSTS = f"m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
_NOBODY = f"$argon2id$v=19${_COSTS}${'A' * 22}${'A' * 43}"


async def add(
    store: Store, *, login: str, name: str, password: str, role: str, routing: Mapping[str, Any] | None = None
) -> Agent:
    """Add a member of staff, or give the one with this login a new name, password and role. Raises Invalid.

    Another password or role ends the sessions begun with the old one; who had left is back.
    `routing` is what they are asked to take: skills, languages, capacity, team; what is absent stays, or is as usual.
    """
    if not 0 < len(login) <= LOGIN_LENGTH_MAX or not login.isprintable():
        raise Invalid(f"a login is 1 to {LOGIN_LENGTH_MAX} letters in one line", code="invalid_login")
    values = await _checked({"name": name, "password": password, "role": role, **(routing or {})})
    async with store.read() as tx:
        known = await tx.find_agent(login=login)
    if known is not None and await _is_right(known.password_hash, password):
        del values["password_hash"]
    async with store.write() as tx:
        known = await tx.find_agent(login=login)
        if known is not None:
            await tx.set_active(known.agent_id, is_active=True)
            agent = await _save(tx, replace(known, is_active=True), values)
        else:
            agent = Agent(new_id("a"), login, **values)
            await tx.add_agent(agent)
    return agent


async def change(store: Store, login: str, changed: Mapping[str, Any]) -> Agent:
    """Change any of name, password, role, skills, languages, capacity and team. Raises NotFound, Invalid.

    Another password or role ends the sessions begun with the old one.
    """
    values = await _checked(changed)
    async with store.write() as tx:
        known = await tx.find_agent(login=login)
        if known is None:
            raise NotFound(f"nobody logs in as {login!r}", code="unknown_agent")
        return await _save(tx, known, values)


async def deactivate(store: Store, login: str) -> Agent:
    """Let a member of staff who has left log in no more: sessions end, what they hold goes back. Raises NotFound."""
    async with store.write() as tx:
        agent = await tx.find_agent(login=login)
        if agent is None:
            raise NotFound(f"nobody logs in as {login!r}", code="unknown_agent")
        await tx.set_active(agent.agent_id, is_active=False)
        await tx.end_sessions(agent.agent_id)
        await tx.save_presence(agent.agent_id, "offline")
        await tx.touch_agent(agent.agent_id, seen_at_s=0.0)  # gone for longer than any grace
    return replace(agent, is_active=False, presence="offline")


async def _save(tx: Transaction, known: Agent, values: Mapping[str, Any]) -> Agent:
    agent = replace(known, **values)
    await tx.save_agent(agent)
    if agent.role != known.role or "password_hash" in values:
        await tx.end_sessions(agent.agent_id)
    return agent


async def _checked(changed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may be stored of a member of staff, the password as its hash."""
    values = check_routing(changed)
    for field in ("name", "team"):
        text = values.get(field)
        if text is not None and not (text.strip() and text.isprintable() and len(text) <= NAME_LENGTH_MAX):
            raise Invalid(f"a {field} is 1 to {NAME_LENGTH_MAX} letters in one line", code="invalid_name")
    if "role" in values and values["role"] not in ROLES:
        raise Invalid(f"no role {values['role']!r}; choose one of {', '.join(ROLES)}", code="unknown_role")
    if (password := values.pop("password", None)) is not None:
        if len(password) < PASSWORD_LENGTH_MIN:
            raise Invalid(f"a password needs at least {PASSWORD_LENGTH_MIN} characters", code="weak_password")
        values["password_hash"] = await asyncio.to_thread(_hasher.hash, password)
    return values


class Logins:
    """Checks passwords, slows down whoever guesses them, and knows which sessions are over."""

    def __init__(self, store: Store, hub: Hub) -> None:
        self._store = store
        self._hub = hub
        self._numbers: dict[str, int] = {}
        self._attempts: dict[str, deque[float]] = {}
        self._checking = asyncio.Semaphore(CHECKED_AT_ONCE)

    async def check(self, login: str, password: str) -> Agent:
        """Return the member of staff. Raises Unauthorized or TooManyAttempts."""
        self._count_attempt(login)  # before it is checked: guesses made at once count like any others
        async with self._store.read() as tx:
            agent = await tx.find_agent(login=login)
        async with self._checking:
            is_right = await _is_right(agent.password_hash if agent else _NOBODY, password)
        if not is_right or agent is None or not agent.is_active:
            raise Unauthorized("아이디나 비밀번호가 맞지 않아요.", code="wrong_credentials")
        self._attempts.pop(login, None)
        return agent

    def _count_attempt(self, login: str) -> None:
        now = time.monotonic()
        if len(self._attempts) >= LOGINS_REMEMBERED:
            recent = {name: at for name, at in self._attempts.items() if at[-1] > now - ATTEMPTS_WINDOW_S}
            self._attempts = recent
        attempts = self._attempts.setdefault(login, deque(maxlen=ATTEMPTS_MAX))
        if len(attempts) == ATTEMPTS_MAX and attempts[0] > now - ATTEMPTS_WINDOW_S:
            raise TooManyAttempts("로그인을 여러 번 실패했어요. 5분 뒤에 다시 시도해 주세요.")
        attempts.append(now)

    async def get(self, agent_id: str, number: int) -> Agent:
        """Return the member of staff of a session. Raises Unauthorized when it is over, or they are gone."""
        async with self._store.read() as tx:
            agent = await tx.find_agent(agent_id=agent_id)
        if agent is None or agent.session_number != number:
            raise Unauthorized("로그인이 끝났어요. 다시 로그인해 주세요.", code="session_over")
        return agent

    async def end_sessions(self, agent_id: str) -> None:
        """Let every session of a member of staff be over, their open pages too."""
        async with self._store.write() as tx:
            await tx.end_sessions(agent_id)
        self._hub.publish(session_topic(agent_id))

    async def sweep(self) -> int:
        """Tell the open pages of this process whose sessions were ended elsewhere; returns 0, for nothing is left to do."""
        async with self._store.read() as tx:
            numbers = {agent.agent_id: agent.session_number for agent in await tx.list_agents()}
        ended = [agent_id for agent_id, number in numbers.items() if self._numbers.get(agent_id, number) != number]
        self._numbers = numbers
        self._hub.wake(*(session_topic(agent_id) for agent_id in ended))
        return 0


def require_role(agent: Agent, allowed: frozenset[str]) -> None:
    """Raise Forbidden unless the agent has one of these roles."""
    if agent.role not in allowed:
        raise Forbidden("이 화면을 볼 권한이 없어요. 관리자에게 문의해 주세요.", code="role_not_allowed")


def works_at_desk(agent: Agent) -> bool:
    """Tell whether the agent can be given conversations."""
    return agent.is_active and agent.role in DESK_ROLES


async def _is_right(password_hash: str, password: str) -> bool:
    return await asyncio.to_thread(_verify, password_hash, password)


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except VerificationError:
        return False
