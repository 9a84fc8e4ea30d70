"""Points and coupons: ledgers that only grow, whatever happens at the same moment."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.backstage import HANDLERS
from backoffice.benefits import coupons, points
from backoffice.benefits.errors import CouponNotUsable, CouponUnknown, EntryUnknown, InvalidAmount, PointsInsufficient
from backoffice.benefits.service import read_benefits
from backoffice.benefits.tables import coupon_events
from backoffice.benefits.tables import points as ledger
from backoffice.errors import CustomerNotFound
from backoffice.jobs.service import Jobs
from kernel.clock import FixedClock
from kernel.database import create_engine, write
from tests.contract.backoffice.benefits_shop import NOW, add_customer, rows_of

DAY = timedelta(days=1)


@pytest.fixture
async def held(shop: AsyncEngine) -> AsyncEngine:
    """A shop with a customer who has two lots, 1,000 points that end in ten days and 2,000 that do not, and a coupon."""
    await add_customer(shop, "c1")
    async with write(shop) as connection:
        await points.earn(connection, "c1", 1_000, why="적립", key="a", now=NOW, expires_at=NOW + 10 * DAY)
        await points.earn(connection, "c1", 2_000, why="적립", key="b", now=NOW + DAY)
        new = coupons.NewCoupon(coupon_id="k1", name="쿠폰", rate_percent=10.0, expires_at=NOW + 7 * DAY)
        await coupons.issue(connection, "c1", new, now=NOW)
    return shop


async def balance(shop: AsyncEngine, days: int = 1) -> int:
    """What can be used so many days later, which the ledger's sum has to be as well once it is settled."""
    return (await read_benefits(shop, "c1", FixedClock(NOW + days * DAY))).balance_krw


async def spend(shop: AsyncEngine, amount: int, key: str, days: int = 1) -> int:
    return await points.spend(shop, "c1", amount, why="사용", key=key, now=NOW + days * DAY)


async def test_the_oldest_points_are_spent_first(held: AsyncEngine) -> None:
    assert await spend(held, 1_500, "s1") == 1_500
    first, second, *taken = await rows_of(held, ledger)
    assert [(line["lot_row_id"], line["amount_krw"]) for line in taken] == [
        (first["row_id"], -1_000),
        (second["row_id"], -500),
    ]


async def test_spending_again_under_the_same_key_takes_nothing_more(held: AsyncEngine) -> None:
    assert [await spend(held, 500, "s1") for _ in range(3)] == [2_500] * 3


async def test_more_than_there_is_cannot_be_spent_and_nothing_is_taken(held: AsyncEngine) -> None:
    with pytest.raises(PointsInsufficient):
        await spend(held, 3_001, "s1")
    assert len(await rows_of(held, ledger)) == 2


@pytest.mark.parametrize("amount", [0, -1, 10**12, True])
async def test_an_amount_that_cannot_be_is_refused(held: AsyncEngine, amount: int) -> None:
    with pytest.raises(InvalidAmount):
        await spend(held, amount, "s1")


async def test_nobody_unknown_spends(held: AsyncEngine) -> None:
    with pytest.raises(CustomerNotFound):
        await points.spend(held, "nobody", 1, why="사용", key="s", now=NOW)


async def test_spending_at_the_same_moment_never_goes_below_zero(held: AsyncEngine, database_url: str) -> None:
    other = create_engine(database_url)
    done = await asyncio.gather(*(spend((held, other)[n % 2], 700, f"s{n}") for n in range(12)), return_exceptions=True)
    await other.dispose()
    assert sum(isinstance(one, PointsInsufficient) for one in done) == 8
    assert sum(isinstance(one, int) for one in done) == 4
    assert await balance(held) == 200


async def test_points_are_lost_at_their_end_by_a_line_of_their_own(held: AsyncEngine) -> None:
    await spend(held, 300, "s1")
    clock = FixedClock(NOW)
    worker = Jobs(held, clock, HANDLERS)
    clock.advance(10 * 86_400)
    await worker.carry_out_due()
    lines = await rows_of(held, ledger)
    assert (lines[-1]["amount_krw"], lines[-1]["why"]) == (-700, "기간이 끝난 적립금")
    assert sum(line["amount_krw"] for line in lines) == await balance(held, days=10) == 2_000


async def test_what_is_over_cannot_be_spent_even_before_the_job_has_run(held: AsyncEngine) -> None:
    assert await balance(held, days=10) == 2_000
    with pytest.raises(PointsInsufficient):
        await spend(held, 2_001, "s1", days=10)
    assert await spend(held, 2_000, "s1", days=10) == 0


