"""Writes notices down with what they tell of, and sends them through a notifier afterwards.

A notice is stored in the transaction of its event; it is sent at least once. The notifier gets its key,
by which a provider of messages drops a repeat.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TextIO

import orjson
import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.customers.tables import customers
from backoffice.notices.tables import NoticeCategory, notices
from kernel.clock import Clock
from kernel.database import insert, read, write

log = structlog.get_logger()

AT_ONCE = 20
# A process that sends has so long before another one may try the same notice.
SENDING_S = 30.0
GIVE_UP_AFTER = 8  # tries, over about two hours


@dataclass(frozen=True)
class Notice:
    """A message to a customer's registered number."""

    key: str
    category: NoticeCategory
    phone: str | None
    text: str


class Notifier(Protocol):
    """The way to a customer outside the chat: a provider of text messages or KakaoTalk notices."""

    async def send(self, notice: Notice) -> None:
        """Hand the notice to the provider. Whatever it raises counts as not sent."""


class ConsoleNotifier:
    """Writes notices to a stream, a line of JSON each: for demos and development, where nobody may be texted."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    async def send(self, notice: Notice) -> None:
        """Write the notice down."""
        line = {"key": notice.key, "category": notice.category, "phone": notice.phone, "text": notice.text}
        self._stream.write(orjson.dumps(line).decode() + "\n")
        self._stream.flush()


async def tell(
    connection: AsyncConnection,
    *,
    customer_id: str,
    key: str,
    category: NoticeCategory,
    text: str,
    now: datetime,
    send_at: datetime | None = None,
) -> None:
    """Have the customer told `text`, once for `key`, no sooner than `send_at` (now, when not given)."""
    row = {"customer_id": customer_id, "notice_key": key, "category": category.value, "text": text}
    times = {"created_at": now, "send_at": send_at or now, "failures": 0}
    await connection.execute(insert(connection, notices).values(**row, **times).on_conflict_do_nothing())


class Sender:
    """Sends what is due. Any number of processes may do so at once."""

    def __init__(self, engine: AsyncEngine, clock: Clock, notifier: Notifier) -> None:
        self._engine = engine
        self._clock = clock
        self._notifier = notifier

    async def send_due(self) -> None:
        """Send what is due now."""
        async with read(self._engine) as connection:
            due = (
                notices.c.sent_at.is_(None),
                notices.c.send_at <= self._clock.now(),
                notices.c.failures < GIVE_UP_AFTER,
            )
            query = sa.select(notices.c.row_id).where(*due).order_by(notices.c.send_at).limit(AT_ONCE)
            found = (await connection.execute(query)).scalars().all()
        for row_id in found:
            notice = await self._take(row_id)
            if notice is not None:
                await self._send(row_id, notice)

    async def _take(self, row_id: int) -> Notice | None:
        """Keep other processes off the notice for a while; None when one of them was faster."""
        now = self._clock.now()
        async with write(self._engine) as connection:
            query = (
                sa.select(notices, customers.c.phone)
                .join(customers, customers.c.customer_id == notices.c.customer_id)
                .where(notices.c.row_id == row_id, notices.c.sent_at.is_(None), notices.c.send_at <= now)
                .with_for_update(skip_locked=True, of=notices)
            )
            row = (await connection.execute(query)).first()
            if row is None:
                return None
            later = now + timedelta(seconds=SENDING_S * 2**row.failures)
            changed = notices.update().where(notices.c.row_id == row_id)
            await connection.execute(changed.values(send_at=later, failures=row.failures + 1))
        return Notice(row.notice_key, NoticeCategory(row.category), row.phone, row.text)

    async def _send(self, row_id: int, notice: Notice) -> None:
        try:
            await self._notifier.send(notice)
        except Exception as error:  # whatever a provider does, the next try comes when its turn is over
            log.warning("notice_not_sent", key=notice.key, error=type(error).__name__)
            return
        async with write(self._engine) as connection:
            sent = notices.update().where(notices.c.row_id == row_id)
            await connection.execute(sent.values(sent_at=self._clock.now(), text=None))
