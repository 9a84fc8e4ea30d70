"""What customers' own words say beyond the intent."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from actions import wording
from backoffice.orders.model import Order, OrderItem
from backoffice.orders.tables import OrderStatus


def an_order(*products: str) -> Order:
    return Order(
        order_id="1",
        ordered_at=datetime(2026, 11, 20, tzinfo=UTC),
        status=OrderStatus.PAID,
        items=tuple(OrderItem(product, None, 1, None) for product in products),
    )


@pytest.mark.parametrize(
    "text", ["그거 말고", "아니 그거 말고요", "그 주문 말고", "다른 주문이요", "이거 아니고", "딴 거요"]
)
def test_another_one_is_wanted(text: str) -> None:
    assert wording.wants_another(text)


@pytest.mark.parametrize("text", ["아니요", "그거요", "네", ""])
def test_another_one_is_not_wanted(text: str) -> None:
    assert not wording.wants_another(text)


@pytest.mark.parametrize("text", ["됐어요", "이제 됐어요", "되네요", "찾았어요", "아 해결됐어요"])
def test_it_works(text: str) -> None:
    assert wording.says_it_works(text)


@pytest.mark.parametrize("text", ["안 됐어요", "아니 됐다고요 아직 안 돼요", "똑같아요", "그거 말고"])
def test_it_is_not_said_that_it_works(text: str) -> None:
    assert not wording.says_it_works(text)


@pytest.mark.parametrize("text", ["없어요", "경비실도 없음", "아직이요", "그대로예요", "못 찾았어요", "안 와요"])
def test_it_does_not_work(text: str) -> None:
    assert wording.says_it_does_not(text)


def test_a_long_message_is_no_short_answer() -> None:
    assert not wording.says_it_does_not("배송지가 없는 주소로 되어 있어서 바꾸고 싶은데 어떻게 하나요")


@pytest.mark.parametrize(
    ("text", "place"),
    [("첫 번째 거요", 0), ("두번째", 1), ("3번이요", 2), ("제일 위에 거", 0), ("가습기요", None), ("두 개요", None)],
)
def test_the_place_in_a_list(text: str, place: int | None) -> None:
    assert wording.find_place(text) == place


@pytest.mark.parametrize("text", ["무선 이어폰 취소", "무선이어폰이요", "이어폰 언제 와요"])
def test_a_product_is_named_with_or_without_spaces(text: str) -> None:
    assert wording.names_product(text, an_order("무선 이어폰"))


@pytest.mark.parametrize(
    ("text", "product"), [("택배 언제 와요", "무선 이어폰"), ("5켤레요", "양말 5켤레"), ("", "가습기")]
)
def test_a_product_is_not_named(text: str, product: str) -> None:
    assert not wording.names_product(text, an_order(product))


def test_a_request_of_some_length_has_said_what_it_is_about() -> None:
    assert wording.is_detailed("백팩 지퍼가 고장 나서 왔는데 새 걸로 교환하고 싶어요")
    assert not wording.is_detailed("반품할래요")
