"""The agreement with order systems, kept by Ieum's own tables and by an adapter over HTTP; and what happens without an answer."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from actions.base import ShopAction
from actions.compensation import ActionCompensation
from actions.conversation import ActionAffirm
from actions.delivery import ActionDeliveryStatus
from actions.order_cancel import ActionOrderCancel
from actions.order_change import ActionOrderChange
from actions.orders import ActionOrderHistory
from actions.refunds import ActionReceipt, ActionRefundStatus
from backoffice import demo
from backoffice.customers.service import get_panel, handoff_facts
from backoffice.delivery.service import DeliveryService
from backoffice.orders.port import Cancelling, OrdersUnavailable, SqlOrders, guard, open_orders
from backoffice.orders.tables import OrderStatus, orders
from kernel.clock import FixedClock
from kernel.database import write
from kernel.settings import SettingsError
from tests.contract.backoffice.test_actions import Bot
from tests.contract.example_adapter import HttpOrders
from tests.contract.example_system import OrderSystem, serving
from tests.contract.order_systems import (
    NOW,
    ONE,
    ORDERS,
    TWO,
    CancellingContract,
    OrdersContract,
    World,
)

CLOCK = FixedClock(NOW)
ITEMS = [
    {"product": "텀블러", "quantity": 2, "price_krw": 24_000},
    {"product": "만년필", "quantity": 1, "price_krw": 45_000},
]


@asynccontextmanager
async def _over_http() -> AsyncIterator[tuple[HttpOrders, OrderSystem]]:
    system = OrderSystem()
    async with serving(system) as address:
        adapter = HttpOrders(address)
        try:
            yield adapter, system
        finally:
            await adapter.close()


class TestIeumsOwnTables(OrdersContract, CancellingContract):
    """The default."""

    @pytest.fixture
    async def world(self, shop: AsyncEngine, tmp_path: Path) -> World:
        await _fill(shop, tmp_path)
        return World(SqlOrders(shop), lambda order_id: _ship(shop, order_id))


class TestTheExampleAdapter(OrdersContract, CancellingContract):
    """The one in docs/integration.md."""

    @pytest.fixture
    async def world(self) -> AsyncIterator[World]:
        async with _over_http() as (adapter, system):
            yield World(adapter, system.ship)


class TestTheGuardedAdapter(OrdersContract, CancellingContract):
    """The same, as the product uses it."""

    @pytest.fixture
    async def world(self) -> AsyncIterator[World]:
        async with _over_http() as (adapter, system):
            yield World(guard(adapter), system.ship)


async def _fill(shop: AsyncEngine, folder: Path) -> None:
    customers: list[dict[str, Any]] = [
        {
            "customer_id": who,
            "orders": [
                {
                    "order_id": order_id,
                    "ordered_at": at.isoformat(),
                    "status": status.value,
                    "items": ITEMS,
                    "paid_krw": 93_000,
                    "payment_method": "신용카드",
                }
                for whose, order_id, at, status in ORDERS
                if whose == who
            ],
        }
        for who in (ONE, TWO)
    ]
    path = folder / "in.json"
    path.write_text(json.dumps({"customers": customers}), encoding="utf-8")
    await demo.import_file(shop, path, clock=CLOCK)


async def _ship(shop: AsyncEngine, order_id: str) -> None:
    async with write(shop) as connection:
        shipped = orders.update().where(orders.c.order_id == order_id)
        await connection.execute(shipped.values(status=OrderStatus.SHIPPED.value))


class Elsewhere:
    """A bot whose orders are in a system of the shop's own, which can be made slow or broken."""

    def __init__(self, engine: AsyncEngine, system: OrderSystem, address: str) -> None:
        self.system = system
        self.engine = engine
        self.book = guard(HttpOrders(address), within_s=0.2)
        self.bot = Bot(engine)
        self.bot.shop = type(self.bot.shop)(
            **{**vars(self.bot.shop), "orders": self.book, "deliveries": DeliveryService(engine, CLOCK, self.book)}
        )


@pytest.fixture
async def elsewhere(shop: AsyncEngine, tmp_path: Path) -> AsyncIterator[Elsewhere]:
    """A shop whose own tables hold no order."""
    path = tmp_path / "in.json"
    path.write_text(json.dumps({"customers": [{"customer_id": ONE}, {"customer_id": TWO}]}), encoding="utf-8")
    await demo.import_file(shop, path, clock=CLOCK)
    system = OrderSystem()
    async with serving(system) as address:
        made = Elsewhere(shop, system, address)
        yield made
        await made.book.close()


async def test_orders_and_their_way_are_told_from_the_shops_own_system(elsewhere: Elsewhere) -> None:
    bubbles, last, _ = await elsewhere.bot.run(ActionOrderHistory, ONE, "order_history")
    assert bubbles == ["지금까지 주문하신 5건이에요."]
    assert [card["title"] for card in last["custom"]["cards"]] == ["텀블러 외 1건"] * 5
    bubbles, last, slots = await elsewhere.bot.run(ActionDeliveryStatus, ONE, order_id="o-old")
    rows = {row["label"]: row["value"] for row in last["custom"]["cards"][0]["rows"]}
    assert "바로택배 6012" in rows.values() or "6012" in " ".join(rows.values())
    assert slots["order_id"] == "o-old"
    assert any("죄송" in said for said in bubbles), "it was promised for the 20th"


