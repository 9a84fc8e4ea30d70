"""Blocks: placed once, ended once and at their time, whoever dies, comes at the same time, or has another clock."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.backstage import HANDLERS
from backoffice.blocking.errors import BlockNotFound, EndNotAllowed, JustificationMissing
from backoffice.blocking.policy import find_holding
from backoffice.blocking.service import RELEASE_JOB, PastBlock, list_blocks, list_history, place_block, release_block
from backoffice.blocking.tables import BlockReason, BlockSignal, ReleaseKind
from backoffice.errors import CustomerNotFound
from backoffice.jobs.service import Jobs, schedule
from backoffice.schema import block_releases, blocks, customers, jobs, notices
from kernel.clock import FixedClock
from kernel.database import create_engine, read, write

ROOT = Path(__file__).parents[3]
SMS = BlockReason.SMS_FAILURES
H = 3600


@pytest.fixture
async def shop(shop: AsyncEngine) -> AsyncEngine:
    """A shop with two customers."""
    async with write(shop) as connection:
        for who in ("c1", "c2"):
            await connection.execute(customers.insert().values(customer_id=who, grade="basic", phone="010-0000-1234"))
    return shop


@pytest.fixture
async def other(shop: AsyncEngine, database_url: str) -> AsyncIterator[AsyncEngine]:
    """The engine of another process on the same shop."""
    engine = create_engine(database_url)
    yield engine
    await engine.dispose()


async def told(engine: AsyncEngine) -> list[str]:
    """The texts of all notices so far."""
    async with read(engine) as connection:
        return list((await connection.execute(sa.select(notices.c.text).order_by(notices.c.row_id))).scalars())


async def releases_told(engine: AsyncEngine) -> list[str]:
    return [text for text in await told(engine) if "풀려 지금부터" in text]


async def latest(engine: AsyncEngine, who: str = "c1") -> PastBlock:
    return (await list_history(engine, who))[0]


async def test_a_block_ends_at_its_time_and_the_customer_is_told_how_not_to_be_blocked_again(
    shop: AsyncEngine, clock: FixedClock
) -> None:
    began = clock.now()
    block_id = await place_block(shop, "c1", SMS, now=began)
    worker = Jobs(shop, clock, HANDLERS)
    assert await worker.carry_out_due() == 6 * H
    clock.advance(6 * H - 1)
    assert await worker.carry_out_due() == 1
    assert find_holding(await list_blocks(shop, "c1"), now=clock.now()) is not None
    assert await releases_told(shop) == []
    clock.advance(1)
    assert await worker.carry_out_due() is None
    past = await latest(shop)
    assert (past.block.block_id, past.block.released_at) == (block_id, began + timedelta(hours=6))
    assert past.ending is not None and (past.ending.kind, past.ending.by) == (ReleaseKind.TIME, "system")
    (text,) = await releases_told(shop)
    assert "마지막에 받은 문자의 번호" in text


async def test_it_is_kept_by_which_rule_and_from_what_it_was_decided(shop: AsyncEngine, clock: FixedClock) -> None:
    await place_block(
        shop,
        "c1",
        BlockReason.ABNORMAL_ACCESS,
        now=clock.now(),
        detail="로그인 30회",
        signals=[BlockSignal.REPEATED_IP],
    )
    past = await latest(shop)
    assert (past.rule_id, past.rules_version, past.detail) == ("abnormal_access+repeated_ip", 3, "로그인 30회")
    assert list(past.block.signals) == [BlockSignal.REPEATED_IP]
    assert past.block.auto_release_at == clock.now() + timedelta(hours=6)


async def test_what_ends_by_no_rule_waits_for_a_hand_however_long(shop: AsyncEngine, clock: FixedClock) -> None:
    await place_block(shop, "c1", BlockReason.IDENTITY_MISUSE, now=clock.now())
    worker = Jobs(shop, clock, HANDLERS)
    clock.advance(400 * 24 * H)
    assert await worker.carry_out_due() is None
    assert (await latest(shop)).ending is None


async def test_where_the_case_decides_staff_set_the_end_and_nowhere_else(shop: AsyncEngine, clock: FixedClock) -> None:
    now, day = clock.now(), timedelta(days=1)
    await place_block(shop, "c1", BlockReason.OTHER, now=now, ends_after=day)
    assert (await latest(shop)).block.auto_release_at == now + day
    for reason, after in ((SMS, day), (BlockReason.OTHER, -day), (BlockReason.OTHER, timedelta(0))):
        with pytest.raises(EndNotAllowed):
            await place_block(shop, "c1", reason, now=now, ends_after=after)
    assert len(await list_history(shop, "c1")) == 1


async def test_the_same_event_places_one_block_even_at_the_same_time(
    shop: AsyncEngine, other: AsyncEngine, clock: FixedClock
) -> None:
    placing = [place_block(engine, "c1", SMS, now=clock.now(), event_id="e1") for engine in (shop, other) * 5]
    assert len(set(await asyncio.gather(*placing))) == 1
    assert len(await list_history(shop, "c1")) == 1
    assert len(await told(shop)) == 1
    async with read(shop) as connection:
        assert len((await connection.execute(sa.select(jobs))).all()) == 1


async def test_somebody_unknown_is_not_blocked(shop: AsyncEngine, clock: FixedClock) -> None:
    with pytest.raises(CustomerNotFound):
        await place_block(shop, "nobody", SMS, now=clock.now())
    assert await told(shop) == []


async def test_who_lifts_a_block_and_why_is_kept_for_five_years(shop: AsyncEngine, clock: FixedClock) -> None:
    block_id = await place_block(shop, "c1", BlockReason.INFO_MISMATCH, now=clock.now())
    clock.advance(H)
    assert await release_block(shop, block_id, now=clock.now(), by="a_kim", justification=" 신분증 확인 ")
    past = await latest(shop)
    assert past.ending is not None and past.kept_until is not None
    assert (past.ending.kind, past.ending.by, past.ending.justification) == (ReleaseKind.STAFF, "a_kim", "신분증 확인")
    assert past.kept_until.year == clock.now().year + 5
    assert await Jobs(shop, clock, HANDLERS).carry_out_due() is None, "nothing is left to do at its time"


async def test_the_record_of_a_release_stays_when_the_customer_goes(shop: AsyncEngine, clock: FixedClock) -> None:
    block_id = await place_block(shop, "c1", SMS, now=clock.now())
    await release_block(shop, block_id, now=clock.now(), by="a_kim", justification="통신사 확인")
    async with write(shop) as connection:
        await connection.execute(customers.delete().where(customers.c.customer_id == "c1"))
    async with read(shop) as connection:
        (kept,) = (await connection.execute(sa.select(block_releases))).all()
        assert (await connection.execute(sa.select(blocks))).all() == []
    assert (kept.block_id, kept.justification, kept.rule_id) == (block_id, "통신사 확인", "sms_failures")


@pytest.mark.parametrize(("our_fault", "heard"), [(True, "정말 죄송해요"), (False, "통신사에 등록된 이름")])
async def test_who_is_let_in_again_hears_an_apology_or_how_to_stay_in(
    shop: AsyncEngine, clock: FixedClock, our_fault: bool, heard: str
) -> None:
    block_id = await place_block(shop, "c1", BlockReason.INFO_MISMATCH, now=clock.now())
    await release_block(shop, block_id, now=clock.now(), by="a_kim", justification="확인", our_fault=our_fault)
    (text,) = await releases_told(shop)
    assert heard in text


@pytest.mark.parametrize(("by", "justification"), [("", "확인"), ("a_kim", " "), (" ", "")])
async def test_nobody_lifts_a_block_without_name_and_reason(
    shop: AsyncEngine, clock: FixedClock, by: str, justification: str
) -> None:
    block_id = await place_block(shop, "c1", SMS, now=clock.now())
    with pytest.raises(JustificationMissing):
        await release_block(shop, block_id, now=clock.now(), by=by, justification=justification)
    assert (await latest(shop)).ending is None


async def test_an_unknown_block_is_named(shop: AsyncEngine, clock: FixedClock) -> None:
    with pytest.raises(BlockNotFound) as raised:
        await release_block(shop, "b_none", now=clock.now(), by="a_kim", justification="확인")
    assert raised.value.code == "block_not_found"


async def test_a_block_is_lifted_once_whoever_tries_at_the_same_time(
    shop: AsyncEngine, other: AsyncEngine, clock: FixedClock
) -> None:
    block_id = await place_block(shop, "c1", SMS, now=clock.now())
    lifting = [
        release_block(engine, block_id, now=clock.now(), by=f"a_{number}", justification="확인")
        for number, engine in enumerate((shop, other) * 4)
    ]
    assert sum(await asyncio.gather(*lifting)) == 1
    assert len(await releases_told(shop)) == 1


async def test_a_hand_and_the_time_meet_and_the_block_ends_once(
    shop: AsyncEngine, other: AsyncEngine, clock: FixedClock
) -> None:
    placed = [await place_block(shop, "c1", SMS, now=clock.now()) for _ in range(6)]
    clock.advance(6 * H)
    by_hand = [release_block(shop, one, now=clock.now(), by="a_kim", justification="확인") for one in placed]
    workers = [Jobs(engine, clock, HANDLERS).carry_out_due() for engine in (shop, other)]
    results = await asyncio.gather(*by_hand, *workers)
    assert not any(results[: len(placed)]), "their time had come: nobody lifted them"
    history = await list_history(shop, "c1")
    assert {past.ending.kind for past in history if past.ending} == {ReleaseKind.TIME}
    assert {past.block.released_at for past in history} == {clock.now()}
    assert await Jobs(shop, clock, HANDLERS).carry_out_due() is None


async def test_two_processes_end_each_block_once(shop: AsyncEngine, other: AsyncEngine, clock: FixedClock) -> None:
    for who in ("c1", "c2") * 10:
        await place_block(shop, who, SMS, now=clock.now())
    clock.advance(6 * H)
    for _ in range(3):
        await asyncio.gather(*(Jobs(engine, clock, HANDLERS).carry_out_due() for engine in (shop, other)))
    assert len(await releases_told(shop)) == 2, "each customer is let in once"
    async with read(shop) as connection:
        assert len((await connection.execute(sa.select(block_releases))).all()) == 20


async def test_nobody_is_told_they_are_free_while_another_block_holds(shop: AsyncEngine, clock: FixedClock) -> None:
    await place_block(shop, "c1", SMS, now=clock.now())
    await place_block(shop, "c1", BlockReason.ABNORMAL_ACCESS, now=clock.now())
    worker = Jobs(shop, clock, HANDLERS)
    clock.advance(6 * H)
    await worker.carry_out_due()
    assert await releases_told(shop) == []
    clock.advance(42 * H)
    await worker.carry_out_due()
    assert len(await releases_told(shop)) == 1


@pytest.mark.parametrize("late_s", [0, 1, 3 * 24 * H, 400 * 24 * H])
async def test_a_clock_that_jumps_ahead_ends_it_at_its_own_time_all_the_same(
    shop: AsyncEngine, clock: FixedClock, late_s: int
) -> None:
    began = clock.now()
    await place_block(shop, "c1", SMS, now=began)
    clock.advance(6 * H + late_s)
    await Jobs(shop, clock, HANDLERS).carry_out_due()
    assert (await latest(shop)).block.released_at == began + timedelta(hours=6)


async def test_a_clock_that_jumps_back_ends_nothing_early(shop: AsyncEngine, clock: FixedClock) -> None:
    began = clock.now()
    block_id = await place_block(shop, "c1", SMS, now=began)
    worker = Jobs(shop, clock, HANDLERS)
    clock.advance(-30 * 24 * H)
    await worker.carry_out_due()
    assert (await latest(shop)).ending is None
    assert await release_block(shop, block_id, now=clock.now(), by="a_kim", justification="확인")
    assert (await latest(shop)).block.released_at == began, "it cannot have ended before it began"


async def test_a_job_that_comes_before_the_end_waits_for_it(shop: AsyncEngine, clock: FixedClock) -> None:
    """As when the end was put off after the job was written."""
    block_id = await place_block(shop, "c1", SMS, now=clock.now())
    later = clock.now() + timedelta(hours=9)
    async with write(shop) as connection:
        await connection.execute(blocks.update().where(blocks.c.block_id == block_id).values(auto_release_at=later))
    worker = Jobs(shop, clock, HANDLERS)
    clock.advance(6 * H)
    assert await worker.carry_out_due() == 3 * H
    assert (await latest(shop)).ending is None
    clock.advance(3 * H)
    await worker.carry_out_due()
    assert (await latest(shop)).block.released_at == later


async def test_a_job_left_over_changes_nothing_about_a_block_that_was_lifted_or_is_gone(
    shop: AsyncEngine, clock: FixedClock
) -> None:
    block_id = await place_block(shop, "c1", SMS, now=clock.now())
    await release_block(shop, block_id, now=clock.now(), by="a_kim", justification="확인")
    lifted = await latest(shop)
    clock.advance(7 * H)
    async with write(shop) as connection:
        for key in (block_id, "b_gone"):
            await schedule(connection, kind=RELEASE_JOB, key=key, due_at=clock.now())
    assert await Jobs(shop, clock, HANDLERS).carry_out_due() is None
    assert await latest(shop) == lifted
    assert len(await releases_told(shop)) == 1


KILLED_AT_WORK = """
import asyncio, os, signal, sys
from datetime import datetime
from backoffice.backstage import HANDLERS
from backoffice.jobs.service import Jobs, schedule
from kernel.clock import FixedClock
from kernel.database import create_engine

