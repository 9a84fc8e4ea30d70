"""Known trouble is told first, to those it concerns, once a conversation; attempts by somebody else go to security."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from actions.base import Shop, ShopAction
from actions.benefits import ActionBenefitsBalance
from actions.conversation import ActionSmallTalk
from actions.reply import Reply
from actions.skills import load_skills
from actions.verification import ActionVerificationAdvice, ActionVerificationAlternatives, ActionVerificationHistory
from backoffice.delivery.service import DeliveryService
from backoffice.orders.port import SqlOrders
from backoffice.schema import customers, verification_alerts, verification_attempts
from kernel.clock import FixedClock
from kernel.database import write
from tests.unit.actions.turns import a_turn

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
CLOCK = FixedClock(NOW)
SKT_TELLS, KT_TELLS = "SKT 문자 인증이 평소보다", "KT 문자 인증이 평소보다"


@pytest.fixture
async def troubled(shop: AsyncEngine) -> Shop:
    """SKT's SMS fails since ten minutes ago; `one` (SKT) failed of it just now, `two` has KT, `three` never tried."""
    tried = {"method": "SMS", "result": "failure", "region": "서울", "stage": "channel"}
    alert = {"dimension": "carrier_method", "value": "SKT|SMS", "quiet_looks": 0, "is_told": True, "attempts": 20}
    alert |= {"failures": 18, "usual_ratio": 0.18, "p_value": 1e-9, "rules_version": 1}
    async with write(shop) as connection:
        await connection.execute(
            customers.insert(), [{"customer_id": who, "grade": "basic"} for who in ("one", "two", "three")]
        )
        at = NOW - timedelta(minutes=5)
        await connection.execute(
            verification_attempts.insert(),
            [
                {"customer_id": who, "carrier": carrier, "at": at, **tried}
                for who, carrier in (("one", "SKT"), ("two", "KT"))
            ],
        )
        await connection.execute(
            verification_alerts.insert(),
            [
                alert
                | {"alert_id": "a1", "opened_at": NOW - timedelta(minutes=10), "seen_at": NOW - timedelta(minutes=2)}
            ],
        )
    return Shop(
        engine=shop,
        clock=CLOCK,
        deliveries=DeliveryService(shop, CLOCK),
        orders=SqlOrders(shop),
        skills=load_skills(),
        context_key="k" * 40,
    )


async def ask(shop: Shop, kind: type[ShopAction], intent: str, **fields: Any) -> Reply:
    return await kind(shop)._reply_to(a_turn(fields.pop("text", ""), intent, **fields))


@pytest.mark.parametrize(
    ("kind", "intent"),
    [
        (ActionVerificationAdvice, "verify_sms_not_received"),
        (ActionVerificationHistory, "verify_failed_reason"),
        (ActionVerificationAlternatives, "verify_alternatives"),
        (ActionBenefitsBalance, "benefits_balance"),
    ],
)
async def test_whoever_it_concerns_hears_of_it_first_whatever_they_ask(
    troubled: Shop, kind: type[ShopAction], intent: str
) -> None:
    reply = await ask(troubled, kind, intent)
    assert SKT_TELLS in reply.bubbles[0] and "PASS 앱, ARS 전화로" in reply.bubbles[1]


@pytest.mark.parametrize(
    ("who", "intent", "entities", "tells"),
    [
        ("two", "verify_sms_not_received", {}, False),
        ("three", "verify_sms_not_received", {}, True),
        (None, "verify_sms_not_received", {}, True),
        (None, "verify_sms_not_received", {"carrier": "KT"}, False),
        (None, "verify_sms_not_received", {"carrier": "SKT"}, True),
        (None, "verify_pass_app", {}, False),
        ("one", "verify_pass_app", {}, False),
    ],
)
async def test_it_is_told_to_the_same_carrier_and_method_or_where_that_is_not_known(
    troubled: Shop, who: str | None, intent: str, entities: dict[str, str], tells: bool
) -> None:
    reply = await ask(troubled, ActionVerificationAdvice, intent, customer_id=who, entities=entities)
    assert (SKT_TELLS in reply.bubbles[0]) is tells
    assert not any(KT_TELLS in bubble for bubble in reply.bubbles) or "SKT" in reply.bubbles[0]


async def test_it_is_told_once_a_conversation(troubled: Shop) -> None:
    first = await ask(troubled, ActionVerificationAlternatives, "verify_alternatives")
    kept = first.slots["advice"]
    for kind, intent in (
        (ActionVerificationHistory, "verify_failed_reason"),
        (ActionBenefitsBalance, "benefits_balance"),
    ):
        again = await ask(troubled, kind, intent, advised=kept)
        assert not any(SKT_TELLS in bubble for bubble in again.bubbles)


async def test_it_is_a_reason_for_the_likely_cause(troubled: Shop) -> None:
    reply = await ask(troubled, ActionVerificationHistory, "verify_failed_reason")
    assert any("문자가 휴대폰에 닿지 않았어요" in bubble for bubble in reply.bubbles)


@pytest.mark.parametrize("kind", [ActionVerificationAdvice, ActionVerificationHistory])
async def test_attempts_by_somebody_else_go_to_the_security_team_with_what_the_log_shows(
    troubled: Shop, kind: type[ShopAction]
) -> None:
    intent = "verify_failed_reason" if kind is ActionVerificationHistory else "verify_sms_not_received"
    reply = await ask(troubled, kind, intent, text="누가 제 이름으로 인증했어요")
    assert reply.handoff is not None and reply.handoff["skill"] == "security_review"
    assert "최근 하루 시도 1번(서울)" in reply.handoff["detail"]


@pytest.mark.parametrize(("who", "tells"), [(None, True), ("one", True), ("two", False)])
async def test_a_greeting_tells_of_it_before_anybody_asks(troubled: Shop, who: str | None, tells: bool) -> None:
    reply = await ask(troubled, ActionSmallTalk, "greet", customer_id=who)
    assert reply.response == "utter_greet"
    assert any(SKT_TELLS in bubble for bubble in reply.bubbles) is tells
    again = await ask(troubled, ActionSmallTalk, "greet", customer_id=who, advised=reply.slots.get("advice"))
    assert again.bubbles == [], "once a conversation"
    assert (await ask(troubled, ActionSmallTalk, "thanks", customer_id=who)).bubbles == []
