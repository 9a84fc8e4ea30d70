"""Takes privacy requests in, leads them step by step towards an answer, and warns before they are late.

Every step is a conditional update: of two people who take the same step at once, one is told that the request
has moved on.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.customers.tables import customers
from backoffice.errors import CustomerNotFound
from backoffice.jobs.service import Job, cancel, schedule
from backoffice.privacy.errors import MandateMissing, RequestNotFound, WrongState
from backoffice.privacy.policy import ENDED, alarms, check_step, due_at
from backoffice.privacy.request_tables import RequestKind, RequestState, privacy_request_steps, privacy_requests
from backoffice.privacy.rules import load_request_rules
from kernel.clock import KST
from kernel.database import insert, read, write

log = structlog.get_logger()

ALARM_JOB = "privacy_alarm"
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_BY_ID = sa.select(privacy_requests).where(privacy_requests.c.request_id == sa.bindparam("request_id"))
_OPEN_OF_KIND = sa.select(privacy_requests).where(
    privacy_requests.c.subject_id == sa.bindparam("subject_id"),
    privacy_requests.c.kind == sa.bindparam("kind"),
    privacy_requests.c.ended_at.is_(None),
)
_BY_EVENT = sa.select(privacy_requests).where(privacy_requests.c.event_key == sa.bindparam("event_key"))
_OF_SUBJECT = (
    sa.select(privacy_requests)
    .where(privacy_requests.c.subject_id == sa.bindparam("subject_id"))
    .order_by(privacy_requests.c.opened_at.desc(), privacy_requests.c.request_id)
    .limit(sa.bindparam("limit"))
)
_STEPS = (
    sa.select(privacy_request_steps)
    .where(privacy_request_steps.c.request_id == sa.bindparam("request_id"))
    .order_by(privacy_request_steps.c.row_id)
)


@dataclass(frozen=True, kw_only=True)
class PrivacyRequest:
    """One request as it stands. `agent_name` and `mandate` are set where somebody acts for the person."""

    request_id: str
    subject_id: str
    kind: RequestKind
    state: RequestState
    channel: str
    opened_at: datetime
    due_at: datetime
    agent_name: str | None = None
    mandate: str | None = None
    details: str | None = None
    ended_at: datetime | None = None
    answer: str | None = None
    refusal_ground: str | None = None
    rules_version: int = 0

    @property
    def is_open(self) -> bool:
        """Whether an answer is still owed."""
        return self.state not in ENDED

    def days_left(self, now: datetime) -> int:
        """Return the days until the answer is due in Seoul; negative when it is late."""
        return (self.due_at.astimezone(KST).date() - now.astimezone(KST).date()).days


@dataclass(frozen=True)
class Step:
    """One thing that was done on a request."""

    at: datetime
    what: str
    by: str
    note: str | None


@dataclass(frozen=True, kw_only=True)
class NewRequest:
    """What is asked, by whom, and on which way. `identity` says how the person proved who they are, if they did."""

    customer_id: str
    kind: RequestKind
    channel: str
    identity: str | None = None
    agent_name: str | None = None
    mandate: str | None = None
    details: str | None = None
    event_key: str | None = None


async def open_request(engine: AsyncEngine, new: NewRequest, *, now: datetime) -> tuple[PrivacyRequest, bool]:
    """Open a request, and return it with whether it is new.

    One that is open already for the same person and kind is returned instead, as is the one that the same
    `event_key` opened. Raises CustomerNotFound, or MandateMissing where somebody acts for another without one.
    """
    if new.agent_name and not (new.mandate or "").strip():
        raise MandateMissing(f"{new.kind.value} on somebody's behalf")
    rules = load_request_rules()
    async with write(engine) as connection:
        known = sa.select(customers.c.customer_id).where(customers.c.customer_id == new.customer_id)
        if (await connection.execute(known)).first() is None:
            raise CustomerNotFound(new.customer_id)
        row = _row(new, now)
        added = await connection.execute(insert(connection, privacy_requests).values(row).on_conflict_do_nothing())
        if not added.rowcount:
            return await _find_same(connection, new), False
        request = _request(row)
        await note_step(connection, request.request_id, RequestState.RECEIVED.value, by=new.channel, now=now)
        if new.identity:
            await move(connection, request, RequestState.IDENTITY_CHECKED, by=new.channel, note=new.identity, now=now)
        for days, at in alarms(now, rules.kinds[new.kind]).items():
            key = f"{request.request_id}:{days}"
            payload = {"request_id": request.request_id, "days": days}
            await schedule(connection, kind=ALARM_JOB, key=key, due_at=at, payload=payload)
        return await get_within(connection, request.request_id), True


def _row(new: NewRequest, now: datetime) -> dict[str, Any]:
    rules = load_request_rules()
    day = now.astimezone(KST).strftime("%y%m%d")
    return {
        "request_id": f"P{day}-" + "".join(secrets.choice(_LETTERS) for _ in range(6)),
        "subject_id": new.customer_id,
        "kind": new.kind.value,
        "state": RequestState.RECEIVED.value,
        "channel": new.channel,
        "agent_name": new.agent_name,
        "mandate": new.mandate,
        "details": new.details,
        "opened_at": now,
        "due_at": due_at(now, rules.kinds[new.kind]),
        "rules_version": rules.version,
        "event_key": new.event_key,
    }


async def _find_same(connection: AsyncConnection, new: NewRequest) -> PrivacyRequest:
    row = None
    if new.event_key:
        row = (await connection.execute(_BY_EVENT, {"event_key": new.event_key})).mappings().first()
    if row is not None:
        return _request(row)
    found = await find_open_within(connection, new.customer_id, new.kind)
    if found is None:
        raise RequestNotFound("the request ended at this moment")
    return found


async def find_open(engine: AsyncEngine, customer_id: str, kind: RequestKind) -> PrivacyRequest | None:
    """Return the customer's open request of this kind."""
    async with read(engine) as connection:
        return await find_open_within(connection, customer_id, kind)


