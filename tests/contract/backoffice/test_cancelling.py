"""Cancelling an order or part of it: once, in time, and with everything that comes back."""

from __future__ import annotations

import asyncio
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.orders.errors import (
    ChangedMeanwhile,
    InvalidQuantity,
    InvalidRequestKey,
    ItemNotFound,
    NeedsPerson,
    NothingLeft,
    OrderError,
    OrderNotFound,
    RequestKeyReused,
    TooLateToCancel,
)
from backoffice.orders.service import Requester, advance, cancel_order, preview_cancel
from backoffice.orders.tables import Actor, OrderStatus
from backoffice.schema import order_events
from kernel.database import create_engine, write
from tests.contract.backoffice.orders import NOW, ONE, an_order, everything, get, open_shop, rows

AGENT = Requester(customer_id="one", actor=Actor.AGENT, actor_id="agent-7")


@pytest.fixture
async def filled(shop: AsyncEngine, tmp_path: Path) -> AsyncEngine:
    await open_shop(shop, tmp_path, *(an_order(status, status) for status in OrderStatus))
    return shop


async def cancel(shop: AsyncEngine, order_id: str, key: str = "k", **fields: Any) -> Any:
    who = fields.pop("who", ONE)
    return await cancel_order(shop, who, order_id, request_key=key, now=NOW, **fields)


async def test_a_paid_order_is_cancelled_with_all_that_comes_back(filled: AsyncEngine) -> None:
    done = await cancel(filled, "paid")
    assert (done.refund_krw, done.points_krw, done.is_coupon_back, done.due_date) == (
        82_700,
        1_000,
        True,
        date(2026, 12, 1),
    )
    order = await get(filled, "paid")
    assert (order.status, order.cancelled_at, order.cancelled_by) == (OrderStatus.CANCELLED, NOW, "customer")
    (refund,) = await rows(filled, "refunds")
    assert (refund.order_id, refund.amount_krw, refund.state, refund.due_date, refund.rule) == (
        "paid",
        82_700,
        "requested",
        date(2026, 12, 1),
        "refunds.card@1",
    )


async def test_what_was_done_says_who_when_why_and_by_which_rule(filled: AsyncEngine) -> None:
    await cancel(filled, "paid", why="change_of_mind")
    (event,) = await rows(filled, "order_events")
    assert (event.kind, event.at, event.actor, event.why) == ("cancelled", NOW, "customer", "change_of_mind")
    assert (event.rule, event.rules_version) == ("cancel.paid", 2)
    assert event.inputs == {"status": "paid", "paid_krw": 82_700, "method": "신용카드"}


async def test_an_unpaid_order_is_cancelled_without_money(filled: AsyncEngine) -> None:
    done = await cancel(filled, "received")
    assert (done.is_unpaid, done.due_date) == (True, None)
    assert await rows(filled, "refunds") == []


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        ("packed", NeedsPerson),
        ("shipped", TooLateToCancel),
        ("in_transit", TooLateToCancel),
        ("delivered", TooLateToCancel),
        ("cancelled", TooLateToCancel),
        ("merged", TooLateToCancel),
        ("returned", TooLateToCancel),
    ],
)
async def test_what_cannot_be_cancelled_any_more_is_refused_and_left_as_it_is(
    filled: AsyncEngine, status: str, refusal: type[OrderError]
) -> None:
    before = await everything(filled)
    with pytest.raises(refusal):
        await cancel(filled, status)
    with pytest.raises(refusal):
        await preview_cancel(filled, ONE, status, now=NOW)
    assert await everything(filled) == before


async def test_an_agent_may_cancel_what_is_packed_and_the_customer_is_told(filled: AsyncEngine) -> None:
    await cancel(filled, "packed", who=AGENT)
    assert (await get(filled, "packed")).status is OrderStatus.CANCELLED
    (event,) = await rows(filled, "order_events")
    assert (event.actor, event.actor_id) == ("agent", "agent-7")
    (notice,) = await rows(filled, "notices")
    assert notice.text == "[이음] 텀블러 외 1건 주문이 취소됐어요. 82,700원을 돌려드려요."


