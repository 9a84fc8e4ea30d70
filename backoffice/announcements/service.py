"""Enters announcements, takes them back, and finds those that hold now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.announcements.errors import AnnouncementEnded, AnnouncementNotFound, InvalidPeriod
from backoffice.announcements.tables import Topic, announcements
from kernel.database import insert, read, write
from kernel.ids import new_id

LONGEST = timedelta(days=60)
_AT_ONCE = 2
a = announcements.c
_LASTING = (
    sa.select(announcements)
    .where(a.ends_at > sa.bindparam("now"), a.withdrawn_at.is_(None))
    .order_by(a.begins_at.desc(), a.announcement_id)
)
_TOLD = _LASTING.where(a.begins_at <= sa.bindparam("now")).limit(_AT_ONCE)


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """One announcement as it stands."""

    announcement_id: str
    topic: Topic
    text: str
    begins_at: datetime
    ends_at: datetime
    entered_by: str


@dataclass(frozen=True, kw_only=True)
class NewAnnouncement:
    """What is to be told, about what, from when until when; `request_id` names the wish."""

    request_id: str
    topic: Topic
    text: str
    begins_at: datetime
    ends_at: datetime


async def announce(engine: AsyncEngine, new: NewAnnouncement, *, by: str, now: datetime) -> Announcement:
    """Have something told; the same `request_id` again changes nothing and returns what is there.

    Raises InvalidPeriod.
    """
    if not new.begins_at < new.ends_at or not now < new.ends_at <= now + LONGEST:
        raise InvalidPeriod("it begins before it ends, and ends ahead but not too far")
    row = {name: getattr(new, name) for name in new.__dataclass_fields__} | {
        "announcement_id": new_id("n"),
        "entered_at": now,
        "entered_by": by,
    }
    async with write(engine) as connection:
        await connection.execute(insert(connection, announcements).values(row).on_conflict_do_nothing())
        same = sa.select(announcements).where(a.request_id == new.request_id)
        return _announcement((await connection.execute(same)).one())


async def withdraw(engine: AsyncEngine, announcement_id: str, *, by: str, now: datetime) -> None:
    """Have something told no longer. Raises AnnouncementNotFound, or AnnouncementEnded where it is not told any more."""
    ours = a.announcement_id == announcement_id
    lasting = announcements.update().where(ours, a.withdrawn_at.is_(None), a.ends_at > now)
    async with write(engine) as connection:
        if (await connection.execute(lasting.values(withdrawn_at=now, withdrawn_by=by))).rowcount:
            return
        if (await connection.execute(sa.select(a.announcement_id).where(ours))).first() is None:
            raise AnnouncementNotFound(announcement_id)
        raise AnnouncementEnded(announcement_id)


async def list_lasting(engine: AsyncEngine, *, now: datetime) -> Sequence[Announcement]:
    """Return what is told now or will be, the one that begins last first."""
    return await _list(engine, _LASTING, now)


async def list_told(engine: AsyncEngine, *, now: datetime, topic: Topic | None = None) -> Sequence[Announcement]:
    """Return what is told now, the newest first and at most two; about one topic where it is given."""
    return [one for one in await _list(engine, _TOLD, now) if topic in (None, one.topic)]


async def _list(engine: AsyncEngine, query: sa.Select[Any], now: datetime) -> Sequence[Announcement]:
    async with read(engine) as connection:
        return [_announcement(row) for row in (await connection.execute(query, {"now": now})).all()]


def _announcement(row: Any) -> Announcement:
    fields = {name: getattr(row, name) for name in Announcement.__dataclass_fields__}
    return Announcement(**{**fields, "topic": Topic(row.topic)})
