"""A small shop for tests of what can be done to orders."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice import demo
from backoffice.orders.model import Order
from backoffice.orders.service import Requester, find_order
from backoffice.schema import metadata, product_options
from kernel.clock import FixedClock
from kernel.database import read, write

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)  # noon of a Tuesday in Seoul
CLOCK = FixedClock(NOW)
ONE = Requester(customer_id="one")
OPTIONS = {
    ("텀블러", "검정"): 24_000,
    ("텀블러", "흰색"): 24_000,
    ("텀블러", "금색"): 30_000,
    ("텀블러", "작은 것"): 20_000,
    ("만년필", ""): 45_000,
}


def an_order(order_id: str, status: str, **fields: Any) -> dict[str, Any]:
    """Two tumblers and a pen, 93,000 won less a tenth, a thousand points spent."""
    items = [
        {"product": "텀블러", "option": "검정", "quantity": 2, "price_krw": 24_000},
        {"product": "만년필", "quantity": 1, "price_krw": 45_000},
    ]
    placed = {"order_id": order_id, "ordered_at": "2026-11-20T01:00:00Z", "status": status, "items": items}
    paid = {"paid_krw": 82_700, "discount_krw": 9_300, "used_points_krw": 1_000, "used_coupon_id": "k1"}
    return {**placed, **paid, "payment_method": "신용카드", **fields}


def coupon() -> dict[str, Any]:
    """The coupon that the orders were paid with."""
    return {"coupon_id": "k1", "name": "감사 쿠폰", "amount_krw": 9_300, "used_at": "2026-11-20T01:00:00Z"}


async def open_shop(engine: AsyncEngine, folder: Path, *orders: dict[str, Any], **fields: Any) -> None:
    """Fill the shop with customer `one` who has `orders`, customer `two` who has one paid order, and a catalogue."""
    one = {"customer_id": "one", "phone": "010-0000-1234", "orders": orders, "coupons": [coupon()], **fields}
    two = {"customer_id": "two", "orders": [an_order("of-two", "paid")]}
    path = folder / "in.json"
    await asyncio.to_thread(path.write_text, json.dumps({"customers": [one, two]}), encoding="utf-8")
    await demo.import_file(engine, path, clock=CLOCK)
    async with write(engine) as connection:
        await connection.execute(product_options.delete())
        await connection.execute(
            product_options.insert(),
            [
                {"product": product, "option": option, "price_krw": price, "is_sold": True}
                for (product, option), price in OPTIONS.items()
            ],
        )


async def get(engine: AsyncEngine, order_id: str, who: str = "one") -> Order:
    """Return an order that is there."""
    order = await find_order(engine, who, order_id)
    assert order is not None
    return order


async def rows(engine: AsyncEngine, table: str, **where: Any) -> list[Any]:
    """Return the rows of a table, in the order of writing."""
    chosen = metadata.tables[table]
    query = sa.select(chosen).where(*(chosen.c[name] == value for name, value in where.items()))
    async with read(engine) as connection:
        return list((await connection.execute(query)).all())


async def everything(engine: AsyncEngine) -> dict[str, list[Any]]:
    """Return all rows of all tables, to see that nothing has changed."""
    return {name: sorted(map(repr, await rows(engine, name))) for name in metadata.tables}
