"""Reads a customer's points, coupons, past amends and basket."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.benefits.coupons import list_held
from backoffice.benefits.points import read_ledger
from backoffice.benefits.policy import Benefits, Grant, judge
from backoffice.benefits.tables import baskets
from backoffice.benefits.terms import Basket, BasketItem
from backoffice.compensation.tables import grants
from kernel.clock import Clock
from kernel.database import read

_GRANTS_SHOWN = 3
_GRANTS = (
    sa.select(grants)
    .where(grants.c.customer_id == sa.bindparam("customer_id"))
    .order_by(grants.c.at.desc(), grants.c.row_id.desc())
    .limit(_GRANTS_SHOWN)
)
_BASKET = sa.select(baskets).where(baskets.c.customer_id == sa.bindparam("customer_id"))


async def read_benefits(engine: AsyncEngine, customer_id: str, clock: Clock) -> Benefits:
    """Return what the customer holds at the clock's time; nothing for somebody the shop does not know."""
    async with read(engine) as connection:
        return await _read(connection, customer_id, clock)


async def read_benefits_and_basket(
    engine: AsyncEngine, customer_id: str, clock: Clock
) -> tuple[Benefits, Basket | None]:
    """Return what the customer holds, and what they are about to buy; None where the shop has no basket of theirs."""
    async with read(engine) as connection:
        held = await _read(connection, customer_id, clock)
        row = (await connection.execute(_BASKET, {"customer_id": customer_id})).first()
    if row is None:
        return held, None
    items = tuple(
        BasketItem(**{key: value for key, value in item.items() if value is not None}) for item in row._mapping["items"]
    )
    return held, Basket(items=items, coupon_ids=tuple(row.coupon_ids))


async def _read(connection: AsyncConnection, customer_id: str, clock: Clock) -> Benefits:
    lines = await read_ledger(connection, customer_id)
    held = await list_held(connection, customer_id)
    given = (await connection.execute(_GRANTS, {"customer_id": customer_id})).all()
    return judge(
        lines,
        held,
        [
            Grant(
                kind=row.kind,
                cause=row.cause,
                at=row.at,
                order_id=row.order_id,
                amount_krw=row.amount_krw,
                rate_percent=row.rate_percent,
            )
            for row in given
        ],
        now=clock.now(),
    )
