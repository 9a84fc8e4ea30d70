"""What the bot is told by its environment; read once when a process starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.errors import MissingSetting


@dataclass(frozen=True)
class ServerSettings:
    """Settings of a bot worker. Tokens do not show in a printed value."""

    bot_token: str = field(repr=False)
    actions_url: str
    actions_token: str = field(repr=False)


def load_server_settings(environment: Mapping[str, str]) -> ServerSettings:
    """Read a worker's settings.

    Raises:
        MissingSetting: one is absent or empty; a worker without a token would be open.
    """
    return ServerSettings(
        bot_token=_require(environment, "IEUM_BOT_TOKEN"),
        actions_url=_require(environment, "IEUM_ACTIONS_URL"),
        actions_token=_require(environment, "IEUM_ACTIONS_TOKEN"),
    )


def _require(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "").strip()
    if not value:
        raise MissingSetting(name)
    return value
