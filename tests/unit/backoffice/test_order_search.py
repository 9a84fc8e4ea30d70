"""Goods are found however they are spelt, and orders by days and amounts; nothing is found that was not meant."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backoffice.demo.catalogue import PRODUCTS
from backoffice.orders.errors import InvalidAmount, InvalidPeriod, OrderError
from backoffice.orders.model import Order, OrderItem
from backoffice.orders.search import Query, check, choose_named, fits_amount, read_period
from backoffice.orders.spelling import distance_within, is_meant, jamo, letters, slips_allowed
from backoffice.orders.tables import OrderStatus

GOODS = [product.name for product in PRODUCTS]
LETTERS = "ㄱㄴㄷㅅㅇㅏㅓㅗㅣ가a1"


def an_order(*products: str, paid: int | None = None) -> Order:
    return Order(
        order_id=" ".join(products),
        ordered_at=datetime(2026, 11, 20, tzinfo=UTC),
        status=OrderStatus.PAID,
        items=tuple(OrderItem(product, None, 1, None) for product in products),
        paid_krw=paid,
    )


def found(text: str, *products: str) -> list[str]:
    return [order.order_id for order in choose_named([an_order(product) for product in products or GOODS], text)]


@pytest.mark.parametrize(
    ("text", "product"),
    [
        ("이어퐁 취소해 주세요", "무선 이어폰"),
        ("무 선이 어폰 언제 와요", "무선 이어폰"),
        ("가숩기 산 거 보여줘", "가습기"),
        ("런닝화 주문 내역", "러닝화"),
        ("텀불러 환불", "텀블러"),
        ("후라이팬 언제 샀죠", "프라이팬"),
        ("극새사 이불이요", "극세사 이불"),
        ("그래놀라", "수제 그래놀라"),
        ("백팩이요", "백팩"),
    ],
)
def test_a_slip_or_a_space_does_not_hide_what_is_meant(text: str, product: str) -> None:
    assert found(text) == [product]


@pytest.mark.parametrize(
    "text",
    ["주문 내역 보여 주세요", "지난달에 주문한 거요", "배송 언제 와요", "취소할래요", "환불 얼마나 걸려요", "", "..."],
)
def test_nothing_is_found_in_what_names_nothing(text: str) -> None:
    assert found(text) == []


def test_no_goods_of_the_shop_are_taken_for_others() -> None:
    alike = {(one, other) for one in GOODS for other in GOODS if one != other and is_meant(one, other)}
    assert alike == set()


def test_the_exact_name_wins_over_one_a_slip_apart() -> None:
    assert found("운동화요", "운동화", "운돈화") == ["운동화"]


@given(name=st.sampled_from(GOODS), place=st.integers(0, 40), letter=st.sampled_from(LETTERS), kind=st.integers(0, 2))
def test_one_slip_anywhere_still_finds_a_name_that_allows_one(name: str, place: int, letter: str, kind: int) -> None:
    assume(slips_allowed(name) >= 1)
    typed = list(jamo(letters(name)))
    place %= len(typed)
    typed[place : place + (kind > 0)] = [letter] if kind < 2 else []
    assert distance_within(jamo(letters(name)), "".join(typed)) <= 1


@given(pattern=st.text("ㄱㅏㄴ", max_size=8), text=st.text("ㄱㅏㄴ", max_size=12))
def test_the_distance_is_that_of_the_plain_table(pattern: str, text: str) -> None:
    row = [0] * (len(text) + 1)
    for place, wanted in enumerate(pattern, 1):
        diagonal, row[0] = row[0], place
        for column, letter in enumerate(text, 1):
            diagonal, row[column] = (
                row[column],
                min(row[column] + 1, row[column - 1] + 1, diagonal + (wanted != letter)),
            )
    assert distance_within(pattern, text) == min(row)


@given(text=st.text(max_size=40), name=st.text(max_size=20))
def test_any_text_can_be_looked_through(text: str, name: str) -> None:
    assert isinstance(is_meant(name, text), bool)
    assert set(found(text, name)) <= {name}


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        (Query(first_day=date(2026, 11, 2), last_day=date(2026, 11, 1)), InvalidPeriod),
        (Query(first_day=date(1, 1, 1)), InvalidPeriod),
        (Query(last_day=date(9999, 12, 31)), InvalidPeriod),
        (Query(least_krw=-1), InvalidAmount),
        (Query(most_krw=10**13), InvalidAmount),
        (Query(least_krw=2, most_krw=1), InvalidAmount),
    ],
)
def test_what_cannot_be_is_refused(query: Query, refusal: type[OrderError]) -> None:
    with pytest.raises(refusal):
        check(query)


@pytest.mark.parametrize(
    ("first", "last"), [("2026-02-30", "2026-03-01"), ("", ""), ("어제", "오늘"), ("2026-13-01", "2026-13-02")]
)
def test_days_that_do_not_exist_are_refused(first: str, last: str) -> None:
    with pytest.raises(InvalidPeriod):
        read_period(first, last)


@pytest.mark.parametrize(
    ("least", "most", "fits"), [(None, None, True), (1_000, 1_000, True), (1_001, None, False), (None, 999, False)]
)
def test_an_order_fits_by_what_was_paid(least: int | None, most: int | None, fits: bool) -> None:
    assert fits_amount(an_order("백팩", paid=1_000), Query(least_krw=least, most_krw=most)) is fits
