"""The door of the shop's own systems."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from backoffice.integration import keys
from backoffice.integration.keys import ApiKey
from backoffice.integration.tables import Scope
from backoffice.orders.port import OrdersUnavailable, SqlOrders
from handoff.api.shop_systems import RateLimits
from kernel.clock import ProductClock
from kernel.database import create_engine
from tests.integration.conftest import GatewayUnderTest


async def _key(gateway: GatewayUnderTest, *scopes: Scope, per_minute: int = 600) -> dict[str, str]:
    engine = create_engine(gateway.settings.shop_database_url)
    token = await keys.create_key(engine, name="erp", scopes=scopes, per_minute=per_minute, now=ProductClock().now())
    await engine.dispose()
    return {"authorization": f"Bearer {token}"}


async def _orders(gateway: GatewayUnderTest, headers: dict[str, str], query: str = "") -> httpx.Response:
    return await gateway.http.get(f"/api/v1/orders/demo-story-02{query}", headers=headers)


async def test_a_key_reads_a_customers_orders(gateway: GatewayUnderTest) -> None:
    headers = await _key(gateway, Scope.ORDERS_READ)
    found = (await _orders(gateway, headers, "?limit=2")).json()["orders"]
    assert len(found) == 2 and found[0]["ordered_at"] > found[1]["ordered_at"]
    assert found[0]["items"][0]["product"]
    nobody = await gateway.http.get("/api/v1/orders/nobody", headers=headers)
    assert nobody.json() == {"orders": []}


async def test_an_order_system_that_does_not_answer_is_named_as_such(
    gateway: GatewayUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_answer(*_asked: object, **_options: object) -> None:
        raise OrdersUnavailable

    monkeypatch.setattr(SqlOrders, "list_orders", no_answer)
    answer = await _orders(gateway, await _key(gateway, Scope.ORDERS_READ))
    assert (answer.status_code, answer.json()["code"]) == (503, "orders_unavailable")


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [({}, 401, "api_key_unknown"), ({"authorization": "Bearer ieum_x_y"}, 401, "api_key_unknown")],
)
async def test_nobody_gets_in_without_a_key(
    gateway: GatewayUnderTest, headers: dict[str, str], status: int, code: str
) -> None:
    answer = await _orders(gateway, headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_key_for_something_else_does_not_open(gateway: GatewayUnderTest) -> None:
    answer = await _orders(gateway, await _key(gateway, Scope.BLOCKS_WRITE))
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


async def _open_order(gateway: GatewayUnderTest) -> str:
    headers = await _key(gateway, Scope.ORDERS_READ)
    found = (await _orders(gateway, headers)).json()["orders"]
    return next(order["order_id"] for order in found if order["status"] == "in_transit")


def _once(headers: dict[str, str], name: str) -> dict[str, str]:
    return headers | {"idempotency-key": name}


async def test_a_courier_tells_where_a_parcel_is_and_a_repeat_changes_nothing(gateway: GatewayUnderTest) -> None:
    order_id, headers = await _open_order(gateway), await _key(gateway, Scope.DELIVERIES_WRITE)
    body = {"source": "c", "event_id": "e1", "code": "delivered", "happened_at": ProductClock().now().isoformat()}
    url = f"/api/v1/deliveries/{order_id}/status"
    answers = [
        await gateway.http.patch(url, json=body, headers=_once(headers, name)) for name in ("one", "one", "another")
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert answers[0].json() == answers[1].json() == {"order_id": order_id, "outcome": "stored"}
    assert answers[2].json()["outcome"] == "repeated", "a new request about the same event"
    after = (await _orders(gateway, await _key(gateway, Scope.ORDERS_READ))).json()["orders"]
    assert next(order["status"] for order in after if order["order_id"] == order_id) == "delivered"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"happened_at": "yesterday"}, 422, "invalid_field"),
        ({"happened_at": "2026-11-24T10:00:00"}, 422, "invalid_field"),
        ({"happened_at": "2126-11-24T10:00:00Z"}, 422, "event_from_the_future"),
        ({"happened_at": "0001-01-01T00:00:00Z"}, 422, "event_invalid"),
        ({"eta_on": "9999-12-31"}, 422, "event_invalid"),
        ({"eta_on": "2026-02-30"}, 422, "invalid_field"),
        ({"code": ""}, 422, "invalid_field"),
        ({"colour": "red"}, 422, "unknown_field"),
    ],
)
async def test_a_report_that_cannot_be_is_refused_and_may_be_mended(
    gateway: GatewayUnderTest, change: dict[str, str], status: int, code: str
) -> None:
    order_id, headers = await _open_order(gateway), await _key(gateway, Scope.DELIVERIES_WRITE)
    body = {"source": "c", "event_id": "e9", "code": "sorting", "happened_at": ProductClock().now().isoformat()}
    url = f"/api/v1/deliveries/{order_id}/status"
    refused = await gateway.http.patch(url, json=body | change, headers=_once(headers, "one"))
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    mended = await gateway.http.patch(url, json=body, headers=_once(headers, "one"))
    assert mended.status_code == 200


async def test_an_order_nobody_knows_is_no_place_for_a_report(gateway: GatewayUnderTest) -> None:
    headers = _once(await _key(gateway, Scope.DELIVERIES_WRITE), "one")
    body = {"source": "c", "event_id": "e1", "code": "sorting", "happened_at": ProductClock().now().isoformat()}
    answer = await gateway.http.patch("/api/v1/deliveries/none/status", json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "order_unknown")


async def test_a_customer_is_blocked_once_whatever_is_repeated(gateway: GatewayUnderTest) -> None:
    headers = await _key(gateway, Scope.BLOCKS_WRITE)
    body = {"customer_id": "demo-story-03", "reason": "sms_failures", "event_id": "e1"}
    answers = await asyncio.gather(
        *(gateway.http.post("/api/v1/blocks", json=body, headers=_once(headers, f"{n}")) for n in range(8))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["block_id"] for answer in answers}) == 1


async def test_a_request_that_writes_needs_a_name(gateway: GatewayUnderTest) -> None:
    body = {"customer_id": "demo-story-03", "reason": "sms_failures", "event_id": "e1"}
    answer = await gateway.http.post("/api/v1/blocks", json=body, headers=await _key(gateway, Scope.BLOCKS_WRITE))
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_missing")


async def test_a_name_used_for_something_else_is_refused(gateway: GatewayUnderTest) -> None:
    headers = _once(await _key(gateway, Scope.BLOCKS_WRITE), "one")
    body = {"customer_id": "demo-story-03", "reason": "sms_failures", "event_id": "e1"}
    await gateway.http.post("/api/v1/blocks", json=body, headers=headers)
    again = await gateway.http.post("/api/v1/blocks", json=body | {"event_id": "e2"}, headers=headers)
    assert (again.status_code, again.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"customer_id": "nobody"}, 404, "customer_not_found"),
        ({"reason": "bored"}, 422, "invalid_field"),
        ({"ends_after_s": -1}, 422, "invalid_field"),
        ({"ends_after_s": 10**18}, 422, "invalid_field"),
    ],
)
async def test_a_block_that_cannot_be_is_refused(
    gateway: GatewayUnderTest, change: dict[str, object], status: int, code: str
) -> None:
    headers = _once(await _key(gateway, Scope.BLOCKS_WRITE), "one")
    body = {"customer_id": "demo-story-03", "reason": "other", "event_id": "e1"}
    answer = await gateway.http.post("/api/v1/blocks", json=body | change, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "9" * 5000, "１"])
async def test_an_impossible_limit_is_refused(gateway: GatewayUnderTest, limit: str) -> None:
    answer = await _orders(gateway, await _key(gateway, Scope.ORDERS_READ), f"?limit={limit}")
    assert (answer.status_code, answer.json()["field"]) == (422, "limit")


async def test_too_many_requests_are_told_when_to_come_back(gateway: GatewayUnderTest) -> None:
    headers = await _key(gateway, Scope.ORDERS_READ, per_minute=2)
    answers = [await _orders(gateway, headers) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 1 <= int(answers[2].headers["retry-after"]) <= 30


def test_a_bucket_fills_evenly_and_never_above_a_minutes_worth() -> None:
    now = ProductClock().now()
    key = ApiKey("k", "erp", frozenset(), 60, now, None)
    limits = RateLimits()
    assert [limits.take(key, 0.0) for _ in range(60)] == [0.0] * 60
    assert limits.take(key, 0.0) == 1.0
    assert limits.take(key, 1.0) == 0.0
    assert [limits.take(key, 1000.0) for _ in range(60)] == [0.0] * 60
    assert limits.take(key, 1000.0) > 0


async def test_an_attempt_is_taken_in_once_and_sealed(gateway: GatewayUnderTest) -> None:
    headers = await _key(gateway, Scope.VERIFICATIONS_WRITE)
    body = {
        "at": ProductClock().now().isoformat(),
        "method": "SMS",
        "stage": "carrier",
        "result": "failure",
        "customer_id": "demo-story-03",
        "carrier": "SKT",
        "cause": "sms_not_received",
        "transaction_id": "agency-1",
    }
    answers = [
        await gateway.http.post("/api/v1/verifications/attempts", json=body, headers=_once(headers, name))
        for name in ("one", "two")
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    stored = b"".join(path.read_bytes() for path in gateway.settings.data_dir.glob("shop.db*"))
    assert b"demo-story-03" in stored
    assert b"agency-1" not in stored


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"method": "PIGEON"}, "unknown_value"),
        ({"at": "2126-01-01T00:00:00Z"}, "impossible_time"),
        ({"retry_number": -1}, "invalid_field"),
    ],
)
async def test_an_attempt_that_cannot_be_is_refused(
    gateway: GatewayUnderTest, change: dict[str, object], code: str
) -> None:
    headers = _once(await _key(gateway, Scope.VERIFICATIONS_WRITE), "one")
    body = {"at": ProductClock().now().isoformat(), "method": "SMS", "stage": "carrier", "result": "failure"}
    answer = await gateway.http.post("/api/v1/verifications/attempts", json=body | change, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def _discounts(gateway: GatewayUnderTest, **change: object) -> httpx.Response:
    body = {"customer_id": "demo-story-12", "items": [{"product": "러닝화", "price_krw": 89_000}]} | change
    headers = await _key(gateway, Scope.DISCOUNTS_READ)
    return await gateway.http.post("/api/v1/discounts/inquiries", json=body, headers=headers)


async def test_a_basket_is_told_what_each_coupon_takes_off(gateway: GatewayUnderTest) -> None:
    answer = (await _discounts(gateway)).json()
    assert answer["points_krw"] == 3000
    (coupon,) = answer["coupons"]
    assert (coupon["discount_krw"], coupon["obstacles"]) == (8_900, [])


async def test_a_coupon_that_does_not_count_says_why(gateway: GatewayUnderTest) -> None:
    cheapest = [{"product": "러닝화", "price_krw": 89_000, "is_lowest_price": True}]
    (coupon,) = (await _discounts(gateway, items=cheapest)).json()["coupons"]
    assert coupon["discount_krw"] == 0
    assert [obstacle["rule"] for obstacle in coupon["obstacles"]] == ["lowest_price"]
    assert "러닝화" in coupon["obstacles"][0]["sentence"]


async def test_somebody_nobody_knows_has_nothing_to_take_off(gateway: GatewayUnderTest) -> None:
    answer = (await _discounts(gateway, customer_id="nobody")).json()
    assert (answer["points_krw"], answer["coupons"]) == (0, [])


@pytest.mark.parametrize(
    "items", [[], [{"product": "x", "price_krw": -1}], [{"product": "x", "price_krw": 1, "quantity": 0}]]
)
async def test_a_basket_that_cannot_be_is_refused(gateway: GatewayUnderTest, items: list[object]) -> None:
    answer = await _discounts(gateway, items=items)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_field")
