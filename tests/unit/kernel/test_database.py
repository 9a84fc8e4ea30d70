"""Transactions and column types, on SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from kernel import group_commit
from kernel.database import JsonValue, UtcDateTime, create_engine, read, write

metadata = sa.MetaData()
things = sa.Table(
    "things",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, unique=True),
    sa.Column("at", UtcDateTime),
    sa.Column("content", JsonValue),
)


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """A database with one empty table."""
    made = create_engine(database_url)
    async with write(made) as connection:
        await connection.run_sync(metadata.create_all)
    yield made
    await made.dispose()


@pytest.fixture
async def sqlite_engine(sqlite_url: str) -> AsyncIterator[AsyncEngine]:
    """The same on SQLite."""
    made = create_engine(sqlite_url)
    async with write(made) as connection:
        await connection.run_sync(metadata.create_all)
    yield made
    await made.dispose()


async def _names(engine: AsyncEngine) -> list[str]:
    async with read(engine) as connection:
        return list((await connection.execute(sa.select(things.c.name).order_by(things.c.id))).scalars())


async def test_a_write_commits_at_its_end(engine: AsyncEngine) -> None:
    async with write(engine) as connection:
        await connection.execute(things.insert(), {"name": "하나"})
        assert await _names(engine) == []
    assert await _names(engine) == ["하나"]


async def test_a_write_that_raises_leaves_nothing_and_raises_the_same(engine: AsyncEngine) -> None:
    error = LookupError("in the middle")
    with pytest.raises(LookupError) as raised:
        async with write(engine) as connection:
            await connection.execute(things.insert(), {"name": "하나"})
            raise error
    assert raised.value is error
    assert await _names(engine) == []


async def test_a_write_that_the_database_refuses_leaves_nothing(engine: AsyncEngine) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        async with write(engine) as connection:
            await connection.execute(things.insert(), {"name": "하나"})
            await connection.execute(things.insert(), {"name": "하나"})
    assert await _names(engine) == []


async def test_what_a_reader_changes_is_thrown_away(engine: AsyncEngine) -> None:
    async with read(engine) as connection:
        if engine.dialect.name == "sqlite":
            await connection.execute(things.insert(), {"name": "하나"})
    assert await _names(engine) == []


async def test_a_reader_sees_one_moment_whatever_others_commit(engine: AsyncEngine) -> None:
    count = sa.select(sa.func.count()).select_from(things)
    async with read(engine) as connection:
        before = await connection.scalar(count)
        async with write(engine) as other:
            await other.execute(things.insert(), {"name": "하나"})
        assert await connection.scalar(count) == before
    assert await _names(engine) == ["하나"]


async def test_a_write_after_a_read_on_the_same_connection_sees_what_was_committed(engine: AsyncEngine) -> None:
    for number in range(3):
        assert len(await _names(engine)) == number
        async with write(engine) as connection:
            found = await connection.scalar(sa.select(sa.func.count()).select_from(things))
            await connection.execute(things.insert(), {"name": str(found)})


async def test_writers_of_one_process_wait_their_turn(engine: AsyncEngine) -> None:
    async def add_one() -> None:
        async with write(engine) as connection:
            lock = "" if engine.dialect.name == "sqlite" else "LOCK TABLE things IN EXCLUSIVE MODE"
            if lock:
                await connection.exec_driver_sql(lock)
            found = await connection.scalar(sa.select(sa.func.count()).select_from(things))
            await asyncio.sleep(0)
            await connection.execute(things.insert(), {"name": str(found)})

    await asyncio.gather(*(add_one() for _ in range(30)))
    assert sorted(await _names(engine), key=int) == [str(number) for number in range(30)]


async def test_a_cancelled_write_commits_all_or_nothing_and_lets_the_next_one_in(engine: AsyncEngine) -> None:
    async def add_pair(number: int) -> None:
        async with write(engine) as connection:
            await connection.execute(things.insert(), {"name": f"{number}a"})
            await asyncio.sleep(0)
            await connection.execute(things.insert(), {"name": f"{number}b"})

    for number in range(60):
        adding = asyncio.create_task(add_pair(number))
        for _ in range(number % 20):
            await asyncio.sleep(0)
        if number % 3 == 0:
            await asyncio.sleep(number * 0.0001)
        adding.cancel()
        await asyncio.gather(adding, return_exceptions=True)
    async with asyncio.timeout(2):
        await add_pair(1_000)
    names = set(await _names(engine))
    assert "1000a" in names
    assert {name[:-1] for name in names if name.endswith("a")} == {name[:-1] for name in names if name.endswith("b")}


async def test_of_many_cancelled_writers_none_keeps_the_lock(engine: AsyncEngine) -> None:
    async def hold() -> None:
        async with write(engine) as connection:
            await connection.execute(things.insert(), {"name": "x"})
            await asyncio.sleep(60)

    tasks = [asyncio.create_task(hold()) for _ in range(20)]
    await asyncio.sleep(0.05)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    async with asyncio.timeout(2), write(engine) as connection:
        await connection.execute(things.insert(), {"name": "y"})
    assert await _names(engine) == ["y"]


async def test_cancelled_readers_leave_their_connections_fit_for_others(engine: AsyncEngine) -> None:
    slow = "SELECT pg_sleep(0.01)" if engine.dialect.name == "postgresql" else "SELECT 1"

    async def look() -> None:
        async with read(engine) as connection:
            for _ in range(5):
                await connection.exec_driver_sql(slow)
                await asyncio.sleep(0)

    for number in range(40):
        looking = [asyncio.create_task(look()) for _ in range(3)]
        await asyncio.sleep(number % 10 * 0.003)
        for task in looking:
            task.cancel()
        await asyncio.gather(*looking, return_exceptions=True)
    async with asyncio.timeout(3):
        await asyncio.gather(*(look() for _ in range(20)))
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]


async def test_another_process_that_holds_sqlite_stops_only_who_writes(
    sqlite_engine: AsyncEngine, sqlite_url: str
) -> None:
    other = sqlite3.connect(sqlite_url.partition("///")[2], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def add() -> None:
        async with write(sqlite_engine) as connection:
            await connection.execute(things.insert(), {"name": "하나"})

    adding = asyncio.create_task(add())
    longest_s, began = 0.0, time.monotonic()
    while (now := time.monotonic()) < began + 0.6:
        await asyncio.sleep(0.01)
        longest_s = max(longest_s, time.monotonic() - now)
    assert not adding.done() and longest_s < 0.3
    assert await _names(sqlite_engine) == []
    other.execute("ROLLBACK")
    other.close()
    await adding
    assert await _names(sqlite_engine) == ["하나"]


async def test_a_write_gives_up_on_a_process_that_never_lets_go(
    sqlite_engine: AsyncEngine, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "BUSY_TIMEOUT_S", 0.2)
    other = sqlite3.connect(sqlite_url.partition("///")[2], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(sa.exc.OperationalError, match="locked"):
        async with write(sqlite_engine):
            pass
    other.close()
    async with write(sqlite_engine) as connection:
        await connection.execute(things.insert(), {"name": "하나"})


async def test_sqlite_is_durable_and_keeps_its_references(sqlite_engine: AsyncEngine) -> None:
    async with read(sqlite_engine) as connection:
        found = {
            name: (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


async def test_errors_do_not_repeat_what_was_to_be_stored(engine: AsyncEngine) -> None:
    with pytest.raises(sa.exc.IntegrityError) as refused:
        async with write(engine) as connection:
            for _ in range(2):
                await connection.execute(things.insert(), {"id": 1, "name": "홍길동 010-1234-5678"})
    assert "홍길동" not in str(refused.value)


_moments = st.datetimes(
    min_value=datetime(1, 1, 2),  # noqa: DTZ001
    max_value=datetime(9999, 12, 30),  # noqa: DTZ001
    timezones=st.builds(lambda minutes: timezone(timedelta(minutes=minutes)), st.integers(-14 * 60, 14 * 60)),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moments=st.lists(_moments, min_size=1, max_size=30))
async def test_moments_come_back_to_the_microsecond_and_in_order(engine: AsyncEngine, moments: list[datetime]) -> None:
    async with write(engine) as connection:
        await connection.execute(things.delete())
        await connection.execute(things.insert(), [{"id": n, "at": at} for n, at in enumerate(moments)])
    async with read(engine) as connection:
        by_id = list((await connection.execute(sa.select(things.c.at).order_by(things.c.id))).scalars())
        by_time = list((await connection.execute(sa.select(things.c.at).order_by(things.c.at))).scalars())
        later = await connection.scalar(sa.select(sa.func.count()).select_from(things).where(things.c.at > moments[0]))
    assert by_id == moments and all(at.tzinfo is UTC for at in by_id)
    assert by_time == sorted(moments)
    assert later == sum(at > moments[0] for at in moments)


async def test_a_time_without_its_zone_is_refused_and_none_stays_none(engine: AsyncEngine) -> None:
    with pytest.raises(sa.exc.StatementError, match="zone"):
        async with write(engine) as connection:
            await connection.execute(things.insert(), {"at": datetime(2026, 1, 1)})  # noqa: DTZ001
    async with write(engine) as connection:
        await connection.execute(things.insert(), {"at": None, "content": None})
    async with read(engine) as connection:
        assert (await connection.execute(sa.select(things.c.at, things.c.content))).one() == (None, None)


@pytest.mark.parametrize("content", [{}, [], {"이름": ["값", 1, 1.5, True, None]}, "글", {"a": {"b": "😀\u2028"}}])
async def test_json_comes_back(engine: AsyncEngine, content: object) -> None:
    async with write(engine) as connection:
        await connection.execute(things.insert(), {"content": content})
    async with read(engine) as connection:
        assert await connection.scalar(sa.select(things.c.content)) == content


async def test_a_database_file_is_made_where_it_is_missing(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite+aiosqlite:///{tmp_path / 'new.db'}")
    async with write(engine) as connection:
        await connection.run_sync(metadata.create_all)
    await engine.dispose()
    assert (tmp_path / "new.db").exists()
