"""Claims are decided once for an order and cause, whoever asks, however often, from wherever at the same moment."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.benefits.service import read_benefits
from backoffice.compensation.errors import OrderUnknown
from backoffice.compensation.model import BOT, Actor, Claim, Decision
from backoffice.compensation.policy import Gift
from backoffice.compensation.service import decide_and_grant, find_last_decision, get_delivery, keep, preview
from backoffice.compensation.tables import Cause, GiftKind, Outcome
from backoffice.errors import CustomerNotFound
from backoffice.schema import compensation_decisions, coupon_events, coupons, grants, points
from kernel.clock import FixedClock
from kernel.database import create_engine, write
from tests.contract.backoffice.benefits_shop import NOW, PROMISED, add_customer, add_order, rows_of

AGENT = Actor("a1", "agent")


@pytest.fixture
async def late(shop: AsyncEngine) -> AsyncEngine:
    """A shop with one customer and one order that came four business days late."""
    await add_customer(shop, "c1", address="서울 마포구 이음로 1, 101호")
    await add_order(shop, "o1")
    return shop


async def claim(shop: AsyncEngine, order_id: str = "o1", of: str = "c1", **fields: Any) -> Decision:
    fields = {"cause": Cause.LATE, "by": BOT, **fields}
    return await decide_and_grant(shop, Claim(customer_id=of, order_id=order_id, **fields), now=NOW)


async def test_a_grant_keeps_rule_version_inputs_and_sentence_and_reaches_the_customer(late: AsyncEngine) -> None:
    decision = await claim(late)
    assert (decision.outcome, decision.rule, decision.rules_version) == (Outcome.GRANTED, "late_medium", 2)
    assert decision.sentence == "3~6영업일 늦으면 결제 금액의 5%를 적립금으로 드려요."
    assert (decision.inputs["late_days"], decision.inputs["paid_krw"], decision.decided_by) == (4, 60_000, "bot")
    held = await read_benefits(late, "c1", FixedClock(NOW))
    assert held.balance_krw == 3_000
    assert [(grant.kind, grant.amount_krw, grant.order_id) for grant in held.grants] == [("points", 3_000, "o1")]
    (line,) = await rows_of(late, points)
    assert (line["why"], line["expires_at"]) == ("배송 지연 보상", NOW + timedelta(days=365))
    (row,) = await rows_of(late, compensation_decisions)
    assert (row["decision_id"], row["inputs"]["cause"], row["rules_version"]) == (decision.decision_id, "late", 2)
    assert await find_last_decision(late, "c1") is not None


async def test_asking_again_gets_the_same_decision_and_nothing_more(late: AsyncEngine) -> None:
    first = await claim(late)
    for who in (BOT, AGENT, Actor("s1", "supervisor")):
        again = await claim(late, by=who)
        assert again.is_repeat
        assert (again.decision_id, again.rule, again.sentence) == (first.decision_id, first.rule, first.sentence)
        assert again.gifts == first.gifts
    assert len(await rows_of(late, points)) == len(await rows_of(late, grants)) == 1


async def test_a_long_delay_gives_a_coupon_for_seven_days_and_points(shop: AsyncEngine) -> None:
    await add_customer(shop, "c1")
    await add_order(shop, "o1", late_days=7)
    await claim(shop)
    (coupon,) = await rows_of(shop, coupons)
    assert (coupon["rate_percent"], coupon["stackable"], coupon["excludes_lowest_price"]) == (10.0, False, True)
    assert coupon["expires_at"] == NOW + timedelta(days=7)
    assert [event["kind"] for event in await rows_of(shop, coupon_events)] == ["issued"]
    assert (await read_benefits(shop, "c1", FixedClock(NOW))).balance_krw == 3_000


async def test_a_refusal_is_kept_once_with_its_reason(shop: AsyncEngine) -> None:
    await add_customer(shop, "c1")
    await add_order(shop, "o1", late_days=0)
    first, again = await claim(shop), await claim(shop)
    assert (first.outcome, first.rule) == (Outcome.REFUSED, "not_late")
    assert first.alternative
    assert (again.decision_id, again.sentence, again.is_repeat) == (first.decision_id, first.sentence, True)
    assert len(await rows_of(shop, compensation_decisions)) == 1
    assert await rows_of(shop, grants) == []


async def test_a_refused_order_that_becomes_late_is_granted(shop: AsyncEngine) -> None:
    await add_customer(shop, "c1")
    under_way = {"status": "in_transit", "delivered_at": NOW + timedelta(days=9)}
    await add_order(shop, "o1", promised=NOW.date(), **under_way)
    assert (await claim(shop)).rule == "not_late"
    later = Claim(customer_id="c1", order_id="o1", cause=Cause.LATE)
    decision = await decide_and_grant(shop, later, now=NOW + timedelta(days=20))
    assert decision.outcome is Outcome.GRANTED


@pytest.mark.parametrize("order_id", ["nothing", "of-c2", "", "' OR 1=1 --"])
async def test_anothers_order_and_none_are_unknown_alike(late: AsyncEngine, order_id: str) -> None:
    await add_customer(late, "c2")
    await add_order(late, "of-c2", of="c2")
    with pytest.raises(OrderUnknown) as refused:
        await claim(late, order_id)
    assert refused.value.code == "order_not_found"
    assert await rows_of(late, grants) == []


async def test_a_customer_who_does_not_exist_is_named_in_the_error(late: AsyncEngine) -> None:
    delivery = await get_delivery(late, "c1", "o1", now=NOW)
    nobody = Claim(customer_id="nobody", order_id="o1", cause=Cause.LATE)
    with pytest.raises(CustomerNotFound):
        await decide_and_grant(late, nobody, now=NOW, delivery=delivery)
    with pytest.raises(CustomerNotFound):
        await preview(late, nobody, delivery=delivery, now=NOW)


async def test_one_cause_does_not_use_up_another(late: AsyncEngine) -> None:
    await claim(late)
    decision = await claim(late, cause=Cause.WRONG_ITEM, by=AGENT)
    assert (decision.outcome, decision.is_repeat) == (Outcome.GRANTED, False)
    assert [gift.kind for gift in decision.gifts] == [GiftKind.RESEND, GiftKind.POINTS]


async def test_a_second_delay_counts_whether_or_not_the_first_was_claimed(late: AsyncEngine) -> None:
    await add_order(late, "o2", promised=date(2026, 11, 16), delivered_at=NOW - timedelta(days=7))
    assert (await claim(late, "o2")).rule == "late_long"
    assert (await claim(late, "o1")).rule == "late_long", "amends for another delay were made within 90 days"


async def test_the_first_of_two_delays_is_not_the_second(late: AsyncEngine) -> None:
    await add_order(late, "o2", promised=date(2026, 11, 16), delivered_at=NOW - timedelta(days=7))
    assert (await claim(late, "o1")).rule == "late_medium"


async def test_a_delay_of_more_than_90_days_ago_is_forgotten(late: AsyncEngine) -> None:
    long_ago = PROMISED - timedelta(days=91)
    await add_order(
        late, "o0", promised=long_ago, delivered_at=NOW - timedelta(days=90), ordered_at=NOW - timedelta(days=110)
    )
    assert (await claim(late, "o1")).rule == "late_medium"


async def test_a_vip_gets_the_row_above(shop: AsyncEngine) -> None:
    await add_customer(shop, "c1", grade="vip")
    await add_order(shop, "o1", late_days=1)
    assert (await claim(shop)).rule == "late_medium"


async def test_beyond_the_yearly_cap_an_agent_decides(late: AsyncEngine) -> None:
    async with write(late) as connection:
        for number in range(6):
            given = {"order_id": f"old-{number}", "cause": "missing_item", "kind": "points", "amount_krw": 100}
            await connection.execute(grants.insert().values(customer_id="c1", at=NOW - timedelta(days=300), **given))
    by_bot = await claim(late)
    assert (by_bot.outcome, by_bot.rule) == (Outcome.REFERRED, "beyond_cap")
    assert (await claim(late, by=AGENT)).outcome is Outcome.GRANTED


async def test_many_claims_within_a_month_go_to_a_person(late: AsyncEngine) -> None:
    for number in range(2, 5):
        await add_order(late, f"o{number}", late_days=0)
        await claim(late, f"o{number}")
    assert (await claim(late)).rule == "unusual"


async def test_many_accounts_at_one_address_go_to_a_person(late: AsyncEngine) -> None:
    for number in (2, 3):
        await add_customer(late, f"c{number}", address=f"서울 마포구  이음로 1 {101}호")
        await add_order(late, f"of-{number}", of=f"c{number}")
        assert (await claim(late, f"of-{number}", of=f"c{number}")).outcome is Outcome.GRANTED
    assert (await claim(late)).rule == "unusual"
    await add_customer(late, "c9", address="부산 해운대구 이음로 1")
    await add_order(late, "of-9", of="c9")
    assert (await claim(late, "of-9", of="c9")).outcome is Outcome.GRANTED


async def test_a_preview_says_what_would_be_decided_and_writes_nothing(late: AsyncEngine) -> None:
    delivery = await get_delivery(late, "c1", "o1", now=NOW)
    asked = Claim(customer_id="c1", order_id="o1", cause=Cause.LATE)
    seen = await preview(late, asked, delivery=delivery, now=NOW)
    assert await rows_of(late, compensation_decisions) == []
    made = await claim(late)
    assert (seen.rule, seen.gifts, seen.inputs) == (made.rule, made.gifts, made.inputs)
    assert (await preview(late, asked, delivery=delivery, now=NOW)).decision_id == made.decision_id


async def test_a_previewed_refusal_is_kept_like_one_decided_at_once(shop: AsyncEngine) -> None:
    await add_customer(shop, "c1")
    await add_order(shop, "o1", late_days=0)
    delivery = await get_delivery(shop, "c1", "o1", now=NOW)
    seen = await preview(shop, Claim(customer_id="c1", order_id="o1", cause=Cause.LATE), delivery=delivery, now=NOW)
    for _ in range(2):
        await keep(shop, seen)
    assert (await claim(shop)).is_repeat
    assert len(await rows_of(shop, compensation_decisions)) == 1


async def test_claims_at_the_same_moment_get_exactly_one_grant(late: AsyncEngine, database_url: str) -> None:
    other = create_engine(database_url)
    decisions = await asyncio.gather(*(claim(engine, by=who) for engine in (late, other) * 6 for who in (BOT, AGENT)))
    await other.dispose()
    assert {decision.outcome for decision in decisions} == {Outcome.GRANTED}
    assert len({decision.decision_id for decision in decisions}) == 1
    assert sum(not decision.is_repeat for decision in decisions) == 1
    assert len(await rows_of(late, grants)) == len(await rows_of(late, points)) == 1


async def test_claims_for_many_orders_at_once_stay_within_the_limits(shop: AsyncEngine, database_url: str) -> None:
    await add_customer(shop, "c1")
    by_hand = [Gift(kind=GiftKind.POINTS, amount_krw=4_000)]
    for number in range(12):
        await add_order(shop, f"o{number}")
    other = create_engine(database_url)
    await asyncio.gather(*(claim((shop, other)[n % 2], f"o{n}", cause=Cause.LATE, gifts=by_hand) for n in range(12)))
    await other.dispose()
    given = await rows_of(shop, grants)
    assert len(given) == 3, "the fourth claim within a month is a person's to decide"


async def test_the_database_itself_keeps_a_second_grant_out(late: AsyncEngine) -> None:
    await claim(late)
    (row,) = await rows_of(late, compensation_decisions)
    with pytest.raises(IntegrityError):
        async with write(late) as connection:
            again = {**row, "decision_id": "d2", "fingerprint": "other"}
            await connection.execute(compensation_decisions.insert().values(**again))


async def test_what_was_granted_before_is_not_granted_again(late: AsyncEngine) -> None:
    for cause in ("late", "delay", ""):
        async with write(late) as connection:
            await connection.execute(sa.delete(compensation_decisions))
            await connection.execute(
                compensation_decisions.insert().values(
                    decision_id="recorded",
                    customer_id="c1",
                    order_id="o1",
                    cause=cause,
                    outcome="granted",
                    rule="recorded",
                    rules_version=0,
                    inputs={},
                    sentence="이 주문에 드린 보상이에요.",
                    decided_by="recorded",
                    decided_role="recorded",
                    decided_at=NOW - timedelta(days=3),
                    fingerprint="recorded",
                )
            )
        assert (await claim(late)).decision_id == "recorded", cause
    assert await rows_of(late, points) == []
