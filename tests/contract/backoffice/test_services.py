"""What the shop tells, and to whom."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice import demo
from backoffice.customers.service import find_by_kakao_user_key, get_panel, handoff_facts
from backoffice.delivery.policy import Outcome
from backoffice.delivery.service import DeliveryService
from backoffice.errors import CustomerNotFound
from backoffice.orders.service import find_order, list_recent
from kernel.clock import FixedClock

CLOCK = FixedClock(datetime(2026, 11, 24, 3, tzinfo=UTC))


def an_order(number: int, status: str, day: int, **fields: Any) -> dict[str, Any]:
    ordered_at = f"2026-11-{day:02d}T01:00:00Z"
    return {"order_id": f"2026-{number:05d}", "ordered_at": ordered_at, "status": status, **fields}


@pytest.fixture
async def filled(shop: AsyncEngine, tmp_path: Path) -> AsyncEngine:
    """A shop with one customer of seven orders, one with a single order, and one with nothing."""
    open_one = an_order(
        1, "in_transit", 1, promised_date="2026-11-20", eta="2026-11-26", delay_reason="weather",
        items=[{"product": "러닝화", "price_krw": 1000}, {"product": "양말"}],
        stages=[{"stage": "sorting", "actual_at": "2026-11-19T05:00:00Z"}],
    )  # fmt: skip
    busy = {
        "customer_id": "busy",
        "name": "홍길동",
        "phone": "010-0000-1234",
        "email": "hong@example.com",
        "address": "서울 마포구 이음로 1, 101호",
        "kakao_user_key": "key",
        "orders": [open_one, *(an_order(number, "delivered", number) for number in range(2, 8))],
        "blocks": [
            {"reason": "sms_failures", "blocked_at": "2026-11-01T00:00:00Z", "auto_release_at": "2026-11-01T06:00:00Z"},
            {"reason": "identity_misuse", "blocked_at": "2026-11-23T00:00:00Z"},
        ],
        "verification_attempts": [
            {"at": f"2026-11-0{day}T00:00:00Z", "method": "SMS", "result": "failure"} for day in range(1, 9)
        ],
        "grants": [{"order_id": "2026-00001", "kind": "points", "amount_krw": 3000, "rate_percent": 2.5}],
    }
    other = {"customer_id": "other", "orders": [an_order(90, "paid", 20)]}
    path = tmp_path / "in.json"
    path.write_text(json.dumps({"customers": [busy, other, {"customer_id": "idle"}]}), encoding="utf-8")
    await demo.import_file(shop, path, clock=CLOCK)
    return shop


async def test_recent_orders_are_the_newest_first(filled: AsyncEngine) -> None:
    found = await list_recent(filled, "busy", limit=3)
    assert [order.order_id for order in found] == ["2026-00007", "2026-00006", "2026-00005"]


async def test_open_orders_are_only_those_under_way(filled: AsyncEngine) -> None:
    (found,) = await DeliveryService(filled, CLOCK).list_open("busy", limit=5)
    order = found.order
    assert (order.order_id, order.name, order.is_open) == ("2026-00001", "러닝화 외 1건", True)
    assert await DeliveryService(filled, CLOCK).list_open("idle", limit=5) == []


@pytest.mark.parametrize("order_id", ["2026-00090", "2026-55555", "", "' OR 1=1 --"])
async def test_another_customers_order_is_as_absent_as_one_that_does_not_exist(
    filled: AsyncEngine, order_id: str
) -> None:
    assert await find_order(filled, "busy", order_id) is None
    assert await DeliveryService(filled, CLOCK).find("busy", order_id) is None


async def test_a_delivery_is_judged_at_the_clocks_time(filled: AsyncEngine) -> None:
    deliveries = DeliveryService(filled, CLOCK)
    (delivery,) = await deliveries.list_open("busy", limit=5)
    judged = delivery.assessment
    assert (judged.outcome, judged.stage, judged.is_late) == (Outcome.UNDER_WAY, "sorting", True)
    assert judged.since == datetime(2026, 11, 19, 5, tzinfo=UTC)
    assert judged.arrival is not None
    assert judged.arrival.last == date(2026, 11, 26)
    assert await deliveries.find("busy", "2026-00001") == delivery


async def test_a_delivery_without_any_report_is_judged_from_its_status(filled: AsyncEngine) -> None:
    latest = await DeliveryService(filled, CLOCK).find_latest("other")
    assert latest is not None
    assert (latest.assessment.stage, latest.assessment.since, latest.courier) == ("paid", None, None)
    assert await DeliveryService(filled, CLOCK).find_latest("idle") is None


async def test_the_panel_is_masked_and_shows_the_newest_orders(filled: AsyncEngine) -> None:
    panel = await get_panel(filled, "busy", CLOCK)
    assert (panel["name"], panel["phone"], panel["address"]) == ("홍*동", "010-****-1234", "서울 마포구 ***")
    assert [order["order_id"] for order in panel["recent_orders"]] == [f"2026-0000{n}" for n in (7, 6, 5, 4, 3)]
    assert json.loads(json.dumps(panel)) == panel
    with pytest.raises(CustomerNotFound):
        await get_panel(filled, "nobody", CLOCK)


async def test_a_handoff_carries_open_orders_however_old_and_the_latest_of_each_history(filled: AsyncEngine) -> None:
    facts = await handoff_facts(filled, "busy", CLOCK)
    assert set(facts) == {
        "customer",
        "orders",
        "blocks",
        "verification_attempts",
        "grants",
        "amends",
        "tally",
        "privacy_requests",
    }
    assert [order["order_id"] for order in facts["orders"]] == [f"2026-0000{n}" for n in (7, 6, 5, 4, 3, 1)]
    assert facts["orders"][-1] == {
        "order_id": "2026-00001",
        "ordered_at": "2026-11-01T01:00:00Z",
        "status": "in_transit",
        "status_label": "배송 중",
        "summary": "러닝화 외 1건",
        "paid_krw": None,
        "delivery": {
            "line": "이동 중 · 11/26 도착 예정 · 4영업일 지연 · 날씨가 좋지 않아 배송 차량이 늦어지고 있어요",
            "stage": "sorting",
            "stage_label": "이동 중",
            "promised_date": "2026-11-20",
            "arrival_first": "2026-11-26",
            "arrival_last": "2026-11-26",
            "late_business_days": 4,
            "because": "날씨가 좋지 않아 배송 차량이 늦어지고 있어요",
            "moved_count": 0,
            "flags": [],
            "rules_version": 3,
        },
    }
    assert [(block["reason"], block["is_active"]) for block in facts["blocks"]] == [
        ("identity_misuse", True),
        ("sms_failures", False),
    ]
    assert [attempt["at"][:10] for attempt in facts["verification_attempts"]] == [
        f"2026-11-0{day}" for day in (8, 7, 6, 5, 4)
    ]
    assert facts["grants"] == [
        {
            "order_id": "2026-00001",
            "kind": "points",
            "amount_krw": 3000,
            "rate_percent": 2.5,
            "at": "2026-11-24T03:00:00Z",
        }
    ]
    entries = [entry for name in ("blocks", "verification_attempts", "grants") for entry in facts[name]]
    assert {type(key) for entry in entries for key in entry} == {str}, "other kinds of text cannot be stored as JSON"
    everything = json.dumps(facts, ensure_ascii=False)
    assert not any(secret in everything for secret in ("홍길동", "0000-1234", "hong@", "이음로"))


async def test_a_handoff_of_an_unknown_customer_is_empty(filled: AsyncEngine) -> None:
    facts = await handoff_facts(filled, "nobody", CLOCK)
    nothing = {"decisions": [], "requests": []}
    assert facts == {
        "customer": None,
        "orders": [],
        "blocks": [],
        "verification_attempts": [],
        "grants": [],
        "amends": nothing,
        "tally": {"attempts_today": 0, "failures_today": 0, "grants_in_a_year": 0, "points_in_a_year_krw": 0},
        "privacy_requests": [],
    }


async def test_a_kakao_user_is_found_by_their_key_only(filled: AsyncEngine) -> None:
    assert await find_by_kakao_user_key(filled, "key") == "busy"
    assert await find_by_kakao_user_key(filled, "KEY") is None