async def test_parts_come_to_the_whole(filled: AsyncEngine) -> None:
    tumblers, pen = (item.item_id or 0 for item in (await get(filled, "paid")).items)
    parts = [
        await cancel(filled, "paid", "1", items={tumblers: 1}),
        await cancel(filled, "paid", "2", items={pen: 1}),
        await cancel(filled, "paid", "3", items={tumblers: 1}),
    ]
    assert [part.is_whole for part in parts] == [False, False, True]
    assert [part.refund_krw for part in parts] == [21_341, 40_017, 21_342]
    assert sum(part.points_krw for part in parts) == 1_000
    assert [part.is_coupon_back for part in parts] == [False, False, True]
    order = await get(filled, "paid")
    assert order.status is OrderStatus.CANCELLED
    assert sum(refund.amount_krw or 0 for refund in order.refunds) == 82_700


async def test_a_part_of_an_unpaid_order_makes_it_cheaper(filled: AsyncEngine) -> None:
    tumblers, pen = (await get(filled, "received")).items
    await cancel(filled, "received", items={tumblers.item_id: 1, pen.item_id: 1})
    order = await get(filled, "received")
    assert [(item.product, item.quantity) for item in order.items] == [("텀블러", 1)]
    assert (order.status, order.paid_krw, order.used_points_krw) == (OrderStatus.RECEIVED, 21_342, 259)
    assert await rows(filled, "refunds") == []


@pytest.mark.parametrize(
    ("counts", "refusal"),
    [
        ({0: 0}, InvalidQuantity),
        ({0: -1}, InvalidQuantity),
        ({0: 3}, InvalidQuantity),
        ({0: 10**12}, InvalidQuantity),
        ({0: True}, InvalidQuantity),
        ({0: 1.5}, InvalidQuantity),
        ({0: "1"}, InvalidQuantity),
        ({99: 1}, ItemNotFound),
        ({}, ItemNotFound),
    ],
)
async def test_impossible_parts_are_refused_and_nothing_is_half_done(
    filled: AsyncEngine, counts: dict[int, Any], refusal: type[OrderError]
) -> None:
    item_ids = [item.item_id or 0 for item in (await get(filled, "paid")).items]
    items = {item_ids[place] if place < len(item_ids) else -1: count for place, count in counts.items()}
    before = await everything(filled)
    with pytest.raises(refusal):
        await cancel(filled, "paid", items=items)
    assert await everything(filled) == before


async def test_an_item_of_another_order_is_not_there(filled: AsyncEngine) -> None:
    foreign = (await get(filled, "of-two", "two")).items[0].item_id or 0
    with pytest.raises(ItemNotFound):
        await cancel(filled, "paid", items={foreign: 1})


async def test_what_was_cancelled_already_is_not_cancelled_again(filled: AsyncEngine) -> None:
    pen = (await get(filled, "paid")).items[1].item_id or 0
    await cancel(filled, "paid", "1", items={pen: 1})
    with pytest.raises(NothingLeft):
        await cancel(filled, "paid", "2", items={pen: 1})


async def test_the_same_key_again_does_nothing_and_says_the_same(filled: AsyncEngine) -> None:
    first = await cancel(filled, "paid")
    before = await everything(filled)
    assert await cancel(filled, "paid") == first
    assert await everything(filled) == before


async def test_a_key_is_good_for_one_request_of_one_customer(filled: AsyncEngine) -> None:
    await cancel(filled, "paid", "k")
    with pytest.raises(RequestKeyReused):
        await cancel(filled, "received", "k")
    await cancel(filled, "of-two", "k", who=Requester(customer_id="two"))
    for key in ("", "x" * 201):
        with pytest.raises(InvalidRequestKey):
            await cancel(filled, "received", key)


async def test_a_refused_request_leaves_its_key_free(filled: AsyncEngine) -> None:
    with pytest.raises(NeedsPerson):
        await cancel(filled, "packed")
    await cancel(filled, "packed", who=AGENT)


async def test_another_amount_than_was_agreed_to_is_not_done(filled: AsyncEngine) -> None:
    with pytest.raises(ChangedMeanwhile):
        await cancel(filled, "paid", agreed_refund_krw=82_699)
    assert (await get(filled, "paid")).status is OrderStatus.PAID
    await cancel(filled, "paid", agreed_refund_krw=82_700)


