"""Units of work that end together are committed together, each stands for itself, and none is told too early."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from kernel.database import create_engine, read, write


@pytest.fixture
async def engine(sqlite_url: str) -> AsyncIterator[AsyncEngine]:
    """A database with one table, and a record of what was committed when."""
    made = create_engine(sqlite_url)
    async with write(made) as connection:
        await connection.exec_driver_sql("CREATE TABLE things (name TEXT PRIMARY KEY)")
    yield made
    await made.dispose()


async def _add(engine: AsyncEngine, name: str) -> None:
    async with write(engine) as connection:
        await connection.exec_driver_sql("INSERT INTO things VALUES (?)", (name,))


async def _names(engine: AsyncEngine) -> set[str]:
    async with read(engine) as connection:
        return set((await connection.exec_driver_sql("SELECT name FROM things")).scalars())


class _Commits:
    """Counts what reaches the disk, by the database's own log of it."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.begun = 0
        sa.event.listen(engine.sync_engine, "before_cursor_execute", self._see)

    def _see(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        self.begun += statement == "BEGIN IMMEDIATE"


async def test_many_units_share_few_commits_and_all_are_there(engine: AsyncEngine) -> None:
    commits = _Commits(engine)
    await asyncio.gather(*(_add(engine, str(number)) for number in range(200)))
    assert await _names(engine) == {str(number) for number in range(200)}
    assert commits.begun < 20


async def test_a_unit_that_fails_takes_no_other_with_it(engine: AsyncEngine) -> None:
    done = await asyncio.gather(_add(engine, "하나"), _add(engine, "하나"), _add(engine, "둘"), return_exceptions=True)
    assert [type(one) for one in done] == [type(None), sa.exc.IntegrityError, type(None)]
    assert await _names(engine) == {"하나", "둘"}


async def test_nobody_is_told_before_the_commit(engine: AsyncEngine, sqlite_url: str) -> None:
    other = sqlite3.connect(sqlite_url.partition("///")[2])

    async def add(name: str) -> bool:
        await _add(engine, name)
        return bool(other.execute("SELECT 1 FROM things WHERE name = ?", (name,)).fetchall())

    assert all(await asyncio.gather(*(add(str(number)) for number in range(50))))
    other.close()


async def test_a_unit_that_is_cancelled_leaves_nothing_and_the_next_goes_on(engine: AsyncEngine) -> None:
    inside = asyncio.Event()

    async def hang() -> None:
        async with write(engine) as connection:
            await connection.exec_driver_sql("INSERT INTO things VALUES ('half')")
            inside.set()
            await asyncio.sleep(60)

    hanging = asyncio.create_task(hang())
    await inside.wait()
    waiting = asyncio.create_task(_add(engine, "next"))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    hanging.cancel()
    await asyncio.gather(hanging, return_exceptions=True)
    await waiting
    assert await _names(engine) == {"next"}


async def test_a_commit_that_fails_fails_every_unit_in_it_and_the_next_goes_on(engine: AsyncEngine) -> None:
    async with write(engine) as connection:
        await connection.exec_driver_sql(
            "CREATE TABLE parts (of TEXT REFERENCES things(name) DEFERRABLE INITIALLY DEFERRED)"
        )

    async def orphan() -> None:
        async with write(engine) as connection:
            await connection.exec_driver_sql("INSERT INTO parts VALUES ('nobody')")

    done = await asyncio.gather(_add(engine, "하나"), orphan(), return_exceptions=True)
    assert all(isinstance(one, sa.exc.DBAPIError) for one in done), done
    assert await _names(engine) == set()
    await _add(engine, "둘")
    assert await _names(engine) == {"둘"}


async def test_while_the_disk_works_the_loop_goes_on(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    loop, slow = asyncio.get_running_loop(), asyncio.Event()
    run = loop.run_in_executor

    def slowly(executor: object, function: object, *arguments: object) -> asyncio.Future[object]:
        async def later() -> object:
            await slow.wait()
            return await run(None, function, *arguments)  # type: ignore[arg-type]

        return asyncio.ensure_future(later())

    monkeypatch.setattr(loop, "run_in_executor", slowly)
    adding = asyncio.create_task(_add(engine, "하나"))
    for _ in range(20):
        assert await _names(engine) == set()  # others read meanwhile
    assert not adding.done()
    slow.set()
    await adding
    assert await _names(engine) == {"하나"}