async def release_and_die(connection, job, now):
    await HANDLERS["release_block"](connection, job, now)
    os.kill(os.getpid(), signal.SIGKILL)

clock = FixedClock(datetime.fromisoformat(sys.argv[2]))
asyncio.run(Jobs(create_engine(sys.argv[1]), clock, {"release_block": release_and_die}).carry_out_due())
"""


async def test_a_process_killed_in_the_middle_leaves_the_block_to_the_next_one(
    shop: AsyncEngine, clock: FixedClock, database_url: str
) -> None:
    await place_block(shop, "c1", SMS, now=clock.now())
    clock.advance(6 * H)
    killed = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", KILLED_AT_WORK, database_url, clock.now().isoformat()],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=60,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert (await latest(shop)).ending is None
    assert await releases_told(shop) == []
    await Jobs(shop, clock, HANDLERS).carry_out_due()
    assert (await latest(shop)).ending is not None
    assert len(await releases_told(shop)) == 1


async def test_a_time_without_its_zone_is_refused_and_leaves_nothing(shop: AsyncEngine) -> None:
    with pytest.raises(sa.exc.StatementError):
        await place_block(shop, "c1", SMS, now=datetime(2026, 11, 24))  # noqa: DTZ001
    assert await list_history(shop, "c1") == []
