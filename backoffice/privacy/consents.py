"""What customers agreed to and took back: a history that only grows, from which what holds now is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.customers.tables import customers
from backoffice.errors import CustomerNotFound
from backoffice.notices.tables import NoticeCategory, notices
from backoffice.privacy.policy import ConsentLine, consents_withdrawn_with, current_consents
from backoffice.privacy.tables import ConsentKind, consents
from kernel.database import insert, read, write

_HISTORY = sa.select(consents).where(consents.c.customer_id == sa.bindparam("customer_id")).order_by(consents.c.row_id)
_KNOWN = sa.select(customers.c.customer_id).where(customers.c.customer_id == sa.bindparam("customer_id"))
_PENDING_ADS = notices.delete().where(
    notices.c.customer_id == sa.bindparam("whose"),
    notices.c.category == NoticeCategory.ADVERTISING.value,
    notices.c.sent_at.is_(None),
)


async def record_consent(
    engine: AsyncEngine,
    *,
    customer_id: str,
    kind: ConsentKind,
    granted: bool,
    channel: str,
    now: datetime,
    terms_version: int | None = None,
    event_key: str | None = None,
) -> Sequence[ConsentKind]:
    """Write down that the customer agreed or took it back, and return the kinds this changed.

    Taking back `marketing` takes back advertising at night too, and advertising that is not sent yet is
    never sent. The same `event_key` again changes nothing. Raises CustomerNotFound.
    """
    async with write(engine) as connection:
        return await record(
            connection,
            customer_id=customer_id,
            kinds=(kind,) if granted else consents_withdrawn_with(kind),
            granted=granted,
            channel=channel,
            now=now,
            terms_version=terms_version,
            event_key=event_key,
        )


async def record(
    connection: AsyncConnection,
    *,
    customer_id: str,
    kinds: Sequence[ConsentKind],
    granted: bool,
    channel: str,
    now: datetime,
    terms_version: int | None = None,
    event_key: str | None = None,
) -> Sequence[ConsentKind]:
    """Do what `record_consent` does, for several kinds, in the caller's transaction."""
    if (await connection.execute(_KNOWN, {"customer_id": customer_id})).first() is None:
        raise CustomerNotFound(customer_id)
    changed = []
    for kind in kinds:
        line = {"customer_id": customer_id, "kind": kind.value, "granted": granted, "terms_version": terms_version}
        key = f"{event_key}:{kind.value}" if event_key else None
        statement = insert(connection, consents).values(**line, at=now, channel=channel, event_key=key)
        if (await connection.execute(statement.on_conflict_do_nothing())).rowcount:
            changed.append(kind)
    if not granted and ConsentKind.MARKETING in kinds:
        await connection.execute(_PENDING_ADS, {"whose": customer_id})
    return changed


async def list_consents(engine: AsyncEngine, customer_id: str) -> Sequence[ConsentLine]:
    """Return the customer's whole history, as it was written; empty for somebody the shop does not know."""
    async with read(engine) as connection:
        return await read_lines(connection, customer_id)


async def find_current(engine: AsyncEngine, customer_id: str) -> Mapping[ConsentKind, ConsentLine]:
    """Return what holds now, by kind; a kind the customer was never asked about is not in it."""
    return current_consents(await list_consents(engine, customer_id))


async def is_granted(connection: AsyncConnection, customer_id: str, kind: ConsentKind) -> bool:
    """Return whether the customer's consent to `kind` holds now."""
    line = current_consents(await read_lines(connection, customer_id)).get(kind)
    return line is not None and line.granted


async def read_lines(connection: AsyncConnection, customer_id: str) -> list[ConsentLine]:
    """Return the customer's history within the caller's transaction."""
    rows = (await connection.execute(_HISTORY, {"customer_id": customer_id})).all()
    return [ConsentLine(ConsentKind(row.kind), row.granted, row.at, row.terms_version, row.channel) for row in rows]
