"""Changing an order before it is packed, and two orders in one box: what is possible, and nothing half done."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.orders.errors import (
    InvalidQuantity,
    ItemNotFound,
    NeedsPayment,
    NeedsPerson,
    NotMergeable,
    OrderError,
    OrderNotFound,
    TooLateToChange,
    UnknownOption,
    UnknownPayment,
)
from backoffice.orders.service import (
    Changed,
    NewItem,
    NewOption,
    NewPayment,
    NewQuantity,
    change_order,
    merge_orders,
)
from backoffice.orders.tables import OrderStatus
from backoffice.orders.wanted import ChangeWanted
from tests.contract.backoffice.orders import NOW, ONE, an_order, everything, get, open_shop, rows


@pytest.fixture
async def filled(shop: AsyncEngine, tmp_path: Path) -> AsyncEngine:
    second = an_order("paid-2", "paid")
    await open_shop(shop, tmp_path, *(an_order(status, status) for status in OrderStatus), second)
    return shop


async def change(shop: AsyncEngine, order_id: str, wanted: ChangeWanted, key: str = "k") -> Changed:
    return await change_order(shop, ONE, order_id, wanted, request_key=key, now=NOW)


async def item_ids(shop: AsyncEngine, order_id: str) -> list[int]:
    return [item.item_id or 0 for item in (await get(shop, order_id)).items]


async def test_an_option_of_the_same_price_is_changed(filled: AsyncEngine) -> None:
    tumblers, _ = await item_ids(filled, "paid")
    changed = await change(filled, "paid", NewOption(tumblers, "흰색"))
    assert (changed.before, changed.after, changed.difference_krw) == ("검정", "흰색", 0)
    order = await get(filled, "paid")
    assert (order.items[0].option, order.paid_krw, order.refunds) == ("흰색", 82_700, ())
    (event,) = await rows(filled, "order_events")
    assert (event.kind, event.rule, event.rules_version) == ("option_changed", "change.paid", 2)


async def test_a_cheaper_option_pays_the_difference_back(filled: AsyncEngine) -> None:
    tumblers, _ = await item_ids(filled, "paid")
    changed = await change(filled, "paid", NewOption(tumblers, "작은 것"))
    assert (changed.difference_krw, changed.due_date) == (-8_000, date(2026, 12, 1))
    order = await get(filled, "paid")
    assert (order.paid_krw, order.items[0].price_krw) == (74_700, 20_000)
    assert [refund.amount_krw for refund in order.refunds] == [8_000]


async def test_a_dearer_option_needs_payment_once_the_order_is_paid(filled: AsyncEngine) -> None:
    tumblers, _ = await item_ids(filled, "paid")
    before = await everything(filled)
    with pytest.raises(NeedsPayment) as refused:
        await change(filled, "paid", NewOption(tumblers, "금색"))
    assert refused.value.amount_krw == 12_000
    assert await everything(filled) == before
    unpaid, _ = await item_ids(filled, "received")
    assert (await change(filled, "received", NewOption(unpaid, "금색"))).difference_krw == 12_000
    assert (await get(filled, "received")).paid_krw == 94_700


async def test_fewer_pieces_are_a_cancelled_part(filled: AsyncEngine) -> None:
    tumblers, _ = await item_ids(filled, "paid")
    changed = await change(filled, "paid", NewQuantity(tumblers, 1))
    assert (changed.before, changed.after, changed.difference_krw) == ("2", "1", -21_341)
    assert (await get(filled, "paid")).items[0].left_count == 1


async def test_more_pieces_and_items_are_added_before_payment(filled: AsyncEngine) -> None:
    tumblers, _ = await item_ids(filled, "received")
    await change(filled, "received", NewQuantity(tumblers, 3), "1")
    await change(filled, "received", NewItem("만년필", None, 1), "2")
    order = await get(filled, "received")
    assert [(item.product, item.quantity) for item in order.items] == [("텀블러", 3), ("만년필", 1), ("만년필", 1)]
    assert order.paid_krw == 82_700 + 24_000 + 45_000
    with pytest.raises(NeedsPayment):
        await change(filled, "paid", NewItem("만년필", None, 1))


async def test_the_way_of_paying_changes_before_payment_only(filled: AsyncEngine) -> None:
    await change(filled, "received", NewPayment("계좌이체"))
    assert (await get(filled, "received")).payment_method == "계좌이체"
    with pytest.raises(NeedsPerson):
        await change(filled, "paid", NewPayment("계좌이체"), "2")


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        (NewOption(0, "보라색"), UnknownOption),
        (NewOption(0, ""), UnknownOption),
        (NewOption(0, "검정"), UnknownOption),
        (NewOption(-1, "흰색"), ItemNotFound),
        (NewQuantity(0, 0), InvalidQuantity),
        (NewQuantity(0, -3), InvalidQuantity),
        (NewQuantity(0, 2), InvalidQuantity),
        (NewQuantity(0, 10**9), InvalidQuantity),
        (NewItem("없는 상품", None, 1), ItemNotFound),
        (NewItem("텀블러", "보라색", 1), UnknownOption),
        (NewItem("만년필", None, 0), InvalidQuantity),
        (NewPayment("외상"), UnknownPayment),
        (NewPayment("휴대폰 결제"), UnknownPayment),
        (NewPayment("신용카드"), UnknownPayment),
    ],
)
async def test_impossible_changes_are_refused_and_nothing_is_half_done(
    filled: AsyncEngine, wanted: ChangeWanted, refusal: type[OrderError]
) -> None:
    tumblers, _ = await item_ids(filled, "received")
    if isinstance(wanted, NewOption | NewQuantity) and wanted.item_id == 0:
        value: Any = wanted.option if isinstance(wanted, NewOption) else wanted.quantity
        wanted = type(wanted)(tumblers, value)
    before = await everything(filled)
    with pytest.raises(refusal):
        await change(filled, "received", wanted)
    assert await everything(filled) == before


@pytest.mark.parametrize(
    ("order_id", "refusal"),
    [
        ("packed", NeedsPerson),
        ("shipped", TooLateToChange),
        ("cancelled", TooLateToChange),
        ("of-two", OrderNotFound),
        ("2026-99999", OrderNotFound),
    ],
)
async def test_too_late_is_too_late_and_anothers_is_unknown(
    filled: AsyncEngine, order_id: str, refusal: type[OrderError]
) -> None:
    with pytest.raises(refusal):
        await change(filled, order_id, NewPayment("계좌이체"))


async def test_the_same_change_again_does_nothing(filled: AsyncEngine) -> None:
    tumblers, _ = await item_ids(filled, "paid")
    first = await change(filled, "paid", NewOption(tumblers, "작은 것"))
    before = await everything(filled)
    assert await change(filled, "paid", NewOption(tumblers, "작은 것")) == first
    assert await everything(filled) == before


async def test_two_orders_travel_in_one_box_and_both_say_so(filled: AsyncEngine) -> None:
    await merge_orders(filled, ONE, "paid", "paid-2", request_key="k", now=NOW)
    merged = await get(filled, "paid")
    assert (merged.status, merged.merged_into) == (OrderStatus.MERGED, "paid-2")
    events = await rows(filled, "order_events")
    assert [(event.order_id, event.kind) for event in events] == [("paid", "merged"), ("paid-2", "took_in")]


@pytest.mark.parametrize(
    ("one", "into", "refusal"),
    [
        ("paid", "paid", NotMergeable),
        ("paid", "received", NotMergeable),
        ("paid", "shipped", TooLateToChange),
        ("paid", "of-two", OrderNotFound),
        ("paid", "2026-99999", OrderNotFound),
    ],
)
async def test_what_cannot_travel_together_is_left_apart(
    filled: AsyncEngine, one: str, into: str, refusal: type[OrderError]
) -> None:
    before = await everything(filled)
    with pytest.raises(refusal):
        await merge_orders(filled, ONE, one, into, request_key="k", now=NOW)
    assert await everything(filled) == before


async def test_of_two_merges_the_other_way_round_one_wins(filled: AsyncEngine) -> None:
    outcomes = await asyncio.gather(
        merge_orders(filled, ONE, "paid", "paid-2", request_key="1", now=NOW),
        merge_orders(filled, ONE, "paid-2", "paid", request_key="2", now=NOW),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [TooLateToChange]
