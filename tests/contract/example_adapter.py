"""The worked adapter of `docs/integration.md`: orders asked of a shop's own system over HTTP."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

import httpx

from backoffice.orders.errors import ChangedMeanwhile, ItemNotFound, OrderError, OrderNotFound, TooLateToCancel
from backoffice.orders.model import Order, OrderItem, Parcel
from backoffice.orders.port import OrdersUnavailable
from backoffice.orders.requests import Requester
from backoffice.orders.service import Cancellation
from backoffice.orders.tables import OrderStatus

# What the shop's system calls things, and what Ieum does.
STATUSES = {"PAID": OrderStatus.PAID, "SENT": OrderStatus.SHIPPED, "ON_THE_WAY": OrderStatus.IN_TRANSIT}
STATUSES |= {"DONE": OrderStatus.DELIVERED, "VOID": OrderStatus.CANCELLED}
REFUSALS: Mapping[str, type[OrderError]] = {
    "NO_ORDER": OrderNotFound,
    "NO_ITEM": ItemNotFound,
    "LEFT": TooLateToCancel,
    "OTHER_AMOUNT": ChangedMeanwhile,
}


class HttpOrders:
    """Asks `GET /customers/{id}/orders` and `/orders/{id}`, cancels by `POST …/cancellations`."""

    def __init__(self, base_url: str, *, timeout_s: float = 2.0) -> None:
        self._http = httpx.AsyncClient(base_url=base_url, timeout=timeout_s)

    async def find_order(self, customer_id: str, order_id: str) -> Order | None:
        answer = await self._send("GET", _path(customer_id, order_id))
        return None if answer.status_code == 404 else _order(answer.json())

    async def list_orders(
        self,
        customer_id: str,
        *,
        limit: int,
        first_day: date | None = None,
        last_day: date | None = None,
        with_open: bool = False,
    ) -> list[Order]:
        asked: dict[str, Any] = {"limit": limit, "with_open": with_open}
        asked |= {"from": first_day.isoformat()} if first_day else {}
        asked |= {"to": last_day.isoformat()} if last_day else {}
        answer = await self._send("GET", _path(customer_id), params=asked)
        return [] if answer.status_code == 404 else [_order(one) for one in answer.json()["orders"]]

    async def preview_cancel(
        self, who: Requester, order_id: str, *, now: datetime, items: Mapping[int, int] | None = None
    ) -> Cancellation:
        return await self._cancel(who, order_id, {"items": items, "dry_run": True}, {})

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
        wanted = {"items": items, "agreed": agreed_refund_krw, "by": who.actor.value}
        return await self._cancel(who, order_id, wanted, {"Idempotency-Key": request_key})

    async def close(self) -> None:
        await self._http.aclose()

    async def _cancel(
        self, who: Requester, order_id: str, wanted: dict[str, Any], headers: dict[str, str]
    ) -> Cancellation:
        path = _path(who.customer_id, order_id) + "/cancellations"
        answer = await self._send("POST", path, json=wanted, headers=headers)
        told = answer.json()
        if answer.status_code >= 400:
            raise REFUSALS[told["code"]]()
        return Cancellation(
            order_id=order_id,
            is_whole=told["whole"],
            pieces=tuple((piece["name"], piece["count"]) for piece in told["pieces"]),
            refund_krw=told["refund"],
            due_date=date.fromisoformat(told["by"]),
            points_krw=0,
            is_coupon_back=False,
            is_unpaid=False,
        )

    async def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            answer = await self._http.request(method, path, **options)
        except httpx.HTTPError as error:
            raise OrdersUnavailable from error
        if answer.status_code >= 500:
            raise OrdersUnavailable
        return answer


def make_orders() -> HttpOrders:
    """What `IEUM_ORDERS=example_adapter:make_orders` calls."""
    return HttpOrders(os.environ["ORDERS_URL"])


def _path(customer_id: str, order_id: str | None = None) -> str:
    path = f"/customers/{quote(customer_id, safe='')}/orders"
    return path if order_id is None else f"{path}/{quote(order_id, safe='') or '-'}"


def _order(told: dict[str, Any]) -> Order:
    items = (
        OrderItem(line["name"], line.get("option"), line["count"], line["price"], place, line["void_count"])
        for place, line in enumerate(told["lines"], start=1)
    )
    way = told.get("parcel")
    return Order(
        order_id=told["id"],
        ordered_at=datetime.fromisoformat(told["at"]),
        status=STATUSES[told["state"]],
        items=tuple(items),
        paid_krw=told["paid"],
        payment_method=told["pay_by"],
        parcel=Parcel(courier=way["by"], tracking_no=way["no"], promised_on=date.fromisoformat(way["promised"]))
        if way
        else None,
    )
