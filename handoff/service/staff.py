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
from handoff.service.store import Store
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
CHECKED_AT_ONCE = 4  # each check takes 64 MiB and some 50 ms of a core, by design

_hasher = PasswordHasher()
# Verified against when the login does not exist, so that a stranger cannot tell by the time it takes.
_NOBODY = _hasher.hash("nobody has this password")


async def add(
    store: Store, *, login: str, name: str, password: str, role: str, routing: Mapping[str, Any] | None = None
) -> Agent:
    """Add a member of staff, or give the one with this login a new name, password and role. Raises Invalid.

    `routing` is what they are asked to take: skills, languages, capacity, team; what is absent stays, or is as usual.
    """
    if not 0 < len(login) <= LOGIN_LENGTH_MAX or not login.isprintable():
        raise Invalid(f"a login is 1 to {LOGIN_LENGTH_MAX} letters in one line", code="invalid_login")
    values = await _checked({"name": name, "password": password, "role": role, **(routing or {})})
    async with store.write() as tx:
        known = await tx.find_agent(login=login)
        if known is not None:
            agent = replace(known, **values)
            await tx.save_agent(agent)
        else:
            agent = Agent(new_id("a"), login, **values)
            await tx.add_agent(agent)
    return agent


async def change(store: Store, login: str, changed: Mapping[str, Any]) -> Agent:
    """Change any of name, password, role, skills, languages, capacity and team. Raises NotFound, Invalid."""
    values = await _checked(changed)
    async with store.write() as tx:
        known = await tx.find_agent(login=login)
        if known is None:
            raise NotFound(f"nobody logs in as {login!r}", code="unknown_agent")
        agent = replace(known, **values)
        await tx.save_agent(agent)
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
    """Checks passwords, and slows down whoever guesses them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._attempts: dict[str, deque[float]] = {}
        self._checking = asyncio.Semaphore(CHECKED_AT_ONCE)

    async def check(self, login: str, password: str) -> Agent:
        """Return the member of staff. Raises Unauthorized or TooManyAttempts."""
        self._count_attempt(login)  # before it is checked: guesses made at once count like any others
        async with self._store.read() as tx:
            agent = await tx.find_agent(login=login)
        async with self._checking:
            is_right = await asyncio.to_thread(_verify, agent.password_hash if agent else _NOBODY, password)
        if not is_right or agent is None:
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

    async def get(self, agent_id: str) -> Agent:
        """Return the member of staff of a session. Raises Unauthorized when there is none any more."""
        async with self._store.read() as tx:
            agent = await tx.find_agent(agent_id=agent_id)
        if agent is None:
            raise Unauthorized("다시 로그인해 주세요.")
        return agent


def require_role(agent: Agent, allowed: frozenset[str]) -> None:
    """Raise Forbidden unless the agent has one of these roles."""
    if agent.role not in allowed:
        raise Forbidden("이 화면을 볼 권한이 없어요. 관리자에게 문의해 주세요.", code="role_not_allowed")


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except VerificationError:
        return False
