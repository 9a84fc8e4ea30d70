"""Jobs and notices: done once, whoever dies or comes at the same time."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.backstage import Backstage
from backoffice.jobs.service import Job, Jobs, cancel, schedule
from backoffice.notices.service import ConsoleNotifier, Notice, Sender, tell
from backoffice.notices.tables import NoticeCategory
from backoffice.schema import customers, jobs, notices
from kernel.clock import FixedClock
from kernel.database import create_engine, read, write


@pytest.fixture
async def other(shop: AsyncEngine, database_url: str) -> AsyncIterator[AsyncEngine]:
    """The engine of another process on the same shop."""
    engine = create_engine(database_url)
    yield engine
    await engine.dispose()


async def _grade(connection: AsyncConnection, job: Job, _now: datetime) -> None:
    await connection.execute(customers.insert().values(customer_id=f"{job.key}-{job.payload['n']}", grade="basic"))


async def _names(engine: AsyncEngine) -> list[str]:
    async with read(engine) as connection:
        return sorted((await connection.execute(sa.select(customers.c.customer_id))).scalars())


async def _schedule(engine: AsyncEngine, key: str, due_at: datetime, n: int = 0) -> None:
    async with write(engine) as connection:
        await schedule(connection, kind="grade", key=key, due_at=due_at, payload={"n": n})


async def test_a_job_waits_for_its_time(shop: AsyncEngine, clock: FixedClock) -> None:
    worker = Jobs(shop, clock, {"grade": _grade})
    await _schedule(shop, "a", clock.now() + timedelta(seconds=90))
    assert await worker.carry_out_due() == 90
    assert await _names(shop) == []
    clock.advance(90)
    assert await worker.carry_out_due() is None
    assert await _names(shop) == ["a-0"]


async def test_a_job_scheduled_again_is_moved_and_a_cancelled_one_forgotten(
    shop: AsyncEngine, clock: FixedClock
) -> None:
    for number, due_in_s in enumerate((10, 60)):
        await _schedule(shop, "a", clock.now() + timedelta(seconds=due_in_s), number)
    await _schedule(shop, "b", clock.now())
    async with write(shop) as connection:
        await cancel(connection, kind="grade", key="b")
        await cancel(connection, kind="grade", key="never scheduled")
    clock.advance(30)
    worker = Jobs(shop, clock, {"grade": _grade})
    assert await worker.carry_out_due() == 30
    clock.advance(30)
    await worker.carry_out_due()
    assert await _names(shop) == ["a-1"]


async def test_two_processes_do_each_job_once(shop: AsyncEngine, other: AsyncEngine, clock: FixedClock) -> None:
    for number in range(30):
        await _schedule(shop, f"c{number}", clock.now())
    workers = [Jobs(engine, clock, {"grade": _grade}) for engine in (shop, other)]
    for _ in range(2):
        await asyncio.gather(*(worker.carry_out_due() for worker in workers))
    assert len(await _names(shop)) == 30
    async with read(shop) as connection:
        assert (await connection.execute(sa.select(jobs))).all() == []


async def test_a_job_that_fails_leaves_nothing_and_is_tried_again_later(shop: AsyncEngine, clock: FixedClock) -> None:
    tries = 0

    async def fail_twice(connection: AsyncConnection, job: Job, now: datetime) -> None:
        nonlocal tries
        await _grade(connection, job, now)
        tries += 1
        if tries <= 2:
            raise OSError("away")

    await _schedule(shop, "a", clock.now())
    worker = Jobs(shop, clock, {"grade": fail_twice})
    assert await worker.carry_out_due() == 5
    assert await _names(shop) == []
    clock.advance(5)
    assert await worker.carry_out_due() == 10, "each try waits longer than the one before"
    clock.advance(10)
    assert await worker.carry_out_due() is None
    assert await _names(shop) == ["a-0"]


async def test_a_job_that_nobody_knows_holds_up_no_other(shop: AsyncEngine, clock: FixedClock) -> None:
    async with write(shop) as connection:
        await schedule(connection, kind="of a later version", key="a", due_at=clock.now() - timedelta(seconds=5))
    await _schedule(shop, "a", clock.now())
    await Jobs(shop, clock, {"grade": _grade}).carry_out_due()
    assert await _names(shop) == ["a-0"]


async def _tell(engine: AsyncEngine, clock: FixedClock, key: str, text: str = "풀렸어요") -> None:
    async with write(engine) as connection:
        await tell(connection, customer_id="c1", key=key, category=NoticeCategory.SECURITY, text=text, now=clock.now())


@pytest.fixture
async def customer(shop: AsyncEngine) -> None:
    """A customer who can be told something."""
    async with write(shop) as connection:
        await connection.execute(customers.insert().values(customer_id="c1", grade="basic", phone="010-0000-1234"))


@pytest.mark.usefixtures("customer")
async def test_an_event_is_told_once_and_its_text_is_not_kept(
    shop: AsyncEngine, other: AsyncEngine, clock: FixedClock
) -> None:
    stream = io.StringIO()
    for key in ("block:1:released", "block:1:released", "block:2:released"):
        await _tell(shop, clock, key)
    senders = [Sender(engine, clock, ConsoleNotifier(stream)) for engine in (shop, other)]
    await asyncio.gather(*(sender.send_due() for sender in senders))
    told = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert sorted(notice["key"] for notice in told) == ["block:1:released", "block:2:released"]
    assert {notice["phone"] for notice in told} == {"010-****-1234"}
    async with read(shop) as connection:
        assert {row.text for row in await connection.execute(sa.select(notices))} == {None}


@pytest.mark.usefixtures("customer")
async def test_a_notice_that_could_not_be_sent_is_tried_again(shop: AsyncEngine, clock: FixedClock) -> None:
    class Broken:
        def __init__(self) -> None:
            self.tries: list[datetime] = []

        async def send(self, notice: Notice) -> None:
            self.tries.append(clock.now())
            raise OSError("away")

    notifier = Broken()
    await _tell(shop, clock, "k")
    sender = Sender(shop, clock, notifier)
    started = clock.now()
    for _ in range(600):
        await sender.send_due()
        clock.advance(30)
    waits_s = [(at - started).total_seconds() for at in notifier.tries]
    assert waits_s == [30.0 * (2**number - 1) for number in range(8)], "and given up after eight tries"


@pytest.mark.usefixtures("customer")
async def test_the_backstage_does_both_until_stopped(shop: AsyncEngine, clock: FixedClock) -> None:
    stream = io.StringIO()
    await _schedule(shop, "a", clock.now())
    await _tell(shop, clock, "k")
    backstage = Backstage(shop, clock, ConsoleNotifier(stream), {"grade": _grade})
    backstage.start()
    async with asyncio.timeout(5):
        while not stream.getvalue():
            await asyncio.sleep(0.01)
    await backstage.stop()
    assert await _names(shop) == ["a-0", "c1"]


async def test_what_another_process_has_in_hand_is_not_asked_for_without_a_pause(
    shop: AsyncEngine, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0

    async def find_it_taken(_self: Jobs) -> float:
        nonlocal looks
        looks += 1
        return 0.0

    monkeypatch.setattr(Jobs, "carry_out_due", find_it_taken)
    backstage = Backstage(shop, clock, ConsoleNotifier(io.StringIO()))
    backstage.start()
    await asyncio.sleep(0.5)
    await backstage.stop()
    assert 1 <= looks <= 11
