"""Looks every morning for parcels whose day has passed: each gets a new day, and the customer is told before they ask."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backoffice.delivery.promises import Expectation, expect_anew
from backoffice.delivery.rulebook import DeliveryRules
from backoffice.delivery.rules import load_rules
from backoffice.delivery.service import read_deliveries
from backoffice.delivery.tables import deliveries
from backoffice.jobs.service import Job, ensure, schedule
from backoffice.orders.service import read_order
from backoffice.orders.tables import OPEN_STATUSES, orders
from kernel.clock import KST

KIND = "delivery_overdue"
_KEY = "shop"
AT_ONCE = 50
_OVERDUE = (
    sa.select(deliveries.c.order_id, orders.c.customer_id)
    .join(orders, orders.c.order_id == deliveries.c.order_id)
    .where(
        deliveries.c.delivered_at.is_(None),
        deliveries.c.promised_date < sa.bindparam("today"),
        sa.or_(deliveries.c.eta_date.is_(None), deliveries.c.eta_date < sa.bindparam("today")),
        orders.c.status.in_(OPEN_STATUSES),
    )
    .order_by(deliveries.c.promised_date, deliveries.c.order_id)
    .limit(AT_ONCE)
)


async def begin(connection: AsyncConnection, now: datetime) -> None:
    """See to it that there is a next morning."""
    await ensure(connection, kind=KIND, key=_KEY, due_at=next_morning(now, load_rules()))


async def carry_out(connection: AsyncConnection, _job: Job, now: datetime) -> None:
    """Give overdue parcels a new day; go on at once where there are more of them, else the next morning."""
    rules = load_rules()
    count = await look(connection, now, rules)
    due_at = now if count == AT_ONCE else next_morning(now, rules)
    await schedule(connection, kind=KIND, key=_KEY, due_at=due_at)


async def look(connection: AsyncConnection, now: datetime, rules: DeliveryRules) -> int:
    """Give up to `AT_ONCE` overdue parcels a new day and have their customers told; return how many there were."""
    today = now.astimezone(KST).date()
    found = (await connection.execute(_OVERDUE, {"today": today})).all()
    for row in found:
        order = await read_order(connection, row.customer_id, row.order_id)
        assert order is not None, "read a moment ago in the same transaction"
        (delivery,) = await read_deliveries(connection, [order], now=now, rules=rules)
        arrival = delivery.assessment.arrival
        assert arrival is not None, "a parcel under way is expected"
        wanted = Expectation(order_id=row.order_id, customer_id=row.customer_id, day=arrival.last)
        await expect_anew(connection, wanted, reason=delivery.facts.delay_reason, is_told=True, now=now, rules=rules)
    return len(found)


def next_morning(now: datetime, rules: DeliveryRules) -> datetime:
    """Return when customers may next be told things, on a day after today's in Seoul."""
    day = now.astimezone(KST).date() + timedelta(days=1)
    return datetime.combine(day, time(rules.notices.from_hour), KST)
