"""Shows personal data unmasked to whoever has the right to it, and writes down that it did.

The record is written in the transaction that reads the data: nothing is seen that is not recorded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.customers.tables import customers
from backoffice.errors import CustomerNotFound
from backoffice.privacy.access_tables import access_log, access_reviews
from backoffice.privacy.errors import InvalidPeriod, ReasonMissing, UnmaskingRefused
from backoffice.privacy.rules import read_table
from kernel.clock import KST
from kernel.database import insert, read, write

ARCHIVE = "archive"
_NOT_A_LETTER = re.compile(r"[\W_]", re.UNICODE)
_MONTH = re.compile(r"(\d{4})-(\d\d)")
_LONGEST_REASON = 500


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """A member of staff who looks at personal data, and the address they do it from."""

    viewer_id: str
    name: str
    role: str
    source: str


@dataclass(frozen=True, kw_only=True)
class AccessRules:
    """Who may see what; see `access.yml`."""

    version: int
    fields: Sequence[str]
    roles: Mapping[str, Sequence[str]]
    reason_letters: int
    customers_a_day: int
    from_hour: int
    until_hour: int


@dataclass(frozen=True)
class Access:
    """One time somebody's data was seen."""

    at: datetime
    viewer_id: str
    viewer_name: str
    viewer_role: str
    subject_id: str
    fields: Sequence[str]
    reason: str
    source: str


@dataclass(frozen=True)
class Affected:
    """One person whose data was seen in a period."""

    subject_id: str
    times: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class ViewerMonth:
    """What one member of staff saw in a month; `remarks` are in Korean, empty where nothing is unusual."""

    viewer_id: str
    viewer_name: str
    viewer_role: str
    times: int
    people: int
    remarks: Sequence[str]


@cache
def load_access_rules() -> AccessRules:
    """Return the rules in force. Raises KeyError, TypeError or ValueError when the file does not fit."""
    data = read_table("access.yml")
    if any(set(fields) - set(data["fields"]) for fields in data["roles"].values()):
        raise ValueError("a role may see only what is a field")
    return AccessRules(
        version=data["version"],
        fields=tuple(data["fields"]),
        roles=data["roles"],
        reason_letters=data["reason_letters"],
        **data["unusual"],
    )


def check_right(viewer: Viewer, fields: Sequence[str], reason: str) -> None:
    """Raise UnmaskingRefused for a field that the role may not see, ReasonMissing for no real reason."""
    rules = load_access_rules()
    if not fields or set(fields) - set(rules.roles.get(viewer.role, ())):
        raise UnmaskingRefused(f"{viewer.role} may not see {', '.join(sorted(fields)) or 'nothing'}")
    check_reason(reason)


def check_reason(reason: str) -> None:
    """Raise ReasonMissing unless the reason says something."""
    if len(_NOT_A_LETTER.sub("", reason)) < load_access_rules().reason_letters or len(reason) > _LONGEST_REASON:
        raise ReasonMissing("why it is needed must be said")


async def unmask(
    engine: AsyncEngine,
    customer_id: str,
    *,
    fields: Sequence[str],
    viewer: Viewer,
    reason: str,
    now: datetime,
) -> dict[str, str | None]:
    """Return the customer's `fields` as they are, and record it. Raises UnmaskingRefused, ReasonMissing or CustomerNotFound."""
    wanted = sorted(set(fields))
    check_right(viewer, wanted, reason)
    async with write(engine) as connection:
        query = sa.select(*(customers.c[name] for name in wanted)).where(customers.c.customer_id == customer_id)
        row = (await connection.execute(query)).first()
        if row is None:
            raise CustomerNotFound(customer_id)
        await record_access(connection, customer_id, fields=wanted, viewer=viewer, reason=reason, now=now)
    return dict(row._mapping)


async def record_access(
    connection: AsyncConnection,
    customer_id: str,
    *,
    fields: Sequence[str],
    viewer: Viewer,
    reason: str,
    now: datetime,
) -> None:
    """Write down that somebody's data was seen."""
    values = {
        "at": now,
        "viewer_id": viewer.viewer_id,
        "viewer_name": viewer.name,
        "viewer_role": viewer.role,
        "subject_id": customer_id,
        "fields": list(fields),
        "reason": reason,
        "source": viewer.source,
    }
    await connection.execute(access_log.insert().values(values))


