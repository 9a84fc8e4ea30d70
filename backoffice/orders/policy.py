"""How an order that did not simply arrive is told: cancelled, merged and returned orders as one story.

Pure: an order in, Korean sentences out, one idea each.
"""

from __future__ import annotations

from datetime import date, datetime, time

from backoffice.orders.model import Order, Refund
from backoffice.orders.tables import OrderStatus
from kernel import korean
from kernel.clock import KST

STATUS_LABELS = {
    OrderStatus.RECEIVED: "주문 접수",
    OrderStatus.PAID: "결제 완료",
    OrderStatus.PACKED: "상품 준비 중",
    OrderStatus.SHIPPED: "발송 완료",
    OrderStatus.IN_TRANSIT: "배송 중",
    OrderStatus.DELIVERED: "배송 완료",
    OrderStatus.CANCELLED: "주문 취소",
    OrderStatus.MERGED: "합배송",
    OrderStatus.RETURNED: "반품 완료",
}
_CANCELLED_BY = {
    "customer": "고객님의 요청으로 ",
    "shop": "저희 쪽 사정으로 ",
    "stock": "재고가 부족해 ",
    "payment": "결제가 완료되지 않아 ",
}
REFUND_LABELS = {"requested": "환불 접수", "approved": "환불 승인", "processing": "환불 처리 중", "done": "환불 완료"}


def tell_ending(order: Order, *, today: date) -> list[str]:
    """Return what became of a cancelled, merged or returned order; empty for any other order."""
    name = korean.josa(order.name, "은/는")
    if order.status is OrderStatus.CANCELLED:
        when = f"{korean.date(order.cancelled_at)}에 " if order.cancelled_at else ""
        who = _CANCELLED_BY.get(order.cancelled_by or "", "")
        return [f"{name} {when}{who}취소된 주문이에요.", *tell_refund(order.refund, today=today)]
    if order.status is OrderStatus.MERGED:
        if order.merged_into:
            return [f"{name} 다른 주문({order.merged_into})과 합쳐서 한 번에 보내 드려요."]
        return [f"{name} 다른 주문과 합쳐서 한 번에 보내 드려요."]
    if order.status is OrderStatus.RETURNED:
        return [f"{name} 반품이 끝난 주문이에요.", *tell_refund(order.refund, today=today)]
    return []


def tell_refund(refund: Refund | None, *, today: date) -> list[str]:
    """Return where the money is; empty when nothing is paid back. A due day that has passed is not promised again."""
    if refund is None:
        return []
    amount = (
        f"{korean.josa(korean.won(refund.amount_krw), '이/가')} "
        if refund.amount_krw is not None
        else "결제하신 금액이 "
    )
    if refund.is_done:
        return [f"{amount}환불됐어요."]
    if refund.due_date is None:
        return [f"{amount}환불될 예정이에요."]
    if refund.due_date < today:
        return [f"{korean.date(noon(refund.due_date))}까지 환불해 드리기로 했는데 아직 끝나지 않았어요. 죄송해요."]
    return [f"{amount}{korean.date(noon(refund.due_date))}까지 환불될 예정이에요."]


def noon(day: date) -> datetime:
    """Return the middle of a day in Seoul, for wording that takes a moment."""
    return datetime.combine(day, time(12), KST)
