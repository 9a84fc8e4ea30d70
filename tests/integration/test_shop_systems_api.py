"""The door of the shop's own systems."""

from __future__ import annotations

import httpx
import pytest

from backoffice.integration import keys
from backoffice.integration.keys import ApiKey
from backoffice.integration.tables import Scope
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
