"""Settles returns once the goods are back: money less the fee, points and coupon, and word to the customer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.notices.service import tell
from backoffice.notices.tables import NoticeCategory
from backoffice.orders import giving_back
from backoffice.orders.errors import OrderNotFound
from backoffice.orders.model import Order
from backoffice.orders.requests import Request, Requester, get_order, hold, record
from backoffice.orders.return_records import Return, as_json, count_pieces, count_returned, from_row, move
from backoffice.orders.shares import share
from backoffice.orders.tables import EventKind, OrderStatus, ReturnKind, ReturnState, order_returns, orders
from kernel import korean
from kernel.database import write


async def receive_return(engine: AsyncEngine, who: Requester, return_id: str, *, now: datetime) -> date | None:
    """Note that the goods are back; for a return the money less the fee is paid back. Return by when, None without money.

    Received twice, nothing happens the second time. Raises OrderNotFound when there is no such return.
    """
    async with write(engine) as connection:
        row = (
            await connection.execute(
                sa.select(order_returns)
                .join(orders)
                .where(order_returns.c.return_id == return_id, orders.c.customer_id == who.customer_id)
            )
        ).first()
        if row is None:
            raise OrderNotFound
        request = Request(who=who, order_id=row.order_id, key=return_id, asked="receive", now=now)
        order = await hold(connection, request, OrderStatus)
        if order is None or not await move(connection, return_id, ReturnState.RECEIVED):
            return None
        received = from_row(row, order, state=ReturnState.RECEIVED)
        due = await _pay_back(connection, request, order, row) if received.kind is ReturnKind.RETURN else None
        detail = as_json(received) | {"due_date": due.isoformat() if due else None}
        await record(connection, request, EventKind.RETURN_RECEIVED, detail)
        await _tell_customer(connection, request, received, order, due)
    return due


async def _pay_back(connection: AsyncConnection, request: Request, order: Order, row: Any) -> date | None:
    """Pay back what the pieces were worth, less the fee; end the order when nothing of it is left."""
    counts = count_pieces(order, row.items)
    await count_returned(connection, {item_id: -count for item_id, count in counts.items()})
    before = await get_order(connection, order_id=order.order_id, customer_id=request.who.customer_id)
    found = share(before, counts)
    await count_returned(connection, counts)
    if found.is_whole:
        ended = orders.update().where(orders.c.order_id == order.order_id)
        await connection.execute(ended.values(status=OrderStatus.RETURNED.value))
    await giving_back.give_benefits_back(
        connection,
        customer_id=request.who.customer_id,
        order_id=order.order_id,
        points_krw=found.points_krw,
        coupon_id=found.coupon_id,
        key=request.key,
        now=request.now,
    )
    amount = max(0, found.refund_krw - row.fee_krw) if found.refund_krw is not None else None
    if amount == 0:
        return None
    return await giving_back.refund(
        connection, order_id=order.order_id, amount_krw=amount, method=order.payment_method, now=request.now
    )


async def _tell_customer(
    connection: AsyncConnection, request: Request, received: Return, order: Order, due: date | None
) -> None:
    text = f"[이음] 보내 주신 {korean.josa(order.name, '을/를')} 잘 받았어요."
    if due is not None:
        text += f" {due.month}월 {due.day}일까지 환불해 드려요."
    await tell(
        connection,
        customer_id=request.who.customer_id,
        key=f"return_received:{received.return_id}",
        category=NoticeCategory.ORDER,
        text=text,
        now=request.now,
    )
