"""Reads a customer's points, coupons and past amends."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.benefits.policy import Benefits, Coupon, Grant, Line, judge
from backoffice.benefits.tables import coupons, points
from backoffice.compensation.tables import grants
from kernel.clock import Clock
from kernel.database import read

_GRANTS_SHOWN = 3
_COUPONS_READ = 100
_LEDGER = sa.select(points).where(points.c.customer_id == sa.bindparam("customer_id")).order_by(points.c.at)
_COUPONS = (
    sa.select(coupons)
    .where(coupons.c.customer_id == sa.bindparam("customer_id"))
    .order_by(coupons.c.issued_at.desc())
    .limit(_COUPONS_READ)
)
_GRANTS = (
    sa.select(grants)
    .where(grants.c.customer_id == sa.bindparam("customer_id"))
    .order_by(grants.c.at.desc(), grants.c.row_id.desc())
    .limit(_GRANTS_SHOWN)
)


async def read_benefits(engine: AsyncEngine, customer_id: str, clock: Clock) -> Benefits:
    """Return what the customer holds at the clock's time; nothing for somebody the shop does not know."""
    who = {"customer_id": customer_id}
    async with read(engine) as connection:
        lines = (await connection.execute(_LEDGER, who)).all()
        held = (await connection.execute(_COUPONS, who)).all()
        given = (await connection.execute(_GRANTS, who)).all()
    return judge(
        [Line(amount_krw=row.amount_krw, why=row.why, at=row.at, expires_at=row.expires_at) for row in lines],
        [
            Coupon(
                name=row.name,
                rate_percent=row.rate_percent,
                amount_krw=row.amount_krw,
                expires_at=row.expires_at,
                stackable=row.stackable,
                used_at=row.used_at,
            )
            for row in held
        ],
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