async def test_an_order_without_prices_is_cancelled_whole_but_not_in_part(shop: AsyncEngine, tmp_path: Path) -> None:
    items = [{"product": "텀블러", "quantity": 2}]
    await open_shop(shop, tmp_path, an_order("bare", "paid", items=items))
    tumblers = (await get(shop, "bare")).items[0].item_id or 0
    with pytest.raises(NeedsPerson):
        await cancel(shop, "bare", items={tumblers: 1})
    assert (await cancel(shop, "bare")).refund_krw == 82_700


@pytest.mark.parametrize("order_id", ["of-two", "2026-99999", "", "'; DROP TABLE orders"])
async def test_anothers_order_and_a_missing_one_are_refused_alike(filled: AsyncEngine, order_id: str) -> None:
    before = await everything(filled)
    with pytest.raises(OrderNotFound) as refused:
        await cancel(filled, order_id)
    assert refused.value.code == "order_not_found"
    assert refused.value.detail == OrderNotFound.detail
    assert await everything(filled) == before


async def test_anothers_order_takes_as_long_as_a_missing_one(filled: AsyncEngine) -> None:
    took: dict[str, list[float]] = {"of-two": [], "2026-99999": []}
    for _ in range(60):
        for order_id, times in took.items():
            started = time.perf_counter()
            with pytest.raises(OrderNotFound):
                await cancel(filled, order_id)
            times.append(time.perf_counter() - started)
    foreign, missing = (min(times) for times in took.values())
    assert 0.5 < foreign / missing < 2


async def test_of_two_cancels_at_once_one_takes_effect(filled: AsyncEngine, database_url: str) -> None:
    other = create_engine(database_url)
    try:
        outcomes = await asyncio.gather(
            *(cancel(engine, "paid", f"k{n}") for n, engine in enumerate((filled, other) * 4)), return_exceptions=True
        )
    finally:
        await other.dispose()
    failed = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert len(outcomes) - len(failed) == 1
    assert {type(error) for error in failed} == {TooLateToCancel}
    assert len(await rows(filled, "refunds")) == 1
    assert len(await rows(filled, "order_events")) == 1
    assert sum(line.amount_krw for line in await rows(filled, "points")) == 1_000


async def test_the_same_request_at_once_is_done_once_and_told_to_both(filled: AsyncEngine, database_url: str) -> None:
    other = create_engine(database_url)
    try:
        outcomes = await asyncio.gather(*(cancel(engine, "paid") for engine in (filled, other) * 4))
    finally:
        await other.dispose()
    assert len({repr(outcome) for outcome in outcomes}) == 1
    assert len(await rows(filled, "refunds")) == 1


@pytest.mark.parametrize("is_cancel_first", [True, False])
async def test_of_cancelling_and_shipping_at_once_one_wins(
    filled: AsyncEngine, database_url: str, is_cancel_first: bool
) -> None:
    other = create_engine(database_url)

    async def ship() -> bool:
        async with write(other) as connection:
            return await advance(connection, "paid", OrderStatus.SHIPPED)

    try:
        both = [cancel(filled, "paid"), ship()]
        outcomes = await asyncio.gather(*(both if is_cancel_first else both[::-1]), return_exceptions=True)
    finally:
        await other.dispose()
    cancelled, shipped = outcomes if is_cancel_first else outcomes[::-1]
    status = (await get(filled, "paid")).status
    if shipped:
        assert isinstance(cancelled, TooLateToCancel)
        assert (status, await rows(filled, "refunds")) == (OrderStatus.SHIPPED, [])
    else:
        assert cancelled.refund_krw == 82_700
        assert status is OrderStatus.CANCELLED


@pytest.mark.parametrize("ended", ["cancelled", "merged", "returned", "delivered"])
async def test_what_has_ended_is_not_shipped(filled: AsyncEngine, ended: str) -> None:
    async with write(filled) as connection:
        assert not await advance(connection, ended, OrderStatus.SHIPPED)
    assert (await get(filled, ended)).status == ended


async def test_events_only_grow(filled: AsyncEngine) -> None:
    await cancel(filled, "paid")
    with pytest.raises(DBAPIError, match="only grows"):
        async with write(filled) as connection:
            await connection.execute(sa.update(order_events).values(why="something else"))
