"""What the invented shop always holds, on any day it is invented for."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time

import pytest

from backoffice.blocking.policy import is_active
from backoffice.blocking.tables import BlockReason
from backoffice.delivery.policy import Assessment, DeliveryFacts, StageTimes, assess
from backoffice.delivery.rules import load_rules
from backoffice.demo import shape
from backoffice.demo.catalogue import BLOCK_REASONS, FAILURE_CAUSES
from backoffice.demo.generator import Invented, generate
from backoffice.orders.tables import OPEN_STATUSES, OrderStatus
from kernel.clock import KST

RULES = load_rules()
# Each weekday, a year's ends, and the days after holidays.
DAYS = [
    date(2026, 11, 23),
    date(2026, 11, 24),
    date(2026, 11, 26),
    date(2026, 11, 28),
    date(2026, 11, 29),
    date(2026, 12, 25),
    date(2027, 1, 1),
    date(2027, 1, 4),
    date(2028, 2, 29),
]


@pytest.fixture(scope="module", params=DAYS, ids=str)
def day(request: pytest.FixtureRequest) -> date:
    return request.param


@pytest.fixture(scope="module")
def shop(day: date) -> Invented:
    return generate(seed=1, today=day)


def story(shop: Invented, number: int) -> shape.Customer:
    return next(person for person in shop.customers if person.customer_id == f"demo-story-{number:02d}")


def orders(shop: Invented) -> list[shape.Order]:
    return [order for person in shop.customers for order in person.orders]


def judge(order: shape.Order, now: datetime) -> Assessment:
    facts = DeliveryFacts(
        status=order.status,
        promised_on=order.promised_date,
        eta_on=order.eta,
        delivered_at=order.delivered_at,
        delay_reason=order.delay_reason,
        stages=tuple(StageTimes(stage.stage, stage.planned_at, stage.actual_at) for stage in order.stages),
    )
    return assess(facts, now=now, rules=RULES)


def moments(day: date) -> list[datetime]:
    """The day's beginning, noon and end, in Seoul."""
    return [datetime.combine(day, at, KST) for at in (time(0, 0), time(12, 0), time(23, 59))]


def test_it_is_large_enough_and_spans_eighteen_months(shop: Invented, day: date) -> None:
    placed = [order.ordered_at.astimezone(KST).date() for order in orders(shop)]
    assert len(shop.customers) >= 300
    assert len(placed) >= 2_000
    assert (day - min(placed)).days > 500
    assert max(placed) < day


def test_ids_and_phones_are_unique_and_fictitious(shop: Invented) -> None:
    assert max(Counter(order.order_id for order in orders(shop)).values()) == 1
    for field in ("customer_id", "phone", "email"):
        assert max(Counter(getattr(person, field) for person in shop.customers).values()) == 1
    assert all(
        person.phone.startswith("010-0000-") and person.email.endswith("@example.com") for person in shop.customers
    )


def test_nothing_has_happened_that_lies_ahead(shop: Invented, day: date) -> None:
    start = moments(day)[0]
    happened = [stage.actual_at for order in orders(shop) for stage in order.stages if stage.actual_at]
    happened += [
        at for order in orders(shop) for at in (order.ordered_at, order.delivered_at, order.cancelled_at) if at
    ]
    happened += [attempt.at for person in shop.customers for attempt in person.verification_attempts]
    happened += [block.blocked_at for person in shop.customers for block in person.blocks]
    assert max(happened) < start


def test_every_status_stage_and_cause_of_delay_is_there_now(shop: Invented, day: date) -> None:
    now = moments(day)[1]
    judged = {order.order_id: judge(order, now) for order in orders(shop)}
    open_orders = [order for order in orders(shop) if order.status in OPEN_STATUSES]
    assert {order.status for order in orders(shop)} == set(OrderStatus)
    assert {judged[order.order_id].stage for order in open_orders} == set(RULES.stages) - {"delivered"}
    late = [order for order in open_orders if judged[order.order_id].is_late]
    assert {order.delay_reason for order in late} >= set(RULES.delays)


