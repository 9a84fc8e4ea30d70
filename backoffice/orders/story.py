"""What became of an order, told as one story: at most four short sentences, whatever happened. Pure.

What happened once is told with its day; what happened several times is summed up. Without events (an order that came
in from elsewhere) the story is told from the order itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from backoffice.orders.model import Order
from backoffice.orders.policy import STATUS_LABELS, tell_ending, tell_refund
from backoffice.orders.tables import Actor, EventKind, OrderStatus
from kernel import korean

MOST_SENTENCES = 4
_LONGEST_NAME = 24
CHANGES = (
    EventKind.OPTION_CHANGED,
    EventKind.QUANTITY_CHANGED,
    EventKind.ITEM_ADDED,
    EventKind.PAYMENT_CHANGED,
    EventKind.ITEMS_CANCELLED,
)
_RETURNS = (
    EventKind.RETURN_REQUESTED,
    EventKind.EXCHANGE_REQUESTED,
    EventKind.RETURN_WITHDRAWN,
    EventKind.RETURN_RECEIVED,
)
_BY = {Actor.CUSTOMER: "고객님이 ", Actor.AGENT: "상담원이 ", Actor.SHOP: "저희가 "}
EVENT_LABELS = {
    EventKind.CANCELLED: "주문 취소",
    EventKind.ITEMS_CANCELLED: "일부 상품 취소",
    EventKind.OPTION_CHANGED: "옵션 변경",
    EventKind.QUANTITY_CHANGED: "수량 변경",
    EventKind.ITEM_ADDED: "상품 추가",
    EventKind.PAYMENT_CHANGED: "결제 방법 변경",
    EventKind.MERGED: "합배송",
    EventKind.TOOK_IN: "합배송",
    EventKind.RETURN_REQUESTED: "반품 접수",
    EventKind.EXCHANGE_REQUESTED: "교환 접수",
    EventKind.RETURN_WITHDRAWN: "접수 취소",
    EventKind.RETURN_RECEIVED: "반품 상품 도착",
    EventKind.RECEIPT_SENT: "증빙 발송",
}


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened to an order."""

    kind: EventKind
    at: datetime
    actor: Actor
    detail: dict[str, Any]
    why: str | None = None


def tell_story(order: Order, events: Sequence[Event], *, today: date) -> list[str]:
    """Return the story: bought, changed, merged or cancelled or sent back, and where the money is."""
    told = [f"{korean.date(order.ordered_at)}에 {korean.josa(_shorten(order.name), '을/를')} 주문하셨어요."]
    changes = [event for event in events if event.kind in CHANGES]
    if changes:
        told.append(_tell_changes(changes))
    told.append(_tell_end(order, events, today))
    refunds = tell_refund(order.refund, today=today)
    if refunds:
        told.append(refunds[0])
    return told[:MOST_SENTENCES]


def has_story(order: Order, events: Sequence[Event]) -> bool:
    """Return whether more happened to the order than being bought and sent."""
    told = (EventKind.RECEIPT_SENT,)
    return bool(order.refunds or tell_ending(order, today=date.min) or [e for e in events if e.kind not in told])


def _tell_changes(changes: Sequence[Event]) -> str:
    if len(changes) == 1:
        event = changes[0]
        return f"{korean.date(event.at)}에 {tell_change(event)}."
    kinds = list(dict.fromkeys(EVENT_LABELS[event.kind] for event in changes))
    return f"그 뒤 {len(changes)}번 바뀌었어요: {korean.josa(', '.join(kinds), '이에요/예요')}."


def tell_change(event: Event) -> str:
    """Return who changed what, without a full stop: `고객님이 옵션을 L로 바꿨어요`."""
    return _BY[event.actor] + _what_changed(event)


def _what_changed(event: Event) -> str:
    item = korean.josa(_shorten(str(event.detail.get("item") or "상품")), "을/를")
    after = str(event.detail.get("after") or "")
    match event.kind:
        case EventKind.OPTION_CHANGED if after:
            return f"옵션을 {korean.josa(_shorten(after), '으로/로')} 바꿨어요"
        case EventKind.QUANTITY_CHANGED if after:
            return f"수량을 {_shorten(after)}개로 바꿨어요"
        case EventKind.ITEM_ADDED:
            return f"{item} 더했어요"
        case EventKind.PAYMENT_CHANGED if after:
            return f"결제 방법을 {korean.josa(_shorten(after), '으로/로')} 바꿨어요"
        case EventKind.ITEMS_CANCELLED:
            pieces = event.detail.get("pieces")
            if not isinstance(pieces, list) or len(pieces) != 1:
                return "상품 일부를 취소했어요"
            named = _shorten(str(pieces[0].get("item") or "상품"))
            return f"{korean.josa(named, '을/를')} 취소했어요"
        case _:
            return "내용을 바꿨어요"


def _tell_end(order: Order, events: Sequence[Event], today: date) -> str:
    merged = next((event for event in reversed(events) if event.kind is EventKind.TOOK_IN), None)
    ended = [event for event in events if event.kind in _RETURNS]
    if order.status is OrderStatus.CANCELLED:
        when = f"{korean.date(order.cancelled_at)}에 " if order.cancelled_at else ""
        return f"{when}주문이 모두 취소됐어요."
    if order.status is OrderStatus.MERGED:
        into = f"({order.merged_into})" if order.merged_into else ""
        return f"다른 주문{into}과 한 상자에 담아 보내 드려요."
    if ended:
        return _tell_return(ended[-1])
    if order.status is OrderStatus.RETURNED:
        return "보내 주신 상품을 받아 반품이 끝났어요."
    status = korean.josa(STATUS_LABELS[order.status], "이에요/예요")
    if merged is not None:
        return f"다른 주문({_shorten(str(merged.detail.get('from', '')))})을 함께 담았고, 지금은 {status}."
    return f"지금은 {status}."


def _tell_return(event: Event) -> str:
    what = "교환" if event.detail.get("kind") == "exchange" else "반품"
    when = korean.date(event.at)
    match event.kind:
        case EventKind.RETURN_WITHDRAWN:
            return f"{when}에 {what} 접수를 거두셨어요."
        case EventKind.RETURN_RECEIVED:
            return f"{when}에 보내 주신 상품을 받았어요."
        case _:
            return f"{when}에 {korean.josa(what, '을/를')} 접수하셨고, 상품을 기다리고 있어요."


def _shorten(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"
