"""The day a customer has been given: when it moves, the old one is kept and the customer told before they ask.

A promise that moves a second time is told in other words, and a person takes it over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backoffice.delivery.policy import explain_delay
from backoffice.delivery.rulebook import DelayRule, DeliveryRules
from backoffice.delivery.tables import FlagKind, deliveries, delivery_flags
from backoffice.notices.service import tell
from backoffice.notices.tables import NoticeCategory
from backoffice.orders.model import UNNAMED
from backoffice.orders.tables import order_items
from kernel import korean
from kernel.clock import KST
from kernel.database import insert

_DELIVERY = sa.select(deliveries).where(deliveries.c.order_id == sa.bindparam("wanted")).with_for_update()
_ITEMS = (
    sa.select(order_items.c.product)
    .where(order_items.c.order_id == sa.bindparam("wanted"))
    .order_by(order_items.c.row_id)
)


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """A day on which an order's parcel is now expected, in Seoul."""

    order_id: str
    customer_id: str
    day: date


async def expect_anew(
    connection: AsyncConnection,
    wanted: Expectation,
    *,
    reason: str | None,
    is_told: bool,
    now: datetime,
    rules: DeliveryRules,
) -> bool:
    """Have the parcel expected on another day; return whether that is a change. The customer is told once for each day.

    With `is_told` False the day is only written down, as for a parcel that has come meanwhile.
    """
    row = (await connection.execute(_DELIVERY, {"wanted": wanted.order_id})).one()
    before: date | None = row.eta_date or row.promised_date
    if before == wanted.day:
        return False
    history = [*(row.eta_history or []), *([before.isoformat()] if before else [])]
    mine = deliveries.update().where(deliveries.c.order_id == wanted.order_id)
    await connection.execute(mine.values(eta_date=wanted.day, eta_at=None, eta_history=history or None))
    if before is None or not is_told:
        return True
    is_later = wanted.day > before
    if is_later and len(history) > 1:
        await _flag(connection, wanted, now)
    text = tell_change(
        await _name(connection, wanted.order_id),
        before=before,
        day=wanted.day,
        delay=explain_delay(reason, rules) if is_later else None,
        moved_count=len(history),
    )
    await tell(
        connection,
        customer_id=wanted.customer_id,
        key=f"delivery-day:{wanted.order_id}:{wanted.day.isoformat()}",
        category=NoticeCategory.DELIVERY,
        text=text,
        now=now,
        send_at=rules.notices.next_moment(now),
    )
    return True


async def _flag(connection: AsyncConnection, wanted: Expectation, now: datetime) -> None:
    row: dict[str, Any] = {
        "order_id": wanted.order_id,
        "kind": FlagKind.MOVED_AGAIN.value,
        "subject": wanted.day.isoformat(),
        "found_at": now,
    }
    await connection.execute(insert(connection, delivery_flags).values(**row).on_conflict_do_nothing())


async def _name(connection: AsyncConnection, order_id: str) -> str:
    products = (await connection.execute(_ITEMS, {"wanted": order_id})).scalars().all()
    if not products:
        return UNNAMED
    return f"{products[0]} 외 {len(products) - 1}건" if len(products) > 1 else str(products[0])


def tell_change(name: str, *, before: date, day: date, delay: DelayRule | None, moved_count: int) -> str:
    """Return what the customer is told: kind, short, the apology first where it is later than told before."""
    new = korean.date(datetime.combine(day, time(12), KST))
    named = korean.josa(name, "이/가")
    if delay is None:
        return f"[이음] {named} {new}에 도착해요. 말씀드린 날보다 빨라졌어요."
    because = f"{delay.because}."
    if moved_count > 1:
        return (
            f"[이음] 도착일이 또 바뀌어 정말 죄송해요. {because} {korean.josa(name, '은/는')} {new}에 도착할 예정이에요. "
            "이번에는 담당자가 직접 챙기고, 더 늦어지면 먼저 연락드릴게요."
        )
    old = korean.date(datetime.combine(before, time(12), KST))
    follows = f" {delay.next}" if delay.next else ""
    return f"[이음] 말씀드린 {old}보다 늦어져 죄송해요. {because} {named} {new}에 도착할 예정이에요.{follows}"
