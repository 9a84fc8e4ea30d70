"""The words for every state a delivery can be in."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from actions.delivery_text import tell, when
from actions.reply import Reply
from backoffice.delivery.policy import Arrival, DeliveryFacts, StageTimes, assess
from backoffice.delivery.rules import load_rules
from backoffice.delivery.service import Delivery
from backoffice.orders.model import Order, OrderItem, Refund
from backoffice.orders.tables import OrderStatus

RULES = load_rules()
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)  # Tuesday noon in Seoul
TODAY = date(2026, 11, 24)
SINCE = datetime(2026, 11, 23, 9, 20, tzinfo=UTC)


def delivery(status: OrderStatus, *products: str, order: dict | None = None, **facts: object) -> Delivery:
    items = tuple(OrderItem(product, None, 1, None) for product in products or ("러닝화",))
    placed = Order(order_id="2026-12345", ordered_at=NOW, status=status, items=items, **(order or {}))
    found = DeliveryFacts(status=status, **facts)
    judged = assess(found, now=NOW, rules=RULES)
    return Delivery(order=placed, facts=found, assessment=judged, courier="한달음택배", tracking_no="0000123")


def told(found: Delivery, **options: bool) -> Reply:
    return tell(found, stage=RULES.stages.get(found.assessment.stage or ""), today=TODAY, **options)


def test_under_way_tells_where_since_when_and_when_it_comes() -> None:
    reply = told(
        delivery(
            OrderStatus.IN_TRANSIT,
            "러닝화",
            "양말",
            promised_on=date(2026, 11, 25),
            stages=(StageTimes("sorting", actual_at=SINCE),),
        )
    )
    assert reply.bubbles == [
        "러닝화 외 1건은 11월 23일(월) 오후 6시부터 택배사 물류센터를 거쳐 배송 지역으로 이동하고 있어요.",
        "내일(11월 25일)에 도착할 예정이에요.",
    ]
    (card,) = reply.cards
    assert [(row.label, row.value) for row in card.rows] == [
        ("주문번호", "2026-12345"),
        ("현재 단계", "이동 중"),
        ("단계 시작", "11월 23일(월) 오후 6시"),
        ("도착 예정", "내일(11월 25일)"),
        ("택배사", "한달음택배"),
        ("운송장번호", "0000123"),
    ]
    assert reply.choices == []


@pytest.mark.parametrize(("product", "topic"), [("러닝화", "러닝화는"), ("백팩", "백팩은"), ("샴푸 1L", "샴푸 1L은")])
def test_the_particle_fits_the_product(product: str, topic: str) -> None:
    assert told(delivery(OrderStatus.PAID, product)).bubbles[0].startswith(f"{topic} 지금 ")


def test_late_apologises_first_then_tells_why_and_the_new_date() -> None:
    reply = told(
        delivery(
            OrderStatus.IN_TRANSIT,
            promised_on=date(2026, 11, 20),
            eta_on=date(2026, 11, 26),
            delay_reason="weather",
            stages=(StageTimes("sorting", actual_at=SINCE),),
        )
    )
    assert reply.bubbles == [
        "약속드린 11월 20일(금)까지 도착하지 못해 정말 죄송해요.",
        "러닝화는 11월 23일(월) 오후 6시부터 ‘이동 중’ 단계인데, 날씨가 좋지 않아 배송 차량이 늦어지고 있어요.",
        "새로 확인한 일정으로는 11월 26일(목)에 도착할 예정이에요.",
        "길이 안전해지는 대로 다시 출발해요.",
    ]
    assert [choice.intent for choice in reply.choices] == ["human_agent"]
    assert ("약속한 날", "11월 20일(금)") in [(row.label, row.value) for row in reply.cards[0].rows]


def test_a_promise_about_to_break_is_told_before_it_does() -> None:
    reply = told(delivery(OrderStatus.PAID, promised_on=TODAY, eta_on=date(2026, 11, 26), delay_reason="stock_error"))
    assert reply.bubbles[0] == "약속드린 오늘(11월 24일)보다 늦어지게 되어 정말 죄송해요."


def test_late_without_a_new_date_gives_an_honest_window() -> None:
    reply = told(delivery(OrderStatus.IN_TRANSIT, promised_on=date(2026, 11, 20)))
    assert reply.bubbles[1:] == [
        "러닝화는 지금 ‘이동 중’ 단계인데, 늦어진 까닭을 아직 전달받지 못했어요.",
        "새로 확인한 일정으로는 내일(11월 25일)에서 11월 26일(목) 사이에 도착할 것 같아요.",
    ]


def test_late_for_something_the_customer_can_mend_says_how() -> None:
    reply = told(
        delivery(
            OrderStatus.IN_TRANSIT,
            promised_on=date(2026, 11, 20),
            eta_on=date(2026, 11, 26),
            delay_reason="wrong_address",
        )
    )
    assert reply.bubbles[-1] == "상담원에게 정확한 주소를 알려 주시면 바로 다시 출발할 수 있어요."


def test_a_promise_broken_again_is_told_in_other_words_with_a_person_at_hand() -> None:
    reply = told(
        delivery(OrderStatus.IN_TRANSIT, promised_on=date(2026, 11, 20), eta_on=date(2026, 11, 26), moved_count=2)
    )
    assert reply.bubbles[0] == "약속드린 11월 20일(금)을 거듭 지키지 못해 정말 죄송해요."
    assert reply.bubbles[-1] == "원하시면 상담원이 직접 챙겨 드릴게요."
    assert [choice.intent for choice in reply.choices] == ["human_agent"]


def test_a_window_says_what_it_rests_on() -> None:
    spans = {"sorting|jeju|": Counter({1: 50, 2: 45, 5: 5})}
    stages = (StageTimes("sorting", actual_at=SINCE),)
    facts = DeliveryFacts(status=OrderStatus.IN_TRANSIT, address="제주특별자치도 제주시 이음로 1", stages=stages)
    judged = assess(facts, now=NOW, rules=RULES, history=spans)
    order = Order(order_id="1", ordered_at=NOW, status=facts.status, items=())
    reply = told(Delivery(order=order, facts=facts, assessment=judged))
    assert reply.bubbles[1] == "오늘(11월 24일)에서 내일(11월 25일) 사이에 도착할 것 같아요."
    assert reply.tips == ["제주는 배송이 보통 하루 더 걸려요.", "비슷한 배송 10건 중 9건이 이렇게 도착했어요."]


def test_contradicting_reports_are_admitted() -> None:
    assert told(delivery(OrderStatus.DELIVERED, is_doubted=True)).bubbles[1] == (
        "그런데 그 뒤의 택배사 기록이 서로 달라서 담당자가 확인하고 있어요."
    )


def test_a_complaint_about_a_parcel_in_time_is_met_with_regret_first() -> None:
    found = delivery(OrderStatus.IN_TRANSIT, promised_on=date(2026, 11, 25))
    assert told(found, is_complaint=True).bubbles[0] == "기다리게 해 드려 죄송해요."


def test_delivered_tells_when_and_where_it_was_left() -> None:
    at = datetime(2026, 11, 23, 5, 5, tzinfo=UTC)
    reply = told(delivery(OrderStatus.DELIVERED, delivered_at=at, delivered_place="무인 택배함"))
    assert reply.bubbles == [
        "러닝화는 어제(11월 23일) 오후 2시 5분에 배송이 끝났어요.",
        "받으신 곳은 ‘무인 택배함’이에요.",
        "혹시 아직 못 받으셨다면 바로 알려 주세요.",
    ]


def test_delivered_without_details_says_only_what_is_known() -> None:
    assert told(delivery(OrderStatus.DELIVERED)).bubbles[0] == "러닝화는 배송이 끝났어요."
    assert (
        "받으신 곳은 ‘옆집 할머니’예요." in told(delivery(OrderStatus.DELIVERED, delivered_place="옆집 할머니")).bubbles
    )


def test_cancelled_tells_the_end_and_the_money() -> None:
    order = {"cancelled_by": "customer", "refunds": (Refund(5_000, "processing", date(2026, 11, 27)),)}
    assert told(delivery(OrderStatus.CANCELLED, order=order)).bubbles == [
        "러닝화는 고객님의 요청으로 취소된 주문이에요.",
        "5,000원이 11월 27일(금)까지 환불될 예정이에요.",
    ]


@pytest.mark.parametrize(
    ("arrival", "sentence"),
    [
        (None, "도착 예정일은 아직 정해지지 않았어요."),
        (Arrival(first=TODAY, last=TODAY), "오늘(11월 24일)에 도착할 예정이에요."),
        (Arrival(first=TODAY, last=TODAY, at=NOW), "오늘(11월 24일) 오후 12시쯤 도착할 예정이에요."),
        (Arrival(first=TODAY, last=TODAY, is_estimate=True), "오늘(11월 24일)에 도착할 것 같아요."),
    ],
)
def test_arrival_is_told_as_surely_as_it_is_known(arrival: Arrival | None, sentence: str) -> None:
    assert when(arrival, today=TODAY) == sentence


@pytest.mark.parametrize(
    "status",
    [status for status in OrderStatus if status.value in ("received", "paid", "packed", "shipped", "in_transit")],
)
def test_every_open_status_has_an_answer_in_polite_speech(status: OrderStatus) -> None:
    assert all(bubble.endswith("요.") for bubble in told(delivery(status)).bubbles)
