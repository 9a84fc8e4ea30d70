"""Sends one-time codes and checks what customers type.

A number that is nobody's is treated in every statement like one that is somebody's, so that neither the answer
nor its time tells which it is: the code is made, counted and kept alike, and only the job that sends it
afterwards finds that there is nobody to send it to.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.customers.tables import customers
from backoffice.identity.policy import (
    Guess,
    Sending,
    hash_code,
    hash_subject,
    is_same,
    list_writings,
    make_code,
    tell_code,
)
from backoffice.identity.rules import load_code_rules
from backoffice.identity.tables import CodePurpose, code_limits, one_time_codes
from backoffice.jobs.service import Job, schedule
from backoffice.notices.service import tell
from backoffice.notices.tables import NoticeCategory
from kernel.database import insert, read, write
from kernel.ids import new_id

SEND_JOB = "send_code"
_DAY = timedelta(days=1)
# Codes and counts that can matter no more are forgotten.
_FORGET_AFTER = timedelta(days=2)

c = one_time_codes.c
_OWNERS = sa.select(customers.c.customer_id).where(customers.c.phone.in_(sa.bindparam("writings", expanding=True)))
_OF_TALK = sa.select(one_time_codes).where(
    c.conversation_id == sa.bindparam("conversation_id"), c.purpose == sa.bindparam("purpose")
)


@dataclass(frozen=True)
class Asking:
    """The wish for a code: which number (bare digits), what for, in which conversation, by which turn.

    `customer_id` is the customer whose registered number it is, where that is known already.
    """

    phone: str
    purpose: CodePurpose
    conversation_id: str
    turn_id: str
    customer_id: str | None = None


@dataclass(frozen=True)
class Again:
    """The wish for another code after one that was asked for in the same conversation."""

    purpose: CodePurpose
    conversation_id: str
    turn_id: str


@dataclass(frozen=True)
class Typed:
    """A code as somebody typed it."""

    code: str
    purpose: CodePurpose
    conversation_id: str
    turn_id: str


@dataclass(frozen=True)
class Checked:
    """What became of a typed code; `customer_id` is whose number it proved, and only where it was right."""

    guess: Guess
    tries_left: int = 0
    customer_id: str | None = None


class _Refused(Exception):
    def __init__(self, sending: Sending) -> None:
        super().__init__(sending)
        self.sending = sending


async def send_code(engine: AsyncEngine, asking: Asking, *, now: datetime, key: str) -> Sending:
    """Have a code sent to the number, if it is that of one customer; an earlier one for the purpose is void.

    What is returned depends on how often codes were asked for, never on whose number it is.
    """
    talk = hash_subject(f"talk:{asking.conversation_id}", key=key)
    number = hash_subject(f"phone:{asking.phone}", key=key)
    rules = load_code_rules()
    try:
        async with write(engine) as connection:
            if await _was_asked(connection, asking):
                return Sending.SENT
            # The conversation first and the number second: two that ask at once wait for one another in one order.
            await _count(connection, talk, now=now, pause_s=0, most=rules.per_talk)
            await _count(connection, number, now=now, pause_s=rules.pause_s, most=rules.per_day)
            owner = asking.customer_id or await _find_owner(connection, asking.phone)
            await _write_code(connection, asking, number, owner, now=now, key=key)
    except _Refused as refused:
        return refused.sending
    return Sending.SENT


async def send_code_again(engine: AsyncEngine, asking: Again, *, now: datetime, key: str) -> Sending:
    """Have a new code sent to the number that the conversation's last one was for; UNKNOWN where there was none."""
    talk = hash_subject(f"talk:{asking.conversation_id}", key=key)
    rules = load_code_rules()
    try:
        async with write(engine) as connection:
            named = {"conversation_id": asking.conversation_id, "purpose": asking.purpose.value}
            row = (await connection.execute(_OF_TALK, named)).first()
            if row is None or row.asked_by == asking.turn_id:
                return Sending.UNKNOWN if row is None else Sending.SENT
            await _count(connection, talk, now=now, pause_s=0, most=rules.per_talk)
            await _count(connection, row.subject, now=now, pause_s=rules.pause_s, most=rules.per_day)
            await _write_code(connection, asking, row.subject, row.customer_id, now=now, key=key)
    except _Refused as refused:
        return refused.sending
    return Sending.SENT


async def _was_asked(connection: AsyncConnection, asking: Asking) -> bool:
    talk = {"conversation_id": asking.conversation_id, "purpose": asking.purpose.value}
    row = (await connection.execute(_OF_TALK, talk)).first()
    return row is not None and row.asked_by == asking.turn_id


async def _count(connection: AsyncConnection, subject: str, *, now: datetime, pause_s: int, most: int) -> None:
    """Count one code more for `subject`, in one statement. Raises _Refused where there were too many, or one just now."""
    limits, is_over = code_limits.c, code_limits.c.began_at <= now - _DAY
    counting = insert(connection, code_limits).values(subject=subject, began_at=now, sent_count=1, last_sent_at=now)
    rested = limits.last_sent_at <= now - timedelta(seconds=pause_s)
    counted = await connection.execute(
        counting.on_conflict_do_update(
            index_elements=["subject"],
            set_={
                "sent_count": sa.case((is_over, 1), else_=limits.sent_count + 1),
                "began_at": sa.case((is_over, counting.excluded.began_at), else_=limits.began_at),
                "last_sent_at": counting.excluded.last_sent_at,
            },
            where=sa.and_(rested, sa.or_(limits.sent_count < most, is_over)),
        ).returning(limits.sent_count)
    )
    if counted.first() is not None:
        return
    count = await connection.scalar(sa.select(limits.sent_count).where(limits.subject == subject, sa.not_(is_over)))
    raise _Refused(Sending.TOO_MANY if count is not None and count >= most else Sending.TOO_SOON)


