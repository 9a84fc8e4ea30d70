"""Demo files in and out of a real database: whole or not at all, and back in the same shape."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice import demo
from backoffice.demo import shape
from backoffice.errors import CustomerNotFound, InvalidDemoFile
from backoffice.schema import metadata
from kernel.clock import FixedClock
from kernel.database import read

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
CLOCK = FixedClock(NOW)

FULL = {
    "customer_id": "c1",
    "name": "홍길동",
    "grade": "vip",
    "phone": "010-0000-1234",
    "email": "hong@example.com",
    "address": "서울 마포구 이음로 1",
    "joined_at": "2024-01-02T03:04:05Z",
    "kakao_user_key": "key-1",
    "orders": [
        {
            "order_id": "2026-12345",
            "ordered_at": "2026-11-20T01:02:03.000004Z",
            "items": [
                {"product": "러닝화", "option": "260", "quantity": 2, "price_krw": 50000},
                {"product": "양말", "quantity": 1, "price_krw": 0},
            ],
            "paid_krw": 90000,
            "discount_krw": 10000,
            "payment_method": "신용카드",
            "status": "in_transit",
            "promised_date": "2026-11-23",
            "eta": "2026-11-25",
            "eta_history": ["2026-11-23", {"eta": "2026-11-24", "at": "2026-11-23T00:00:00Z", "reason": "weather"}],
            "delivered_place": "문 앞",
            "courier": "한달음택배",
            "tracking_no": "000011112222",
            "delay_reason": "weather",
            "stages": [
                {"stage": "received", "planned_at": "2026-11-20T01:02:03Z", "actual_at": "2026-11-20T01:02:03Z"},
                {"stage": "delivered", "planned_at": "2026-11-23T05:00:00Z"},
            ],
            "refund": {"amount_krw": 1000, "state": "processing", "due_date": "2026-11-30"},
        },
        {
            "order_id": "2026-12346",
            "ordered_at": "2026-11-21T00:00:00Z",
            "items": [],
            "stages": [],
            "status": "merged",
            "merged_into": "2026-12345",
            "eta": "2026-11-25T05:00:00Z",
            "eta_history": [],
            "cancelled_at": "2026-11-21T01:00:00Z",
            "cancelled_by": "shop",
        },
    ],
    "blocks": [
        {
            "reason": "abnormal_access",
            "blocked_at": "2026-11-23T00:00:00Z",
            "auto_release_at": "2026-11-25T00:00:00Z",
            "detail": "평소와 다른 접속",
        }
    ],
    "verification_attempts": [
        {
            "at": "2026-11-23T00:00:00Z",
            "method": "SMS",
            "result": "failure",
            "cause": "sms_not_received",
            "error_code": "SMS-408",
            "carrier": "SKT",
            "region": "서울",
            "browser": "Chrome",
        }
    ],
    "points": [
        {"amount_krw": 500, "why": "구매 적립", "at": "2026-11-01T00:00:00Z", "expires_at": "2027-11-01T00:00:00Z"},
        {"amount_krw": -200, "why": "주문에 사용", "at": "2026-11-02T00:00:00Z"},
    ],
    "coupons": [
        {
            "coupon_id": "k1",
            "name": "감사 쿠폰",
            "rate_percent": 7.5,
            "issued_at": "2026-11-01T00:00:00Z",
            "stackable": False,
        }
    ],
    "grants": [
        {"order_id": "gone", "cause": "late", "kind": "points", "amount_krw": 3000, "at": "2026-11-01T00:00:00Z"}
    ],
    "consents": {"service": True, "marketing": False},
}


def write_file(path: Path, *customers: dict[str, Any]) -> Path:
    path.write_text(json.dumps({"customers": customers}, ensure_ascii=False), encoding="utf-8")
    return path


async def count_rows(shop: AsyncEngine) -> dict[str, int]:
    async with read(shop) as connection:
        return {
            name: await connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for name, table in metadata.tables.items()
        }


async def test_a_full_customer_comes_back_as_it_went_in(shop: AsyncEngine, tmp_path: Path) -> None:
    assert await demo.import_file(shop, write_file(tmp_path / "in.json", FULL), clock=CLOCK) == ["c1"]
    assert await demo.show(shop, "c1") == FULL


async def test_importing_again_replaces_the_customer_and_nobody_else(shop: AsyncEngine, tmp_path: Path) -> None:
    other = {"customer_id": "c2", "name": "김철", "orders": [{"order_id": "2026-99999"}]}
    await demo.import_file(shop, write_file(tmp_path / "in.json", FULL, other), clock=CLOCK)
    await demo.import_file(shop, write_file(tmp_path / "in.json", {"customer_id": "c1", "name": "홍길순"}), clock=CLOCK)
    shown = await demo.show(shop, "c1")
    assert (shown["name"], shown["grade"], shown["orders"], shown["points"]) == ("홍길순", "basic", [], [])
    assert len((await demo.show(shop, "c2"))["orders"]) == 1
    rows = await count_rows(shop)
    assert (rows["customers"], rows["orders"], rows["order_items"], rows["consents"]) == (2, 1, 0, 0)


@pytest.mark.parametrize(
    ("second", "problem"),
    [
        ({"customer_id": "c2", "orders": [{"order_id": "2026-12345"}]}, "'2026-12345' belongs to another customer"),
        ({"customer_id": "c2", "kakao_user_key": "key-1"}, "'key-1' belongs to another customer"),
        ({"customer_id": "c2", "orders": [{"order_id": "x"}, {"order_id": "x"}]}, "order_id 'x' is there 2 times"),
        ({"customer_id": "c2", "coupons": [{"coupon_id": "k"}, {"coupon_id": "k"}]}, "'k' is there 2 times"),
        ({"customer_id": "c2", "grade": "gold"}, "customers[1].grade"),
    ],
)
async def test_a_refused_file_changes_nothing(
    shop: AsyncEngine, tmp_path: Path, second: dict[str, Any], problem: str
) -> None:
    await demo.import_file(shop, write_file(tmp_path / "in.json", FULL), clock=CLOCK)
    before = await count_rows(shop)
    with pytest.raises(InvalidDemoFile) as refused:
        await demo.import_file(shop, write_file(tmp_path / "in.json", {"customer_id": "c9"}, second), clock=CLOCK)
    assert any(problem in line for line in refused.value.problems)
    assert await count_rows(shop) == before
    assert await demo.show(shop, "c1") == FULL


async def test_ids_and_times_that_are_absent_are_filled_in(shop: AsyncEngine, tmp_path: Path) -> None:
    stage = {"stage": "paid", "actual_at": "2026-11-22T00:00:00Z"}
    bare = {"orders": [{}, {"stages": [stage]}], "points": [{"amount_krw": 1}], "coupons": [{}], "grants": [{}]}
    (customer_id,) = await demo.import_file(shop, write_file(tmp_path / "in.json", bare), clock=CLOCK)
    shown = await demo.show(shop, customer_id)
    assert [order["ordered_at"] for order in shown["orders"]] == ["2026-11-22T00:00:00Z", "2026-11-24T03:00:00Z"]
    assert all(order["order_id"] and order["status"] == "received" for order in shown["orders"])
    assert shown["points"][0]["at"] == "2026-11-24T03:00:00Z"
    assert shown["coupons"][0]["coupon_id"]


async def test_an_unknown_customer_is_named(shop: AsyncEngine) -> None:
    with pytest.raises(CustomerNotFound, match="nobody"):
        await demo.show(shop, "nobody")


async def test_loading_twice_leaves_one_shop_and_keeps_imported_customers(shop: AsyncEngine, tmp_path: Path) -> None:
    await demo.load(shop, CLOCK)
    first, told = await count_rows(shop), await demo.stories(shop)
    await demo.import_file(shop, write_file(tmp_path / "in.json", FULL), clock=CLOCK)
    await demo.load(shop, CLOCK)
    assert (await count_rows(shop))["orders"] == first["orders"] + len(FULL["orders"])
    assert await demo.stories(shop) == told
    assert first["customers"] >= 300
    assert first["orders"] >= 2_000


async def test_a_story_stays_when_its_customer_is_imported_anew(shop: AsyncEngine, tmp_path: Path) -> None:
    await demo.load(shop, CLOCK)
    told = await demo.stories(shop)
    shown = await demo.show(shop, told[0].customer_id)
    await demo.import_file(shop, write_file(tmp_path / "in.json", shown), clock=CLOCK)
    assert await demo.show(shop, told[0].customer_id) == shown
    assert await demo.stories(shop) == told


lines = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), min_size=1, max_size=20)
words = st.text(st.sampled_from("abc가나-_1"), min_size=1, max_size=8)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
amounts = st.integers(0, 10**12)
percents = st.integers(0, 10_000).map(lambda hundredths: hundredths / 100)
items = st.builds(
    shape.Item, product=lines, option=lines | st.none(), quantity=st.integers(1, 10_000), price_krw=amounts | st.none()
)
stages = st.builds(shape.Stage, stage=lines, planned_at=moments | st.none(), actual_at=moments | st.none())
changes = st.builds(shape.EtaChange, eta=days | moments | st.none(), at=moments | st.none(), reason=lines | st.none())
refunds = st.builds(shape.Refund, amount_krw=amounts | st.none(), state=lines | st.none(), due_date=days | st.none())
orders = st.builds(
    shape.Order,
    order_id=words,
    ordered_at=moments,
    items=st.lists(items, max_size=2).map(tuple),
    paid_krw=amounts | st.none(),
    promised_date=days | st.none(),
    eta=days | moments | st.none(),
    eta_history=st.lists(days | moments | changes, max_size=2).map(tuple),
    delivered_at=moments | st.none(),
    delay_reason=lines | st.none(),
    stages=st.lists(stages, max_size=2).map(tuple),
    refund=refunds | st.none(),
)
customers = st.builds(
    shape.Customer,
    customer_id=st.just("c1"),
    name=lines | st.none(),
    joined_at=moments | st.none(),
    orders=st.lists(orders, max_size=3, unique_by=lambda order: order.order_id).map(
        lambda found: tuple(sorted(found, key=lambda order: (order.ordered_at, order.order_id.encode())))
    ),
    blocks=st.lists(st.builds(shape.Block, blocked_at=moments, released_at=moments | st.none()), max_size=2).map(tuple),
    verification_attempts=st.lists(st.builds(shape.Attempt, at=moments, cause=lines | st.none()), max_size=2).map(
        tuple
    ),
    points=st.lists(
        st.builds(shape.Points, amount_krw=st.integers(-(10**12), 10**12), at=moments, why=lines | st.none()),
        max_size=2,
    ).map(tuple),
    coupons=st.lists(
        st.builds(shape.Coupon, coupon_id=words, issued_at=moments, rate_percent=percents | st.none()),
        max_size=2,
        unique_by=lambda coupon: coupon.coupon_id,
    ).map(tuple),
    grants=st.lists(st.builds(shape.Grant, at=moments, rate_percent=percents | st.none()), max_size=2).map(tuple),
    consents=st.builds(shape.Consents, service=st.booleans(), marketing=st.booleans() | st.none()) | st.none(),
)


@given(customer=customers)
@settings(max_examples=60, deadline=timedelta(seconds=5), suppress_health_check=list(HealthCheck))
async def test_any_customer_comes_back_as_they_went_in(
    shop: AsyncEngine, tmp_path: Path, customer: shape.Customer
) -> None:
    sent = customer.model_dump(mode="json", exclude_none=True)
    path = await asyncio.to_thread(write_file, tmp_path / "in.json", sent)
    await demo.import_file(shop, path, clock=CLOCK)
    assert await demo.show(shop, "c1") == sent
