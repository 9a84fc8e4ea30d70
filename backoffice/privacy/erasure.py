"""Deletes a customer: what the law has the shop keep is set apart under a pseudonym, everything else is gone.

Three jobs, each done again whole if it is interrupted: the shop's tables in one transaction; then what must be kept of
the conversations, which are another store; and only when that is safe, their words are taken out. The pseudonym is
drawn once, so that it is the same in every place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from backoffice.benefits.coupons import EXPIRY_JOB as COUPON_EXPIRY_JOB
from backoffice.benefits.points import EXPIRY_JOB as POINTS_EXPIRY_JOB
from backoffice.jobs.service import Handler, Job, cancel_all, schedule
from backoffice.notices.service import GIVE_UP_AFTER
from backoffice.notices.tables import notices
from backoffice.orders.tables import OPEN_STATUSES, orders
from backoffice.privacy.errors import NotErasable
from backoffice.privacy.holdings import Holding, list_holdings
from backoffice.privacy.kept_tables import erasures, kept_records
from backoffice.privacy.plain import plain_row
from backoffice.privacy.ports import Conversations
from backoffice.privacy.request_tables import RequestState, privacy_requests
from backoffice.privacy.requests import PrivacyRequest, end_notice_key, get_within, move, note_step
from backoffice.privacy.retention import Retention, TableRule, kept_until, load_retention
from kernel.database import insert
from kernel.ids import new_id

log = structlog.get_logger()

ERASE_JOB = "privacy_erase"
FORGET_JOB = "privacy_forget_conversations"
WIPE_JOB = "privacy_wipe_conversations"
# The customer is told first, on the number that is then erased.
ERASE_AFTER = timedelta(minutes=10)
WAIT_FOR_NOTICE = timedelta(hours=24)
_ROWS_AT_ONCE = 500
_SINCE = "since_"
_ERASURE = sa.select(erasures).where(erasures.c.request_id == sa.bindparam("request_id"))


async def order_erasure(connection: AsyncConnection, request: PrivacyRequest, *, now: datetime) -> None:
    """Have the customer of an answered request erased soon. Raises NotErasable while orders are under way."""
    under_way = sa.select(sa.func.count()).where(
        orders.c.customer_id == request.subject_id, orders.c.status.in_([status.value for status in OPEN_STATUSES])
    )
    if (await connection.execute(under_way)).scalar_one():
        raise NotErasable("orders are under way")
    row = {"request_id": request.request_id, "subject_id": request.subject_id, "pseudonym": new_id("former")}
    statement = insert(connection, erasures).values(**row, ordered_at=now, rules_version=load_retention().version)
    if (await connection.execute(statement.on_conflict_do_nothing())).rowcount:
        await _schedule(connection, ERASE_JOB, request.request_id, now + ERASE_AFTER)


async def erase_from_shop(connection: AsyncConnection, job: Job, now: datetime) -> None:
    """Do the first job: keep what must be kept, erase the rest, leave the conversations to the second job."""
    erasure = (await connection.execute(_ERASURE, {"request_id": job.key})).first()
    if erasure is None or erasure.shop_done_at is not None:
        return
    if await _is_still_being_told(connection, job.key, erasure.ordered_at, now):
        await _schedule(connection, ERASE_JOB, job.key, now + ERASE_AFTER)
        return
    retention, holdings = load_retention(), list_holdings()
    kept = await _set_apart(connection, holdings, erasure.subject_id, erasure.pseudonym, retention, now)
    counts: dict[str, dict[str, int]] = {}
    await _end_open_requests(connection, erasure.subject_id, now)
    for name, holding in reversed(holdings.items()):
        rule = retention.tables.get(name)
        if rule is not None and rule.stays:
            await _rename(connection, holding, erasure.subject_id, erasure.pseudonym)
        else:
            gone = (await connection.execute(holding.delete(), {"whose": erasure.subject_id})).rowcount
            counts[name] = {"erased": gone - kept[name], "kept": kept[name]}
    for kind in (COUPON_EXPIRY_JOB, POINTS_EXPIRY_JOB):
        await cancel_all(connection, kind=kind, key_prefix=f"{erasure.subject_id}:")
    ours = erasures.c.request_id == job.key
    # The renaming took the erasure's own row with it; the conversations still go by the old name.
    values = {"subject_id": erasure.subject_id, "shop_done_at": now, "counts": counts}
    await connection.execute(erasures.update().where(ours).values(values))
    await note_step(connection, job.key, "erasure:shop", by="clock", now=now)
    await _schedule(connection, FORGET_JOB, job.key, now)
    log.info("customer_erased", request_id=job.key)


def keep_conversations(conversations: Conversations) -> Handler:
    """Return the second job: keep what was said for as long as it must be, and leave the rest to the third."""

    async def keep(connection: AsyncConnection, job: Job, now: datetime) -> None:
        erasure = (await connection.execute(_ERASURE, {"request_id": job.key})).first()
        if erasure is None or erasure.done_at is not None:
            return
        kinds = load_retention().kinds
        rows = []
        for talk in await conversations.list_of_customer(erasure.subject_id):
            kind = "consultation_complaint" if talk.is_complaint else "consultation"
            until = kept_until(kinds[kind], talk.last_at)
            if until > now:
                key = ("conversations", talk.conversation_id)
                rows.append(_kept(erasure.pseudonym, kind, key, dict(talk.content), until, now))
        await _store(connection, rows)
        await _schedule(connection, WIPE_JOB, job.key, now)

    return keep


def wipe_conversations(conversations: Conversations) -> Handler:
    """Return the third job: take what was said out of the conversations; what must be kept of it is stored by now."""

    async def wipe(connection: AsyncConnection, job: Job, now: datetime) -> None:
        erasure = (await connection.execute(_ERASURE, {"request_id": job.key})).first()
        if erasure is None or erasure.done_at is not None:
            return
        await conversations.forget(erasure.subject_id, erasure.pseudonym)
        ours = erasures.c.request_id == job.key
        await connection.execute(erasures.update().where(ours).values(done_at=now, subject_id=None))
        await note_step(connection, job.key, "erasure:conversations", by="clock", now=now)

    return wipe


async def _is_still_being_told(
    connection: AsyncConnection, request_id: str, ordered_at: datetime, now: datetime
) -> bool:
    waiting = sa.select(notices.c.row_id).where(
        notices.c.notice_key == end_notice_key(request_id),
        notices.c.sent_at.is_(None),
        notices.c.failures < GIVE_UP_AFTER,
    )
    return now < ordered_at + WAIT_FOR_NOTICE and (await connection.execute(waiting)).first() is not None


async def _set_apart(
    connection: AsyncConnection,
    holdings: Mapping[str, Holding],
    customer_id: str,
    pseudonym: str,
    retention: Retention,
    now: datetime,
) -> Counter[str]:
    """Copy what must be kept into the kept store; return how many rows of each table."""
    ends: dict[str, datetime] = {}
    kept: Counter[str] = Counter()
    # What follows other tables comes after them.
    for name in sorted(retention.tables, key=lambda name: bool(retention.tables[name].follows)):
        rule, holding = retention.tables[name], holdings.get(name)
        if rule.keep is None or holding is None:
            continue
        following = max((ends[other] for other in rule.follows if other in ends), default=None)
        if rule.follows and following is None:
            continue
        extra = [] if rule.since is None else [holding.find(rule.since).label(_SINCE)]
        found = (await connection.execute(holding.select(*extra), {"customer_id": customer_id})).mappings().all()
        rows = []
        for row in found:
            since = row.get(_SINCE) or now
            until = following or kept_until(retention.kinds[rule.keep], since)
            if until > now:
                key = (name, ":".join(str(row[column.name]) for column in holding.table.primary_key))
                rows.append(_kept(pseudonym, rule.keep, key, _content(row, rule, customer_id, pseudonym), until, now))
                ends[name] = max(until, ends.get(name, until))
        await _store(connection, rows)
        kept[name] = len(rows)
    return kept


def _content(row: Mapping[Any, Any], rule: TableRule, customer_id: str, pseudonym: str) -> dict[str, Any]:
    content = plain_row({name: value for name, value in row.items() if name != _SINCE})
    if rule.only:
        content = {name: content[name] for name in rule.only}
    return {name: pseudonym if value == customer_id else value for name, value in content.items()}


def _kept(
    pseudonym: str, kind: str, key: tuple[str, str], content: dict[str, Any], until: datetime, now: datetime
) -> dict[str, Any]:
    # The key of a customer's own row is who they were.
    source, source_key = key
    return {
        "pseudonym": pseudonym,
        "record_kind": kind,
        "source": source,
        "source_key": pseudonym if source == "customers" else source_key,
        "content": content,
        "moved_at": now,
        "kept_until": until,
    }


async def _store(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        batch = rows[start : start + _ROWS_AT_ONCE]
        await connection.execute(insert(connection, kept_records).values(batch).on_conflict_do_nothing())


async def _end_open_requests(connection: AsyncConnection, customer_id: str, now: datetime) -> None:
    still_open = sa.select(privacy_requests.c.request_id).where(
        privacy_requests.c.subject_id == customer_id, privacy_requests.c.ended_at.is_(None)
    )
    for request_id in (await connection.execute(still_open)).scalars().all():
        request = await get_within(connection, request_id)
        note = "the person was erased"
        await move(connection, request, RequestState.WITHDRAWN, by="clock", note=note, now=now, ended_at=now)


async def _rename(connection: AsyncConnection, holding: Holding, customer_id: str, pseudonym: str) -> None:
    if not holding.steps:
        named = holding.table.update().where(holding.owner == customer_id)
        await connection.execute(named.values({holding.owner.name: pseudonym}))


async def _schedule(connection: AsyncConnection, kind: str, request_id: str, due_at: datetime) -> None:
    await schedule(connection, kind=kind, key=request_id, due_at=due_at)
