"""How cancelled, merged and returned orders are told."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from backoffice.orders.model import Order, OrderItem, Refund
from backoffice.orders.policy import STATUS_LABELS, tell_ending, tell_refund
from backoffice.orders.tables import OrderStatus

TODAY = date(2026, 11, 24)


def order(status: OrderStatus, *products: str, **fields: object) -> Order:
    items = tuple(OrderItem(product, None, 1, 1000) for product in products or ("러닝화",))
    return Order(
        order_id="2026-12345", ordered_at=datetime(2026, 11, 20, 3, tzinfo=UTC), status=status, items=items, **fields
    )


@pytest.mark.parametrize(
    ("products", "name"),
    [
        ((), "주문하신 상품"),
        (("러닝화",), "러닝화"),
        (("러닝화", "양말"), "러닝화 외 1건"),
        (("가", "나", "다"), "가 외 2건"),
    ],
)
def test_an_order_is_called_by_its_first_product(products: tuple[str, ...], name: str) -> None:
    items = tuple(OrderItem(product, None, 1, None) for product in products)
    assert Order(order_id="1", ordered_at=datetime.now(UTC), status=OrderStatus.PAID, items=items).name == name


@pytest.mark.parametrize(
    ("told", "sentences"),
    [
        (order(OrderStatus.CANCELLED), ["러닝화는 취소된 주문이에요."]),
        (
            order(
                OrderStatus.CANCELLED,
                "백팩",
                cancelled_at=datetime(2026, 11, 20, 16, tzinfo=UTC),
                cancelled_by="customer",
            ),
            ["백팩은 11월 21일(토)에 고객님의 요청으로 취소된 주문이에요."],
        ),
        (order(OrderStatus.CANCELLED, cancelled_by="stock"), ["러닝화는 재고가 부족해 취소된 주문이에요."]),
        (order(OrderStatus.CANCELLED, cancelled_by="somebody"), ["러닝화는 취소된 주문이에요."]),
        (
            order(OrderStatus.MERGED, merged_into="2026-54321"),
            ["러닝화는 다른 주문(2026-54321)과 합쳐서 한 번에 보내 드려요."],
        ),
        (order(OrderStatus.MERGED), ["러닝화는 다른 주문과 합쳐서 한 번에 보내 드려요."]),
        (
            order(OrderStatus.RETURNED, refunds=(Refund(12_000, "done", None),)),
            ["러닝화는 반품이 끝난 주문이에요.", "12,000원이 환불됐어요."],
        ),
        *((order(status), []) for status in (OrderStatus.PAID, OrderStatus.IN_TRANSIT, OrderStatus.DELIVERED)),
    ],
)
def test_endings_are_told_in_one_idea_a_sentence(told: Order, sentences: list[str]) -> None:
    assert tell_ending(told, today=TODAY) == sentences


@pytest.mark.parametrize(
    ("refund", "sentences"),
    [
        (None, []),
        (Refund(5_000, "processing", None), ["5,000원이 환불될 예정이에요."]),
        (Refund(None, None, None), ["결제하신 금액이 환불될 예정이에요."]),
        (Refund(5_000, "processing", date(2026, 11, 24)), ["5,000원이 11월 24일(화)까지 환불될 예정이에요."]),
        (
            Refund(5_000, "processing", date(2026, 11, 23)),
            ["11월 23일(월)까지 환불해 드리기로 했는데 아직 끝나지 않았어요. 죄송해요."],
        ),
        (Refund(5_000, "DONE", date(2026, 11, 23)), ["5,000원이 환불됐어요."]),
    ],
)
def test_a_passed_refund_day_is_not_promised_again(refund: Refund | None, sentences: list[str]) -> None:
    assert tell_refund(refund, today=TODAY) == sentences


def test_every_status_has_a_label() -> None:
    assert set(STATUS_LABELS) == set(OrderStatus)
