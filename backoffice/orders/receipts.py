"""Sends a proof of payment once more, to the number the customer registered and to no other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.customers.tables import customers
from backoffice.notices.service import tell
from backoffice.notices.tables import NoticeCategory
from backoffice.orders.errors import NeedsPerson, ReceiptNotPossible
from backoffice.orders.model import Order
from backoffice.orders.requests import Request, Requester, begin, finish, get_order, record
from backoffice.orders.rules import ReceiptRule, load_receipt_rules
from backoffice.orders.tables import EventKind, OrderStatus, receipts
from kernel import korean
from kernel.database import insert, write


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What was sent where; `is_new` is False when the same had been sent just before."""

    order_id: str
    kind: str
    label: str
    masked_phone: str
    is_new: bool


async def send_receipt(
    engine: AsyncEngine, who: Requester, order_id: str, kind: str, *, request_key: str, now: datetime
) -> Sent:
    """Have the proof sent; within some minutes of the last time nothing is sent again.

    Raises OrderNotFound, ReceiptNotPossible, NeedsPerson (no registered number, or one that takes details), RequestKeyReused.
    """
    rules = load_receipt_rules()
    rule = rules.kinds.get(kind)
    if rule is None:
        raise ReceiptNotPossible
    request = Request(who=who, order_id=order_id, key=request_key, asked=f"receipt:{kind}", now=now)
    async with write(engine) as connection:
        done = await begin(connection, request)
        if done is not None:
            return Sent(**done)
        order = await get_order(connection, who.customer_id, order_id)
        _check(order, rule)
        phone = await connection.scalar(sa.select(customers.c.phone).where(customers.c.customer_id == who.customer_id))
        if not phone:
            raise NeedsPerson("등록하신 번호가 없어서 상담원이 확인하고 보내 드려야 해요.")
        is_new = await _take(connection, order_id, kind, now=now, pause=timedelta(minutes=rules.again_after_minutes))
        sent = Sent(
            order_id=order_id, kind=kind, label=rule.label, masked_phone=korean.mask_phone(phone), is_new=is_new
        )
        if is_new:
            await _send(connection, request, order, rule)
        await finish(connection, request, vars(sent))
    return sent


def _check(order: Order, rule: ReceiptRule) -> None:
    if order.status is OrderStatus.RECEIVED or order.paid_krw is None:
        raise ReceiptNotPossible("아직 결제 전이라 보내 드릴 증빙이 없어요.")
    if not rule.fits(order.payment_method):
        paid = korean.josa(order.payment_method or "", "으로/로")
        raise ReceiptNotPossible(f"{paid} 결제하셔서 {korean.josa(rule.label, '은/는')} 발급되지 않아요.")
    if rule.by == "person":
        raise NeedsPerson(f"{korean.josa(rule.label, '은/는')} 사업자 정보가 필요해서 상담원이 도와드려야 해요.")


async def _take(connection: AsyncConnection, order_id: str, kind: str, *, now: datetime, pause: timedelta) -> bool:
    statement = insert(connection, receipts).values(order_id=order_id, kind=kind, sent_at=now, sent_count=1)
    taken = await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["order_id", "kind"],
            set_={"sent_at": now, "sent_count": receipts.c.sent_count + 1},
            where=receipts.c.sent_at <= now - pause,
        ).returning(receipts.c.sent_count)
    )
    return taken.first() is not None


async def _send(connection: AsyncConnection, request: Request, order: Order, rule: ReceiptRule) -> None:
    paid = korean.won(order.paid_krw or 0)
    text = (
        f"[이음] 요청하신 {korean.josa(rule.label, '이에요/예요')}. 주문 {order.order_id}, {order.name}, "
        f"{korean.date(order.ordered_at)}, {paid}, {order.payment_method or '결제 방법 확인 필요'}."
    )
    await tell(
        connection,
        customer_id=request.who.customer_id,
        key=f"receipt:{order.order_id}:{rule.kind}:{request.now.isoformat()}",
        category=NoticeCategory.ORDER,
        text=text,
        now=request.now,
    )
    version = load_receipt_rules().version
    await record(
        connection,
        request,
        EventKind.RECEIPT_SENT,
        {"kind": rule.kind, "label": rule.label},
        rule=(f"receipts.{rule.kind}", version),
        inputs={"method": order.payment_method},
    )
