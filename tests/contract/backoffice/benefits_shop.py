"""Customers, orders and ledgers as the tests of benefits and compensation set them up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.schema import customers, deliveries, orders
from kernel.database import read, write

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)  # a Tuesday in Seoul
PROMISED = date(2026, 11, 13)  # a Friday


def came_after(business_days: int) -> datetime:
    """The moment an order came that was promised for `PROMISED`."""
    weeks, days = divmod(business_days, 5)
    offset = weeks * 7 + days + (2 if days else 0)
    return datetime(2026, 11, 13, 5, tzinfo=UTC) + timedelta(days=offset)


async def add_customer(shop: AsyncEngine, customer_id: str, **fields: Any) -> None:
    """Add a customer."""
    async with write(shop) as connection:
        await connection.execute(customers.insert().values(customer_id=customer_id, **{"grade": "basic", **fields}))


async def add_order(
    shop: AsyncEngine,
    order_id: str,
    *,
    of: str = "c1",
    late_days: int = 4,
    promised: date | None = PROMISED,
    delivered_at: datetime | None = None,
    **fields: Any,
) -> None:
    """Add a delivered order of 60,000 won that came `late_days` business days late."""
    placed = {"ordered_at": NOW - timedelta(days=20), "status": "delivered", "paid_krw": 60_000}
    async with write(shop) as connection:
        await connection.execute(orders.insert().values(order_id=order_id, customer_id=of, **{**placed, **fields}))
        came = delivered_at or came_after(late_days)
        await connection.execute(
            deliveries.insert().values(order_id=order_id, promised_date=promised, delivered_at=came)
        )


async def rows_of(shop: AsyncEngine, table: sa.Table, **where: Any) -> list[dict[str, Any]]:
    """Return the rows of a table."""
    query = sa.select(table).where(*(table.c[name] == value for name, value in where.items()))
    async with read(shop) as connection:
        return [dict(row) for row in (await connection.execute(query)).mappings()]
