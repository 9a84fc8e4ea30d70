"""The way to a SQL database: SQLite for one machine, PostgreSQL for many.

`write` opens a transaction that commits at its end and rolls back on any error; `read` one that
never commits. On SQLite a write takes the write lock at its start (BEGIN IMMEDIATE), so that what
it has read is still true when it commits; what ends at about the same time is committed together (`group_commit`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import aiosqlite
import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from kernel.group_commit import BUSY_TIMEOUT_S, SqliteWriter

_BUSY_INSIDE_S = 0.05
_LOCK_MIGRATIONS = f"SELECT pg_advisory_xact_lock({0x1E0_0002})"  # beside those of handoff/adapters/sql
_writers: WeakKeyDictionary[AsyncEngine, SqliteWriter] = WeakKeyDictionary()


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware moment, in UTC. SQLite keeps microseconds since 1970, which sort and compare."""

    impl = sa.BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.DateTime(timezone=True))
        return dialect.type_descriptor(sa.BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without its zone cannot be stored")
        if dialect.name == "postgresql":
            return value.astimezone(UTC)
        delta = value - _EPOCH
        return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        return datetime.fromtimestamp(value // 1_000_000, UTC).replace(microsecond=value % 1_000_000)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

JsonValue = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def create_engine(url: str, *, pool_size: int = 8) -> AsyncEngine:
    """Return an engine for `sqlite+aiosqlite:///…` or `postgresql+asyncpg://…`; it connects on first use.

    Its errors name the statement, never the values: those are what customers wrote and who they are.
    """
    is_sqlite = url.startswith("sqlite")
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=4,
        pool_pre_ping=not is_sqlite,
        json_serializer=_to_json,
        json_deserializer=orjson.loads,
        hide_parameters=True,
        **(
            {
                "connect_args": {
                    "timeout": BUSY_TIMEOUT_S,
                    "check_same_thread": False,
                    "async_creator_fn": _connect_inline,
                }
            }
            if is_sqlite
            else {}
        ),
    )
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine.sync_engine, "connect", _configure_sqlite)
    return engine


def _to_json(value: object) -> str:
    # Names of columns are a kind of text of their own, which orjson takes for keys only when asked to.
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


class _Inline:
    """Stands in for aiosqlite's worker thread and its queue: runs what is queued at once, in the event loop.

    Handing each of a turn's some 25 short statements to a thread and back costs more than the statements do,
    most of it spent waiting for the interpreter's lock (docs/adr/0006).
    """

    def start(self) -> None:
        """There is no thread to start."""

    def put_nowait(self, item: tuple[asyncio.Future[Any] | None, Callable[[], Any]]) -> None:
        """Run a queued function and settle its future."""
        future, function = item
        try:
            result = function()
        except Exception as error:
            if future is not None:
                future.set_exception(error)
        else:
            if future is not None:
                future.set_result(result)


def _connect_inline(*arguments: Any, **options: Any) -> aiosqlite.Connection:
    connection = aiosqlite.connect(*arguments, **options)
    connection._thread = connection._tx = _Inline()  # type: ignore[assignment]
    return connection


def _configure_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    busy_ms = round(_BUSY_INSIDE_S * 1000)  # last, so that the switch to WAL may wait for the whole time
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={busy_ms}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@asynccontextmanager
async def write(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Open a transaction that commits when the block ends and rolls back when it raises."""
    if engine.dialect.name != "sqlite":
        async with engine.begin() as connection:
            yield connection
        return
    async with _writers.setdefault(engine, SqliteWriter()).unit(engine) as connection:
        yield connection


@asynccontextmanager
async def _inline_connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Take a connection to SQLite and give it back without letting anything else of the process run.

    Statements run at once (`_Inline`), so nothing here can be cancelled half-way, and a unit of work that waits for
    nothing else is over before the loop turns. `async with engine.connect()` would give back in a task of its own:
    each unit of work would hold the write lock for two turns of a busy loop.
    """
    connection = await engine.connect()
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def read(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Open a consistent view for reading; whatever is changed in it is thrown away."""
    if engine.dialect.name == "sqlite":
        async with _inline_connection(engine) as connection:
            await connection.exec_driver_sql("BEGIN")
            try:
                yield connection
            finally:
                await connection.exec_driver_sql("ROLLBACK")
        return
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="REPEATABLE READ")
        try:
            yield connection
        finally:
            await connection.rollback()


def insert(connection: AsyncConnection, table: sa.Table) -> postgresql.Insert:
    """Return the database's own INSERT, which has `on_conflict_do_update` and `on_conflict_do_nothing`; SQLite's has them too."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)  # type: ignore[return-value]


def upgrade(url: str, *, script_location: Path, version_table: str) -> None:
    """Bring the schema to its newest revision. Blocks; call it before anything else uses the database."""
    from alembic import command  # every process starts through this module, and only one migrates
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(script_location))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    config.attributes["version_table"] = version_table
    command.upgrade(config, "head")


def run_migrations(metadata: sa.MetaData) -> None:
    """What every `env.py` of ours does: run the revisions against the URL that `upgrade` was given."""
    from alembic import context

    attributes = context.config.attributes
    asyncio.run(_run_migrations(attributes["url"], attributes["version_table"], metadata))


async def _run_migrations(url: str, version_table: str, metadata: sa.MetaData) -> None:
    from alembic import context

    def run(connection: sa.Connection) -> None:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            version_table=version_table,
            render_as_batch=connection.dialect.name == "sqlite",
            transaction_per_migration=False,
        )
        with context.begin_transaction():
            context.run_migrations()

    is_sqlite = url.startswith("sqlite")
    engine = create_async_engine(
        url, connect_args={"isolation_level": None, "timeout": BUSY_TIMEOUT_S} if is_sqlite else {}
    )
    try:
        async with engine.begin() as connection:
            # Of processes that start together one migrates; the others wait, and then find it done.
            await connection.exec_driver_sql("BEGIN IMMEDIATE" if is_sqlite else _LOCK_MIGRATIONS)
            await connection.run_sync(run)
    finally:
        await engine.dispose()