def test_failures_and_blocks_have_their_shares(shop: Invented) -> None:
    crowd = [person for person in shop.customers if not person.customer_id.startswith("demo-story")]
    attempts = [attempt for person in crowd for attempt in person.verification_attempts]
    failed = Counter(attempt.cause for attempt in attempts if attempt.cause)
    assert 0.15 <= failed.total() / len(attempts) <= 0.20
    for cause, (share, _, _) in FAILURE_CAUSES.items():
        assert failed[cause] / failed.total() == pytest.approx(share / 100, abs=0.01)
    blocks = Counter(block.reason for person in crowd for block in person.blocks)
    for reason, (share, _, _) in BLOCK_REASONS.items():
        assert blocks[BlockReason(reason)] / blocks.total() == pytest.approx(share / 100, abs=0.02)


def test_points_never_go_below_zero(shop: Invented) -> None:
    for person in shop.customers:
        balance = 0
        for line in sorted(person.points, key=lambda line: line.at):
            balance += line.amount_krw
            assert balance >= 0


def test_merged_orders_name_an_order_of_the_same_customer(shop: Invented) -> None:
    for person in shop.customers:
        own = {order.order_id for order in person.orders}
        assert all(order.merged_into in own for order in person.orders if order.status is OrderStatus.MERGED)


def test_same_seed_and_day_give_the_same_shop() -> None:
    shop = generate(seed=1, today=DAYS[1])
    assert generate(seed=1, today=DAYS[1]) == shop
    assert generate(seed=2, today=DAYS[1]) != shop


@pytest.mark.parametrize("number", [4, 9, 13, 15])
def test_late_stories_are_late_all_day_and_know_their_new_date(shop: Invented, day: date, number: int) -> None:
    order = next(order for order in story(shop, number).orders if order.status in OPEN_STATUSES)
    for now in moments(day):
        judged = judge(order, now)
        assert judged.is_late
        assert judged.delay == RULES.delays[order.delay_reason]
        assert judged.arrival.first > day
        assert not judged.arrival.is_estimate


@pytest.mark.parametrize("number", [1, 16])
def test_a_parcel_on_its_way_is_in_time_all_day(shop: Invented, day: date, number: int) -> None:
    (order,) = story(shop, number).orders
    for now in moments(day):
        judged = judge(order, now)
        assert (judged.stage, judged.is_late) == ("sorting", False)
        assert judged.arrival.first >= day


def test_several_orders_are_open_in_the_choosing_story(shop: Invented) -> None:
    assert len([order for order in story(shop, 2).orders if order.status in OPEN_STATUSES]) == 3


def test_the_other_stories_hold(shop: Invented, day: date) -> None:
    assert story(shop, 3).orders == ()
    assert [order.status for order in story(shop, 5).orders] == [OrderStatus.DELIVERED]
    assert {OrderStatus.CANCELLED, OrderStatus.MERGED} < {order.status for order in story(shop, 6).orders}
    assert {attempt.cause for attempt in story(shop, 7).verification_attempts} == {"sms_not_received"}
    assert story(shop, 9).grants
    assert story(shop, 11).orders[0].refund.due_date > day
    assert story(shop, 12).coupons[0].expires_at.astimezone(KST).date() > day
    assert len(story(shop, 13).orders[0].eta_history) == 2
    for number in (8, 14, 31):
        (block,) = story(shop, number).blocks
        assert all(is_active(block.auto_release_at, block.released_at, now.astimezone(UTC)) for now in moments(day))


def test_each_story_is_one_korean_line(shop: Invented) -> None:
    assert len(shop.stories) >= 15
    assert all(line.endswith(("요.", ").")) and "\n" not in line for line in shop.stories.values())
