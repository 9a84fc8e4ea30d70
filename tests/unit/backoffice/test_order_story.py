"""Whatever happened to an order is one story of at most four short sentences."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.orders.model import Order, OrderItem, Refund
from backoffice.orders.story import Event, has_story, tell_story
from backoffice.orders.tables import Actor, EventKind, OrderStatus

AT = datetime(2026, 11, 20, 3, tzinfo=UTC)
TODAY = date(2026, 11, 24)


def an_order(status: OrderStatus = OrderStatus.PAID, product: str = "텀블러", **fields: Any) -> Order:
    return Order(order_id="2026-1", ordered_at=AT, status=status, items=(OrderItem(product, None, 1, 1_000),), **fields)


def an_event(what: EventKind, actor: Actor = Actor.CUSTOMER, **detail: Any) -> Event:
    return Event(kind=what, at=AT + timedelta(hours=1), actor=actor, detail=detail)


@pytest.mark.parametrize(
    ("order", "events", "story"),
    [
        (an_order(), [], ["11월 20일(금)에 텀블러를 주문하셨어요.", "지금은 결제 완료예요."]),
        (
            an_order(),
            [an_event(EventKind.OPTION_CHANGED, item="텀블러", before="검정", after="흰색")],
            [
                "11월 20일(금)에 텀블러를 주문하셨어요.",
                "11월 20일(금)에 고객님이 옵션을 흰색으로 바꿨어요.",
                "지금은 결제 완료예요.",
            ],
        ),
        (
            an_order(OrderStatus.CANCELLED, cancelled_at=AT, refunds=(Refund(5_000, "requested", TODAY),)),
            [
                an_event(EventKind.QUANTITY_CHANGED, item="텀블러", before="1", after="2"),
                an_event(EventKind.ITEMS_CANCELLED, Actor.AGENT, pieces=[{"item": "텀블러", "count": 1}]),
                an_event(EventKind.CANCELLED),
            ],
            [
                "11월 20일(금)에 텀블러를 주문하셨어요.",
                "그 뒤 2번 바뀌었어요: 수량 변경, 일부 상품 취소예요.",
                "11월 20일(금)에 주문이 모두 취소됐어요.",
                "5,000원이 11월 24일(화)까지 환불될 예정이에요.",
            ],
        ),
        (
            an_order(OrderStatus.MERGED, merged_into="2026-2"),
            [an_event(EventKind.MERGED, into="2026-2")],
            ["11월 20일(금)에 텀블러를 주문하셨어요.", "다른 주문(2026-2)과 한 상자에 담아 보내 드려요."],
        ),
        (
            an_order(OrderStatus.DELIVERED),
            [an_event(EventKind.RETURN_REQUESTED, kind="return")],
            [
                "11월 20일(금)에 텀블러를 주문하셨어요.",
                "11월 20일(금)에 반품을 접수하셨고, 상품을 기다리고 있어요.",
            ],
        ),
    ],
)
def test_the_story_of(order: Order, events: list[Event], story: list[str]) -> None:
    assert tell_story(order, events, today=TODAY) == story


def test_only_more_than_buying_and_receipts_is_a_story() -> None:
    assert not has_story(an_order(), [])
    assert not has_story(an_order(), [an_event(EventKind.RECEIPT_SENT)])
    assert has_story(an_order(), [an_event(EventKind.OPTION_CHANGED)])
    assert has_story(an_order(OrderStatus.CANCELLED), [])


details = st.dictionaries(
    st.sampled_from(["item", "before", "after", "kind", "from", "pieces"]),
    st.text(max_size=60) | st.lists(st.fixed_dictionaries({"item": st.text(max_size=60)}), max_size=3),
)
events = st.lists(
    st.builds(
        Event,
        kind=st.sampled_from(EventKind),
        at=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
        actor=st.sampled_from(Actor),
        detail=details,
    ),
    max_size=12,
)
refunds = st.builds(
    Refund,
    st.none() | st.integers(0, 10**12),
    st.sampled_from([None, "requested", "done"]),
    st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 31)),
)


@given(
    status=st.sampled_from(OrderStatus),
    product=st.text(min_size=1, max_size=300),
    happened=events,
    paid_back=st.lists(refunds, max_size=3),
)
def test_any_story_is_short_and_kind(
    status: OrderStatus, product: str, happened: list[Event], paid_back: list[Refund]
) -> None:
    order = an_order(status, product, refunds=tuple(paid_back), cancelled_at=AT)
    story = tell_story(order, happened, today=TODAY)
    assert 2 <= len(story) <= 4
    for sentence in story:
        assert re.search(r"요\.( 죄송해요\.)?$", sentence)
        assert len(sentence) <= 110
