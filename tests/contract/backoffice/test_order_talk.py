"""What is done to orders in conversation: only what was offered and agreed to, and every answer goes on from there."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.orders.tables import OrderStatus
from tests.contract.backoffice.orders import CLOCK, an_order, get, open_shop, rows
from tests.contract.backoffice.talks import Talk


async def talk(shop: AsyncEngine, folder: Path, status: str = "paid", **fields: object) -> Talk:
    await open_shop(shop, folder, an_order("mine", status, **fields))
    return Talk(shop, CLOCK, "one")


async def left(shop: AsyncEngine) -> dict[str, int]:
    return {item.label: item.left_count for item in (await get(shop, "mine")).items}


@pytest.mark.parametrize(
    "text",
    [
        "텀블러 1개만 취소",
        "만년필만 취소",
        "999개 취소",
        "취소하면 언제 환불돼요",
        "수수료 있나요",
        "취소 되나요?",
        "근데 잠깐만요",
        "다른 거 취소",
        "취소하지 마세요",
        "어제 주문한 거요",
    ],
)
async def test_whatever_is_no_yes_to_what_was_offered_cancels_nothing(
    shop: AsyncEngine, tmp_path: Path, text: str
) -> None:
    mine = await talk(shop, tmp_path)
    assert "취소할까요?" in (await mine.say("주문 취소할게요", "order_cancel")).text
    await mine.say(text, "order_cancel")
    assert (await get(shop, "mine")).status is OrderStatus.PAID
    assert await left(shop) == {"텀블러(검정)": 2, "만년필": 1}


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("네", "affirm"),
        ("넵!", "order_cancel"),
        ("ㅇㅇ 취소", "order_cancel"),
        ("그러세요", "affirm"),
        ("취소해 주세요", "order_cancel"),
        ("네 취소해 주세요", "order_cancel"),
    ],
)
async def test_a_yes_cancels_what_was_offered(shop: AsyncEngine, tmp_path: Path, text: str, intent: str) -> None:
    mine = await talk(shop, tmp_path)
    await mine.say("주문 취소할게요", "order_cancel")
    assert "취소했어요" in (await mine.say(text, intent)).text
    assert (await get(shop, "mine")).status is OrderStatus.CANCELLED


async def test_another_part_named_instead_of_a_yes_is_offered_anew(shop: AsyncEngine, tmp_path: Path) -> None:
    mine = await talk(shop, tmp_path)
    await mine.say("주문 취소할게요", "order_cancel")
    assert "만년필 1개를 취소할까요?" in (await mine.say("만년필만 취소", "order_cancel")).text
    await mine.say("네", "affirm")
    assert await left(shop) == {"텀블러(검정)": 2, "만년필": 0}


@pytest.mark.parametrize("text", ["텀블러 0개만 취소", "텀블러 999개 취소", "텀블러 -1개 취소"])
async def test_a_number_that_cannot_be_is_told_and_asked_for_again(
    shop: AsyncEngine, tmp_path: Path, text: str
) -> None:
    mine = await talk(shop, tmp_path)
    said = await mine.say(text, "order_cancel")
    assert "텀블러(검정)은 1개부터 2개까지 취소하실 수 있어요." in said.text
    assert said.labels == ["1개", "2개"]
    assert "텀블러(검정) 1개를 취소할까요?" in (await mine.say("하나요", "order_cancel")).text
    await mine.say("네", "affirm")
    assert await left(shop) == {"텀블러(검정)": 1, "만년필": 1}


async def test_of_two_numbers_the_one_that_is_meant_counts(shop: AsyncEngine, tmp_path: Path) -> None:
    mine = await talk(shop, tmp_path)
    said = await mine.say("텀블러 두개중에 하나만 취소", "order_cancel")
    assert "텀블러(검정) 1개를 취소할까요?" in said.text


async def test_what_is_cancelled_already_is_told_instead_of_offering_the_rest(
    shop: AsyncEngine, tmp_path: Path
) -> None:
    mine = await talk(shop, tmp_path)
    await mine.say("만년필 취소", "order_cancel")
    await mine.say("네", "affirm")
    assert "만년필은 이미 취소" in (await mine.say("만년필 취소", "order_cancel")).text
    refund = await mine.say("환불 언제 돼요", "refund_status")
    assert refund.text.startswith("만년필 주문의 환불이에요.")
    assert [card["title"] for card in refund.extras["cards"]] == ["만년필"]


async def test_each_refund_has_its_card(shop: AsyncEngine, tmp_path: Path) -> None:
    mine = await talk(shop, tmp_path)
    for item in ("만년필 취소", "텀블러 한 개만 취소"):
        await mine.say(item, "order_cancel")
        await mine.say("네", "affirm")
    refund = await mine.say("환불 언제 돼요", "refund_status")
    amounts = [row["value"] for card in refund.extras["cards"] for row in card["rows"] if row["label"] == "환불 금액"]
    assert len(set(amounts)) == 2
    assert "카드는" in refund.text


async def test_money_that_goes_to_an_account_is_told_nothing_about_cards(shop: AsyncEngine, tmp_path: Path) -> None:
    mine = await talk(shop, tmp_path, payment_method="계좌이체")
    await mine.say("주문 취소할게요", "order_cancel")
    await mine.say("네", "affirm")
    assert "카드" not in (await mine.say("환불 언제 돼요", "refund_status")).text


async def test_another_option_named_instead_of_a_yes_is_offered_anew(shop: AsyncEngine, tmp_path: Path) -> None:
    mine = await talk(shop, tmp_path)
    assert "흰색으로 바꿀까요?" in (await mine.say("텀블러 흰색으로 바꿔 주세요", "order_change")).text
    assert "작은 것으로 바꿀까요?" in (await mine.say("텀블러 작은 것으로요", "order_change")).text
    assert (await get(shop, "mine")).items[0].option == "검정"
    await mine.say("네", "affirm")
    assert (await get(shop, "mine")).items[0].option == "작은 것"


@pytest.mark.parametrize("count", ["0개", "1000개", "999999개"])
async def test_a_number_of_pieces_that_cannot_be_is_not_offered(shop: AsyncEngine, tmp_path: Path, count: str) -> None:
    mine = await talk(shop, tmp_path)
    said = await mine.say(f"텀블러 {count}로 바꿔 주세요", "order_change")
    assert "수량은 1개부터 999개까지" in said.text
    assert "바꿀까요?" not in said.text


async def test_all_changes_are_on_the_card_and_what_is_gone_is_marked(shop: AsyncEngine, tmp_path: Path) -> None:
    mine = await talk(shop, tmp_path)
    for text, intent in (("텀블러 흰색으로 바꿔 주세요", "order_change"), ("만년필만 취소", "order_cancel")):
        await mine.say(text, intent)
        await mine.say("네", "affirm")
    (card,) = (await mine.say("주문 상세", "order_detail")).extras["cards"]
    told = [(row["label"], row["value"]) for row in card["rows"]]
    assert ("상품", "만년필 1개 · 45,000원 · 취소") in told
    assert told[-2:] == [
        ("11월 24일(화)", "고객님이 옵션을 흰색으로 바꿨어요"),
        ("11월 24일(화)", "고객님이 만년필을 취소했어요"),
    ]


@pytest.mark.parametrize("text", ["마음이 바뀌었어요", "그냥 맘이 바뀌어서요"])
async def test_a_reason_that_sounds_like_a_no_is_a_reason(shop: AsyncEngine, tmp_path: Path, text: str) -> None:
    mine = await talk(shop, tmp_path, "delivered", delivered_at="2026-11-23T01:00:00Z")
    await mine.say("만년필 반품할래요", "return_exchange")
    assert "반품을 접수했어요." in (await mine.say(text, "deny")).text
    (made,) = await rows(shop, "order_returns")
    assert made.reason == "change_of_mind"


async def test_a_no_where_a_reason_is_asked_for_stops(shop: AsyncEngine, tmp_path: Path) -> None:
    mine = await talk(shop, tmp_path, "delivered", delivered_at="2026-11-23T01:00:00Z")
    await mine.say("만년필 반품할래요", "return_exchange")
    assert "여기서 멈출게요" in (await mine.say("그냥 안 할래요", "deny")).text
    assert await rows(shop, "order_returns") == []


async def test_an_option_that_is_not_there_is_told(shop: AsyncEngine, tmp_path: Path) -> None:
    mine = await talk(shop, tmp_path, "delivered", delivered_at="2026-11-23T01:00:00Z")
    asked = await mine.say("텀블러 크기가 작아서 교환할래요", "return_exchange")
    assert "고르실 수 없어요" not in asked.text
    assert "고르실 수 없어요" in (await mine.say("분홍으로요", "return_exchange")).text


@pytest.mark.parametrize(
    ("text", "intent", "day"),
    [
        ("11월 31일에 주문한 거 보여 줘", "order_history", "11월 31일은"),
        ("2026-02-30에 주문한 거", "order_detail", "2월 30일은"),
        ("13월 5일에 받을래요", "delivery_change", "13월 5일은"),
    ],
)
async def test_a_day_that_does_not_exist_is_told(
    shop: AsyncEngine, tmp_path: Path, text: str, intent: str, day: str
) -> None:
    mine = await talk(shop, tmp_path)
    assert (await mine.say(text, intent)).text.startswith(f"{day} 달력에 없는 날이에요.")


@pytest.mark.parametrize("status", ["paid", "in_transit"])
async def test_an_impossible_day_is_asked_for_again_instead_of_passed_on(
    shop: AsyncEngine, tmp_path: Path, status: str
) -> None:
    mine = await talk(shop, tmp_path, status)
    await mine.say("배송일 바꿔 주세요", "delivery_change")
    said = await mine.say("2월 30일이요", "delivery_change")
    assert "2월 30일은 달력에 없는 날이에요." in said.text
    assert "handoff" not in said.extras
    assert mine.slots["question"] == "details:delivery_change:0"


async def test_a_day_that_has_passed_gets_the_nearest_possible_one(shop: AsyncEngine, tmp_path: Path) -> None:
    mine = await talk(shop, tmp_path)
    await mine.say("배송일 바꿔 주세요", "delivery_change")
    said = await mine.say("어제 받고 싶어요", "delivery_change", date="2026-11-23/2026-11-23")
    assert "어제(11월 23일)에는 배송이 어려워요. 가장 가까운 날은" in said.text


@pytest.mark.parametrize("text", ["주문번호 abc123 배송 어디예요", "주문번호는 of-two 2 아니고 주문번호 ORD-77"])
async def test_an_order_number_of_any_form_is_looked_up(shop: AsyncEngine, tmp_path: Path, text: str) -> None:
    mine = await talk(shop, tmp_path)
    assert "고객님의 주문을 찾지 못했어요" in (await mine.say(text, "delivery_status")).text


async def test_who_has_looked_and_found_nothing_gets_a_person(shop: AsyncEngine, tmp_path: Path) -> None:
    mine = await talk(shop, tmp_path, "delivered", delivered_at="2026-11-23T01:00:00Z", delivered_place="문 앞")
    await mine.say("택배 못 받았어요", "delivery_not_received")
    said = await mine.say("경비실이랑 문 앞을 다 봤는데도 안 보여요", "delivery_not_received")
    assert said.extras["handoff"]["skill"] == "delivery"
    assert "먼저 문 앞과 경비실" not in said.text


@pytest.mark.parametrize(("status", "is_warned"), [("packed", True), ("in_transit", False)])
async def test_a_parcel_due_today_that_has_not_left_may_come_later(
    shop: AsyncEngine, tmp_path: Path, status: str, is_warned: bool
) -> None:
    mine = await talk(shop, tmp_path, status, promised_date="2026-11-24")
    said = await mine.say("언제 와요", "delivery_status")
    assert "오늘(11월 24일)에 도착할 예정이에요." in said.text
    assert ("하루쯤 늦어질 수 있어요" in said.text) is is_warned
