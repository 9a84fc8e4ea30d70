"""Puts two orders of a customer into one box."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.orders.changes import Change
from backoffice.orders.changing import record_change
from backoffice.orders.errors import NotMergeable, TooLateToChange
from backoffice.orders.requests import Request, Requester, begin, finish, hold_for, record
from backoffice.orders.tables import EventKind, OrderStatus, orders
from kernel.database import write


async def merge_orders(
    engine: AsyncEngine, who: Requester, order_id: str, into: str, *, request_key: str, now: datetime
) -> None:
    """Have `order_id` travel in the box of `into`, both of the same customer and not packed yet.

    Raises OrderNotFound for either, TooLateToChange, NeedsPerson, NotMergeable, RequestKeyReused.
    """
    request = Request(who=who, order_id=order_id, key=request_key, asked=f"merge:{into}", now=now)
    async with write(engine) as connection:
        if await begin(connection, request) is not None:
            return
        if order_id == into:
            raise NotMergeable
        other = Request(who=who, order_id=into, key=request_key, asked="", now=now)
        # Always in the same order, so that two merges the other way round do not wait for each other.
        for one in sorted((request, other), key=lambda one: one.order_id):
            held = await hold_for(connection, one, Change.CHANGE, TooLateToChange)
            if held.status is not OrderStatus.PAID:
                raise NotMergeable("결제가 끝난 주문만 합쳐서 보내 드릴 수 있어요.")
        await connection.execute(
            orders.update()
            .where(orders.c.order_id == order_id)
            .values(status=OrderStatus.MERGED.value, merged_into=into)
        )
        await record_change(connection, request, OrderStatus.PAID, EventKind.MERGED, {"into": into})
        await record(connection, request, EventKind.TOOK_IN, {"from": order_id}, order_id=into)
        await finish(connection, request, {"into": into})
