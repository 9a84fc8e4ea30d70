"""Members of staff: added by the operator, known by login and password."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import replace

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from handoff.domain.conversation import Agent
from handoff.errors import Forbidden, Invalid, TooManyAttempts, Unauthorized
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
ATTEMPTS_MAX = 10
ATTEMPTS_WINDOW_S = 300.0
LOGINS_REMEMBERED = 1_000
CHECKED_AT_ONCE = 4  # each check takes 64 MiB and some 50 ms of a core, by design

_hasher = PasswordHasher()
# Verified against when the login does not exist, so that a stranger cannot tell by the time it takes. Written down,
# not made: making one takes as long as a check does, at every start.
_COSTS = f"m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
_NOBODY = f"$argon2id$v=19${_COSTS}${'A' * 22}${'A' * 43}"


async def add(store: Store, *, login: str, name: str, password: str, role: str) -> Agent:
    """Add a member of staff, or give the one with this login a new name, password and role. Raises Invalid."""
    if role not in ROLES:
        raise Invalid(f"no role {role!r}; choose one of {', '.join(ROLES)}", code="unknown_role")
    if len(password) < 8:
        raise Invalid("a password needs at least 8 characters", code="weak_password")
    password_hash = await asyncio.to_thread(_hasher.hash, password)
    async with store.write() as tx:
        known = await tx.find_agent(login=login)
        if known is not None:
            agent = replace(known, name=name, role=role, password_hash=password_hash)
            await tx.save_agent(agent)
        else:
            agent = Agent(new_id("a"), login, name, role, password_hash)
            await tx.add_agent(agent)
    return agent


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
