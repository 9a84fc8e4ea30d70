"""What holds for points, coupons and grants after any sequence of events, found by Hypothesis: over a thousand sequences each."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice import schema
from backoffice.benefits import coupons, points
from backoffice.benefits.errors import CouponNotUsable, CouponUnknown, PointsInsufficient
from backoffice.benefits.ledger import list_lots, sum_usable
from backoffice.benefits.policy import judge
from backoffice.benefits.tables import coupon_events
from backoffice.benefits.tables import points as ledger
from backoffice.compensation.model import BOT, Actor, Claim, Decision
from backoffice.compensation.policy import Gift
from backoffice.compensation.rules import load_compensation
from backoffice.compensation.service import decide_and_grant
from backoffice.compensation.tables import Cause, GiftKind, Outcome, grants
from backoffice.jobs.service import Job
from kernel.database import create_engine, read, write
from tests.contract.backoffice.benefits_shop import NOW, add_customer, add_order, rows_of

T = TypeVar("T")
EXAMPLES = 1_000
NAMES = count()
MACHINE = settings(max_examples=EXAMPLES, stateful_step_count=8, deadline=None, suppress_health_check=list(HealthCheck))
ROLES = (BOT, Actor("a1", "agent"), Actor("s1", "supervisor"))


class Shops:
    """A loop of its own and an engine, for machines whose steps are not asynchronous."""

    def __init__(self, url: str) -> None:
        self._runner = asyncio.Runner()
        schema.upgrade(url)
        self.engine: AsyncEngine = create_engine(url)
        if self.engine.dialect.name == "sqlite":  # nothing here outlives the test
            sa.event.listen(
                self.engine.sync_engine, "connect", lambda dbapi, _: dbapi.execute("PRAGMA synchronous=OFF")
            )

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    def close(self) -> None:
        self.run(self.engine.dispose())
        self._runner.close()


@pytest.fixture
def shops(database_url: str) -> Iterator[Shops]:
    """An empty shop on each database."""
    opened = Shops(database_url)
    yield opened
    opened.close()


class Points(RuleBasedStateMachine):
    """Earns, spends (also several at once), undoes and waits; a model of lots says what must be left."""

    shops: Shops

    def __init__(self) -> None:
        super().__init__()
        self.who = f"p{next(NAMES)}"
        self.now: datetime = NOW
        self.keys: list[str] = []
        self.shops.run(add_customer(self.shops.engine, self.who))

    @rule(amount=st.integers(1, 5_000), days=st.none() | st.integers(1, 30))
    def earn(self, amount: int, days: int | None) -> None:
        ends = None if days is None else self.now + timedelta(days=days)
        self.keys.append(f"e{len(self.keys)}")
        self.shops.run(self._earn(amount, ends, self.keys[-1]))

    async def _earn(self, amount: int, ends: datetime | None, key: str) -> None:
        async with write(self.shops.engine) as connection:
            await points.earn(connection, self.who, amount, why="적립", key=key, now=self.now, expires_at=ends)

    @rule(amounts=st.lists(st.integers(1, 4_000), min_size=1, max_size=3))
    def spend_at_once(self, amounts: list[int]) -> None:
        before = self._usable()
        wishes = [(amount, f"s{len(self.keys)}-{place}") for place, amount in enumerate(amounts)]
        done = self.shops.run(self._spend(wishes))
        spent = sum(amount for (amount, _), ok in zip(wishes, done, strict=True) if ok)
        assert spent <= before
        assert self._usable() == before - spent
        refused = [amount for (amount, _), ok in zip(wishes, done, strict=True) if not ok]
        assert all(amount > before - spent for amount in refused), "what was refused is not there"
        self.keys += [key for (_, key), ok in zip(wishes, done, strict=True) if ok]

    async def _spend(self, wishes: list[tuple[int, str]]) -> list[bool]:
        found = await asyncio.gather(
            *(
                points.spend(self.shops.engine, self.who, amount, why="사용", key=key, now=self.now)
                for amount, key in wishes
            ),
            return_exceptions=True,
        )
        assert all(isinstance(one, (int, PointsInsufficient)) for one in found), found
        return [isinstance(one, int) for one in found]

    @precondition(lambda self: self.keys)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(self.keys))
        undone = points.reverse(self.shops.engine, self.who, key=key, why="취소", now=self.now)
        again = points.reverse(self.shops.engine, self.who, key=key, why="취소", now=self.now)
        assert self.shops.run(undone) == self.shops.run(again) == self._usable()

    @rule(days=st.integers(1, 20))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    def _usable(self) -> int:
        return sum_usable(list_lots(self._lines()), now=self.now)

    def _lines(self) -> list[Any]:
        async def read_them() -> list[Any]:
            async with read(self.shops.engine) as connection:
                return list(await points.read_ledger(connection, self.who))

        return self.shops.run(read_them())

    @invariant()
    def the_sum_is_what_the_lots_hold_and_never_below_zero(self) -> None:
        lines = self._lines()
        lots = list_lots(lines)
        assert all(lot.left_krw >= 0 for lot in lots)
        assert sum(line.amount_krw for line in lines) == sum(lot.left_krw for lot in lots)
        over = sum(lot.left_krw for lot in lots if lot.is_over(self.now))
        assert sum_usable(lots, now=self.now) == sum(line.amount_krw for line in lines) - over


class Coupons(RuleBasedStateMachine):
    """Gives, uses (also for several orders at once), returns, ends and waits; a model of each coupon says what it is."""

    shops: Shops

    def __init__(self) -> None:
        super().__init__()
        self.who = f"c{next(NAMES)}"
        self.now: datetime = NOW
        self.ends: dict[str, datetime | None] = {}
        self.used_for: dict[str, str] = {}
        self.shops.run(add_customer(self.shops.engine, self.who))

    @rule(number=st.integers(0, 3), days=st.none() | st.integers(1, 30))
    def give(self, number: int, days: int | None) -> None:
        ends = None if days is None else self.now + timedelta(days=days)
        self.shops.run(self._give(f"k{number}", ends))
        self.ends.setdefault(f"k{number}", ends)

    async def _give(self, coupon_id: str, ends: datetime | None) -> None:
        async with write(self.shops.engine) as connection:
            coupon = coupons.NewCoupon(coupon_id=coupon_id, name="쿠폰", rate_percent=10, expires_at=ends)
            await coupons.issue(connection, self.who, coupon, now=self.now)

    @precondition(lambda self: self.ends)
    @rule(wishes=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=3))
    def use_at_once(self, wishes: list[tuple[int, int]]) -> None:
        named = [(f"k{coupon}", f"o{order}") for coupon, order in wishes]
        for (coupon_id, order_id), error in zip(named, self.shops.run(self._use(named)), strict=True):
            if coupon_id not in self.ends:
                assert isinstance(error, CouponUnknown)
            elif error is None:
                assert self.used_for.setdefault(coupon_id, order_id) == order_id, "one coupon, one order"
        assert len(set(self.used_for.values())) == len(self.used_for), "one order, one coupon"
        for coupon_id, order_id in named:
            is_free = coupon_id in self.ends and coupon_id not in self.used_for and not self._is_over(coupon_id)
            assert not is_free or order_id in self.used_for.values(), "what was refused had a reason"

    async def _use(self, wishes: list[tuple[str, str]]) -> list[BaseException | None]:
        found = await asyncio.gather(
            *(
                coupons.use(self.shops.engine, self.who, coupon_id, order_id=order_id, now=self.now)
                for coupon_id, order_id in wishes
            ),
            return_exceptions=True,
        )
        assert all(one is None or isinstance(one, (CouponUnknown, CouponNotUsable)) for one in found), found
        return list(found)

    @precondition(lambda self: self.used_for)
    @rule(data=st.data())
    def give_back_twice(self, data: st.DataObject) -> None:
        coupon_id = data.draw(st.sampled_from(sorted(self.used_for)))
        order_id = self.used_for.pop(coupon_id)
        for _ in range(2):
            back = coupons.give_back(self.shops.engine, self.who, coupon_id, order_id=order_id, now=self.now)
            self.shops.run(back)

    @precondition(lambda self: self.ends)
    @rule(days=st.integers(1, 20))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.shops.run(self._end_what_is_over())

    async def _end_what_is_over(self) -> None:
        for coupon_id in filter(self._is_over, self.ends):
            job = Job(1, coupons.EXPIRY_JOB, "", self.now, {"customer_id": self.who, "coupon_id": coupon_id}, 0)
            async with write(self.shops.engine) as connection:
                await coupons.expire(connection, job, self.now)

    def _is_over(self, coupon_id: str) -> bool:
        ends = self.ends[coupon_id]
        return ends is not None and ends <= self.now

    @invariant()
    def each_coupon_is_what_its_events_say(self) -> None:
        held = self.shops.run(self._held())
        assert {one.coupon_id for one in held} == set(self.ends), "given once each"
        assert {one.coupon_id: one.used_for for one in held if one.used_at} == self.used_for
        usable = {one.coupon_id for one in judge([], held, [], now=self.now).usable}
        assert usable == {one for one in self.ends if one not in self.used_for and not self._is_over(one)}
        events = self.shops.run(rows_of(self.shops.engine, coupon_events, customer_id=self.who))
        for coupon_id in self.ends:
            own = sorted((row for row in events if row["coupon_id"] == coupon_id), key=lambda row: int(row["place"]))
            assert [row["place"] for row in own] == list(range(len(own))), "an event has one place"
            assert [row["kind"] for row in own].count("issued") == 1

    async def _held(self) -> list[Any]:
        async with read(self.shops.engine) as connection:
            return list(await coupons.list_held(connection, self.who))


class Grants(RuleBasedStateMachine):
    """Claims for a few orders and causes, by several roles, several at once; each order and cause is given for once."""

    shops: Shops

    def __init__(self) -> None:
        super().__init__()
        self.who = f"g{next(NAMES)}"
        self.given: dict[tuple[int, Cause], str] = {}
        self.late = (0, 1, 5)
        self.shops.run(self._set_up())

    async def _set_up(self) -> None:
        await add_customer(self.shops.engine, self.who, address=self.who)
        for number, days in enumerate(self.late):
            await add_order(self.shops.engine, f"{self.who}-{number}", of=self.who, late_days=days)

    @rule(
        order=st.integers(0, 2),
        cause=st.sampled_from(Cause),
        roles=st.lists(st.sampled_from(ROLES), min_size=1, max_size=4),
        points_krw=st.none() | st.integers(1, 120_000),
    )
    def claim_at_once(self, order: int, cause: Cause, roles: list[Actor], points_krw: int | None) -> None:
        by_hand = None if points_krw is None else (Gift(kind=GiftKind.POINTS, amount_krw=points_krw),)
        claims = [
            Claim(customer_id=self.who, order_id=f"{self.who}-{order}", cause=cause, by=role, gifts=by_hand)
            for role in roles
        ]
        decisions = self.shops.run(self._claim(claims))
        granted = [one for one in decisions if one.outcome is Outcome.GRANTED]
        known = self.given.get((order, cause))
        assert len({one.decision_id for one in granted} | ({known} if known else set())) <= 1
        assert sum(not one.is_repeat for one in granted) <= (0 if known else 1)
        if known is not None:
            assert {one.decision_id for one in decisions} == {known}, "the same case, the same answer"
        for one in granted:
            self.given[order, cause] = one.decision_id
            self._is_within_limits(one)

    async def _claim(self, claims: list[Claim]) -> list[Decision]:
        return list(await asyncio.gather(*(decide_and_grant(self.shops.engine, one, now=NOW) for one in claims)))

    def _is_within_limits(self, decision: Decision) -> None:
        limit = load_compensation().roles[decision.decided_role]
        assert sum(gift.amount_krw or 0 for gift in decision.gifts) <= limit.points_krw

    @invariant()
    def what_was_given_is_what_was_decided_and_is_in_the_ledger(self) -> None:
        rows = self.shops.run(rows_of(self.shops.engine, grants, customer_id=self.who))
        assert {row["decision_id"] for row in rows} == set(self.given.values())
        assert len({(row["order_id"], row["cause"], row["kind"]) for row in rows}) == len(rows)
        lines = self.shops.run(rows_of(self.shops.engine, ledger, customer_id=self.who))
        given = sum(row["amount_krw"] or 0 for row in rows if row["kind"] == "points")
        assert sum(line["amount_krw"] for line in lines) == given


@pytest.mark.parametrize("machine", [Points, Coupons, Grants])
def test_after_any_sequence_the_ledgers_agree(shops: Shops, machine: type[RuleBasedStateMachine]) -> None:
    bound = type(machine.__name__, (machine,), {"shops": shops})
    run_state_machine_as_test(bound, settings=MACHINE)
