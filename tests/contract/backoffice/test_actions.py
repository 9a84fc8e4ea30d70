"""The bot's answers about deliveries and orders, over a real database."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.ext.asyncio import AsyncEngine

from actions.base import Shop, ShopAction
from actions.delivery import ActionDeliveryStatus, ActionSelectOrder
from actions.orders import ActionOrderHistory
from actions.skills import load_skills
from backoffice import demo
from backoffice.delivery.service import DeliveryService
from backoffice.orders.port import SqlOrders
from kernel.clock import FixedClock
from kernel.tokens import TurnContext, sign_turn_context

KEY = "k" * 40
CLOCK = FixedClock(datetime(2026, 11, 24, 3, tzinfo=UTC))


def an_order(number: int, status: str, **fields: Any) -> dict[str, Any]:
    day = 10 + number % 10
    placed = {"order_id": f"2026-{number:05d}", "ordered_at": f"2026-11-{day}T01:00:00Z", "status": status}
    return {**placed, "items": [{"product": f"상품{number}"}], "paid_krw": 1000 * number, **fields}


CUSTOMERS = [
    {
        "customer_id": "one",
        "orders": [an_order(11, "in_transit", promised_date="2026-11-25"), an_order(12, "delivered")],
    },
    {"customer_id": "many", "orders": [an_order(number, "paid") for number in range(21, 28)]},
    {"customer_id": "two", "orders": [an_order(31, "paid"), an_order(32, "shipped"), an_order(33, "cancelled")]},
    {"customer_id": "done", "orders": [an_order(41, "delivered", delivered_at="2026-11-20T01:00:00Z")]},
    {"customer_id": "merged", "orders": [an_order(51, "merged", merged_into="2026-00052"), an_order(52, "in_transit")]},
    {"customer_id": "ring", "orders": [an_order(61, "merged", merged_into="2026-00061")]},
    {"customer_id": "none"},
]


class Bot:
    """Calls actions as the bot does and gives back what was said."""

    def __init__(self, engine: AsyncEngine) -> None:
        deliveries = DeliveryService(engine, CLOCK)
        self.shop = Shop(
            engine=engine,
            clock=CLOCK,
            deliveries=deliveries,
            orders=SqlOrders(engine),
            skills=load_skills(),
            context_key=KEY,
        )

    async def run(
        self,
        kind: type[ShopAction],
        who: str | None,
        intent: str = "delivery_status",
        order_id: str | None = None,
        *,
        text: str = "",
        choice: str | None = None,
        **slots: Any,
    ) -> tuple[list[str], dict[str, Any], dict[str, Any]]:
        """Return the bubbles, the last message, and the slots that were set."""
        context = sign_turn_context(TurnContext("t1", "c1", who, "web"), KEY)
        entities = [{"entity": "order_id", "value": order_id}] if order_id else []
        entities += [{"entity": "choice", "value": choice}] if choice else []
        message = {"intent": {"name": intent}, "entities": entities, "metadata": {"context": context}, "text": text}
        dispatcher = CollectingDispatcher()
        events = await kind(self.shop).run(dispatcher, Tracker("c1", slots, message, [], False, None, {}, None), {})
        bubbles = [said["text"] for said in dispatcher.messages]
        return bubbles, dispatcher.messages[-1], {event["name"]: event["value"] for event in events}


@pytest.fixture
async def bot(shop: AsyncEngine, tmp_path: Path) -> Bot:
    """The actions over a shop with one customer for each case."""
    path = tmp_path / "in.json"
    path.write_text(json.dumps({"customers": CUSTOMERS}), encoding="utf-8")
    await demo.import_file(shop, path, clock=CLOCK)
    return Bot(shop)


async def test_the_only_open_order_is_answered_at_once(bot: Bot) -> None:
    bubbles, last, slots = await bot.run(ActionDeliveryStatus, "one")
    assert bubbles[-1] == "내일(11월 25일)에 도착할 예정이에요."
    assert last["custom"]["cards"][0]["title"] == "상품11"
    assert slots == {"order_id": "2026-00011", "last_topic": "delivery_status"}


async def test_several_open_orders_are_offered_to_choose_from(bot: Bot) -> None:
    bubbles, last, slots = await bot.run(ActionDeliveryStatus, "two")
    assert bubbles == ["배송 중인 주문이 2건 있어요. 어느 주문을 알려 드릴까요?"]
    assert [button["title"] for button in last["buttons"]] == ["상품32 · 11/12 주문", "상품31 · 11/11 주문"]
    assert "order_id" not in slots


async def test_no_more_than_five_are_offered(bot: Bot) -> None:
    bubbles, last, _ = await bot.run(ActionDeliveryStatus, "many")
    assert bubbles == ["배송 중인 주문이 많아 최근 5건만 보여 드려요. 다른 주문은 주문번호를 적어 주세요."]
    assert len(last["buttons"]) == 5


async def test_the_named_order_is_told_whatever_else_is_open(bot: Bot) -> None:
    bubbles, _, slots = await bot.run(ActionDeliveryStatus, "two", order_id="2026-00033")
    assert bubbles == ["상품33은 취소된 주문이에요."]
    assert slots["order_id"] == "2026-00033"


async def test_without_an_open_order_the_latest_is_told(bot: Bot) -> None:
    bubbles, _, _ = await bot.run(ActionDeliveryStatus, "done")
    assert bubbles[:2] == [
        "지금 배송 중인 주문은 없어요. 가장 최근 주문을 알려 드릴게요.",
        "상품41은 11월 20일(금) 오전 10시에 배송이 끝났어요.",
    ]


async def test_a_merged_order_is_followed_to_the_parcel_it_is_in(bot: Bot) -> None:
    bubbles, last, _ = await bot.run(ActionDeliveryStatus, "merged", order_id="2026-00051")
    assert bubbles[0] == "상품51은 다른 주문(2026-00052)과 합쳐서 한 번에 보내 드려요."
    assert bubbles[1].startswith("상품52는 지금 ")
    assert last["custom"]["cards"][0]["title"] == "상품52"


async def test_orders_merged_in_a_ring_still_have_an_answer(bot: Bot) -> None:
    bubbles, _, _ = await bot.run(ActionDeliveryStatus, "ring", order_id="2026-00061")
    assert len(bubbles) == 1


@pytest.mark.parametrize("kind", [ActionDeliveryStatus, ActionOrderHistory, ActionSelectOrder])
async def test_anothers_order_and_a_missing_one_are_answered_word_for_word_alike(
    bot: Bot, kind: type[ShopAction]
) -> None:
    foreign = await bot.run(kind, "one", order_id="2026-00021")
    missing = await bot.run(kind, "one", order_id="2026-77777")
    assert foreign == missing
    assert foreign[0][0] == "말씀하신 주문번호로는 고객님의 주문을 찾지 못했어요."
    assert "order_id" not in foreign[2]


@pytest.mark.parametrize("kind", [ActionDeliveryStatus, ActionOrderHistory, ActionSelectOrder])
@pytest.mark.parametrize("order_id", [None, "2026-00011"])
async def test_somebody_unknown_is_asked_to_log_in_and_told_nothing(
    bot: Bot, kind: type[ShopAction], order_id: str | None
) -> None:
    bubbles, last, slots = await bot.run(kind, None, order_id=order_id)
    assert bubbles[0].endswith("확인하려면 먼저 로그인해 주세요.")
    assert [button["payload"] for button in last["buttons"]] == ["/human_agent"]
    assert not last["custom"]
    assert "order_id" not in slots


@pytest.mark.parametrize("kind", [ActionDeliveryStatus, ActionOrderHistory])
async def test_without_any_order_that_is_said_kindly(bot: Bot, kind: type[ShopAction]) -> None:
    for who in ("none", "nobody the shop knows"):
        assert (await bot.run(kind, who))[0][0] == "아직 주문하신 내역이 없어요."


async def test_history_shows_the_five_newest_orders(bot: Bot) -> None:
    bubbles, last, slots = await bot.run(ActionOrderHistory, "many", intent="order_history")
    assert bubbles == ["최근 주문 5건을 보여 드릴게요."]
    assert [card["title"] for card in last["custom"]["cards"]] == [f"상품{number}" for number in (27, 26, 25, 24, 23)]
    assert last["custom"]["cards"][0]["rows"] == [
        {"label": "주문번호", "value": "2026-00027"},
        {"label": "주문일", "value": "2026년 11월 17일(화)"},
        {"label": "결제 금액", "value": "27,000원"},
        {"label": "상태", "value": "결제 완료"},
    ]
    assert slots == {"last_topic": "order_history"}


async def test_history_of_few_orders_counts_them(bot: Bot) -> None:
    assert (await bot.run(ActionOrderHistory, "two"))[0] == ["지금까지 주문하신 3건이에요."]


async def test_a_chosen_order_goes_on_with_the_topic_in_hand(bot: Bot) -> None:
    delivery, _, _ = await bot.run(ActionSelectOrder, "two", "inform_order", "2026-00032", last_topic="delivery_status")
    assert delivery[0].startswith("상품32는 지금 택배사에서")
    history, last, _ = await bot.run(ActionSelectOrder, "two", "inform_order", "2026-00032", last_topic="order_history")
    assert history == ["말씀하신 주문이에요."]
    assert last["buttons"][0]["payload"] == '/delivery_status{"order_id": "2026-00032"}'


async def test_a_choice_without_a_number_is_asked_for_again(bot: Bot) -> None:
    bubbles, _, _ = await bot.run(ActionSelectOrder, "two", "inform_order")
    assert bubbles == ["어느 주문인지 알 수 없었어요. 주문번호를 적어 주시거나 지난 주문에서 골라 주세요."]
