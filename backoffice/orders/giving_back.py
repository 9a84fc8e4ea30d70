"""Money, points and coupons on their way back, in the transaction of what they are given back for."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from backoffice.benefits import coupons, points
from backoffice.benefits.errors import CouponNotUsable, CouponUnknown
from backoffice.delivery.calendar import Calendar
from backoffice.orders.rules import RefundRule, load_refund_rules
from backoffice.orders.tables import refunds
from kernel.clock import KST


class BenefitsLedger(Protocol):
    """The way to the ledger of points and coupons. `key` names what is given back: given again, nothing happens."""

    async def give_points_back(
        self, connection: AsyncConnection, *, customer_id: str, amount_krw: int, key: str, now: datetime
    ) -> None:
        """Write points back that were spent on an order."""

    async def give_coupon_back(
        self, connection: AsyncConnection, *, customer_id: str, coupon_id: str, order_id: str, now: datetime
    ) -> None:
        """Make a coupon usable again that was spent on an order; one that the customer does not have is left alone."""


class ShopBenefitsLedger:
    """Writes to the shop's own ledgers."""

    async def give_points_back(
        self, connection: AsyncConnection, *, customer_id: str, amount_krw: int, key: str, now: datetime
    ) -> None:
        """Write points back as a lot of their own; orders do not say which lots they were paid from."""
        await points.earn(
            connection, customer_id, amount_krw, why="주문 취소로 돌려드림", key=f"given_back:{key}", now=now
        )

    async def give_coupon_back(
        self, connection: AsyncConnection, *, customer_id: str, coupon_id: str, order_id: str, now: datetime
    ) -> None:
        """Return the coupon; one that is not the customer's, or was not used for the order, is left alone."""
        with suppress(CouponUnknown, CouponNotUsable):
            await coupons.give_back_within(connection, customer_id, coupon_id, order_id=order_id, now=now)


LEDGER: BenefitsLedger = ShopBenefitsLedger()
# Banks and card companies rest on Saturdays too.
_BANK_DAYS = Calendar(frozenset({5, 6}))


def set_due(method: str | None, *, now: datetime) -> tuple[date, RefundRule]:
    """Return by when money paid with `method` is back, and the rule that says so."""
    rule = load_refund_rules().find(method)
    return bank_day_after(now.astimezone(KST).date(), rule.business_days[1]), rule


def bank_day_after(day: date, count: int) -> date:
    """Return the day `count` business days after `day`."""
    return _BANK_DAYS.add(day, count)


async def refund(
    connection: AsyncConnection, *, order_id: str, amount_krw: int | None, method: str | None, now: datetime
) -> date:
    """Have money paid back, and return by when."""
    due, rule = set_due(method, now=now)
    row = {"order_id": order_id, "amount_krw": amount_krw, "state": "requested", "due_date": due}
    await connection.execute(refunds.insert().values(**row, requested_at=now, rule=rule.name))
    return due


async def give_benefits_back(
    connection: AsyncConnection,
    *,
    customer_id: str,
    order_id: str,
    points_krw: int,
    coupon_id: str | None,
    key: str,
    now: datetime,
) -> None:
    """Give points and coupon back; nothing happens for none."""
    if points_krw > 0:
        await LEDGER.give_points_back(
            connection, customer_id=customer_id, amount_krw=points_krw, key=f"{order_id}:{key}", now=now
        )
    if coupon_id is not None:
        await LEDGER.give_coupon_back(
            connection, customer_id=customer_id, coupon_id=coupon_id, order_id=order_id, now=now
        )
