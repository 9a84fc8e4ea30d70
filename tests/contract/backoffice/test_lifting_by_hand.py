"""Staff lift a block by hand: who may is decided by role, why is kept, and it happens once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.blocking.by_hand import lift_by_hand
from backoffice.blocking.desk import show_block
from backoffice.blocking.errors import BlockEnded, BlockNotFound, JustificationMissing, LiftingNotAllowed
from backoffice.blocking.service import PastBlock, list_history, place_block
from backoffice.blocking.tables import BlockReason, BlockSignal, ReleaseKind
from backoffice.privacy.access import Viewer, list_accesses
from backoffice.schema import customers
from kernel.clock import FixedClock
from kernel.database import create_engine, write

WHY = "통신사 서류로 본인을 확인했어요"


def viewer(role: str = "agent", name: str = "a1") -> Viewer:
    return Viewer(viewer_id=name, name="김상담", role=role, source="10.0.0.1")


@pytest.fixture
async def people(shop: AsyncEngine) -> AsyncEngine:
    """A shop with two customers."""
    async with write(shop) as connection:
        for who in ("kim", "lee"):
            await connection.execute(customers.insert().values(customer_id=who, grade="basic"))
    return shop


@pytest.fixture
async def other(shop: AsyncEngine, database_url: str) -> AsyncIterator[AsyncEngine]:
    """The engine of another process on the same shop."""
    engine = create_engine(database_url)
    yield engine
    await engine.dispose()


async def the_block(shop: AsyncEngine) -> PastBlock:
    return (await list_history(shop, "kim"))[0]


async def test_a_block_is_lifted_and_who_and_why_are_kept_for_years(people: AsyncEngine, clock: FixedClock) -> None:
    block_id = await place_block(people, "kim", BlockReason.SMS_FAILURES, now=clock.now())
    clock.advance(60)
    await lift_by_hand(people, "kim", block_id, by=viewer(), justification=f" {WHY} ", now=clock.now())
    past = await the_block(people)
    assert past.block.released_at == clock.now()
    assert past.ending is not None and past.kept_until is not None
    assert (past.ending.kind, past.ending.by, past.ending.justification) == (ReleaseKind.STAFF, "a1", WHY)
    assert (past.kept_until - clock.now()).days >= 5 * 365
    (seen,) = await list_accesses(people, "kim")
    assert (seen.viewer_id, seen.viewer_role, list(seen.fields), seen.reason) == ("a1", "agent", ["block"], WHY)


@pytest.mark.parametrize(
    ("reason", "signals", "roles"),
    [
        (BlockReason.INFO_MISMATCH, [], {"agent", "senior_agent", "supervisor", "administrator"}),
        (BlockReason.SMS_FAILURES, [], {"agent", "senior_agent", "supervisor", "administrator"}),
        (BlockReason.SMS_FAILURES, [BlockSignal.VPN], {"supervisor", "administrator"}),
        (BlockReason.ABNORMAL_ACCESS, [], {"supervisor", "administrator"}),
        (BlockReason.IDENTITY_MISUSE, [], {"supervisor", "administrator"}),
        (BlockReason.OTHER, [], {"supervisor", "administrator"}),
    ],
)
async def test_who_may_lift_a_block_follows_from_who_reviews_it(
    people: AsyncEngine, clock: FixedClock, reason: BlockReason, signals: list[BlockSignal], roles: set[str]
) -> None:
    for role in ("agent", "senior_agent", "supervisor", "administrator", "trainer", "privacy_officer"):
        block_id = await place_block(people, "kim", reason, now=clock.now(), signals=signals)
        shown = show_block(await the_block(people), role=role, now=clock.now())
        assert (shown["may_lift"], shown["is_active"]) == (role in roles, True)
        lifting = lift_by_hand(people, "kim", block_id, by=viewer(role), justification=WHY, now=clock.now())
        if role in roles:
            await lifting
        else:
            with pytest.raises(LiftingNotAllowed):
                await lifting
        after = await the_block(people)
        assert (after.ending is not None) == (role in roles)
        assert not show_block(after, role="administrator", now=clock.now())["may_lift"] or role not in roles
        clock.advance(1)


@pytest.mark.parametrize("why", ["", "   ", "네네", "......", "확인 했음"])
async def test_a_justification_that_says_nothing_lifts_nothing(
    people: AsyncEngine, clock: FixedClock, why: str
) -> None:
    block_id = await place_block(people, "kim", BlockReason.SMS_FAILURES, now=clock.now())
    with pytest.raises(JustificationMissing):
        await lift_by_hand(people, "kim", block_id, by=viewer(), justification=why, now=clock.now())
    assert (await the_block(people)).ending is None
    assert await list_accesses(people, "kim") == []


async def test_anothers_block_and_one_that_is_not_there_are_refused_alike(
    people: AsyncEngine, clock: FixedClock
) -> None:
    block_id = await place_block(people, "kim", BlockReason.SMS_FAILURES, now=clock.now())
    for wanted in (block_id, "b_none"):
        with pytest.raises(BlockNotFound):
            await lift_by_hand(people, "lee", wanted, by=viewer(), justification=WHY, now=clock.now())
    assert (await the_block(people)).ending is None


async def test_of_two_who_lift_at_once_one_is_told_it_had_ended(
    people: AsyncEngine, other: AsyncEngine, clock: FixedClock
) -> None:
    block_id = await place_block(people, "kim", BlockReason.SMS_FAILURES, now=clock.now())
    found = await asyncio.gather(
        *(
            lift_by_hand(engine, "kim", block_id, by=viewer(name=name), justification=WHY, now=clock.now())
            for engine, name in ((people, "a1"), (other, "a2"), (people, "a3"), (other, "a4"))
        ),
        return_exceptions=True,
    )
    assert found.count(None) == 1
    assert all(isinstance(one, BlockEnded) for one in found if one is not None)
    assert len(await list_accesses(people, "kim")) == 1


async def test_a_block_past_its_own_end_was_ended_by_its_time(people: AsyncEngine, clock: FixedClock) -> None:
    block_id = await place_block(people, "kim", BlockReason.SMS_FAILURES, now=clock.now())
    clock.advance(7 * 3600)
    with pytest.raises(BlockEnded):
        await lift_by_hand(people, "kim", block_id, by=viewer(), justification=WHY, now=clock.now())
    assert not show_block(await the_block(people), role="agent", now=clock.now())["is_active"]
