"""Settings: read once, wrong ones named, secrets never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.settings import ROOT, Settings, SettingsError, load_settings

SECRETS = {
    f"IEUM_{name}": f"secret-{name.lower()}-{'x' * 32}"
    for name in ("BOT_TOKEN", "ACTIONS_TOKEN", "CONTEXT_KEY", "IDENTITY_KEY", "SESSION_KEY", "KAKAO_SECRET", "DATA_KEY")
}


def load(**changed: str) -> Settings:
    return load_settings(SECRETS | changed)


def test_secrets_alone_give_settings_for_one_machine() -> None:
    settings = load(IEUM_DATA_DIR="/somewhere/data")
    assert settings.database_url == "sqlite+aiosqlite:////somewhere/data/conversations.db"
    assert settings.shop_database_url == "sqlite+aiosqlite:////somewhere/data/shop.db"
    assert (settings.host, settings.port, settings.redis_url, settings.demo) == ("127.0.0.1", 8080, None, False)
    assert (settings.bot_urls, settings.supervisor_socket, settings.clock_offset_s) == ((), None, 0.0)
    assert settings.models_dir == ROOT / "models" and settings.training_dir == ROOT / "data"


def test_the_shop_lives_in_the_same_postgresql_unless_told_otherwise() -> None:
    url = "postgresql+asyncpg://ieum@db/ieum"
    assert load(IEUM_DATABASE_URL=url).shop_database_url == url
    assert load(IEUM_DATABASE_URL=url, IEUM_SHOP_DATABASE_URL="sqlite+aiosqlite:///x").shop_database_url.endswith("x")


def test_lists_and_switches_are_read() -> None:
    settings = load(IEUM_BOT_URLS=" http://127.0.0.1:1 ,,http://127.0.0.1:2", IEUM_DEMO="1", IEUM_CLOCK_OFFSET_S="-3.5")
    assert settings.bot_urls == ("http://127.0.0.1:1", "http://127.0.0.1:2")
    assert (settings.demo, settings.clock_offset_s) == (True, -3.5)
    assert load(IEUM_SUPERVISOR_SOCKET="/s").supervisor_socket == Path("/s")


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("value", [None, "", "too short", "x" * 31])
def test_a_missing_or_short_secret_is_named_and_not_repeated(name: str, value: str | None) -> None:
    environment = {key: secret for key, secret in SECRETS.items() if key != name}
    if value is not None:
        environment[name] = value
    with pytest.raises(SettingsError, match=name) as refused:
        load_settings(environment)
    assert not value or value not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("IEUM_PORT", "web"),
        ("IEUM_PORT", "80.5"),
        ("IEUM_PORT", "0"),
        ("IEUM_PORT", "65536"),
        ("IEUM_CLOCK_OFFSET_S", "soon"),
        ("IEUM_CLOCK_OFFSET_S", "nan"),
        ("IEUM_CLOCK_OFFSET_S", "inf"),
        ("IEUM_CLOCK_OFFSET_S", "1e12"),
    ],
)
def test_a_number_that_cannot_be_meant_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        load(**{name: value})


def test_settings_never_show_a_secret_nor_a_password_in_an_address() -> None:
    settings = load(
        IEUM_DATABASE_URL="postgresql+asyncpg://ieum:pass-word-1@db/ieum",
        IEUM_SHOP_DATABASE_URL="postgresql+asyncpg://ieum:pass-word-2@db/shop",
        IEUM_REDIS_URL="redis://:pass-word-3@redis:6379/0",
    )
    for shown in (repr(settings), str(settings), f"{settings!r}"):
        assert "secret-" not in shown and "pass-word" not in shown


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        load().port = 1  # type: ignore[misc]
