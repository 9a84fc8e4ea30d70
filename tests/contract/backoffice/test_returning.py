"""Returns, exchanges and proofs of payment: by the operators' tables, once, and to the customer's own number."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.customers.service import get_panel
from backoffice.orders.errors import (
    NeedsPerson,
    NothingLeft,
    OrderError,
    OrderNotFound,
    ReceiptNotPossible,
    ReturnNotPossible,
    ReturnWindowClosed,
    UnknownReason,
)
from backoffice.orders.history import list_events
from backoffice.orders.port import SqlOrders
from backoffice.orders.service import (
    Query,
    Requester,
    Return,
    find_open_return,
    receive_return,
    request_return,
    search,
    send_receipt,
    withdraw_return,
)
from backoffice.orders.tables import Actor, OrderStatus, ReturnKind
from tests.contract.backoffice.orders import CLOCK, NOW, ONE, an_order, everything, get, open_shop, rows

AGENT = Requester(customer_id="one", actor=Actor.AGENT, actor_id="agent-7")
DELIVERED_AT = "2026-11-20T05:00:00Z"  # four days before


@pytest.fixture
async def filled(shop: AsyncEngine, tmp_path: Path) -> AsyncEngine:
    await open_shop(
        shop,
        tmp_path,
        an_order("here", "delivered", delivered_at=DELIVERED_AT),
        an_order("old", "delivered", delivered_at="2026-11-01T05:00:00Z", ordered_at="2026-10-28T00:00:00Z"),
        an_order("unknown-day", "delivered"),
        an_order("moving", "in_transit"),
        an_order("unpaid", "received"),
        an_order("by-transfer", "paid", payment_method="계좌이체"),
    )
    return shop


async def send_back(shop: AsyncEngine, order_id: str, reason: str = "faulty", key: str = "k", **fields: Any) -> Return:
    kind = fields.pop("kind", ReturnKind.RETURN)
    who = fields.pop("who", ONE)
    return await request_return(shop, who, order_id, kind, reason, request_key=key, now=NOW, **fields)


@pytest.mark.parametrize(
    ("reason", "kind", "fee"),
    [
        ("change_of_mind", ReturnKind.RETURN, 3_000),
        ("change_of_mind", ReturnKind.EXCHANGE, 6_000),
        ("wrong_size", ReturnKind.RETURN, 3_000),
        ("wrong_size", ReturnKind.EXCHANGE, 6_000),
        ("faulty", ReturnKind.RETURN, 0),
        ("faulty", ReturnKind.EXCHANGE, 0),
        ("wrong_item", ReturnKind.RETURN, 0),
        ("wrong_item", ReturnKind.EXCHANGE, 0),
    ],
)
async def test_who_pays_for_the_way_back(filled: AsyncEngine, reason: str, kind: ReturnKind, fee: int) -> None:
    made = await send_back(filled, "here", reason, kind=kind)
    assert (made.fee_krw, made.pickup_date) == (fee, date(2026, 11, 25))
    (event,) = await rows(filled, "order_events")
    assert (event.kind, event.why) == (f"{kind}_requested", reason)
    assert (event.rule, event.rules_version) == (f"returns.{reason}", 2)


@pytest.mark.parametrize(
    ("reason", "days", "is_open"),
    [
        ("change_of_mind", 7, True),
        ("change_of_mind", 8, False),
        ("wrong_size", 7, True),
        ("wrong_size", 8, False),
        ("faulty", 90, True),
        ("faulty", 91, False),
        ("wrong_item", 90, True),
        ("wrong_item", 91, False),
    ],
)
async def test_until_when_something_may_come_back(
    shop: AsyncEngine, tmp_path: Path, reason: str, days: int, is_open: bool
) -> None:
    at = (NOW - timedelta(days=days)).isoformat()
    await open_shop(shop, tmp_path, an_order("here", "delivered", delivered_at=at))
    if is_open:
        await send_back(shop, "here", reason)
    else:
        with pytest.raises(ReturnWindowClosed):
            await send_back(shop, "here", reason)


@pytest.mark.parametrize(
    ("order_id", "reason", "refusal"),
    [
        ("unknown-day", "faulty", NeedsPerson),
        ("moving", "faulty", NeedsPerson),
        ("unpaid", "faulty", ReturnNotPossible),
        ("here", "bored", UnknownReason),
        ("of-two", "faulty", OrderNotFound),
        ("2026-99999", "faulty", OrderNotFound),
    ],
)
async def test_what_cannot_come_back_is_refused_and_nothing_is_half_done(
    filled: AsyncEngine, order_id: str, reason: str, refusal: type[OrderError]
) -> None:
    before = await everything(filled)
    with pytest.raises(refusal):
        await send_back(filled, order_id, reason)
    assert await everything(filled) == before


async def test_of_many_requests_at_once_one_is_made(filled: AsyncEngine) -> None:
    outcomes = await asyncio.gather(*(send_back(filled, "here", key=f"k{n}") for n in range(5)), return_exceptions=True)
    failed = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert {type(error) for error in failed} == {NothingLeft}
    assert (len(failed), len(await rows(filled, "order_returns"))) == (4, 1)


async def test_goods_that_are_back_are_paid_back_once_less_the_fee(filled: AsyncEngine) -> None:
    made = await send_back(filled, "here", "change_of_mind")
    due = await receive_return(filled, AGENT, made.return_id, now=NOW)
    assert due == date(2026, 12, 1)
    assert await receive_return(filled, AGENT, made.return_id, now=NOW) is None
    order = await get(filled, "here")
    assert order.status is OrderStatus.RETURNED
    assert [refund.amount_krw for refund in order.refunds] == [82_700 - 3_000]
    (notice,) = await rows(filled, "notices")
    assert notice.text == "[이음] 보내 주신 텀블러 외 1건을 잘 받았어요. 12월 1일까지 환불해 드려요."
    story = await list_events(filled, "one", "here")
    assert [event.kind for event in story] == ["return_requested", "return_received"]


async def test_a_return_called_off_can_be_asked_for_again(filled: AsyncEngine) -> None:
    pen = (await get(filled, "here")).items[1].item_id or 0
    await send_back(filled, "here", items={pen: 1}, key="1")
    assert (await get(filled, "here")).items[1].left_count == 0
    await withdraw_return(filled, ONE, "here", request_key="2", now=NOW)
    assert await find_open_return(filled, "one", "here") is None
    assert (await send_back(filled, "here", items={pen: 1}, key="3")).pieces == (("만년필", 1),)
    with pytest.raises(ReturnNotPossible):
        await withdraw_return(filled, ONE, "old", request_key="4", now=NOW)


async def test_an_open_return_is_the_customers_own_and_on_the_agents_panel(filled: AsyncEngine) -> None:
    await send_back(filled, "here")
    assert await find_open_return(filled, "one", "here") is not None
    assert await find_open_return(filled, "two", "here") is None
    assert await list_events(filled, "two", "here") == []
    panel = await get_panel(filled, "one", CLOCK)
    noted = {order["order_id"]: order.get("notes") for order in panel["recent_orders"]}
    assert noted["here"] == [
        "반품 접수 중 · 상품에 문제가 있어요 · 회수 11월 25일",
        "반품 접수 · 11월 24일(화) · 고객",
    ]
    assert noted["moving"] is None


@pytest.mark.parametrize(
    ("order_id", "kind", "outcome"),
    [
        ("here", "card_slip", None),
        ("here", "statement", None),
        ("here", "cash_receipt", ReceiptNotPossible),
        ("here", "tax_invoice", ReceiptNotPossible),
        ("here", "poem", ReceiptNotPossible),
        ("by-transfer", "cash_receipt", None),
        ("by-transfer", "tax_invoice", NeedsPerson),
        ("by-transfer", "card_slip", ReceiptNotPossible),
        ("unpaid", "statement", ReceiptNotPossible),
        ("of-two", "statement", OrderNotFound),
        ("2026-99999", "statement", OrderNotFound),
    ],
)
async def test_which_proof_is_sent(
    filled: AsyncEngine, order_id: str, kind: str, outcome: type[OrderError] | None
) -> None:
    before = await everything(filled)
    if outcome is None:
        sent = await send_receipt(filled, ONE, order_id, kind, request_key="k", now=NOW)
        assert (sent.masked_phone, sent.is_new) == ("010-****-1234", True)
        (notice,) = await rows(filled, "notices")
        assert (notice.customer_id, notice.category) == ("one", "order")
    else:
        with pytest.raises(outcome):
            await send_receipt(filled, ONE, order_id, kind, request_key="k", now=NOW)
        assert await everything(filled) == before


async def test_the_same_proof_is_not_sent_twice_within_minutes(filled: AsyncEngine) -> None:
    async def send(key: str, minutes: int) -> bool:
        later = NOW + timedelta(minutes=minutes)
        return (await send_receipt(filled, ONE, "here", "card_slip", request_key=key, now=later)).is_new

    assert [await send("1", 0), await send("1", 0), await send("2", 9), await send("3", 10)] == [
        True,
        True,  # the same request is told what came of it
        False,
        True,
    ]
    assert len(await rows(filled, "notices")) == 2


async def test_orders_are_found_by_days_in_seoul_amounts_and_names(filled: AsyncEngine) -> None:
    async def found(**fields: Any) -> list[str]:
        return [order.order_id for order in await search(SqlOrders(filled), "one", Query(**fields), limit=9)]

    assert await found(first_day=date(2026, 10, 28), last_day=date(2026, 10, 28)) == ["old"]
    assert await found(first_day=date(2026, 10, 1), last_day=date(2026, 10, 27)) == []
    assert len(await found(least_krw=82_700, most_krw=82_700)) == 6
    assert await found(least_krw=999_999) == []
    assert len(await found(text="텀불러 언제 샀죠")) == 6
    assert await search(SqlOrders(filled), "nobody", Query(text="텀블러"), limit=9) == []