async def test_an_order_is_cancelled_in_the_shops_own_system(elsewhere: Elsewhere) -> None:
    run = elsewhere.bot.run
    _, last, slots = await run(ActionOrderCancel, ONE, "order_cancel", "o-paid")
    assert last["text"] == "텀블러 외 1건을 취소할까요?"
    bubbles, _, _ = await run(ActionAffirm, ONE, "affirm", text="/affirm", **slots)
    assert bubbles[1] == "93,000원을 신용카드로 12월 1일(화)까지 돌려드릴게요."
    assert elsewhere.system.orders["o-paid"]["state"] == "VOID"


async def test_a_cancellation_without_an_answer_goes_to_a_person_who_looks(elsewhere: Elsewhere) -> None:
    run = elsewhere.bot.run
    _, _, slots = await run(ActionOrderCancel, ONE, "order_cancel", "o-paid")
    _start_hanging_up_on_writes(elsewhere.system)
    bubbles, last, _ = await run(ActionAffirm, ONE, "affirm", text="/affirm", **slots)
    assert bubbles[0] == "취소가 됐는지 지금 바로 확인하지 못했어요. 상담원이 확인하고 알려 드릴게요."
    assert last["custom"]["handoff"]["detail"] == "주문 취소 · o-paid · 취소됐는지 확인 필요"


@pytest.mark.parametrize(
    ("kind", "intent", "text"),
    [
        (ActionOrderChange, "order_change", "만년필 수량을 세 개로 바꿔 주시고 선물 포장도 해 주세요"),
        (ActionReceipt, "receipt_request", "카드 영수증이 필요해요"),
        (ActionCompensation, "compensation_request", "늦었으니 보상해 주세요"),
    ],
)
async def test_what_the_shops_own_system_is_not_asked_for_goes_to_a_person_with_the_order(
    elsewhere: Elsewhere, kind: type[ShopAction], intent: str, text: str
) -> None:
    _, last, _ = await elsewhere.bot.run(kind, ONE, intent, "o-paid", text=text)
    assert last["custom"]["handoff"]["detail"].endswith(" · o-paid")


@pytest.mark.parametrize("trouble", ["slow", "broken", "hangs up", "nonsense"])
@pytest.mark.parametrize(
    ("kind", "intent"),
    [
        (ActionOrderHistory, "order_history"),
        (ActionDeliveryStatus, "delivery_status"),
        (ActionOrderCancel, "order_cancel"),
        (ActionRefundStatus, "refund_status"),
        (ActionCompensation, "compensation_request"),
    ],
)
async def test_without_an_answer_the_bot_says_so_and_offers_a_person(
    elsewhere: Elsewhere, trouble: str, kind: type[ShopAction], intent: str
) -> None:
    match trouble:
        case "slow":
            elsewhere.system.delay_s = 5
        case "broken":
            elsewhere.system.fails_with = 503
        case "hangs up":
            elsewhere.system.hangs_up = True
        case "nonsense":
            elsewhere.system.fails_with = 200
    began = time.monotonic()
    bubbles, last, _ = await elsewhere.bot.run(kind, ONE, intent)
    assert time.monotonic() - began < 2
    assert bubbles[0] == "지금은 주문을 조회할 수 없어요. 죄송해요."
    assert [button["title"] for button in last["buttons"]] == ["다시 시도", "상담원 연결"]


async def test_agents_see_the_customer_though_the_orders_are_out_of_reach(elsewhere: Elsewhere) -> None:
    elsewhere.system.fails_with = 500
    panel = await get_panel(elsewhere.engine, ONE, CLOCK, book=elsewhere.book)
    assert (panel["recent_orders"], panel["is_orders_unavailable"]) == ([], True)
    facts = await handoff_facts(elsewhere.engine, ONE, CLOCK, book=elsewhere.book)
    assert (facts["orders"], facts["is_orders_unavailable"]) == ([], True)
    elsewhere.system.fails_with = None
    panel = await get_panel(elsewhere.engine, ONE, CLOCK, book=elsewhere.book)
    assert len(panel["recent_orders"]) == 5 and "is_orders_unavailable" not in panel


class Reader:
    """An adapter that can only read, and fails in a way of its own."""

    async def find_order(self, customer_id: str, order_id: str) -> None:
        raise KeyError("a mistake in the adapter")

    async def list_orders(self, customer_id: str, **asked: Any) -> list[Any]:
        return []

    async def close(self) -> None:
        """Nothing to let go of."""


async def test_the_function_named_makes_the_adapter_and_its_mistakes_do_not_get_through(shop: AsyncEngine) -> None:
    made = open_orders(f"{__name__}:Reader", shop)
    assert list(await made.list_orders(ONE, limit=1)) == []
    assert not isinstance(made, Cancelling)
    with pytest.raises(OrdersUnavailable):
        await made.find_order(ONE, "o-paid")
    assert isinstance(open_orders(None, shop), SqlOrders)


@pytest.mark.parametrize("place", ["", "nowhere:Orders", f"{__name__}:Nobody", __name__])
def test_a_place_without_a_function_stops_the_start(place: str) -> None:
    with pytest.raises(SettingsError, match="IEUM_ORDERS"):
        open_orders(place, None)  # type: ignore[arg-type]


def _start_hanging_up_on_writes(system: OrderSystem) -> None:
    answer = system.answer

    def only_reads(method: str, target: str, headers: dict[str, str], body: Any) -> tuple[int, Any]:
        if method == "POST" and "idempotency-key" in headers:
            system.hangs_up = True
            return 500, {}
        return answer(method, target, headers, body)

    system.answer = only_reads  # type: ignore[method-assign]
