"""Whatever value stands in a field, a header or an address of the shop's and the desk's doors, it is no error of ours."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import httpx

from backoffice.integration import keys
from backoffice.integration.tables import Scope
from handoff.adapters.sql.store import SqlStore
from handoff.service import staff
from kernel.clock import ProductClock
from kernel.database import create_engine
from tests.integration.conftest import PASSWORD, AgentPage, GatewayUnderTest

WHO = "demo-story-02"
ODD = [None, True, -1, 0, 2**63, 10**400, 1.5, 1e308, float("nan"), [], {}]
ODD += ["", "x", "\u0000", "a\u0000b", "\ud800", "가" * 3000, "2026-13-45", "2026-11-24", "2026-11-24T00:00:00"]
ODD += ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
ODD_HEADERS = ("가".encode(), b"\xff\xfe", "é".encode("latin-1"), b"k" * 201)
ODD_NAMES = ("%00", "x%00y", "%ff", "%F0%9F%98%80", "..%2f", "a" * 3000)
SHOP_DOORS: dict[tuple[str, str], dict[str, Any]] = {
    ("PATCH", "/api/v1/deliveries/{order}/status"): {
        **{"source": "c", "event_id": "e1", "code": "delivered", "happened_at": "2026-11-22T00:00:00Z"},
        **{"place": "x", "reason": "r", "eta_on": "2026-11-24", "courier": "c", "tracking_no": "1"},
    },
    ("POST", "/api/v1/blocks"): {
        **{"customer_id": WHO, "reason": "sms_failures", "event_id": "b1", "signals": ["vpn"]},
        **{"detail": "d", "ends_after_s": 60},
    },
    ("POST", "/api/v1/verifications/attempts"): {
        **{"at": "2026-11-22T00:00:00Z", "method": "SMS", "stage": "request", "result": "failure", "customer_id": WHO},
        **{"carrier": "SKT", "network": "SKT", "region": "서울", "browser": "Chrome", "os": "Android"},
        **{"cause": "network", "error_code": "E1", "retry_number": 1, "transaction_id": "t1", "ci": "c", "di": "d"},
    },
    ("POST", "/api/v1/discounts/inquiries"): {
        **{"customer_id": WHO, "items": [{"product": "x", "quantity": 1, "price_krw": 100}], "coupon_ids": ["a"]},
    },
}


class Doors:
    """One gateway, and what it answered that was its own fault."""

    def __init__(self, gateway: GatewayUnderTest) -> None:
        self.gateway = gateway
        self.faults: list[tuple[str, str, str]] = []

    async def knock(
        self, http: httpx.AsyncClient, method: str, path: str, body: object = None, headers: Any = None
    ) -> httpx.Response:
        content = b"" if body is None else json.dumps(body).encode()
        answer = await http.request(method, path, content=content, headers=headers)
        if answer.status_code >= 500 or (
            answer.is_error and answer.headers["content-type"] != "application/problem+json"
        ):
            self.faults.append((method, path[:80], f"{content[:300]!r} {headers}"))
        return answer

    async def try_fields(
        self, http: httpx.AsyncClient, method: str, path: str, body: Mapping[str, Any], **key: Any
    ) -> None:
        """Put every odd value into every field, one at a time."""
        for name in body:
            for value in ODD:
                headers = key and {**key["key"], "idempotency-key": str(uuid4())}
                await self.knock(http, method, path, {**body, name: value}, headers)


async def _try_the_shops_doors(doors: Doors) -> None:
    http = doors.gateway.http
    engine = create_engine(doors.gateway.settings.shop_database_url)
    token = await keys.create_key(engine, name="e", scopes=list(Scope), per_minute=10**6, now=ProductClock().now())
    await engine.dispose()
    key = {"authorization": f"Bearer {token}"}
    found = (await http.get(f"/api/v1/orders/{WHO}", headers=key)).json()["orders"]
    order_id = next(one["order_id"] for one in found if one["status"] == "in_transit")
    for (method, path), body in SHOP_DOORS.items():
        await doors.try_fields(http, method, path.format(order=order_id), body, key=key)
        for header in ODD_HEADERS:
            await doors.knock(http, method, path.format(order=order_id), body, {**key, "idempotency-key": header})
    for name in ODD_NAMES:
        await doors.knock(http, "GET", f"/api/v1/orders/{name}", headers=key)
        await doors.knock(http, "GET", f"/api/v1/orders/{WHO}?limit={name}", headers=key)
        report = SHOP_DOORS["PATCH", "/api/v1/deliveries/{order}/status"]
        await doors.knock(http, "PATCH", f"/api/v1/deliveries/{name}/status", report, {**key, "idempotency-key": name})
    for header in ODD_HEADERS:
        for path in (f"/api/v1/orders/{WHO}", "/api/chat/messages"):
            answer = await doors.knock(http, "GET", path, headers={"authorization": b"Bearer ieum_" + header + b"_x"})
            assert answer.status_code == 401


async def _try_the_desks_doors(doors: Doors) -> None:
    gateway = doors.gateway
    engine = create_engine(gateway.settings.database_url)
    await staff.add(SqlStore(engine), login="officer", name="담당", password=PASSWORD, role="privacy_officer")
    await engine.dispose()
    officer, lead = await gateway.agent("officer"), await gateway.agent("lead")
    agent, talk, version, order_id = await _claimed(gateway)
    await _try_amends(doors, agent, f"/api/desk/conversations/{talk}", version, order_id)
    opened = {"customer_id": WHO, "kind": "access", "channel": "phone", "agent_name": "a", "mandate": "m"}
    await doors.try_fields(officer.http, "POST", "/api/desk/privacy/requests", opened | {"details": "d"})
    number = (await officer.http.post("/api/desk/privacy/requests", json=opened)).json()["request_id"]
    said = {
        "identity": {"how": "전화"},
        "start": {},
        "refuse": {"ground": "x", "explanation": "e"},
        "answer": {"answer": "a"},
    }
    for step, body in said.items():
        await doors.try_fields(officer.http, "POST", f"/api/desk/privacy/requests/{number}/{step}", body)
        await doors.knock(officer.http, "POST", f"/api/desk/privacy/requests/{number}/{step}", body)
    for http, method, path in (
        *((officer.http, "GET", path) for path in ("requests/{}", "requests/{}/archive", "accesses/{}")),
        *((officer.http, "GET", f"affected?since={{}}&until={at}") for at in ("2026-11-24T00:00:00Z", "{}")),
        (officer.http, "GET", "affected?since=2026-11-20T00:00:00Z&until=2026-11-24T00:00:00Z&viewer={}"),
        (lead.http, "POST", "../approvals/{}/approve"),
    ):
        for name in (*ODD_NAMES, "2026-13", "0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00"):
            await doors.knock(http, method, f"/api/desk/privacy/{path}".replace("{}", name), {"reason": "x"})


async def _claimed(gateway: GatewayUnderTest) -> tuple[AgentPage, str, int, str]:
    customer, agent = await gateway.customer(WHO), await gateway.agent()
    await customer.say("상담원")
    await customer.read_until(lambda view: view["owner"] == "waiting")
    seen = await agent.see(customer.conversation_id)
    claimed = await agent.do(customer.conversation_id, "claim", version=seen["version"])
    order_id = seen["context"]["orders"][0]["order_id"]
    return agent, customer.conversation_id, claimed.json()["version"], order_id


async def _try_amends(doors: Doors, agent: AgentPage, talk: str, version: int, order_id: str) -> None:
    wish = {"version": version, "request_id": str(uuid4()), "order_id": order_id, "cause": "late", "reason": "늦음"}
    await doors.try_fields(agent.http, "POST", f"{talk}/amends", wish | {"gifts": None})
    for kind in ("points", "coupon", "resend", "free_shipping_coupon", "x"):
        for field in ("amount_krw", "rate_percent"):
            for value in ODD:
                gifts = [{"kind": kind, field: value}]
                answer = await doors.knock(agent.http, "POST", f"{talk}/amends", wish | {"gifts": gifts})
                is_plain = kind in ("resend", "free_shipping_coupon") and value is None
                is_percent = kind == "coupon" and field == "rate_percent" and value == 1.5
                assert answer.is_error or is_plain or is_percent, (kind, field, value)
    await doors.try_fields(agent.http, "POST", f"{talk}/unmask", {"fields": ["phone"], "reason": "배송 확인 전화"})


async def test_no_value_at_the_shops_doors_is_an_error_of_ours(gateway: GatewayUnderTest) -> None:
    doors = Doors(gateway)
    await _try_the_shops_doors(doors)
    assert doors.faults == []


async def test_no_value_at_the_desks_doors_is_an_error_of_ours(gateway: GatewayUnderTest) -> None:
    doors = Doors(gateway)
    await _try_the_desks_doors(doors)
    assert doors.faults == []


async def test_nor_is_one_on_postgresql(two_gateways_on_postgres: tuple[GatewayUnderTest, GatewayUnderTest]) -> None:
    doors = Doors(two_gateways_on_postgres[0])
    await _try_the_shops_doors(doors)
    await _try_the_desks_doors(doors)
    assert doors.faults == []
