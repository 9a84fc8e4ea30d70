"""The command that seals everything with the newest key."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from backoffice import schema
from backoffice.schema import verification_secrets
from backoffice.verification.intake import NewAttempt
from backoffice.verification.service import record_attempt
from kernel.database import create_engine, read
from kernel.settings import Settings, load_settings
from kernel.vault import CannotOpen, Vault
from ops import shop
from ops.errors import OperationFailed

OLD, NEW = "o" * 40, "n" * 40
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)


@pytest.fixture
async def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    """A shop with two attempts, sealed with the old key."""
    await asyncio.to_thread(schema.upgrade, sqlite_url)
    engine = create_engine(sqlite_url)
    for number in range(2):
        tried = NewAttempt(
            at=NOW,
            method="SMS",
            stage="matched",
            result="success",
            transaction_id=f"T-000000{number}",
            ci=f"ci-000000{number}",
        )
        await record_attempt(engine, tried, now=NOW, vault=Vault(OLD))
    await engine.dispose()
    names = ("BOT_TOKEN", "ACTIONS_TOKEN", "CONTEXT_KEY", "IDENTITY_KEY", "SESSION_KEY", "KAKAO_SECRET", "DATA_KEY")
    environ = {"IEUM_DATA_DIR": str(tmp_path), "IEUM_SHOP_DATABASE_URL": sqlite_url}
    return load_settings(environ | {f"IEUM_{name}": "k" * 40 for name in names})


async def _sealed(settings: Settings) -> list[str]:
    engine = create_engine(settings.shop_database_url)
    async with read(engine) as connection:
        found = (await connection.execute(sa.select(verification_secrets.c.ci_sealed))).scalars().all()
    await engine.dispose()
    return list(found)


async def test_the_old_key_is_not_needed_afterwards(settings: Settings) -> None:
    assert await shop.renew_seals(replace(settings, data_key=f"{NEW},{OLD}")) == 1
    assert sorted(Vault(NEW).open(one) for one in await _sealed(settings)) == ["ci-0000000", "ci-0000001"]


async def test_without_the_old_key_nothing_is_changed_and_the_way_out_is_named(settings: Settings) -> None:
    with pytest.raises(OperationFailed, match="IEUM_DATA_KEY"):
        await shop.renew_seals(replace(settings, data_key=NEW))
    for one in await _sealed(settings):
        with pytest.raises(CannotOpen):
            Vault(NEW).open(one)
