"""What people at the desk give: within their authority at once, above it after a supervisor's yes.

A request waits, and is approved or declined once, never by whoever made it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.compensation.errors import FourEyes, InvalidGift, RequestAnswered, RequestUnknown, RoleNotAllowed
from backoffice.compensation.model import Actor, Claim, Decision
from backoffice.compensation.policy import Gift
from backoffice.compensation.rules import load_compensation
from backoffice.compensation.service import decide_within, get_delivery
from backoffice.compensation.tables import (
    Cause,
    GiftKind,
    Outcome,
    RequestState,
    compensation_decisions,
    compensation_requests,
)
from backoffice.customers.locking import lock_customer
from backoffice.notices.service import tell
from backoffice.notices.tables import NoticeCategory
from kernel.database import insert, read, write
from kernel.ids import new_id

_SHOWN = 10
_LARGEST_KRW = 1_000_000_000
_ONE = sa.select(compensation_requests).where(compensation_requests.c.request_id == sa.bindparam("request_id"))
_SAME = (
    sa.select(compensation_requests)
    .where(
        compensation_requests.c.customer_id == sa.bindparam("customer_id"),
        sa.or_(
            compensation_requests.c.request_key == sa.bindparam("request_key"),
            sa.and_(
                compensation_requests.c.order_id == sa.bindparam("order_id"),
                compensation_requests.c.cause == sa.bindparam("cause"),
                compensation_requests.c.state == RequestState.PENDING.value,
            ),
        ),
    )
    .order_by(compensation_requests.c.request_key != sa.bindparam("request_key"))
    .limit(1)
)
_PENDING = (
    sa.select(compensation_requests)
    .where(sa.text("state = 'pending'"))
    .order_by(compensation_requests.c.requested_at)
    .limit(sa.bindparam("limit"))
)
_REQUESTS_OF = (
    sa.select(compensation_requests)
    .where(compensation_requests.c.customer_id == sa.bindparam("customer_id"))
    .order_by(compensation_requests.c.requested_at.desc())
    .limit(_SHOWN)
)
_DECISIONS_OF = (
    sa.select(compensation_decisions)
    .where(compensation_decisions.c.customer_id == sa.bindparam("customer_id"))
    .order_by(compensation_decisions.c.decided_at.desc(), compensation_decisions.c.decision_id.desc())
    .limit(_SHOWN)
)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What an agent wants to give; `key` is the page's own id of the wish. `gifts` None: what the table says."""

    customer_id: str
    order_id: str
    cause: Cause
    by: Actor
    by_name: str
    reason: str
    key: str
    gifts: Sequence[Gift] | None = None


@dataclass(frozen=True, kw_only=True)
class Request:
    """A wish that waits for a supervisor, or was answered by one."""

    request_id: str
    customer_id: str
    order_id: str
    cause: Cause
    gifts: Sequence[Gift]
    reason: str
    state: RequestState
    requested_by: str
    requested_name: str
    requested_role: str
    requested_at: datetime
    answered_by: str | None = None
    answered_at: datetime | None = None
    answer_reason: str | None = None
    decision_id: str | None = None


@dataclass(frozen=True)
class Proposal:
    """What became of a wish: a decision, and the request where a supervisor has to say yes."""

    decision: Decision
    request: Request | None = None


async def propose(engine: AsyncEngine, wish: Wish, *, now: datetime) -> Proposal:
    """Give what `wish` asks for where its role may, else put it before a supervisor.

    The same key again, or a further wish for what waits already, changes nothing. Raises RoleNotAllowed, InvalidGift, OrderUnknown and CustomerNotFound.
    """
    rules = load_compensation()
    role = rules.roles.get(wish.by.role)
    if role is None or wish.by.role == "bot":
        raise RoleNotAllowed(wish.by.role)
    check_gifts(wish.gifts)
    delivery = await get_delivery(engine, wish.customer_id, wish.order_id, now=now)
    claim = Claim(customer_id=wish.customer_id, order_id=wish.order_id, cause=wish.cause, by=wish.by, gifts=wish.gifts)
    async with write(engine) as connection:
        decision = await decide_within(connection, claim, delivery, now=now)
        if decision.outcome is not Outcome.REFERRED:
            return Proposal(decision)
        if role.passes_on_to is None:
            raise RoleNotAllowed(f"{decision.rule} for {wish.by.role}")
        if not decision.gifts or decision.rule in ("no_promise", "no_amount"):
            raise InvalidGift(decision.rule)  # the table does not say what to give: the agent has to
        return Proposal(decision, await _request(connection, wish, decision, now))


