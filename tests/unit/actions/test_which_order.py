"""Which order is meant, asked only where it has to be."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from actions.base import Shop
from actions.reply import Reply
from actions.which_order import Wanted, choose
from backoffice.orders.model import Order, OrderItem
from backoffice.orders.tables import OrderStatus
from kernel.clock import FixedClock
from tests.unit.actions.turns import a_turn

SHOP: Any = Shop(
    engine=None,  # type: ignore[arg-type]
    clock=FixedClock(datetime(2026, 11, 24, 3, tzinfo=UTC)),
    deliveries=None,  # type: ignore[arg-type]
    orders=None,  # type: ignore[arg-type]
    skills=None,  # type: ignore[arg-type]
    context_key="",
)
WANTED = Wanted(
    topic="order_cancel", what="주문", ask="어느 주문인가요?", none="없어요.", fits=lambda order: order.is_open
)


def an_order(number: int, product: str, status: OrderStatus = OrderStatus.PAID) -> Order:
    return Order(
        order_id=f"2026-{number:05d}",
        ordered_at=datetime(2026, 11, 20, tzinfo=UTC),
        status=status,
        items=(OrderItem(product, None, 1, None),),
    )


KETTLE, SHOES = an_order(1, "전기 주전자"), an_order(2, "운동화")
OLD = an_order(3, "가습기", OrderStatus.DELIVERED)


def chosen(*orders: Order, text: str = "취소해 주세요", **fields: Any) -> Order | Reply:
    return choose(list(orders), a_turn(text, "order_cancel", **fields), WANTED, shop=SHOP)


def test_the_only_one_that_fits_is_meant() -> None:
    assert chosen(KETTLE, OLD) is KETTLE


def test_the_one_talked_about_is_meant() -> None:
    assert chosen(KETTLE, SHOES, known_order_id=SHOES.order_id) is SHOES


def test_the_one_named_is_meant_even_where_it_does_not_fit() -> None:
    assert chosen(KETTLE, SHOES, OLD, text="가습기 취소해 주세요") is OLD


def test_the_one_said_no_to_is_not_meant() -> None:
    assert chosen(KETTLE, SHOES, excluded_order_id=KETTLE.order_id) is SHOES


def test_a_place_is_understood_once_it_was_asked() -> None:
    assert chosen(KETTLE, SHOES, text="두 번째요", asked="order:order_cancel:0") is SHOES


def test_of_several_it_is_asked() -> None:
    reply = chosen(KETTLE, SHOES)
    assert isinstance(reply, Reply)
    assert reply.closing == ["어느 주문인가요?"]
    assert [choice.entities["order_id"] for choice in reply.choices] == [KETTLE.order_id, SHOES.order_id]


def test_where_none_fits_or_none_exists_that_is_said() -> None:
    for orders, said in (((OLD,), "없어요."), ((), "아직 주문하신 내역이 없어요.")):
        reply = chosen(*orders)
        assert isinstance(reply, Reply)
        assert reply.bubbles[0] == said
