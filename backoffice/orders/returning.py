"""Takes requests for returns and exchanges, and lets them be withdrawn."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.delivery.tables import deliveries
from backoffice.orders import giving_back
from backoffice.orders.changes import Change
from backoffice.orders.errors import (
    NeedsPerson,
    NothingLeft,
    ReturnNotPossible,
    ReturnWindowClosed,
    UnknownReason,
)
from backoffice.orders.model import Order
from backoffice.orders.requests import (
    Request,
    Requester,
    begin,
    finish,
    get_order,
    hold,
    hold_for,
    record,
)
from backoffice.orders.return_records import (
    Counts,
    Return,
    as_json,
    count_pieces,
    count_returned,
    from_json,
    from_row,
    move,
)
from backoffice.orders.rules import ReturnReason, load_return_rules
from backoffice.orders.shares import Piece, pick
from backoffice.orders.tables import (
    EventKind,
    OrderStatus,
    ReturnKind,
    ReturnState,
    order_returns,
    orders,
)
from kernel.clock import KST
from kernel.database import read, write
from kernel.ids import new_id


async def request_return(
    engine: AsyncEngine,
    who: Requester,
    order_id: str,
    kind: ReturnKind,
    reason: str,
    *,
    request_key: str,
    now: datetime,
    items: Counts | None = None,
    wanted_option: str | None = None,
) -> Return:
    """Have what was delivered picked up, all of it or so many pieces (by item id); the same key again does nothing.

    Raises OrderNotFound, ReturnNotPossible, ReturnWindowClosed, NeedsPerson, UnknownReason, ItemNotFound,
    InvalidQuantity, NothingLeft, RequestKeyReused; then nothing is done.
    """
    known = load_return_rules().reasons.get(reason)
    if known is None:
        raise UnknownReason
    asked = f"{kind}:{reason}:{wanted_option}:{sorted((items or {}).items())}"
    request = Request(who=who, order_id=order_id, key=request_key, asked=asked, now=now)
    async with write(engine) as connection:
        done = await begin(connection, request)
        if done is not None:
            return from_json(done)
        order = await hold_for(connection, request, Change.RETURN, ReturnNotPossible)
        await _check_window(connection, order, known, now)
        wanted = Return(
            return_id=new_id("return"),
            order_id=order_id,
            kind=kind,
            state=ReturnState.REQUESTED,
            reason=reason,
            pieces=tuple((piece.item.label, piece.count) for piece in pick(order, items)),
            pickup_date=pickup_day(now),
            fee_krw=known.fee_krw(kind),
            wanted_option=wanted_option,
        )
        await _store(connection, request, order, wanted, pick(order, items), known)
        await finish(connection, request, as_json(wanted))
    return wanted


def pickup_day(now: datetime) -> date:
    """Return when something asked for now is picked up."""
    return giving_back.bank_day_after(now.astimezone(KST).date(), load_return_rules().pickup_after_business_days)


async def find_open_return(engine: AsyncEngine, customer_id: str, order_id: str) -> Return | None:
    """Return the newest return of this customer's order that is still under way; None when there is none."""
    async with read(engine) as connection:
        row = await _find_open(connection, customer_id, order_id)
        order = await get_order(connection, customer_id, order_id) if row is not None else None
    return from_row(row, order) if row is not None and order is not None else None


async def withdraw_return(
    engine: AsyncEngine, who: Requester, order_id: str, *, request_key: str, now: datetime
) -> Return:
    """Call the newest open return of an order off. Raises OrderNotFound, ReturnNotPossible when there is none."""
    request = Request(who=who, order_id=order_id, key=request_key, asked="withdraw", now=now)
    async with write(engine) as connection:
        done = await begin(connection, request)
        if done is not None:
            return from_json(done)
        order = await hold(connection, request, OrderStatus)
        row = await _find_open(connection, who.customer_id, order_id)
        if order is None or row is None:
            raise ReturnNotPossible("접수된 반품이나 교환이 없어요.")
        await move(connection, row.return_id, ReturnState.WITHDRAWN)
        counts = count_pieces(order, row.items)
        await count_returned(connection, {item_id: -count for item_id, count in counts.items()})
        withdrawn = from_row(row, order, state=ReturnState.WITHDRAWN)
        await record(connection, request, EventKind.RETURN_WITHDRAWN, as_json(withdrawn))
        await finish(connection, request, as_json(withdrawn))
    return withdrawn


async def _check_window(connection: AsyncConnection, order: Order, reason: ReturnReason, now: datetime) -> None:
    """Raise ReturnWindowClosed when the days are over, NeedsPerson when nobody knows since when they run."""
    delivered_at = await connection.scalar(
        sa.select(deliveries.c.delivered_at).where(deliveries.c.order_id == order.order_id)
    )
    if delivered_at is None:
        raise NeedsPerson("언제 받으셨는지 기록이 없어서 상담원이 확인해 드려야 해요.")
    days = (now.astimezone(KST).date() - delivered_at.astimezone(KST).date()).days
    if days > reason.days:
        raise ReturnWindowClosed(f"받으신 날부터 {reason.days}일이 지나 이 까닭으로는 보내실 수 없어요.")


async def _store(
    connection: AsyncConnection,
    request: Request,
    order: Order,
    wanted: Return,
    pieces: tuple[Piece, ...],
    reason: ReturnReason,
) -> None:
    if not pieces:
        raise NothingLeft
    entries = [{"place": order.items.index(piece.item), "count": piece.count} for piece in pieces]
    await connection.execute(
        order_returns.insert().values(
            return_id=wanted.return_id,
            order_id=wanted.order_id,
            kind=wanted.kind.value,
            state=wanted.state.value,
            reason=wanted.reason,
            items=entries,
            wanted_option=wanted.wanted_option,
            pickup_date=wanted.pickup_date,
            fee_krw=wanted.fee_krw,
            requested_at=request.now,
            rule=reason.name,
        )
    )
    await count_returned(connection, count_pieces(order, entries))
    is_return = wanted.kind is ReturnKind.RETURN
    await record(
        connection,
        request,
        EventKind.RETURN_REQUESTED if is_return else EventKind.EXCHANGE_REQUESTED,
        as_json(wanted),
        why=reason.reason,
        rule=(f"returns.{reason.reason}", reason.version),
        inputs={"reason": reason.reason, "days": reason.days},
    )


async def _find_open(connection: AsyncConnection, customer_id: str, order_id: str) -> Any:
    query = (
        sa.select(order_returns)
        .join(orders)
        .where(
            order_returns.c.order_id == order_id,
            orders.c.customer_id == customer_id,
            order_returns.c.state == ReturnState.REQUESTED.value,
        )
        .order_by(order_returns.c.requested_at.desc())
        .limit(1)
    )
    return (await connection.execute(query)).first()
