"""Attempts, blocks and benefits as the bot reads them: the customer's own, newest first, judged at the clock's time."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice import demo
from backoffice.benefits.service import read_benefits
from backoffice.blocking.service import list_blocks
from backoffice.customers.service import find_grade
from backoffice.customers.tables import Grade
from backoffice.verification.service import list_attempts
from kernel.clock import FixedClock

CLOCK = FixedClock(datetime(2026, 11, 24, 3, tzinfo=UTC))
ONE = {
    "customer_id": "one",
    "grade": "vip",
    "verification_attempts": [
        {"at": "2026-11-22T00:00:00Z", "method": "SMS", "result": "failure", "cause": "sms_timeout", "carrier": "KT"},
        {"at": "2026-11-23T00:00:00Z", "method": "PASS", "result": "failure", "error_code": "PASS-7"},
        {"at": "2026-11-24T00:00:00Z", "method": "SMS", "result": "success"},
    ],
    "blocks": [
        {"reason": "sms_failures", "blocked_at": "2026-11-01T00:00:00Z", "auto_release_at": "2026-11-01T06:00:00Z"},
        {"reason": "other", "blocked_at": "2026-11-23T00:00:00Z"},
    ],
    "points": [
        {"amount_krw": 5000, "at": "2026-11-01T00:00:00Z", "expires_at": "2026-11-26T00:00:00Z"},
        {"amount_krw": -1000, "at": "2026-11-02T00:00:00Z"},
    ],
    "coupons": [
        {
            "coupon_id": "a",
            "name": "가",
            "rate_percent": 10.0,
            "expires_at": "2026-11-25T00:00:00Z",
            "stackable": False,
        },
        {"coupon_id": "b", "name": "나", "amount_krw": 1000, "expires_at": "2026-11-20T00:00:00Z"},
    ],
    "grants": [{"order_id": "1", "kind": "points", "cause": "late", "amount_krw": 3000, "at": "2026-11-10T00:00:00Z"}],
}


@pytest.fixture
async def filled(shop: AsyncEngine, tmp_path: Path) -> AsyncEngine:
    """A shop with one customer of every history, and one of none."""
    path = tmp_path / "in.json"
    path.write_text(json.dumps({"customers": [ONE, {"customer_id": "idle"}]}), encoding="utf-8")
    await demo.import_file(shop, path, clock=CLOCK)
    return shop


async def test_attempts_are_newest_first_with_causes_by_their_known_names(filled: AsyncEngine) -> None:
    found = await list_attempts(filled, "one", limit=2)
    assert [(attempt.method, attempt.is_failure, attempt.cause) for attempt in found] == [
        ("SMS", False, None),
        ("PASS", True, "pass_app"),
    ]
    assert (await list_attempts(filled, "one", limit=9))[-1].cause == "sms_not_received"


async def test_blocks_are_newest_first(filled: AsyncEngine) -> None:
    assert [block.reason for block in await list_blocks(filled, "one")] == ["other", "sms_failures"]


async def test_benefits_are_judged_at_the_clocks_time(filled: AsyncEngine) -> None:
    held = await read_benefits(filled, "one", CLOCK)
    assert (held.balance_krw, held.expiring_krw) == (4_000, 4_000)
    assert [(coupon.name, coupon.rate_percent, coupon.stackable) for coupon in held.usable] == [("가", 10.0, False)]
    assert held.expired_count == 1
    assert [(grant.kind, grant.cause, grant.amount_krw) for grant in held.grants] == [("points", "late", 3_000)]


async def test_the_grade_is_the_customers(filled: AsyncEngine) -> None:
    assert await find_grade(filled, "one") is Grade.VIP
    assert await find_grade(filled, "nobody") is None


@pytest.mark.parametrize("who", ["idle", "nobody"])
async def test_who_has_no_history_has_none_of_anothers(filled: AsyncEngine, who: str) -> None:
    held = await read_benefits(filled, who, CLOCK)
    assert (held.balance_krw, held.usable, held.grants) == (0, (), ())
    assert (await list_attempts(filled, who, limit=9), await list_blocks(filled, who)) == ([], [])
