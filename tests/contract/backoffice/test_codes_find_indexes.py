"""Every statement about codes and blocks finds its rows by an index: also those that change something."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice import demo, schema
from backoffice.backstage import HANDLERS
from backoffice.blocking.early_release import lift_with_code
from backoffice.blocking.service import place_block, release_block
from backoffice.blocking.tables import BlockReason
from backoffice.identity.service import Again, Asking, Typed, check_code, send_code, send_code_again
from backoffice.identity.tables import CodePurpose
from backoffice.jobs.service import Jobs
from backoffice.schema import blocks, jobs
from kernel.clock import FixedClock
from kernel.database import create_engine, read
from ops.bench.plans import list_scans

WHO, KEY = "demo-story-01", "k" * 40


@pytest.fixture
async def sqlite_shop(sqlite_url: str, clock: FixedClock) -> AsyncIterator[AsyncEngine]:
    """The invented shop on SQLite, whose plans do not depend on how large it is."""
    await asyncio.to_thread(schema.upgrade, sqlite_url)
    engine = create_engine(sqlite_url)
    await demo.load(engine, clock)
    yield engine
    await engine.dispose()


async def test_no_code_and_no_block_reads_a_whole_table(sqlite_shop: AsyncEngine, clock: FixedClock) -> None:
    asked: list[tuple[str, Any]] = []
    sa.event.listen(
        sqlite_shop.sync_engine,
        "before_cursor_execute",
        lambda *given: asked.append((given[2], given[3])),
    )
    now = clock.now()
    for purpose in CodePurpose:
        await send_code(sqlite_shop, Asking("01000009001", purpose, "c1", "t1"), now=now, key=KEY)
        clock.advance(60)
        await send_code_again(sqlite_shop, Again(purpose, "c1", "t2"), now=clock.now(), key=KEY)
        clock.advance(60)
    await check_code(sqlite_shop, Typed("000000", CodePurpose.IDENTIFY, "c1", "t3"), now=now, key=KEY)
    await lift_with_code(sqlite_shop, Typed("000000", CodePurpose.LIFT_BLOCK, "c1", "t4"), now=now, key=KEY)
    placed = await place_block(sqlite_shop, WHO, BlockReason.SMS_FAILURES, now=now, event_id="e1")
    await place_block(sqlite_shop, WHO, BlockReason.SMS_FAILURES, now=now, event_id="e1")
    await release_block(sqlite_shop, placed, now=now, by="a_kim", justification="확인")
    await place_block(sqlite_shop, WHO, BlockReason.SMS_FAILURES, now=now)
    clock.advance(6 * 3600)
    await Jobs(sqlite_shop, clock, HANDLERS).carry_out_due()
    changing = [
        (statement, given) for statement, given in asked if statement.startswith(("SELECT", "UPDATE", "DELETE"))
    ]
    assert len(changing) > 30
    assert await list_scans(sqlite_shop, changing) == []


async def test_blocks_from_before_get_an_id_and_a_job_that_ends_them(database_url: str, clock: FixedClock) -> None:
    """And the way back and forth again loses no block."""
    await asyncio.to_thread(schema.upgrade, database_url)
    engine = create_engine(database_url)
    await demo.load(engine, clock)
    await asyncio.to_thread(_go_back, database_url)
    async with engine.connect() as connection:
        before = (await connection.execute(sa.text("SELECT count(*) FROM blocks"))).scalar_one()
        await connection.rollback()
    await engine.dispose()
    await asyncio.to_thread(schema.upgrade, database_url)
    engine = create_engine(database_url)
    async with read(engine) as connection:
        found = (await connection.execute(sa.select(blocks.c.block_id, blocks.c.auto_release_at))).all()
        assert len(found) == before
        assert len({row.block_id for row in found}) == before
        waiting = sa.select(jobs.c.key, jobs.c.due_at).where(jobs.c.kind == "release_block")
        due = {row.key: row.due_at for row in await connection.execute(waiting)}
    ends = {row.block_id: row.auto_release_at for row in found}
    assert all(ends.get(key, at) == at for key, at in due.items())
    await engine.dispose()


def _go_back(url: str) -> None:
    config = Config()
    config.set_main_option("script_location", "backoffice/migrations")
    config.set_main_option("path_separator", "os")
    config.attributes.update({"url": url, "version_table": "alembic_version_backoffice"})
    command.downgrade(config, "0003")