async def test_undone_spending_goes_back_to_its_lots(held: AsyncEngine) -> None:
    await spend(held, 1_500, "s1")
    for _ in range(2):
        assert await points.reverse(held, "c1", key="s1", why="취소", now=NOW + 2 * DAY) == 3_000
    assert await balance(held, days=10) == 2_000, "the first lot keeps its end"


async def test_what_goes_back_after_its_end_is_lost(held: AsyncEngine) -> None:
    await spend(held, 1_500, "s1")
    assert await points.reverse(held, "c1", key="s1", why="취소", now=NOW + 11 * DAY) == 2_000


async def test_of_undone_earning_only_what_is_left_is_taken(held: AsyncEngine) -> None:
    await spend(held, 400, "s1")
    assert await points.reverse(held, "c1", key="a", why="취소", now=NOW + 2 * DAY) == 2_000
    with pytest.raises(EntryUnknown):
        await points.reverse(held, "c1", key="nothing", why="취소", now=NOW)


@pytest.mark.parametrize("table", [ledger, coupon_events])
async def test_the_database_refuses_to_change_a_line(held: AsyncEngine, table: sa.Table) -> None:
    with pytest.raises(DBAPIError, match="a ledger only grows"):
        async with write(held) as connection:
            await connection.execute(sa.update(table).values(at=NOW))


async def kinds(shop: AsyncEngine) -> list[str]:
    return [event["kind"] for event in await rows_of(shop, coupon_events, coupon_id="k1")]


async def test_a_coupon_is_issued_used_returned_and_used_again(held: AsyncEngine) -> None:
    for _ in range(2):
        await coupons.use(held, "c1", "k1", order_id="o1", now=NOW)
    for _ in range(2):
        await coupons.give_back(held, "c1", "k1", order_id="o1", now=NOW)
    await coupons.use(held, "c1", "k1", order_id="o2", now=NOW)
    assert await kinds(held) == ["issued", "used", "returned", "used"]
    assert (await read_benefits(held, "c1", FixedClock(NOW))).used_count == 1


async def test_a_used_coupon_is_not_used_for_another_order(held: AsyncEngine) -> None:
    await coupons.use(held, "c1", "k1", order_id="o1", now=NOW)
    with pytest.raises(CouponNotUsable) as refused:
        await coupons.use(held, "c1", "k1", order_id="o2", now=NOW)
    assert (refused.value.rule, refused.value.detail) == ("used", "‘쿠폰’은 이미 쓰신 쿠폰이에요.")
    with pytest.raises(CouponNotUsable):
        await coupons.give_back(held, "c1", "k1", order_id="o2", now=NOW)


async def test_an_order_takes_one_coupon(held: AsyncEngine) -> None:
    async with write(held) as connection:
        await coupons.issue(connection, "c1", coupons.NewCoupon(coupon_id="k2", name="둘"), now=NOW)
    await coupons.use(held, "c1", "k1", order_id="o1", now=NOW)
    with pytest.raises(CouponNotUsable) as refused:
        await coupons.use(held, "c1", "k2", order_id="o1", now=NOW)
    assert refused.value.rule == "one_per_order"


async def test_a_coupon_used_for_two_orders_at_the_same_moment_is_used_for_one(
    held: AsyncEngine, database_url: str
) -> None:
    other = create_engine(database_url)
    done = await asyncio.gather(
        *(coupons.use((held, other)[n % 2], "c1", "k1", order_id=f"o{n}", now=NOW) for n in range(8)),
        return_exceptions=True,
    )
    await other.dispose()
    assert sum(one is None for one in done) == 1
    assert sum(isinstance(one, CouponNotUsable) for one in done) == 7
    assert await kinds(held) == ["issued", "used"]


async def test_a_coupon_is_over_at_its_end_and_that_is_written_down_once(held: AsyncEngine) -> None:
    clock = FixedClock(NOW + 7 * DAY)
    await Jobs(held, clock, HANDLERS).carry_out_due()
    await Jobs(held, clock, HANDLERS).carry_out_due()
    assert await kinds(held) == ["issued", "expired"]
    with pytest.raises(CouponNotUsable) as refused:
        await coupons.use(held, "c1", "k1", order_id="o1", now=clock.now())
    assert refused.value.rule == "expired"


async def test_a_coupon_used_in_time_stays_used(held: AsyncEngine) -> None:
    await coupons.use(held, "c1", "k1", order_id="o1", now=NOW)
    await Jobs(held, FixedClock(NOW + 7 * DAY), HANDLERS).carry_out_due()
    assert await kinds(held) == ["issued", "used"]


async def test_anothers_coupon_is_unknown(held: AsyncEngine) -> None:
    await add_customer(held, "c2")
    with pytest.raises(CouponUnknown):
        await coupons.use(held, "c2", "k1", order_id="o1", now=NOW)