async def find_open_within(connection: AsyncConnection, customer_id: str, kind: RequestKind) -> PrivacyRequest | None:
    """Return what `find_open` does, within the caller's transaction."""
    same = {"subject_id": customer_id, "kind": kind.value}
    row = (await connection.execute(_OPEN_OF_KIND, same)).mappings().first()
    return _request(row) if row else None


async def list_of_customer(engine: AsyncEngine, customer_id: str, *, limit: int = 5) -> Sequence[PrivacyRequest]:
    """Return a customer's requests, newest first."""
    async with read(engine) as connection:
        rows = (await connection.execute(_OF_SUBJECT, {"subject_id": customer_id, "limit": limit})).mappings()
        return [_request(row) for row in rows]


async def list_open(engine: AsyncEngine, *, limit: int = 200) -> Sequence[PrivacyRequest]:
    """Return the requests that wait for an answer, the one due first at the top."""
    query = sa.select(privacy_requests).where(privacy_requests.c.ended_at.is_(None))
    async with read(engine) as connection:
        rows = (await connection.execute(query.order_by(privacy_requests.c.due_at).limit(limit))).mappings()
        return [_request(row) for row in rows]


async def get_request(engine: AsyncEngine, request_id: str) -> tuple[PrivacyRequest, Sequence[Step]]:
    """Return a request with its steps, oldest first. Raises RequestNotFound."""
    async with read(engine) as connection:
        request = await get_within(connection, request_id)
        rows = (await connection.execute(_STEPS, {"request_id": request_id})).all()
    return request, [Step(row.at, row.what, row.by, row.note) for row in rows]


async def get_within(connection: AsyncConnection, request_id: str) -> PrivacyRequest:
    """Return a request within the caller's transaction. Raises RequestNotFound."""
    row = (await connection.execute(_BY_ID, {"request_id": request_id})).mappings().first()
    if row is None:
        raise RequestNotFound(request_id)
    return _request(row)


async def confirm_identity(engine: AsyncEngine, request_id: str, *, how: str, by: str, now: datetime) -> PrivacyRequest:
    """Note how the person proved who they are. Raises RequestNotFound or WrongState."""
    return await _step(engine, request_id, RequestState.IDENTITY_CHECKED, by=by, note=how, now=now)


async def start_work(engine: AsyncEngine, request_id: str, *, by: str, now: datetime) -> PrivacyRequest:
    """Take a request in hand. Raises RequestNotFound or WrongState."""
    return await _step(engine, request_id, RequestState.IN_WORK, by=by, note=None, now=now)


async def withdraw_request(
    engine: AsyncEngine, request_id: str, *, by: str, now: datetime, note: str | None = None
) -> PrivacyRequest:
    """End a request because the person took it back. Raises RequestNotFound or WrongState."""
    return await _step(engine, request_id, RequestState.WITHDRAWN, by=by, note=note, now=now, ended_at=now)


async def note_step(
    connection: AsyncConnection, request_id: str, what: str, *, by: str, now: datetime, note: str | None = None
) -> None:
    """Write down one thing that was done on a request."""
    values = {"request_id": request_id, "at": now, "what": what, "by": by, "note": note}
    await connection.execute(privacy_request_steps.insert().values(values))


async def warn_of_deadline(connection: AsyncConnection, job: Job, now: datetime) -> None:
    """Do the job of an alarm: note it on the request that is still open, and in the log."""
    request_id, days = job.payload["request_id"], job.payload["days"]
    row = (await connection.execute(_BY_ID, {"request_id": request_id})).mappings().first()
    if row is None or row["ended_at"] is not None:
        return
    await note_step(connection, request_id, f"alarm:{days}", by="clock", now=now)
    log.warning("privacy_request_due", request_id=request_id, kind=row["kind"], days_left=days)


async def _step(
    engine: AsyncEngine, request_id: str, state: RequestState, *, by: str, note: str | None, now: datetime, **more: Any
) -> PrivacyRequest:
    async with write(engine) as connection:
        request = await get_within(connection, request_id)
        await move(connection, request, state, by=by, note=note, now=now, **more)
        return await get_within(connection, request_id)


async def move(
    connection: AsyncConnection,
    request: PrivacyRequest,
    state: RequestState,
    *,
    by: str,
    note: str | None,
    now: datetime,
    **more: Any,
) -> None:
    """Bring a request into `state` if it is still as it was read, and write the step down. Raises WrongState."""
    check_step(request.state, state)
    here = (privacy_requests.c.request_id == request.request_id, privacy_requests.c.state == request.state.value)
    changed = await connection.execute(privacy_requests.update().where(*here).values(state=state.value, **more))
    if not changed.rowcount:  # somebody was faster
        found = await get_within(connection, request.request_id)
        raise WrongState(state=found.state.value, wanted=state.value)
    await note_step(connection, request.request_id, state.value, by=by, note=note, now=now)
    if state in ENDED:
        for days in load_request_rules().kinds[request.kind].alarm_days:
            await cancel(connection, kind=ALARM_JOB, key=f"{request.request_id}:{days}")


def end_notice_key(request_id: str) -> str:
    """Return the key of the notice that tells the customer how a request ended."""
    return f"privacy:{request_id}:end"


def _request(row: Any) -> PrivacyRequest:
    fields = {name: row.get(name) for name in PrivacyRequest.__dataclass_fields__}
    return PrivacyRequest(**{**fields, "kind": RequestKind(row["kind"]), "state": RequestState(row["state"])})
