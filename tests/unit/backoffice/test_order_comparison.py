"""What two orders have in common and why they cost differently."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.orders.comparison import compare, find_causes
from backoffice.orders.model import Order, OrderItem
from backoffice.orders.tables import OrderStatus


def an_order(*items: OrderItem, paid: int | None, discount: int | None = None) -> Order:
    return Order(
        order_id="1",
        ordered_at=datetime(2026, 11, 20, tzinfo=UTC),
        status=OrderStatus.DELIVERED,
        items=items,
        paid_krw=paid,
        discount_krw=discount,
    )


SHOES = OrderItem("운동화", "250", 1, 69_000)
SAME = "운동화는 상품과 옵션이 모두 같아요."


@pytest.mark.parametrize(
    ("earlier", "later", "told"),
    [
        (an_order(SHOES, paid=69_000), an_order(SHOES, paid=69_000), [SAME, "결제 금액도 69,000원으로 같아요."]),
        (
            an_order(SHOES, paid=62_100, discount=6_900),
            an_order(SHOES, paid=69_000),
            [
                SAME,
                "결제 금액은 이전보다 6,900원 많아요.",
                "할인이 이전에는 6,900원, 이번에는 0원이라 차이가 나요.",
            ],
        ),
        (
            an_order(SHOES, paid=69_000),
            an_order(OrderItem("운동화", "250", 1, 59_000), paid=59_000),
            [SAME, "결제 금액은 이전보다 10,000원 적어요.", "운동화가 한 개에 69,000원에서 59,000원으로 바뀌었어요."],
        ),
        (
            an_order(SHOES, paid=69_000),
            an_order(OrderItem("운동화", "260", 2, 69_000), paid=138_000),
            [
                "운동화는 같은 상품인데 옵션이 달라요. 이전은 250, 이번은 260이에요. 수량은 1개에서 2개로 달라졌어요.",
                "결제 금액은 이전보다 69,000원 많아요.",
                "담긴 상품이나 수량이 달라서 그래요.",
            ],
        ),
        (an_order(SHOES, paid=None), an_order(SHOES, paid=1), [SAME]),
        (
            an_order(SHOES, paid=69_000),
            an_order(OrderItem("백팩", None, 1, 69_000), paid=69_000),
            ["두 주문에 같은 상품은 없어요.", "결제 금액도 69,000원으로 같아요."],
        ),
    ],
)
def test_the_difference_is_told_with_its_reason(earlier: Order, later: Order, told: list[str]) -> None:
    assert compare(earlier, later) == told


def test_several_causes_are_named_with_the_largest_first() -> None:
    earlier = an_order(OrderItem("운동화", "250", 1, 69_000), paid=62_000, discount=7_000)
    later = an_order(OrderItem("운동화", "250", 2, 65_000), paid=130_000)
    assert compare(earlier, later)[-1] == (
        "수량 때문에 65,000원 더, 할인 때문에 7,000원 더, 정가 때문에 4,000원 덜 내셨어요."
    )


items = st.builds(
    OrderItem,
    st.sampled_from(["운동화", "백팩", "텀블러"]),
    st.sampled_from([None, "250", "260"]),
    st.integers(1, 9),
    st.integers(0, 10**6),
)
any_order = st.builds(
    lambda items, paid, discount: an_order(*items, paid=paid, discount=discount),
    st.lists(items, min_size=1, max_size=4),
    st.integers(0, 10**7),
    st.integers(0, 10**6),
)


@given(earlier=any_order, later=any_order)
def test_the_causes_add_up_to_the_difference(earlier: Order, later: Order) -> None:
    assert sum(find_causes(earlier, later).values()) == (later.paid_krw or 0) - (earlier.paid_krw or 0)
