"""How an order looks on a card. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from actions.reply import Card, Row
from backoffice.orders.model import Order, OrderItem
from backoffice.orders.policy import STATUS_LABELS
from backoffice.orders.story import CHANGES, Event, tell_change
from backoffice.orders.tables import OrderStatus
from kernel import korean
from kernel.clock import KST

_MOST_CHANGES = 5


def card(order: Order) -> Card:
    """Return the facts of one order: number, day, amount, status; where it went when merged."""
    local = order.ordered_at.astimezone(KST)
    rows = [Row("주문번호", order.order_id), Row("주문일", f"{local.year}년 {korean.date(local)}")]
    if order.paid_krw is not None:
        rows.append(Row("결제 금액", korean.won(order.paid_krw)))
    rows.append(Row("상태", STATUS_LABELS[order.status]))
    return Card(order.name, rows, note=_note(order))


def detail_card(order: Order) -> Card:
    """Return everything about one order: each item with option, number and price, discount, payment."""
    plain = card(order)
    head, (status,) = plain.rows[:2], plain.rows[-1:]
    rows = [*head, *(Row("상품", _item(item)) for item in order.items)]
    if order.discount_krw:
        rows.append(Row("할인", korean.won(order.discount_krw)))
    if order.paid_krw is not None:
        rows.append(Row("결제 금액", korean.won(order.paid_krw)))
    if order.payment_method:
        rows.append(Row("결제 방법", order.payment_method))
    return Card(plain.title, [*rows, status], note=plain.note)


def change_rows(events: Sequence[Event]) -> list[Row]:
    """Return a row for each of the latest changes to an order, the oldest first; none where the story tells of it."""
    changes = [event for event in events if event.kind in CHANGES]
    if len(changes) < 2:
        return []
    return [Row(korean.date(event.at), tell_change(event)) for event in changes[-_MOST_CHANGES:]]


def _item(item: OrderItem) -> str:
    name = f"{item.product}({item.option})" if item.option else item.product
    said = [f"{name} {item.quantity}개"]
    if item.price_krw is not None:
        said.append(korean.won(item.price_krw))
    for count, what in ((item.cancelled_count, "취소"), (item.returned_count, "반품")):
        if count:
            said.append(what if count == item.quantity else f"{count}개 {what}")
    return " · ".join(said)


def _note(order: Order) -> str | None:
    if order.status is OrderStatus.MERGED and order.merged_into:
        return f"{order.merged_into} 주문과 함께 보내 드려요."
    return None
