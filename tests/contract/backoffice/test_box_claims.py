"""What was in the box: missing and wrong items, and which option an exchange is for, over a real database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from actions.missing_item import ActionMissingItem
from actions.order_return import ActionReturn
from backoffice.customers.service import handoff_facts
from tests.contract.backoffice.orders import CLOCK, an_order, open_shop, rows
from tests.contract.backoffice.test_actions import Bot

ORDER = "2026-00001"
DELIVERED = {"delivered_at": "2026-11-22T05:00:00Z"}


@pytest.fixture
async def bot(shop: AsyncEngine, tmp_path: Path) -> Bot:
    """A customer `one` with two tumblers and a pen that came two days ago."""
    await open_shop(shop, tmp_path, an_order(ORDER, "delivered", **DELIVERED))
    return Bot(shop)


async def report(bot: Bot, text: str, **slots: Any) -> tuple[list[str], dict[str, Any], dict[str, Any]]:
    return await bot.run(ActionMissingItem, "one", "missing_item", text=text, **slots)


async def press(bot: Bot, kind: Any, intent: str, choice: str, **slots: Any) -> Any:
    slots.pop("order_id", None)
    return await bot.run(kind, "one", intent, ORDER, text=f"/{intent}", choice=choice, **slots)


def titles(last: dict[str, Any]) -> list[str]:
    return [button["title"] for button in last.get("buttons", [])]


async def test_which_of_the_boxs_items_is_missing_is_asked_with_a_button_for_each(bot: Bot) -> None:
    bubbles, last, slots = await report(bot, "하나가 빠져서 왔어요")
    assert bubbles[-1] == "어떤 상품이 빠졌나요?"
    assert titles(last) == ["텀블러(검정) 2개", "만년필 1개", "여기에 없어요", "상담원 연결"]
    assert slots["question"] == "items:missing_item:0"
    assert "handoff" not in (last["custom"] or {})


async def test_the_chosen_item_is_kept_as_a_claim_with_its_rule_and_goes_to_a_person(
    bot: Bot, shop: AsyncEngine
) -> None:
    _, last, slots = await report(bot, "하나가 빠져서 왔어요")
    payload = next(button["payload"] for button in last["buttons"] if button["title"].startswith("만년필"))
    choice = payload.partition('"choice": "')[2].rstrip('"}')
    bubbles, last, _ = await press(bot, ActionMissingItem, "missing_item", choice, **slots)
    assert bubbles[0] == "만년필 상품이 빠진 것으로 접수했어요."
    assert bubbles[1] == "상품이 빠지면 다시 보내 드리고 적립금 3,000원을 드려요."
    assert (
        last["custom"]["handoff"]["detail"]
        == f"누락·오배송 · {ORDER} · 만년필 누락 · 기준: 다시 보내기와 적립금 3,000원"
    )
    (decision,) = (await handoff_facts(shop, "one", CLOCK))["amends"]["decisions"]
    assert (decision["cause"], decision["item"], decision["outcome"]) == ("missing_item", "만년필", "referred")
    assert decision["rules_version"] >= 1


async def test_an_item_that_is_named_need_not_be_chosen(bot: Bot) -> None:
    bubbles, last, _ = await report(bot, "만년필이 안 왔어요")
    assert "만년필 상품이 빠진 것으로 접수했어요." in bubbles
    assert last["custom"]["handoff"]["skill"] == "delivery"


async def test_a_wrong_item_stays_wrong_until_the_item_is_chosen(bot: Bot) -> None:
    bubbles, _, slots = await report(bot, "다른 상품이 왔어요")
    assert bubbles[-1] == "어떤 상품이 다르게 왔나요?"
    bubbles, _, _ = await report(bot, "텀블러요", **slots)
    assert bubbles[:2] == [
        "텀블러(검정) 상품이 다르게 온 것으로 접수했어요.",
        "다른 상품이 오면 맞는 상품을 다시 보내 드리고 적립금 3,000원을 드려요.",
    ]


async def test_the_same_claim_again_is_kept_once(bot: Bot, shop: AsyncEngine) -> None:
    for _ in range(3):
        await report(bot, "만년필이 빠졌어요")
    assert len(await rows(shop, "compensation_decisions")) == 1
    await report(bot, "텀블러가 빠졌어요")
    assert len(await rows(shop, "compensation_decisions")) == 2


async def test_what_is_not_on_the_list_goes_to_a_person_and_is_no_claim(bot: Bot, shop: AsyncEngine) -> None:
    _, _, slots = await report(bot, "하나가 빠져서 왔어요")
    _, last, _ = await press(bot, ActionMissingItem, "missing_item", "item:other", **slots)
    assert last["custom"]["handoff"]["detail"].endswith("목록에 없는 상품 누락")
    _, last, _ = await report(bot, "사은품이요", **slots)
    assert last["custom"]["handoff"]["detail"].endswith("목록에 없는 상품 누락")
    assert await rows(shop, "compensation_decisions") == []


async def exchange(bot: Bot, text: str, **slots: Any) -> tuple[list[str], dict[str, Any], dict[str, Any]]:
    return await bot.run(ActionReturn, "one", "return_exchange", text=text, **slots)


async def test_an_exchange_asks_for_the_wanted_option(bot: Bot, shop: AsyncEngine) -> None:
    bubbles, last, slots = await exchange(bot, "텀블러가 마음에 안 들어서 교환하고 싶어요")
    assert bubbles[-1] == "텀블러를 어떤 것으로 바꿔 드릴까요?"
    assert titles(last) == ["같은 것으로", "금색", "작은 것", "흰색", "상담원 연결"]
    bubbles, _, _ = await press(bot, ActionReturn, "return_exchange", "option:흰색", **slots)
    assert "흰색으로 바꿔 보내 드릴게요." in bubbles[-1]
    (made,) = await rows(shop, "order_returns")
    assert (made.kind, made.wanted_option) == ("exchange", "흰색")
    notes = (await handoff_facts(shop, "one", CLOCK))["orders"][0]["notes"]
    assert notes[0].endswith("흰색으로 받기 원함")


@pytest.mark.parametrize(
    ("said", "option"),
    [("금색 텀블러로 교환해 주세요 마음이 바뀌었어요", "금색"), ("텀블러가 고장 나서 새 걸로 교환하고 싶어요", None)],
)
async def test_an_option_that_is_said_is_not_asked_for(
    bot: Bot, shop: AsyncEngine, said: str, option: str | None
) -> None:
    await exchange(bot, said)
    (made,) = await rows(shop, "order_returns")
    assert made.wanted_option == option


async def test_an_option_that_is_not_sold_is_asked_for_anew(bot: Bot, shop: AsyncEngine) -> None:
    _, _, slots = await exchange(bot, "텀블러가 마음에 안 들어서 교환하고 싶어요")
    bubbles, _, _ = await press(bot, ActionReturn, "return_exchange", "option:무지개색", **slots)
    assert bubbles[-1] == "텀블러를 어떤 것으로 바꿔 드릴까요?"
    assert await rows(shop, "order_returns") == []


async def test_a_product_without_options_is_exchanged_without_a_question(bot: Bot, shop: AsyncEngine) -> None:
    await exchange(bot, "만년필이 고장 나서 왔어요 교환해 주세요")
    (made,) = await rows(shop, "order_returns")
    assert made.wanted_option is None
