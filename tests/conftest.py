"""What all tests of the service side share: real databases, made fresh for each test that asks for one."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kernel.clock import FixedClock
from tests.product import breakable, running  # noqa: F401  (fixtures)

NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # noon in Seoul


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at noon in Seoul, 24 November 2026."""
    return FixedClock(NOON)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an empty SQLite database."""
    return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[object]:
    """A PostgreSQL server of our own; its socket needs a short path, so it does not live under tmp_path."""
    import pgserver

    with tempfile.TemporaryDirectory(prefix="ieum-pg-") as folder:
        server = pgserver.get_server(folder, cleanup_mode="stop")
        yield server
        server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: object) -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    name = f"t{secrets.token_hex(6)}"
    postgres_server.psql(f"CREATE DATABASE {name}")  # type: ignore[attr-defined]
    socket_dir = postgres_server.get_uri().partition("host=")[2]  # type: ignore[attr-defined]
    yield f"postgresql+asyncpg://postgres:@/{name}?host={socket_dir}"
    postgres_server.psql(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[attr-defined]


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database, once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url
