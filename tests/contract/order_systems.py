"""What every order system behind `IEUM_ORDERS` must do, as tests that an adapter's author can run.

Import the two classes into a test module of yours with a fixture `world` that returns a `World` of your adapter:

    from tests.contract.order_systems import CancellingContract, OrdersContract

    class TestMyOrders(OrdersContract): ...
    class TestMyCancelling(CancellingContract): ...  # only where it can cancel
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from backoffice.orders.errors import ChangedMeanwhile, ItemNotFound, OrderNotFound, TooLateToCancel
from backoffice.orders.model import Order
from backoffice.orders.port import Cancelling, Orders
from backoffice.orders.requests import Requester
from backoffice.orders.tables import OrderStatus

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)  # noon of a Tuesday in Seoul
ONE, TWO = "one", "two"
MINE = Requester(customer_id=ONE)
# What the system must hold: (customer, order, ordered at, status). `o-paid` is two tumblers at 24,000 won and a pen
# at 45,000, paid with 93,000 won by card; the others are of any goods. Customer `nobody` is unknown.
ORDERS = (
    (ONE, "o-old", datetime(2026, 8, 1, 1, tzinfo=UTC), OrderStatus.IN_TRANSIT),
    (ONE, "o-midnight", datetime(2026, 11, 9, 15, 30, tzinfo=UTC), OrderStatus.DELIVERED),  # the 10th in Seoul
    (ONE, "o-done", datetime(2026, 11, 12, 1, tzinfo=UTC), OrderStatus.DELIVERED),
    (ONE, "o-off", datetime(2026, 11, 14, 1, tzinfo=UTC), OrderStatus.CANCELLED),
    (ONE, "o-paid", datetime(2026, 11, 20, 1, tzinfo=UTC), OrderStatus.PAID),
    (TWO, "o-twos", datetime(2026, 11, 21, 1, tzinfo=UTC), OrderStatus.PAID),
)


@dataclass(frozen=True)
class World:
    """An adapter over a system that holds `ORDERS`; `ship` moves an order on behind the adapter's back."""

    orders: Orders
    ship: Callable[[str], Awaitable[None]]

    @property
    def cancelling(self) -> Cancelling:
        """The adapter, as one that can cancel."""
        assert isinstance(self.orders, Cancelling)
        return self.orders


def ids(found: object) -> list[str]:
    """Return the orders' numbers."""
    return [order.order_id for order in found]  # type: ignore[attr-defined]


class OrdersContract:
    """Reading."""

    async def test_an_order_is_found_with_all_that_is_told_of_it(self, world: World) -> None:
        order = await world.orders.find_order(ONE, "o-paid")
        assert order is not None
        assert (order.order_id, order.status, order.paid_krw) == ("o-paid", OrderStatus.PAID, 93_000)
        assert order.ordered_at == datetime(2026, 11, 20, 1, tzinfo=UTC)
        assert order.ordered_at.utcoffset() is not None, "a time without its zone means nothing"
        assert [(item.product, item.quantity, item.price_krw) for item in order.items] == [
            ("텀블러", 2, 24_000),
            ("만년필", 1, 45_000),
        ]
        assert len({item.item_id for item in order.items} - {None}) == 2, "items are chosen by their id"

    @pytest.mark.parametrize(
        "order_id", ["o-twos", "o-none", "", "' OR 1=1 --", "../o-paid", "o-paid/", "o paid", "가"]
    )
    async def test_anothers_order_is_as_absent_as_one_that_does_not_exist(self, world: World, order_id: str) -> None:
        assert await world.orders.find_order(ONE, order_id) is None

    async def test_orders_come_newest_first_and_no_more_than_asked(self, world: World) -> None:
        assert ids(await world.orders.list_orders(ONE, limit=10)) == [
            "o-paid",
            "o-off",
            "o-done",
            "o-midnight",
            "o-old",
        ]
        assert ids(await world.orders.list_orders(ONE, limit=2)) == ["o-paid", "o-off"]

    async def test_an_open_order_is_added_however_old(self, world: World) -> None:
        assert ids(await world.orders.list_orders(ONE, limit=2, with_open=True)) == ["o-paid", "o-off", "o-old"]

    async def test_days_are_days_in_seoul_and_both_belong(self, world: World) -> None:
        ten, twelve = date(2026, 11, 10), date(2026, 11, 12)
        assert ids(await world.orders.list_orders(ONE, limit=9, first_day=ten, last_day=twelve)) == [
            "o-done",
            "o-midnight",
        ]
        assert ids(await world.orders.list_orders(ONE, limit=9, last_day=date(2026, 11, 9))) == ["o-old"]

    async def test_a_customer_whom_nobody_knows_has_no_orders(self, world: World) -> None:
        assert list(await world.orders.list_orders("nobody", limit=5)) == []
        assert await world.orders.find_order("nobody", "o-paid") is None

    async def test_many_questions_at_once_are_answered_each_with_its_own(self, world: World) -> None:
        found = await asyncio.gather(*(world.orders.find_order(ONE, name) for _, name, _, _ in ORDERS * 5))
        expected = [name if who == ONE else None for who, name, _, _ in ORDERS * 5]
        assert [order.order_id if order else None for order in found] == expected


