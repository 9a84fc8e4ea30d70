"""Answers a repeated request as the first one was answered.

The answer is stored after the work. Whoever dies in between leaves a request in work, which may be made again
after a while: what is told to the shop carries ids of its own, by which a repeat changes nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.integration.errors import IdempotencyKeyReused, StillInWork
from backoffice.integration.tables import answered_requests
from kernel.database import insert, write

GIVEN_UP_AFTER = timedelta(seconds=60)
KEPT = timedelta(hours=48)


@dataclass(frozen=True)
class Answer:
    """An HTTP status and a JSON body."""

    status: int
    body: Any


def fingerprint(method: str, path: str, body: bytes) -> str:
    """Return what makes two requests the same."""
    return hashlib.sha256(b"\n".join((method.encode(), path.encode(), body))).hexdigest()


async def begin(
    engine: AsyncEngine, *, key_id: str, idempotency_key: str, request_hash: str, now: datetime
) -> Answer | None:
    """Take a request in hand; return the answer it was given before, None when it has to be carried out now.

    Raises IdempotencyKeyReused or StillInWork.
    """
    taken = {"request_hash": request_hash, "taken_at": now, "status": None, "body": None}
    async with write(engine) as connection:
        made = await connection.execute(
            insert(connection, answered_requests)
            .values(key_id=key_id, idempotency_key=idempotency_key, **taken)
            .on_conflict_do_nothing()
        )
        if made.rowcount:
            return None
        row = (await connection.execute(_of(key_id, idempotency_key).with_for_update())).one()
        if row.request_hash != request_hash:
            raise IdempotencyKeyReused("this idempotency key was used for another request")
        if row.status is not None:
            return Answer(row.status, row.body)
        if now - row.taken_at < GIVEN_UP_AFTER:
            raise StillInWork("the first request with this idempotency key is not answered yet")
        await connection.execute(_changing(key_id, idempotency_key).values(taken_at=now))
    return None


async def finish(engine: AsyncEngine, *, key_id: str, idempotency_key: str, answer: Answer) -> None:
    """Keep what the request was answered."""
    async with write(engine) as connection:
        await connection.execute(_changing(key_id, idempotency_key).values(status=answer.status, body=answer.body))


async def forget(engine: AsyncEngine, *, key_id: str, idempotency_key: str) -> None:
    """Let the request be made again, because it came to nothing."""
    async with write(engine) as connection:
        await connection.execute(
            answered_requests.delete().where(
                answered_requests.c.key_id == key_id, answered_requests.c.idempotency_key == idempotency_key
            )
        )


async def forget_old(connection: AsyncConnection, now: datetime) -> None:
    """Forget answers older than two days."""
    await connection.execute(answered_requests.delete().where(answered_requests.c.taken_at <= now - KEPT))


def _of(key_id: str, idempotency_key: str) -> sa.Select[Any]:
    c = answered_requests.c
    return sa.select(answered_requests).where(c.key_id == key_id, c.idempotency_key == idempotency_key)


def _changing(key_id: str, idempotency_key: str) -> sa.Update:
    c = answered_requests.c
    return answered_requests.update().where(c.key_id == key_id, c.idempotency_key == idempotency_key)