async def _write_code(
    connection: AsyncConnection, asking: Asking | Again, number: str, owner: str | None, *, now: datetime, key: str
) -> None:
    rules, code_id = load_code_rules(), new_id("o")
    code = make_code(rules.digits, secrets.randbelow)
    earlier = sa.or_(c.conversation_id == asking.conversation_id, c.subject == number)
    await connection.execute(one_time_codes.delete().where(c.purpose == asking.purpose.value, earlier))
    row = {
        "code_id": code_id,
        "subject": number,
        "purpose": asking.purpose.value,
        "conversation_id": asking.conversation_id,
        "customer_id": owner,
        "code_hash": hash_code(code, code_id=code_id, key=key),
        "asked_by": asking.turn_id,
        "sent_at": now,
        "expires_at": rules.expires_at(now),
        "tries_left": rules.tries,
    }
    await connection.execute(one_time_codes.insert(), row)
    await schedule(connection, kind=SEND_JOB, key=code_id, due_at=now, payload={"code": code})


async def _find_owner(connection: AsyncConnection, phone: str) -> str | None:
    """Return whose number it is; None for nobody's, and for a number that several customers share."""
    owners = (await connection.execute(_OWNERS, {"writings": list_writings(phone)})).scalars().all()
    return owners[0] if len(owners) == 1 else None


async def carry_out_sending(connection: AsyncConnection, job: Job, now: datetime) -> None:
    """Text a code to its customer, if it is anybody's and still good: the handler of its job."""
    await connection.execute(one_time_codes.delete().where(c.expires_at < now - _FORGET_AFTER))
    await connection.execute(code_limits.delete().where(code_limits.c.last_sent_at < now - _FORGET_AFTER))
    row = (await connection.execute(sa.select(one_time_codes).where(c.code_id == job.key))).first()
    if row is None or row.customer_id is None or row.expires_at <= now:
        return
    await tell(
        connection,
        customer_id=row.customer_id,
        key=f"code:{job.key}",
        category=NoticeCategory.SECURITY,
        text=tell_code(job.payload["code"], lifetime_s=load_code_rules().lifetime_s),
        now=now,
    )


async def check_code(engine: AsyncEngine, typed: Typed, *, now: datetime, key: str) -> Checked:
    """Return whether the code is the right one. A right code is used up; a wrong one costs a try."""
    async with write(engine) as connection:
        return await check(connection, typed, now=now, key=key)


async def check(connection: AsyncConnection, typed: Typed, *, now: datetime, key: str) -> Checked:
    """Do what `check_code` does within the caller's transaction, which must commit whatever was found.

    The try is taken before the code is looked at, in one statement that holds the row: guesses at the same time
    never exceed the tries.
    """
    taking = (
        one_time_codes.update()
        .where(
            c.conversation_id == typed.conversation_id,
            c.purpose == typed.purpose.value,
            c.used_at.is_(None),
            c.tries_left > 0,
            c.expires_at > now,
        )
        .values(tries_left=c.tries_left - 1)
        .returning(one_time_codes)
    )
    row = (await connection.execute(taking)).first()
    if row is None:
        return await _tell_why_not(connection, typed, now=now, key=key)
    if not _fits(row, typed, key=key):
        return Checked(Guess.WRONG if row.tries_left else Guess.SPENT, row.tries_left)
    using = one_time_codes.update().where(c.code_id == row.code_id).values(used_at=now, used_by=typed.turn_id)
    await connection.execute(using)
    return Checked(Guess.RIGHT, row.tries_left, row.customer_id)


async def find_waiting(
    engine: AsyncEngine, conversation_id: str, among: Collection[CodePurpose], *, now: datetime
) -> CodePurpose | None:
    """Return what the newest code of this conversation that waits to be typed is for; None where none does."""
    waiting = (
        sa.select(c.purpose)
        .where(
            c.conversation_id == conversation_id,
            c.purpose.in_([purpose.value for purpose in among]),
            c.used_at.is_(None),
            c.tries_left > 0,
            c.expires_at > now,
        )
        .order_by(c.sent_at.desc(), c.code_id.desc())
        .limit(1)
    )
    async with read(engine) as connection:
        found = await connection.scalar(waiting)
    return CodePurpose(found) if found is not None else None


async def _tell_why_not(connection: AsyncConnection, typed: Typed, *, now: datetime, key: str) -> Checked:
    talk = {"conversation_id": typed.conversation_id, "purpose": typed.purpose.value}
    row = (await connection.execute(_OF_TALK, talk)).first()
    if row is None:
        return Checked(Guess.NONE)
    if row.used_at is not None:
        is_again = row.used_by == typed.turn_id and _fits(row, typed, key=key)
        return Checked(Guess.RIGHT, row.tries_left, row.customer_id) if is_again else Checked(Guess.NONE)
    return Checked(Guess.EXPIRED if row.expires_at <= now else Guess.SPENT)


def _fits(row: sa.Row[Any], typed: Typed, *, key: str) -> bool:
    typed_hash = hash_code(typed.code, code_id=row.code_id, key=key)
    return is_same(row.code_hash, typed_hash) and row.customer_id is not None
