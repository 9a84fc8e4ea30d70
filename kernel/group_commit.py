"""Writes to SQLite: units of work one after another in the event loop, their commits together and outside of it.

A commit waits for the disk, and everybody else would wait with it. So a unit of work that has ended leaves its
changes in the open transaction; the transaction is committed in a thread as soon as the loop has run what is ready,
with all units that ended until then, and each of them returns only when its changes are on disk. While the disk works
the loop goes on: pages are read for and written to, and the next units wait for the next commit.

A unit that fails is undone alone (a savepoint). A commit that fails fails every unit in it.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

# How long a write waits for another process to let go of SQLite. Only a moment of it is spent inside SQLite,
# where nothing else of this process can run (`busy_timeout`).
BUSY_TIMEOUT_S = 5.0
_BUSY_PAUSE_S = 0.05


class SqliteWriter:
    """The one who writes to an SQLite database in this process."""

    def __init__(self) -> None:
        self._is_busy = False  # a unit of work or a commit is under way
        self._freed: asyncio.Future[None] | None = None
        self._connection: AsyncConnection | None = None  # with an open transaction
        self._committed: asyncio.Future[None] | None = None  # of that transaction
        self._committing: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def unit(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        """Open a unit of work; when the block has ended well its changes are on disk, otherwise there are none."""
        await self._take()
        try:
            connection, committed = await self._open(engine)
            try:
                yield connection
            except BaseException:
                await self._undo(connection)
                raise
            await connection.exec_driver_sql("RELEASE unit")
        finally:
            self._free()
            self._commit_soon()
        await asyncio.shield(committed)

    async def _take(self) -> None:
        while self._is_busy:
            if self._freed is None:
                self._freed = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._freed)
        self._is_busy = True

    def _free(self) -> None:
        self._is_busy = False
        if self._freed is not None:
            self._freed.set_result(None)
            self._freed = None

    async def _open(self, engine: AsyncEngine) -> tuple[AsyncConnection, asyncio.Future[None]]:
        """Return the open transaction, a new one when there is none, with a savepoint to come back to."""
        if self._connection is None or self._committed is None:
            connection = await engine.connect()
            try:
                await _begin_immediate(connection)
            except BaseException:
                await connection.close()
                raise
            self._connection, self._committed = connection, asyncio.get_running_loop().create_future()
        await self._connection.exec_driver_sql("SAVEPOINT unit")
        return self._connection, self._committed

    async def _undo(self, connection: AsyncConnection) -> None:
        """Undo the unit alone; where SQLite itself has undone all (a full disk does that), nobody's changes are left."""
        if (await _raw(connection)).in_transaction:
            await connection.exec_driver_sql("ROLLBACK TO unit")
            await connection.exec_driver_sql("RELEASE unit")
            return
        committed, self._connection, self._committed = self._committed, None, None
        await connection.close()
        if committed is not None:
            _fail(committed, sqlite3.OperationalError("the transaction was undone by the database"))

    def _commit_soon(self) -> None:
        if self._committing is None and self._connection is not None:
            self._committing = asyncio.create_task(self._commit_all(), name="sqlite-commit")

    async def _commit_all(self) -> None:
        """Commit until nothing is left: what is ready to run by now joins first."""
        try:
            while self._connection is not None:
                await self._take()
                connection, committed, self._connection, self._committed = self._connection, self._committed, None, None
                try:
                    if connection is not None and committed is not None:
                        await _commit(connection, committed)
                finally:
                    self._free()
                await asyncio.sleep(0)
        finally:
            self._committing = None


async def _commit(connection: AsyncConnection, committed: asyncio.Future[None]) -> None:
    raw = await _raw(connection)
    working = asyncio.get_running_loop().run_in_executor(None, raw.execute, "COMMIT")
    try:
        await asyncio.shield(working)
    except asyncio.CancelledError:  # the process stops: the disk is waited for all the same
        await asyncio.wait([working])
        _settle(working, committed)
        raise
    except sqlite3.Error as error:
        if raw.in_transaction:
            raw.execute("ROLLBACK")
        _fail(committed, sa.exc.OperationalError("COMMIT", None, error))
    else:
        committed.set_result(None)
    finally:
        await connection.close()


def _settle(working: asyncio.Future[sqlite3.Cursor], committed: asyncio.Future[None]) -> None:
    if error := working.exception():
        _fail(committed, error)
    elif not committed.done():
        committed.set_result(None)


def _fail(committed: asyncio.Future[None], error: BaseException) -> None:
    if not committed.done():
        committed.set_exception(error)
        committed.exception()  # nobody may be waiting any more


async def _raw(connection: AsyncConnection) -> sqlite3.Connection:
    handle = (await connection.get_raw_connection()).driver_connection
    found: sqlite3.Connection = handle._conn  # type: ignore[union-attr]
    return found


async def _begin_immediate(connection: AsyncConnection) -> None:
    """Take SQLite's write lock; while another process holds it, the rest of this process goes on."""
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
            return
        except sa.exc.OperationalError as error:
            if "locked" not in str(error.orig) or time.monotonic() > deadline:
                raise
        await asyncio.sleep(_BUSY_PAUSE_S)
