"""The way to a shop's orders: Ieum's own tables, or an order system of the shop's behind one adapter.

An adapter reads (`Orders`) and may cancel (`Cancelling`). What else is done to an order is done in Ieum's own tables
only; where orders live elsewhere, a person does it.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Awaitable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol, TypeVar, runtime_checkable

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.errors import BackofficeError
from backoffice.orders import cancelling, reading
from backoffice.orders.cancelling import Cancellation
from backoffice.orders.model import Order
from backoffice.orders.requests import Requester
from kernel.settings import SettingsError

log = structlog.get_logger()

ANSWER_WITHIN_S = 3.0
T = TypeVar("T")


class OrdersUnavailable(BackofficeError):
    """The order system does not answer. `is_in_doubt`: what was asked of it may have been done all the same."""

    code = "orders_unavailable"

    def __init__(self, *, is_in_doubt: bool = False) -> None:
        super().__init__("the order system does not answer")
        self.is_in_doubt = is_in_doubt


class Orders(Protocol):
    """Reads orders for the customer they belong to, and for nobody else."""

    async def find_order(self, customer_id: str, order_id: str) -> Order | None:
        """Return the order if it is this customer's; None when it is another's or nobody's, after as long a time."""

    async def list_orders(
        self,
        customer_id: str,
        *,
        limit: int,
        first_day: date | None = None,
        last_day: date | None = None,
        with_open: bool = False,
    ) -> Sequence[Order]:
        """Return the customer's newest `limit` orders of the days in Seoul (both included), newest first.

        `with_open` adds, in their place, the newest `limit` of those still on their way, however old. Nobody's orders
        are no orders. Raises OrdersUnavailable, as does every other method.
        """

    async def close(self) -> None:
        """Let go of connections; nothing is asked afterwards."""


@runtime_checkable
class Cancelling(Protocol):
    """What an adapter has besides, whose system can cancel."""

    async def preview_cancel(
        self, who: Requester, order_id: str, *, now: datetime, items: Mapping[int, int] | None = None
    ) -> Cancellation:
        """Return what cancelling would do now, and do nothing. Raises an `OrderError` where it cannot be done."""

    async def cancel_order(
        self,
        who: Requester,
        order_id: str,
        *,
        request_key: str,
        now: datetime,
        items: Mapping[int, int] | None = None,
        agreed_refund_krw: int | None = None,
    ) -> Cancellation:
        """Cancel all of an order or so many pieces of its items (by item id); the same key again does nothing.

        `agreed_refund_krw` is what the customer was told: ChangedMeanwhile where it is no longer right.
        """


class SqlOrders:
    """Ieum's own tables."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def find_order(self, customer_id: str, order_id: str) -> Order | None:
        """Return the order if it is this customer's."""
        return await reading.find_order(self._engine, customer_id, order_id)

    async def list_orders(
        self,
        customer_id: str,
        *,
        limit: int,
        first_day: date | None = None,
        last_day: date | None = None,
        with_open: bool = False,
    ) -> Sequence[Order]:
        """Return the newest orders, each group by its own index."""
        return await reading.list_orders(
            self._engine, customer_id, limit=limit, first_day=first_day, last_day=last_day, with_open=with_open
        )

    async def preview_cancel(
        self, who: Requester, order_id: str, *, now: datetime, items: Mapping[int, int] | None = None
    ) -> Cancellation:
        """Return what cancelling would do now."""
        return await cancelling.preview_cancel(self._engine, who, order_id, now=now, items=items)

    async def cancel_order(
        self,
        who: Requester,
        order_id: str,
        *,
        request_key: str,
        now: datetime,
        items: Mapping[int, int] | None = None,
        agreed_refund_krw: int | None = None,
    ) -> Cancellation:
        """Cancel in one transaction with what is given back."""
        return await cancelling.cancel_order(
            self._engine,
            who,
            order_id,
            request_key=request_key,
            now=now,
            items=items,
            agreed_refund_krw=agreed_refund_krw,
        )

    async def close(self) -> None:
        """Nothing: the engine is its owner's to close."""


class GuardedOrders:
    """Asks an adapter, and answers in time whatever it does: late or failing, it is OrdersUnavailable."""

    def __init__(self, adapter: Orders, *, within_s: float = ANSWER_WITHIN_S) -> None:
        self._adapter = adapter
        self._within_s = within_s

    async def find_order(self, customer_id: str, order_id: str) -> Order | None:
        """Return the order if it is this customer's."""
        return await self._ask(self._adapter.find_order(customer_id, order_id))

    async def list_orders(
        self,
        customer_id: str,
        *,
        limit: int,
        first_day: date | None = None,
        last_day: date | None = None,
        with_open: bool = False,
    ) -> Sequence[Order]:
        """Return the newest orders."""
        return await self._ask(
            self._adapter.list_orders(
                customer_id, limit=limit, first_day=first_day, last_day=last_day, with_open=with_open
            )
        )

    async def close(self) -> None:
        """Have the adapter let go."""
        await self._adapter.close()

    async def _ask(self, answer: Awaitable[T], *, is_write: bool = False) -> T:
        try:
            async with asyncio.timeout(self._within_s):
                return await answer
        except OrdersUnavailable as error:
            raise OrdersUnavailable(is_in_doubt=is_write) from error
        except BackofficeError:
            raise
        except Exception as error:  # an adapter may raise whatever its client does
            log.warning("orders_unavailable", error=type(error).__name__)
            raise OrdersUnavailable(is_in_doubt=is_write) from error


class GuardedCancelling(GuardedOrders):
    """The same for an adapter that can cancel."""

    def __init__(self, adapter: Orders, cancelling: Cancelling, *, within_s: float = ANSWER_WITHIN_S) -> None:
        super().__init__(adapter, within_s=within_s)
        self._cancelling = cancelling

    async def preview_cancel(
        self, who: Requester, order_id: str, *, now: datetime, items: Mapping[int, int] | None = None
    ) -> Cancellation:
        """Return what cancelling would do now."""
        return await self._ask(self._cancelling.preview_cancel(who, order_id, now=now, items=items))

    async def cancel_order(
        self,
        who: Requester,
        order_id: str,
        *,
        request_key: str,
        now: datetime,
        items: Mapping[int, int] | None = None,
        agreed_refund_krw: int | None = None,
    ) -> Cancellation:
        """Cancel; without an answer nobody knows whether it was done."""
        return await self._ask(
            self._cancelling.cancel_order(
                who,
                order_id,
                request_key=request_key,
                now=now,
                items=items,
                agreed_refund_krw=agreed_refund_krw,
            ),
            is_write=True,
        )


def guard(adapter: Orders, *, within_s: float = ANSWER_WITHIN_S) -> Orders:
    """Return `adapter` so that it answers in time, able to cancel if it is."""
    if isinstance(adapter, Cancelling):
        return GuardedCancelling(adapter, adapter, within_s=within_s)
    return GuardedOrders(adapter, within_s=within_s)


def open_orders(place: str | None, engine: AsyncEngine) -> Orders:
    """Return what the function at `place` (`module:function`, without arguments) makes, Ieum's own tables for None.

    Raises SettingsError.
    """
    if place is None:
        return SqlOrders(engine)
    module, _, function = place.partition(":")
    try:
        made: Orders = getattr(importlib.import_module(module), function)()
    except (ImportError, AttributeError, ValueError) as error:
        raise SettingsError(f"IEUM_ORDERS names no function: {place!r} ({error})") from error
    return guard(made)