class CancellingContract:
    """Cancelling."""

    async def test_a_preview_does_nothing(self, world: World) -> None:
        told = await world.cancelling.preview_cancel(MINE, "o-paid", now=NOW)
        assert (told.refund_krw, told.is_whole, told.is_unpaid) == (93_000, True, False)
        assert (await _get(world, "o-paid")).status is OrderStatus.PAID

    async def test_what_was_told_is_what_is_done(self, world: World) -> None:
        told = await world.cancelling.preview_cancel(MINE, "o-paid", now=NOW)
        done = await world.cancelling.cancel_order(
            MINE, "o-paid", request_key="k1", now=NOW, agreed_refund_krw=told.refund_krw
        )
        assert done == told
        assert (await _get(world, "o-paid")).status is OrderStatus.CANCELLED

    async def test_the_same_request_again_changes_nothing_and_is_answered_alike(self, world: World) -> None:
        first, second = [
            await world.cancelling.cancel_order(MINE, "o-paid", request_key="k1", now=NOW) for _ in range(2)
        ]
        assert first == second

    async def test_one_piece_of_an_item_is_cancelled(self, world: World) -> None:
        tumbler = (await _get(world, "o-paid")).items[0]
        done = await world.cancelling.cancel_order(
            MINE, "o-paid", request_key="k1", now=NOW, items={tumbler.item_id or 0: 1}
        )
        assert (done.is_whole, done.refund_krw) == (False, 24_000)
        order = await _get(world, "o-paid")
        assert (order.status, order.items[0].left_count) == (OrderStatus.PAID, 1)

    async def test_what_has_left_meanwhile_is_not_cancelled(self, world: World) -> None:
        await world.cancelling.preview_cancel(MINE, "o-paid", now=NOW)
        await world.ship("o-paid")
        with pytest.raises(TooLateToCancel):
            await world.cancelling.cancel_order(MINE, "o-paid", request_key="k1", now=NOW)
        assert (await _get(world, "o-paid")).status is OrderStatus.SHIPPED

    async def test_another_amount_than_the_customer_agreed_to_cancels_nothing(self, world: World) -> None:
        with pytest.raises(ChangedMeanwhile):
            await world.cancelling.cancel_order(MINE, "o-paid", request_key="k1", now=NOW, agreed_refund_krw=1)
        assert (await _get(world, "o-paid")).status is OrderStatus.PAID

    @pytest.mark.parametrize("order_id", ["o-twos", "o-none"])
    async def test_anothers_order_cannot_be_cancelled(self, world: World, order_id: str) -> None:
        with pytest.raises(OrderNotFound):
            await world.cancelling.cancel_order(MINE, order_id, request_key="k1", now=NOW)
        order = await world.orders.find_order(TWO, "o-twos")
        assert order is not None and order.status is OrderStatus.PAID

    async def test_an_item_that_is_not_in_the_order_is_named_as_such(self, world: World) -> None:
        with pytest.raises(ItemNotFound):
            await world.cancelling.preview_cancel(MINE, "o-paid", now=NOW, items={987_654: 1})


async def _get(world: World, order_id: str) -> Order:
    order = await world.orders.find_order(ONE, order_id)
    assert order is not None
    return order
