"""Makes, finds and revokes keys. A key reads `ieum_<id>_<secret>`; only its hash is kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.integration.errors import KeyUnknown, ScopeMissing
from backoffice.integration.tables import Scope, api_keys
from kernel.database import read, write

PER_MINUTE = 600
_PREFIX = "ieum"


@dataclass(frozen=True)
class ApiKey:
    """Who calls, what they may do, and how many requests a minute."""

    key_id: str
    name: str
    scopes: frozenset[Scope]
    per_minute: int
    created_at: datetime
    revoked_at: datetime | None

    def require(self, scope: Scope) -> None:
        """Raise ScopeMissing when the key may not do this."""
        if scope not in self.scopes:
            raise ScopeMissing(scope)


async def create_key(
    engine: AsyncEngine, *, name: str, scopes: Sequence[Scope], now: datetime, per_minute: int = PER_MINUTE
) -> str:
    """Return a new key, which cannot be shown again."""
    key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    row = {"key_id": key_id, "secret_hash": _hash(secret), "name": name, "created_at": now, "per_minute": per_minute}
    async with write(engine) as connection:
        await connection.execute(api_keys.insert().values(**row, scopes=sorted(scope.value for scope in scopes)))
    return f"{_PREFIX}_{key_id}_{secret}"


async def find_key(engine: AsyncEngine, token: str) -> ApiKey:
    """Return whose key this is. Raises KeyUnknown, also for a revoked one."""
    if not token.isascii():
        raise KeyUnknown("no such API key")
    prefix, _, rest = token.partition("_")
    key_id, _, secret = rest.partition("_")
    async with read(engine) as connection:
        row = (await connection.execute(sa.select(api_keys).where(api_keys.c.key_id == key_id))).first()
    expected = row.secret_hash if row else _hash("")
    if not hmac.compare_digest(_hash(secret), expected) or row is None or row.revoked_at or prefix != _PREFIX:
        raise KeyUnknown("no such API key")
    return _as_key(row)


async def list_keys(engine: AsyncEngine) -> Sequence[ApiKey]:
    """Return all keys, the oldest first, without their secrets."""
    async with read(engine) as connection:
        return [_as_key(row) for row in await connection.execute(sa.select(api_keys).order_by(api_keys.c.created_at))]


async def revoke_key(engine: AsyncEngine, key_id: str, *, now: datetime) -> None:
    """Make a key worthless at once. Raises KeyUnknown; revoking twice changes nothing."""
    async with write(engine) as connection:
        found = await connection.execute(
            api_keys.update()
            .where(api_keys.c.key_id == key_id)
            .values(revoked_at=sa.func.coalesce(api_keys.c.revoked_at, sa.literal(now, api_keys.c.revoked_at.type)))
        )
    if found.rowcount == 0:
        raise KeyUnknown(f"no key has the id {key_id!r}")


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _as_key(row: sa.Row[tuple[object, ...]]) -> ApiKey:
    scopes = frozenset(Scope(scope) for scope in row.scopes)
    return ApiKey(row.key_id, row.name, scopes, row.per_minute, row.created_at, row.revoked_at)
