"""How an order looks on a card. Pure."""

from __future__ import annotations

from actions.reply import Card, Row
from backoffice.orders.model import Order, OrderItem
from backoffice.orders.policy import STATUS_LABELS
from backoffice.orders.tables import OrderStatus
from kernel import korean
from kernel.clock import KST


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


def _item(item: OrderItem) -> str:
    name = f"{item.product}({item.option})" if item.option else item.product
    price = f" · {korean.won(item.price_krw)}" if item.price_krw is not None else ""
    return f"{name} {item.quantity}개{price}"


def _note(order: Order) -> str | None:
    if order.status is OrderStatus.MERGED and order.merged_into:
        return f"{order.merged_into} 주문과 함께 보내 드려요."
    return None
