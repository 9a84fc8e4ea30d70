"""The demo customers whose orders can be cancelled, changed, sent back and compared, and one whose order was."""

from __future__ import annotations

from datetime import timedelta

from backoffice.delivery.events import CourierEvent
from backoffice.demo import shape
from backoffice.demo.catalogue import PRODUCTS
from backoffice.demo.journeys import Journey
from backoffice.demo.orderbook import OrderBook
from backoffice.orders.tables import Actor, EventKind

_GOODS = {product.name: product for product in PRODUCTS}
_CARD = "신용카드"


def pen_and_tumblers(book: OrderBook) -> tuple[shape.Order, ...]:
    """Return an order of yesterday evening that is paid, with points, and not packed."""
    order = book.write(Journey(ordered_at=book.moment(1, 20, 30), stop_after="paid"), products=[_GOODS["텀블러"]])
    items = (
        shape.Item(product="텀블러", option="검정", quantity=2, price_krw=24_000),
        shape.Item(product="만년필", option="F", quantity=1, price_krw=45_000),
    )
    paid = {"paid_krw": 90_000, "discount_krw": 0, "used_points_krw": 3_000, "payment_method": _CARD}
    return (order.model_copy(update={"items": items, **paid}),)


def spent_points(order: shape.Order) -> tuple[shape.Points, ...]:
    """Return the points that were earned a month before the order and spent on it."""
    assert order.ordered_at is not None, "the book dates every order"
    earned = order.ordered_at - timedelta(days=30)
    return (
        shape.Points(amount_krw=10_000, why="구매 적립", at=earned, expires_at=earned + timedelta(days=365)),
        shape.Points(amount_krw=-(order.used_points_krw or 0), why="주문에 사용", at=order.ordered_at),
    )


def just_arrived(book: OrderBook) -> tuple[shape.Order, ...]:
    """Return an order of two things that came in the last days, so that they can still be sent back."""
    days_ago = 3
    while book.planned_arrival(book.moment(days_ago, 10, 0)) >= book.today:
        days_ago += 1
    order = book.write(
        Journey(ordered_at=book.moment(days_ago, 10, 0)), products=[_GOODS["운동화"], _GOODS["양말 5켤레"]]
    )
    items = (
        shape.Item(product="운동화", option="260", quantity=1, price_krw=69_000),
        shape.Item(product="양말 5켤레", option="검정", quantity=1, price_krw=9_900),
    )
    return (
        order.model_copy(update={"items": items, "paid_krw": 78_900, "discount_krw": 0, "payment_method": "간편결제"}),
    )


def seen_again(order: shape.Order) -> tuple[CourierEvent, ...]:
    """Return what a courier reported of a parcel that had come: left at its place, and hours later under way again."""
    assert order.order_id is not None and order.delivered_at is not None, "the book numbers and dates what has come"
    reported = (("delivered", order.delivered_at), ("sorting", order.delivered_at + timedelta(hours=3)))
    return tuple(
        CourierEvent(
            source="demo", event_id=f"{order.order_id}-{code}", order_id=order.order_id, code=code, happened_at=at
        )
        for code, at in reported
    )


def bought_twice(book: OrderBook) -> tuple[shape.Order, ...]:
    """Return the same thing ordered twice, the first time with a discount."""
    item = shape.Item(product="무선 이어폰", option="흰색", quantity=1, price_krw=99_000)
    first = book.write(Journey(ordered_at=book.moment(45, 14, 0)), products=[_GOODS["무선 이어폰"]])
    second = book.write(Journey(ordered_at=book.moment(12, 14, 0)), products=[_GOODS["무선 이어폰"]])
    return (
        first.model_copy(update={"items": (item,), "paid_krw": 84_000, "discount_krw": 15_000}),
        second.model_copy(update={"items": (item,), "paid_krw": 99_000, "discount_krw": 0}),
    )


def changed_and_cut(book: OrderBook) -> tuple[shape.Order, ...]:
    """Return a paid order whose option was changed and of which one item was cancelled, with its refund."""
    at = book.moment(1, 9, 0)
    order = book.write(Journey(ordered_at=at, stop_after="paid"), products=[_GOODS["기모 후드티"]])
    items = (
        shape.Item(product="기모 후드티", option="L", quantity=1, price_krw=39_900),
        shape.Item(product="텀블러", option="흰색", quantity=1, price_krw=24_000, cancelled_count=1),
    )
    events = (
        shape.OrderEvent(
            kind=EventKind.OPTION_CHANGED,
            at=at + timedelta(hours=1),
            detail={"item": "기모 후드티", "before": "M", "after": "L"},
            rule="change.paid",
            rules_version=2,
        ),
        shape.OrderEvent(
            kind=EventKind.ITEMS_CANCELLED,
            at=at + timedelta(hours=2),
            actor=Actor.AGENT,
            actor_id="demo-agent",
            detail={"pieces": [{"item": "텀블러(흰색)", "count": 1}]},
            rule="cancel.paid",
            rules_version=2,
        ),
    )
    due = book.today + timedelta(days=6)
    refund = shape.Refund(amount_krw=24_000, state="requested", due_date=due)
    paid = {"paid_krw": 63_900, "discount_krw": 0, "payment_method": _CARD}
    return (order.model_copy(update={"items": items, "events": events, "refund": refund, **paid}),)