async def list_accesses(engine: AsyncEngine, customer_id: str, *, limit: int = 200) -> Sequence[Access]:
    """Return who saw a customer's data, newest first."""
    query = sa.select(access_log).where(access_log.c.subject_id == customer_id)
    async with read(engine) as connection:
        rows = await connection.execute(query.order_by(access_log.c.at.desc(), access_log.c.row_id.desc()).limit(limit))
        return [_access(row) for row in rows]


async def list_affected(
    engine: AsyncEngine, *, since: datetime, until: datetime, viewer_id: str | None = None
) -> Sequence[Affected]:
    """Return whose data was seen from `since` up to `until`, by anybody or by one member of staff.

    Raises InvalidPeriod.
    """
    if until <= since:
        raise InvalidPeriod("the period ends before it begins")
    c = access_log.c
    query = (
        sa.select(c.subject_id, sa.func.count().label("times"), sa.func.min(c.at).label("first"), sa.func.max(c.at))
        .where(c.at >= since, c.at < until)
        .group_by(c.subject_id)
        .order_by(c.subject_id)
    )
    if viewer_id is not None:
        query = query.where(c.viewer_id == viewer_id)
    async with read(engine) as connection:
        return [Affected(*row) for row in await connection.execute(query)]


async def review(engine: AsyncEngine, month: str) -> tuple[Sequence[ViewerMonth], dict[str, Any] | None]:
    """Return what each member of staff saw in a month such as `2026-11`, and its review if it was made. Raises InvalidPeriod."""
    since, until = _bounds(month)
    query = sa.select(access_log).where(access_log.c.at >= since, access_log.c.at < until)
    async with read(engine) as connection:
        entries = [_access(row) for row in await connection.execute(query.order_by(access_log.c.at))]
        made = sa.select(access_reviews).where(access_reviews.c.month == month)
        found = (await connection.execute(made)).mappings().first()
    by_viewer: dict[str, list[Access]] = {}
    for entry in entries:
        by_viewer.setdefault(entry.viewer_id, []).append(entry)
    summed = [_sum_up(own) for own in by_viewer.values()]
    summed.sort(key=lambda one: (-len(one.remarks), -one.times))
    return summed, dict(found) if found else None


async def note_review(engine: AsyncEngine, month: str, *, by: str, note: str, now: datetime) -> None:
    """Write down that the month was gone over; the first review stays. Raises InvalidPeriod for a month that is not over."""
    _, until = _bounds(month)
    if until > now:
        raise InvalidPeriod("the month is not over")
    async with write(engine) as connection:
        row = {"month": month, "reviewed_at": now, "reviewed_by": by, "note": note}
        await connection.execute(insert(connection, access_reviews).values(row).on_conflict_do_nothing())


def _sum_up(entries: Sequence[Access]) -> ViewerMonth:
    rules, last = load_access_rules(), entries[-1]
    people_on: dict[date, set[str]] = {}
    for entry in entries:
        people_on.setdefault(entry.at.astimezone(KST).date(), set()).add(entry.subject_id)
    remarks = []
    most = max(len(people) for people in people_on.values())
    if most > rules.customers_a_day:
        remarks.append(f"하루에 {most}명의 정보를 열어 봤어요.")
    at_odd_hours = sum(not rules.from_hour <= entry.at.astimezone(KST).hour < rules.until_hour for entry in entries)
    if at_odd_hours:
        remarks.append(f"근무 시간이 아닌 때에 {at_odd_hours}번 열어 봤어요.")
    people = {entry.subject_id for entry in entries}
    return ViewerMonth(last.viewer_id, last.viewer_name, last.viewer_role, len(entries), len(people), remarks)


def _bounds(month: str) -> tuple[datetime, datetime]:
    found = _MONTH.fullmatch(month)
    if found is None or not 1 <= int(found[2]) <= 12 or not 2000 <= int(found[1]) <= 2200:
        raise InvalidPeriod("not a month such as 2026-11")
    year, number = int(found[1]), int(found[2])
    following = (year + number // 12, number % 12 + 1)
    return datetime(year, number, 1, tzinfo=KST), datetime(*following, 1, tzinfo=KST)


def _access(row: Any) -> Access:
    return Access(
        row.at, row.viewer_id, row.viewer_name, row.viewer_role, row.subject_id, row.fields, row.reason, row.source
    )
