"""Asks each process of an instance whether it is ready. Short time limits, no side effects."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Any

import httpx

from kernel.settings import Settings
from ops.instance import BOT_SLOTS, Instance
from ops.supervision import kind_of
from studio.supervisor import Program

_TIMEOUT_S = 2.0


@dataclass(frozen=True)
class Health:
    """What a process says of itself; `note` is a few words for people."""

    program: str
    ready: bool
    note: str


def ask(instance: Instance, settings: Settings, program: Program) -> Health:
    """Return the health of one supervised program."""
    if program.pid is None:
        return Health(program.name, False, program.state.lower())
    ask_kind = {"redis": _ask_redis, "actions": _ask_actions, "bot": _ask_bot, "gateway": _ask_gateway}[
        kind_of(program.name)
    ]
    try:
        ready, note = ask_kind(instance, settings, program)
    except (OSError, httpx.HTTPError, ValueError) as error:
        return Health(program.name, False, f"no answer yet ({type(error).__name__})")
    return Health(program.name, ready, note)


def _ask_redis(instance: Instance, _settings: Settings, _program: Program) -> tuple[bool, str]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(_TIMEOUT_S)
        connection.connect(str(instance.redis_socket))
        connection.sendall(b"PING\r\n")
        answer = connection.recv(64)
    return answer.startswith(b"+PONG"), "ready" if answer.startswith(b"+PONG") else "not ready"


def _ask_actions(instance: Instance, _settings: Settings, _program: Program) -> tuple[bool, str]:
    with socket.create_connection(("127.0.0.1", instance.actions_port), timeout=_TIMEOUT_S):
        return True, "ready"


def _ask_bot(_instance: Instance, settings: Settings, program: Program) -> tuple[bool, str]:
    found = _get(settings.bot_urls[BOT_SLOTS.index(program.name)] + "/webhooks/ieum/health", settings.bot_token)
    return found.get("ready") is True, f"ready, model {found['model_id']}" if found.get(
        "ready"
    ) else "loading the model"


def _ask_gateway(instance: Instance, _settings: Settings, program: Program) -> tuple[bool, str]:
    found = _get(f"{instance.base_url}/api/health")
    if found.get("pid") != program.pid:
        return False, f"another program answers on port {instance.port}"
    waits_for = [name for name in ("redis", "database") if found.get(name) is False]
    bot = found.get("bot")
    if isinstance(bot, dict) and not bot.get("ready"):
        waits_for.append("bot")
    return found.get("ready") is True, "ready" if found.get(
        "ready"
    ) else f"waits for {', '.join(waits_for) or 'its parts'}"


def _get(url: str, token: str | None = None) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    found = httpx.get(url, headers=headers, timeout=_TIMEOUT_S, trust_env=False).json()
    return found if isinstance(found, dict) else {}
