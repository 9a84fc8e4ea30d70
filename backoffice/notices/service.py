"""Writes notices down with what they tell of, and sends them through a notifier afterwards.

A notice is stored in the transaction of its event; it is sent at least once. The notifier gets its key,
by which a provider of messages drops a repeat. What the customer agreed to and wishes is looked at when a
notice is written and again when it is sent: either may be hours after the other.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TextIO

import orjson
import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.customers.tables import customers
from backoffice.notices.policy import mark_advertising, move_out_of, move_out_of_the_night
from backoffice.notices.tables import NoticeCategory, notices
from backoffice.privacy.consents import is_granted
from backoffice.privacy.errors import NoAdvertisingConsent
from backoffice.privacy.settings import NotificationSettings, read_settings
from backoffice.privacy.tables import ConsentKind, NoticeChannel
from kernel.clock import Clock
from kernel.database import insert, read, write
from kernel.korean import mask_phone
from kernel.settings import SettingsError

log = structlog.get_logger()

AT_ONCE = 20
# A process that sends has so long before another one may try the same notice.
SENDING_S = 30.0
GIVE_UP_AFTER = 8  # tries, over about two hours


@dataclass(frozen=True)
class Notice:
    """A message to a customer, to be sent on `channel` to the number or address they registered."""

    key: str
    category: NoticeCategory
    phone: str | None
    text: str
    channel: NoticeChannel = NoticeChannel.SMS


class Notifier(Protocol):
    """The way to a customer outside the chat: a provider of text messages or KakaoTalk notices."""

    async def send(self, notice: Notice) -> None:
        """Hand the notice to the provider. Whatever it raises counts as not sent."""


class ConsoleNotifier:
    """Writes notices to a stream, a line of JSON each: for demos and development, where nobody may be texted.

    What is written outlives the customer's deletion: their number is masked.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    async def send(self, notice: Notice) -> None:
        """Write the notice down."""
        phone = mask_phone(notice.phone) if notice.phone else None
        line = {"key": notice.key, "category": notice.category, "phone": phone, "text": notice.text}
        line["channel"] = notice.channel
        self._stream.write(orjson.dumps(line).decode() + "\n")
        self._stream.flush()


def make_notifier(place: str) -> Notifier:
    """Return what the function at `place` (`module:function`, without arguments) makes. Raises SettingsError."""
    module, _, function = place.partition(":")
    try:
        made: Notifier = getattr(importlib.import_module(module), function)()
    except (ImportError, AttributeError, ValueError) as error:
        raise SettingsError(f"IEUM_NOTIFIER names no function: {place!r} ({error})") from error
    return made


async def tell(
    connection: AsyncConnection,
    *,
    customer_id: str,
    key: str,
    category: NoticeCategory,
    text: str,
    now: datetime,
    send_at: datetime | None = None,
) -> bool:
    """Have the customer told `text`, once for `key`, no sooner than `send_at` (now, when not given).

    Order and delivery notices wait for the end of the customer's quiet hours; return False where the customer
    does not want them. Advertising is marked and never sent at night. Raises NoAdvertisingConsent.
    """
    settings = await read_settings(connection, customer_id)
    if not _is_wanted(category, settings):
        return False
    if category is NoticeCategory.ADVERTISING:
        if not await is_granted(connection, customer_id, ConsentKind.MARKETING):
            raise NoAdvertisingConsent("the customer did not agree to advertising")
        text = mark_advertising(text)
    row = {"customer_id": customer_id, "notice_key": key, "category": category.value, "text": text}
    times = {"created_at": now, "send_at": _allowed(category, send_at or now, settings), "failures": 0}
    await connection.execute(insert(connection, notices).values(**row, **times).on_conflict_do_nothing())
    return True


def _is_wanted(category: NoticeCategory, settings: NotificationSettings) -> bool:
    wishes = {NoticeCategory.ORDER: settings.order_notices, NoticeCategory.DELIVERY: settings.delivery_notices}
    return wishes.get(category, True)


def _allowed(category: NoticeCategory, at: datetime, settings: NotificationSettings) -> datetime:
    """Return when a notice of this kind may be sent, no sooner than `at`."""
    if category is NoticeCategory.ADVERTISING:
        return move_out_of_the_night(at)
    if category in (NoticeCategory.ORDER, NoticeCategory.DELIVERY) and settings.quiet_from_min is not None:
        return move_out_of(at, settings.quiet_from_min, settings.quiet_until_min or 0)
    return at


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
            category = NoticeCategory(row.category)
            settings = await read_settings(connection, row.customer_id)
            ours = notices.c.row_id == row_id
            if not await _may_still_be_sent(connection, row.customer_id, category, settings):
                await connection.execute(notices.delete().where(ours))
                return None
            allowed = _allowed(category, now, settings)
            if allowed > now:
                await connection.execute(notices.update().where(ours).values(send_at=allowed))
                return None
            later = now + timedelta(seconds=SENDING_S * 2**row.failures)
            await connection.execute(notices.update().where(ours).values(send_at=later, failures=row.failures + 1))
        return Notice(row.notice_key, category, row.phone, row.text, settings.channel)

    async def _send(self, row_id: int, notice: Notice) -> None:
        try:
            await self._notifier.send(notice)
        except Exception as error:  # whatever a provider does, the next try comes when its turn is over
            log.warning("notice_not_sent", key=notice.key, error=type(error).__name__)
            return
        async with write(self._engine) as connection:
            sent = notices.update().where(notices.c.row_id == row_id)
            await connection.execute(sent.values(sent_at=self._clock.now(), text=None))


async def _may_still_be_sent(
    connection: AsyncConnection, customer_id: str, category: NoticeCategory, settings: NotificationSettings
) -> bool:
    if category is NoticeCategory.ADVERTISING:
        return await is_granted(connection, customer_id, ConsentKind.MARKETING)
    return _is_wanted(category, settings)
