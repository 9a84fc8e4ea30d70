"""What agents give: within their authority at once, above it after another person's yes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.compensation import approvals
from backoffice.compensation.approvals import Proposal, Wish, approve, decline, list_pending
from backoffice.compensation.errors import (
    CompensationError,
    FourEyes,
    InvalidGift,
    OrderUnknown,
    RequestAnswered,
    RequestUnknown,
    RoleNotAllowed,
)
from backoffice.compensation.model import Actor
from backoffice.compensation.policy import Gift
from backoffice.compensation.tables import Cause, GiftKind, Outcome, RequestState
from backoffice.schema import compensation_requests, grants, notices
from kernel.database import create_engine
from tests.contract.backoffice.benefits_shop import NOW, add_customer, add_order, rows_of

AGENT, SENIOR = Actor("a1", "agent"), Actor("a2", "senior_agent")
LEAD, OTHER_LEAD = Actor("s1", "supervisor"), Actor("s2", "supervisor")


@pytest.fixture
async def late(shop: AsyncEngine) -> AsyncEngine:
    """A shop with one customer and one order that came four business days late."""
    await add_customer(shop, "c1")
    await add_order(shop, "o1")
    return shop


async def propose(shop: AsyncEngine, krw: int | None = None, *, by: Actor = AGENT, **fields: Any) -> Proposal:
    gifts = None if krw is None else (Gift(kind=GiftKind.POINTS, amount_krw=krw),)
    wish = {"customer_id": "c1", "order_id": "o1", "cause": Cause.LATE, "reason": "많이 기다리셨어요", "key": "w1"}
    return await approvals.propose(
        shop, Wish(**{**wish, "by": by, "by_name": "상담원", "gifts": gifts, **fields}), now=NOW
    )


@pytest.mark.parametrize(
    ("by", "krw", "waits"),
    [
        (AGENT, None, False),
        (AGENT, 10_000, False),
        (AGENT, 10_001, True),
        (SENIOR, 30_000, False),
        (SENIOR, 30_001, True),
        (LEAD, 100_000, False),
    ],
)
async def test_within_the_roles_limit_it_is_given_at_once_above_it_waits(
    late: AsyncEngine, by: Actor, krw: int | None, waits: bool
) -> None:
    proposal = await propose(late, krw, by=by)
    assert (proposal.request is not None) is waits
    assert (proposal.decision.outcome is Outcome.REFERRED) is waits
    assert len(await rows_of(late, grants)) == (0 if waits else 1)
    assert len(await list_pending(late)) == (1 if waits else 0)


async def test_a_supervisor_approves_once_and_the_customer_is_told(late: AsyncEngine) -> None:
    request = (await propose(late, 20_000)).request
    assert request is not None
    done = await approve(late, request.request_id, by=LEAD, now=NOW)
    assert (done.state, done.answered_by, done.decision_id is not None) == (RequestState.APPROVED, "s1", True)
    assert [row["amount_krw"] for row in await rows_of(late, grants)] == [20_000]
    assert len(await rows_of(late, notices, customer_id="c1")) == 1
    with pytest.raises(RequestAnswered):
        await approve(late, request.request_id, by=OTHER_LEAD, now=NOW)
    assert await list_pending(late) == []


async def test_nobody_approves_or_declines_their_own_request(late: AsyncEngine) -> None:
    request = (await propose(late, 20_000, by=Actor("s1", "agent"))).request  # a supervisor since then
    assert request is not None
    for work in (
        approve(late, request.request_id, by=LEAD, now=NOW),
        decline(late, request.request_id, by=LEAD, now=NOW, reason="아니요"),
    ):
        with pytest.raises(FourEyes):
            await work
    assert await rows_of(late, grants) == []
    assert (await approve(late, request.request_id, by=OTHER_LEAD, now=NOW)).state is RequestState.APPROVED


@pytest.mark.parametrize("by", [AGENT, SENIOR, Actor("t", "trainer"), Actor("bot", "bot")])
async def test_only_supervisors_answer(late: AsyncEngine, by: Actor) -> None:
    request = (await propose(late, 20_000, by=Actor("a9", "agent"))).request
    assert request is not None
    with pytest.raises(RoleNotAllowed):
        await approve(late, request.request_id, by=by, now=NOW)
    with pytest.raises(RoleNotAllowed):
        await decline(late, request.request_id, by=by, now=NOW, reason="아니요")


async def test_a_declined_request_gives_nothing_and_may_be_made_again(late: AsyncEngine) -> None:
    request = (await propose(late, 20_000)).request
    assert request is not None
    done = await decline(late, request.request_id, by=LEAD, now=NOW, reason="금액이 커요")
    assert (done.state, done.answer_reason) == (RequestState.DECLINED, "금액이 커요")
    assert await rows_of(late, grants) == []
    again = (await propose(late, 15_000, key="w2")).request
    assert again is not None
    assert again.request_id != request.request_id


async def test_the_same_wish_again_is_one_request(late: AsyncEngine) -> None:
    proposals = [await propose(late, 20_000), await propose(late, 20_000), await propose(late, 20_000, key="w2")]
    assert len({proposal.request.request_id for proposal in proposals if proposal.request}) == 1
    assert len(await rows_of(late, compensation_requests)) == 1


async def test_what_was_given_meanwhile_is_not_given_again_by_an_approval(late: AsyncEngine) -> None:
    request = (await propose(late, 20_000)).request
    assert request is not None
    await propose(late, 5_000, by=SENIOR, key="w2")
    with pytest.raises(RequestAnswered):
        await approve(late, request.request_id, by=LEAD, now=NOW)
    assert [row["amount_krw"] for row in await rows_of(late, grants)] == [5_000]
    assert [one.state for one in await list_pending(late)] == [RequestState.PENDING], "to be declined by somebody"


async def test_of_two_who_answer_at_the_same_moment_one_counts(late: AsyncEngine, database_url: str) -> None:
    request = (await propose(late, 20_000)).request
    assert request is not None
    other = create_engine(database_url)
    done = await asyncio.gather(
        *(approve(engine, request.request_id, by=by, now=NOW) for engine in (late, other) for by in (LEAD, OTHER_LEAD)),
        decline(other, request.request_id, by=LEAD, now=NOW, reason="아니요"),
        return_exceptions=True,
    )
    await other.dispose()
    assert sum(not isinstance(one, BaseException) for one in done) == 1
    assert all(isinstance(one, RequestAnswered) for one in done if isinstance(one, BaseException))
    assert len(await rows_of(late, grants)) <= 1


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"by": Actor("t", "trainer")}, RoleNotAllowed),
        ({"by": Actor("bot", "bot")}, RoleNotAllowed),
        ({"by": LEAD, "gifts": (Gift(kind=GiftKind.POINTS, amount_krw=100_001),)}, RoleNotAllowed),
        ({"order_id": "nothing"}, OrderUnknown),
        ({"gifts": ()}, InvalidGift),
        ({"gifts": (Gift(kind=GiftKind.POINTS, amount_krw=0),)}, InvalidGift),
        ({"gifts": (Gift(kind=GiftKind.POINTS, amount_krw=-5),)}, InvalidGift),
        ({"gifts": (Gift(kind=GiftKind.POINTS, amount_krw=10**12),)}, InvalidGift),
        ({"gifts": (Gift(kind=GiftKind.COUPON, rate_percent=101),)}, InvalidGift),
        ({"gifts": (Gift(kind=GiftKind.RESEND, amount_krw=1),)}, InvalidGift),
        ({"gifts": (Gift(kind=GiftKind.POINTS, amount_krw=1),) * 2}, InvalidGift),
    ],
)
async def test_what_cannot_be_proposed_is_refused_by_code_and_leaves_nothing(
    late: AsyncEngine, fields: dict[str, Any], error: type[CompensationError]
) -> None:
    with pytest.raises(error) as refused:
        await propose(late, **fields)
    assert refused.value.code != "compensation_error"
    assert refused.value.detail.endswith("요.")
    assert await rows_of(late, grants) == await rows_of(late, compensation_requests) == []


async def test_an_unknown_request_is_said_to_be_unknown(late: AsyncEngine) -> None:
    with pytest.raises(RequestUnknown):
        await approve(late, "nothing", by=LEAD, now=NOW)
