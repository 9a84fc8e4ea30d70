"""Settings, read once from the environment. `ieum up` sets them for every process it starts.

A setting that is missing or wrong stops the process at its start with the variable's name.
Secrets never appear in the representation of `Settings`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

N = TypeVar("N", int, float)

ROOT = Path(__file__).resolve().parent.parent

_CENTURY_S = 100 * 365 * 86_400.0


class SettingsError(Exception):
    """A setting is missing or cannot be read; the message names the variable."""


@dataclass(frozen=True)
class Settings:
    """Everything a process needs to know about where and with whom it runs."""

    data_dir: Path
    host: str
    port: int
    bot_urls: tuple[str, ...]
    actions_url: str
    models_dir: Path
    training_dir: Path
    supervisor_socket: Path | None
    clock_offset_s: float
    demo: bool
    # What one address may open: new conversations a minute, sockets at once; 0 for no limit. Behind proxies, how
    # many of them stand before the gateway, so that the address is the customer's.
    conversations_a_minute: int
    sockets_an_address: int
    proxy_count: int
    # `module:function` that makes the way to customers' phones; None writes notices to a file.
    notifier: str | None
    # `module:function` that makes the way to the shop's own order system; None reads Ieum's tables.
    orders: str | None
    # These may hold a password.
    database_url: str = field(repr=False)
    shop_database_url: str = field(repr=False)
    redis_url: str | None = field(repr=False)
    bot_token: str = field(repr=False)
    actions_token: str = field(repr=False)
    context_key: str = field(repr=False)
    identity_key: str = field(repr=False)
    session_key: str = field(repr=False)
    kakao_secret: str = field(repr=False)
    data_key: str = field(repr=False)
    # Where a shop's own app takes the messages to its users, and with what they are signed.
    webhook_url: str | None = field(default=None, repr=False)
    webhook_secret: str = field(default="", repr=False)
    # Where tests of faults leave their orders (kernel/failpoints.py); None in normal use.
    failpoints_dir: Path | None = None


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings found in `environment` (the process's own by default). Raises SettingsError."""
    env = os.environ if environment is None else environment
    data_dir = Path(env.get("IEUM_DATA_DIR") or ROOT / "var").resolve()
    database_url = env.get("IEUM_DATABASE_URL") or f"sqlite+aiosqlite:///{data_dir / 'conversations.db'}"
    shop_default = (
        database_url if database_url.startswith("postgresql") else f"sqlite+aiosqlite:///{data_dir / 'shop.db'}"
    )
    socket = env.get("IEUM_SUPERVISOR_SOCKET")
    return Settings(
        data_dir=data_dir,
        host=env.get("IEUM_HOST") or "127.0.0.1",
        port=_number(env, "IEUM_PORT", 8080, int, within=(1, 65_535)),
        database_url=database_url,
        shop_database_url=env.get("IEUM_SHOP_DATABASE_URL") or shop_default,
        redis_url=env.get("IEUM_REDIS_URL") or None,
        bot_urls=tuple(url.strip() for url in (env.get("IEUM_BOT_URLS") or "").split(",") if url.strip()),
        actions_url=env.get("IEUM_ACTIONS_URL") or "",
        models_dir=Path(env.get("IEUM_MODELS_DIR") or ROOT / "models").resolve(),
        training_dir=Path(env.get("IEUM_TRAINING_DIR") or ROOT / "data").resolve(),
        supervisor_socket=Path(socket) if socket else None,
        clock_offset_s=_number(env, "IEUM_CLOCK_OFFSET_S", 0.0, float, within=(-_CENTURY_S, _CENTURY_S)),
        demo=(env.get("IEUM_DEMO") or "0") == "1",
        conversations_a_minute=_number(env, "IEUM_CONVERSATIONS_A_MINUTE", 6_000, int, within=(0, 10**9)),
        sockets_an_address=_number(env, "IEUM_SOCKETS_AN_ADDRESS", 4_000, int, within=(0, 10**9)),
        proxy_count=_number(env, "IEUM_PROXY_COUNT", 0, int, within=(0, 10)),
        notifier=env.get("IEUM_NOTIFIER") or None,
        orders=env.get("IEUM_ORDERS") or None,
        bot_token=_secret(env, "IEUM_BOT_TOKEN"),
        actions_token=_secret(env, "IEUM_ACTIONS_TOKEN"),
        context_key=_secret(env, "IEUM_CONTEXT_KEY"),
        identity_key=_secret(env, "IEUM_IDENTITY_KEY"),
        session_key=_secret(env, "IEUM_SESSION_KEY"),
        kakao_secret=_secret(env, "IEUM_KAKAO_SECRET"),
        data_key=_secret(env, "IEUM_DATA_KEY"),
        webhook_url=_url(env, "IEUM_WEBHOOK_URL"),
        webhook_secret=_secret(env, "IEUM_WEBHOOK_SECRET") if env.get("IEUM_WEBHOOK_URL") else "",
        failpoints_dir=Path(env["IEUM_FAILPOINTS"]) if env.get("IEUM_FAILPOINTS") else None,
    )


def _url(env: Mapping[str, str], name: str) -> str | None:
    url = env.get(name) or None
    if url is not None and not url.startswith(("https://", "http://")):
        raise SettingsError(f"{name} must be an address that begins with https://")
    return url


def _secret(env: Mapping[str, str], name: str) -> str:
    value = env.get(name, "")
    if len(value) < 32:
        raise SettingsError(f"{name} must be set to at least 32 characters; `./ieum up` makes one for you")
    return value


def _number(env: Mapping[str, str], name: str, default: N, kind: type[N], *, within: tuple[N, N]) -> N:
    text = env.get(name)
    if not text:
        return default
    try:
        number = kind(text)
    except ValueError as error:
        raise SettingsError(f"{name} must be a number, not {text!r}") from error
    least, most = within
    if not least <= number <= most:  # neither is a float that is not a number
        raise SettingsError(f"{name} must be between {least} and {most}, not {text!r}")
    return number