async def approve(
    engine: AsyncEngine, request_id: str, *, by: Actor, now: datetime, reason: str | None = None
) -> Request:
    """Give what a request asks for and have the customer told.

    Raises RequestUnknown, FourEyes, RoleNotAllowed, and RequestAnswered where it was answered before or the order
    has its grant by now; then nothing is given.
    """
    _require_approver(by)
    async with read(engine) as connection:
        request = await _get(connection, request_id)
    delivery = await get_delivery(engine, request.customer_id, request.order_id, now=now)
    claim = Claim(
        customer_id=request.customer_id,
        order_id=request.order_id,
        cause=request.cause,
        by=by,
        gifts=request.gifts,
    )
    async with write(engine) as connection:
        await lock_customer(connection, request.customer_id)
        request = await _answer(connection, request, RequestState.APPROVED, by, reason, now)
        decision = await decide_within(connection, claim, delivery, now=now)
        if decision.outcome is Outcome.REFERRED:
            raise RoleNotAllowed(f"{decision.rule} for {by.role}")
        if decision.outcome is not Outcome.GRANTED or decision.is_repeat:
            raise RequestAnswered(request_id)
        done = compensation_requests.update().where(compensation_requests.c.request_id == request_id)
        await connection.execute(done.values(decision_id=decision.decision_id))
        await tell(
            connection,
            customer_id=request.customer_id,
            key=f"compensation:{decision.decision_id}",
            category=NoticeCategory.ORDER,
            text=f"기다려 주셔서 고마워요. 주문 {request.order_id}의 보상을 드렸어요. 적립금·쿠폰에서 확인해 주세요.",
            now=now,
        )
        return await _get(connection, request_id)


async def decline(engine: AsyncEngine, request_id: str, *, by: Actor, now: datetime, reason: str) -> Request:
    """Turn a request down, with the reason for whoever made it. Raises as `approve`."""
    _require_approver(by)
    async with write(engine) as connection:
        request = await _get(connection, request_id)
        return await _answer(connection, request, RequestState.DECLINED, by, reason, now)


async def list_pending(engine: AsyncEngine, *, limit: int = 100) -> Sequence[Request]:
    """Return what waits for a supervisor, the longest waiting first."""
    async with read(engine) as connection:
        return [_read(row) for row in await connection.execute(_PENDING, {"limit": limit})]


async def list_requests(connection: AsyncConnection, customer_id: str) -> Sequence[Request]:
    """Return the customer's newest requests, newest first."""
    return [_read(row) for row in await connection.execute(_REQUESTS_OF, {"customer_id": customer_id})]


async def list_decisions(connection: AsyncConnection, customer_id: str) -> Sequence[Any]:
    """Return the rows of the customer's newest decisions, newest first."""
    return (await connection.execute(_DECISIONS_OF, {"customer_id": customer_id})).all()


def check_gifts(gifts: Sequence[Gift] | None) -> None:
    """Raise InvalidGift unless each is something that can be given, and of a kind of its own."""
    if gifts is None:
        return
    if not gifts or len({gift.kind for gift in gifts}) != len(gifts):
        raise InvalidGift("nothing, or a kind twice")
    for gift in gifts:
        amount, rate = gift.amount_krw, gift.rate_percent
        if gift.kind is GiftKind.POINTS:
            is_right = amount is not None and 0 < amount <= _LARGEST_KRW and rate is None
        elif gift.kind is GiftKind.COUPON:
            is_right = rate is not None and 0 < rate <= 100 and amount is None
        else:
            is_right = amount is None and rate is None
        if not is_right:
            raise InvalidGift(gift.kind.value)


def _require_approver(by: Actor) -> None:
    if by.role not in load_compensation().approvers:
        raise RoleNotAllowed(by.role)


async def _request(connection: AsyncConnection, wish: Wish, decision: Decision, now: datetime) -> Request:
    row = {
        "request_id": new_id("r"),
        "customer_id": wish.customer_id,
        "order_id": wish.order_id,
        "cause": wish.cause.value,
        "gifts": [
            {"kind": gift.kind.value, "amount_krw": gift.amount_krw, "rate_percent": gift.rate_percent}
            for gift in decision.gifts
        ],
        "reason": wish.reason,
        "state": RequestState.PENDING.value,
        "requested_by": wish.by.actor_id,
        "requested_name": wish.by_name,
        "requested_role": wish.by.role,
        "requested_at": now,
        "request_key": wish.key,
    }
    await connection.execute(insert(connection, compensation_requests).values(**row).on_conflict_do_nothing())
    asked = {name: row[name] for name in ("customer_id", "request_key", "order_id", "cause")}
    return _read((await connection.execute(_SAME, asked)).one())


async def _answer(
    connection: AsyncConnection,
    request: Request,
    state: RequestState,
    by: Actor,
    reason: str | None,
    now: datetime,
) -> Request:
    if by.actor_id == request.requested_by:
        raise FourEyes(request.request_id)
    answered = compensation_requests.update().where(
        compensation_requests.c.request_id == request.request_id,
        compensation_requests.c.state == RequestState.PENDING.value,
    )
    values = {"state": state.value, "answered_by": by.actor_id, "answered_at": now, "answer_reason": reason}
    if not (await connection.execute(answered.values(**values))).rowcount:
        raise RequestAnswered(request.request_id)
    return await _get(connection, request.request_id)


async def _get(connection: AsyncConnection, request_id: str) -> Request:
    row = (await connection.execute(_ONE, {"request_id": request_id})).first()
    if row is None:
        raise RequestUnknown(request_id)
    return _read(row)


def _read(row: Any) -> Request:
    known = {name: value for name, value in row._mapping.items() if name in Request.__dataclass_fields__}
    gifts = tuple(Gift(**{**gift, "kind": GiftKind(gift["kind"])}) for gift in row.gifts)
    return Request(**{**known, "cause": Cause(row.cause), "state": RequestState(row.state), "gifts": gifts})
