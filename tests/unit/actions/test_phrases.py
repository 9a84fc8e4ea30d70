"""The labels of choices, and days as people say them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from actions.phrases import ask_to_log_in, moment, near_date, order_choices
from backoffice.orders.model import Order, OrderItem
from backoffice.orders.tables import OrderStatus

TODAY = date(2026, 11, 24)


def order(order_id: str, at: datetime, *products: str) -> Order:
    items = tuple(OrderItem(product, None, 1, None) for product in products)
    return Order(order_id=order_id, ordered_at=at, status=OrderStatus.PAID, items=items)


@pytest.mark.parametrize(
    ("at", "products", "label"),
    [
        (datetime(2026, 11, 20, 3, tzinfo=UTC), ("운동화", "양말"), "운동화 외 1건 · 11/20 주문"),
        (datetime(2026, 11, 20, 16, tzinfo=UTC), ("운동화",), "운동화 · 11/21 주문"),  # the day in Seoul
        (datetime(2025, 12, 31, 3, tzinfo=UTC), ("운동화",), "운동화 · 25/12/31 주문"),
        (datetime(2026, 11, 1, 3, tzinfo=UTC), ("아주" * 20, "양말"), "아주" * 9 + "… 외 1건 · 11/1 주문"),
        (datetime(2026, 11, 1, 3, tzinfo=UTC), ("아주" * 20,), "아주" * 11 + "아… · 11/1 주문"),
    ],
)
def test_an_order_is_chosen_by_its_name_and_day(at: datetime, products: tuple[str, ...], label: str) -> None:
    (choice,) = order_choices([order("2026-12345", at, *products)], today=TODAY)
    assert choice.label == label
    assert choice.as_button()["payload"] == '/inform_order{"order_id": "2026-12345"}'


def test_orders_that_look_alike_are_told_apart_by_number() -> None:
    at = datetime(2026, 11, 20, 3, tzinfo=UTC)
    found = [order("2026-00001", at, "양말"), order("2026-00002", at, "양말"), order("2026-00003", at, "백팩")]
    assert [choice.label for choice in order_choices(found, today=TODAY)] == [
        "양말 · 11/20 주문 (2026-00001)",
        "양말 · 11/20 주문 (2026-00002)",
        "백팩 · 11/20 주문",
    ]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 11, 23), "어제(11월 23일)"),
        (TODAY, "오늘(11월 24일)"),
        (date(2026, 11, 25), "내일(11월 25일)"),
        (date(2026, 11, 27), "11월 27일(금)"),
    ],
)
def test_near_days_are_called_by_name(day: date, said: str) -> None:
    assert near_date(day, TODAY) == said


def test_a_stage_is_dated_to_the_hour() -> None:
    assert moment(datetime(2026, 11, 23, 9, 59, tzinfo=UTC)) == "11월 23일(월) 오후 6시"


@pytest.mark.parametrize(("what", "said"), [("배송 상황", "배송 상황을"), ("주소", "주소를")])
def test_what_needs_a_login_takes_the_fitting_particle(what: str, said: str) -> None:
    assert ask_to_log_in(what).bubbles[0].startswith(said)
