"""Takes attempts in, each once, and reads a customer's, causes under the names that the rules know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.errors import CustomerNotFound
from backoffice.verification.intake import Accepted, NewAttempt, accept
from backoffice.verification.policy import Attempt, CauseRules
from backoffice.verification.rates import add
from backoffice.verification.rules import load_causes, load_codes
from backoffice.verification.tables import verification_attempts as log
from backoffice.verification.tables import verification_secrets as sealed
from backoffice.verification.watch import schedule_look
from kernel.database import insert, read, write
from kernel.ids import new_id
from kernel.vault import Vault, open_vault

_RECENT = (
    sa.select(log)
    .where(log.c.customer_id == sa.bindparam("customer_id"))
    .order_by(log.c.at.desc(), log.c.row_id.desc())
    .limit(sa.bindparam("limit"))
)
_SEALED = ("transaction_sealed", "ci_sealed", "di_sealed")


class _Repeated(Exception):
    """Somebody else reported the same transaction first."""


async def record_attempt(engine: AsyncEngine, attempt: NewAttempt, *, now: datetime, vault: Vault | None = None) -> str:
    """Take in an attempt and return its id; reported again with the same transaction id, nothing changes.

    Raises the kinds of InvalidAttempt, CustomerNotFound, or SettingsError where something is to be sealed and this
    process has no data key.
    """
    accepted = accept(attempt, now=now, causes=load_causes(), codes=load_codes())
    has_secrets = attempt.transaction_id or attempt.ci or attempt.di
    keys = vault or open_vault() if has_secrets else None
    marks = keys.list_marks(attempt.transaction_id) if keys and attempt.transaction_id else ()
    try:
        async with write(engine) as connection:
            known = await _find_recorded(connection, marks)
            return known or await _record(connection, accepted, _seal(attempt, keys), now=now)
    except _Repeated:
        async with read(engine) as connection:
            known = await _find_recorded(connection, marks)
        assert known is not None, "whoever was first has committed"
        return known
    except IntegrityError as error:
        raise CustomerNotFound(attempt.customer_id or "") from error


async def list_attempts(
    engine: AsyncEngine, customer_id: str, *, limit: int, rules: CauseRules | None = None
) -> Sequence[Attempt]:
    """Return the customer's latest attempts, newest first; empty when there are none."""
    causes = rules or load_causes()
    async with read(engine) as connection:
        rows = (await connection.execute(_RECENT, {"customer_id": customer_id, "limit": limit})).all()
    return [
        Attempt(
            at=row.at,
            method=row.method,
            result=row.result,
            cause=causes.name(row.cause, row.error_code),
            error_code=row.error_code,
            stage=row.stage,
            carrier=row.carrier,
            network=row.network,
            region=row.region,
            browser=row.browser,
            os=row.os,
            retry_number=row.retry_number,
        )
        for row in rows
    ]


async def renew_seals(engine: AsyncEngine, vault: Vault, *, after: str = "", at_once: int = 500) -> str | None:
    """Seal the next attempts after the id `after` with the newest key; return the last id, None when all are done."""
    query = sa.select(sealed).where(sealed.c.attempt_id > after).order_by(sealed.c.attempt_id).limit(at_once)
    async with write(engine) as connection:
        rows = (await connection.execute(query)).mappings().all()
        for row in rows:
            new: dict[str, str] = {name: vault.reseal(row[name]) for name in _SEALED if row[name] is not None}
            if row["transaction_sealed"] is not None:
                new["transaction_mark"] = vault.mark(vault.open(row["transaction_sealed"]))
            if new:
                renewed = sealed.update().where(sealed.c.attempt_id == row["attempt_id"])
                await connection.execute(renewed.values(**new))
    return rows[-1]["attempt_id"] if rows else None


async def _find_recorded(connection: AsyncConnection, marks: Sequence[str]) -> str | None:
    if not marks:
        return None
    query = sa.select(sealed.c.attempt_id).where(sealed.c.transaction_mark.in_(marks))
    found: str | None = await connection.scalar(query)
    return found


async def _record(
    connection: AsyncConnection, accepted: Accepted, secrets: dict[str, str | None], *, now: datetime
) -> str:
    row = await connection.scalar(log.insert().values(**asdict(accepted)).returning(log.c.row_id))
    attempt_id = new_id("attempt")
    statement = insert(connection, sealed).values(attempt_id=attempt_id, attempt_row=row, **secrets)
    mine = statement.on_conflict_do_nothing(index_elements=["transaction_mark"]).returning(sealed.c.attempt_id)
    if await connection.scalar(mine) is None:
        raise _Repeated
    await add(connection, [accepted])
    await schedule_look(connection, at=now)
    return attempt_id


def _seal(attempt: NewAttempt, vault: Vault | None) -> dict[str, str | None]:
    def seal(text: str | None) -> str | None:
        return vault.seal(text) if vault and text else None

    return {
        "transaction_mark": vault.mark(attempt.transaction_id) if vault and attempt.transaction_id else None,
        "transaction_sealed": seal(attempt.transaction_id),
        "ci_sealed": seal(attempt.ci),
        "di_sealed": seal(attempt.di),
    }
