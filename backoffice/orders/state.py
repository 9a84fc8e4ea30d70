"""How an order moves on its way to the customer: each step in one statement, from where it may be taken only.

Cancelling and shipping meet here: whichever comes first wins, and the other finds the order where it cannot go on.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from backoffice.orders.tables import OrderStatus, orders

_WAY = (
    OrderStatus.RECEIVED,
    OrderStatus.PAID,
    OrderStatus.PACKED,
    OrderStatus.SHIPPED,
    OrderStatus.IN_TRANSIT,
    OrderStatus.DELIVERED,
)
# Reports may skip steps, never go back; what was cancelled, merged or returned goes nowhere.
FROM: Mapping[OrderStatus, tuple[OrderStatus, ...]] = {
    status: _WAY[:place] for place, status in enumerate(_WAY) if place
}


async def advance(connection: AsyncConnection, order_id: str, to: OrderStatus) -> bool:
    """Move the order on to `to`; return whether it could be: not where it is there already, beyond, or has ended."""
    moved = await connection.execute(
        orders.update()
        .where(orders.c.order_id == order_id, orders.c.status.in_(FROM.get(to, ())))
        .values(status=to.value)
        .returning(orders.c.order_id)
    )
    return moved.first() is not None
