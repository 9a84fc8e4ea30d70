"""The way of a parcel and the causes of delay, row by row, as customers hear of them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from actions.delivery_text import tell
from backoffice.delivery.policy import DeliveryFacts, StageTimes, assess
from backoffice.delivery.rules import load_rules
from backoffice.delivery.service import Delivery
from backoffice.orders.model import Order, OrderItem
from backoffice.orders.tables import OrderStatus

RULES = load_rules()
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)  # Tuesday noon in Seoul
SINCE = datetime(2026, 11, 23, 9, 20, tzinfo=UTC)
WAY = (
    # stage reported            called              what the customer hears
    ("order received", "received", "주문 접수", "결제 확인을 기다리고 있어요"),
    ("payment approved", "payment_approved", "결제 완료", "재고를 확인하고 있어요"),
    ("stock confirmed", "stock_confirmed", "재고 확인", "포장을 준비하고 있어요"),
    ("picked and packed", "picked_and_packed", "포장 완료", "포장을 마치고 발송을 준비하고 있어요"),
    ("invoice issued", "invoice_issued", "발송 준비 완료", "택배사가 가져가기를 기다리고 있어요"),
    ("handed to the courier", "handed_to_courier", "택배사 전달", "택배사에서 이동을 준비하고 있어요"),
    ("in transit: sorting centre", "sorting_centre", "이동 중", "택배사 물류센터를 거쳐 배송 지역으로 이동하고 있어요"),
    ("in transit: on the van", "on_the_van", "배송 출발", "배송 차량에 실려 고객님께 가고 있어요"),
)
CAUSES = (
    # cause               what the customer hears                                      and what follows
    ("stock_error", "창고의 재고 수량이 맞지 않아 상품을 다시 확보하고 있어요", "상품이 확보되는 대로 가장 먼저 포장할게요."),
    ("packing_queue", "주문이 한꺼번에 몰려 포장이 밀려 있어요", "포장을 마치는 대로 바로 택배사에 전할게요."),
    ("pickup_missed", "택배사가 제때 상품을 가져가지 못했어요", "택배사가 가져가는 대로 바로 출발해요."),
    ("sorting", "택배사 물류센터에 물량이 몰려 분류가 늦어지고 있어요", "분류가 끝나면 바로 배송 차량에 실려요."),
    ("weather", "날씨가 좋지 않아 배송 차량이 늦어지고 있어요", "길이 안전해지는 대로 다시 출발해요."),
    ("wrong_address", "적어 주신 주소를 찾기 어려워 배송이 멈춰 있어요", "상담원에게 정확한 주소를 알려 주시면 바로 다시 출발할 수 있어요."),
    ("customer_absent", "댁에 아무도 안 계셔서 전해 드리지 못했어요", "받으실 수 있는 날이나 맡겨 둘 곳을 알려 주시면 다시 방문할게요."),
)  # fmt: skip


def answer(**facts: object) -> list[str]:
    found = DeliveryFacts(status=OrderStatus.RECEIVED, **facts)
    judged = assess(found, now=NOW, rules=RULES)
    order = Order(order_id="1", ordered_at=NOW, status=found.status, items=(OrderItem("러닝화", None, 1, None),))
    stage = RULES.stages[judged.stage]
    return tell(Delivery(order=order, facts=found, assessment=judged), stage=stage, today=date(2026, 11, 24)).bubbles


@pytest.mark.parametrize(("stage", "reported", "label", "now"), WAY, ids=[row[0] for row in WAY])
def test_each_stage_is_told_with_since_when_and_the_day(stage: str, reported: str, label: str, now: str) -> None:
    times = (StageTimes(reported, planned_at=SINCE, actual_at=SINCE),)
    assert answer(promised_on=date(2026, 11, 26), stages=times) == [
        f"러닝화는 11월 23일(월) 오후 6시부터 {now}.",
        "11월 26일(목)에 도착할 예정이에요.",
    ]
    assert RULES.stages[RULES.find_stage(reported)].label == label


def test_the_way_is_complete_and_in_order() -> None:
    assert [RULES.find_stage(reported) for _, reported, _, _ in WAY] == list(RULES.stages)[:-1]
    assert list(RULES.stages)[-1] == "delivered"


@pytest.mark.parametrize(("cause", "because", "follows"), CAUSES, ids=[row[0] for row in CAUSES])
def test_each_cause_is_told_after_the_apology_with_the_new_day_and_what_follows(
    cause: str, because: str, follows: str
) -> None:
    told = answer(promised_on=date(2026, 11, 20), eta_on=date(2026, 11, 26), delay_reason=cause)
    assert told == [
        "약속드린 11월 20일(금)까지 도착하지 못해 정말 죄송해요.",
        f"러닝화는 지금 ‘주문 접수’ 단계인데, {because}.",
        "새로 확인한 일정으로는 11월 26일(목)에 도착할 예정이에요.",
        follows,
    ]


def test_no_cause_is_without_a_row() -> None:
    assert {cause for cause, _, _ in CAUSES} == set(RULES.delays)
