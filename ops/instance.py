"""One running product: its data folder, addresses, secrets and the environment its processes get.

`<data>/instance.json` holds what is not secret, `<data>/secrets.json` (0600) what is. Nothing here
starts or stops anything. Light imports only: every supervised process starts through it.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import socket
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from studio.registry import write_json

ROOT = Path(__file__).resolve().parent.parent
BOT_SLOTS = ("bot-0", "bot-1", "bot-2")
_SPARE_SLOTS = 1
_SOCKET_PATH_LIMIT = 90
_SECRETS = ("bot_token", "actions_token", "context_key", "identity_key", "session_key", "kakao_secret", "data_key")
_CONFIGURED = (
    "IEUM_DATABASE_URL",
    "IEUM_SHOP_DATABASE_URL",
    "IEUM_REDIS_URL",
    "IEUM_NOTIFIER",
    "IEUM_ORDERS",
    "IEUM_WEBHOOK_URL",
    "IEUM_WEBHOOK_SECRET",
)


@dataclass(frozen=True)
class Instance:
    """What `up` settled for a data folder. Ports are on loopback except the gateway's `host`."""

    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 8080
    actions_port: int = 0
    bot_ports: tuple[int, ...] = ()
    clock_offset_s: float = 0.0
    demo: bool = True
    embedded_redis: bool = True

    @property
    def base_url(self) -> str:
        """Where people reach it."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host
        return f"http://{host}:{self.port}"

    @property
    def logs_dir(self) -> Path:
        """One log file a process."""
        return self.data_dir / "logs"

    @property
    def run_dir(self) -> Path:
        """Who runs: one small file a process."""
        return self.data_dir / "run"

    @property
    def socket_dir(self) -> Path:
        """Where the unix sockets are: in the data folder, or in a short place when that path is too long for one."""
        if len(str(self.run_dir)) < _SOCKET_PATH_LIMIT:
            return self.run_dir
        name = hashlib.sha256(str(self.data_dir).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"ieum-{os.getuid()}-{name}"

    @property
    def supervisor_socket(self) -> Path:
        """supervisord's unix socket."""
        return self.socket_dir / "supervisor.sock"

    @property
    def redis_socket(self) -> Path:
        """The embedded Redis's unix socket."""
        return self.socket_dir / "redis.sock"


def open_instance(data_dir: Path) -> Instance:
    """Return what is recorded for `data_dir`, or the defaults for a new one."""
    try:
        found: dict[str, Any] = json.loads((data_dir / "instance.json").read_text())
    except (OSError, ValueError):
        return Instance(data_dir=data_dir)
    known = {name: value for name, value in found.items() if name in Instance.__dataclass_fields__}
    known["bot_ports"] = tuple(known.get("bot_ports", ()))
    return Instance(**known | {"data_dir": data_dir})


def save_instance(instance: Instance) -> None:
    """Record an instance in its data folder."""
    content = asdict(instance)
    del content["data_dir"]
    write_json(instance.data_dir / "instance.json", content, mode=0o644)


def settle_ports(instance: Instance) -> Instance:
    """Return the instance with internal ports that are free now; ports it had before are kept if they still are."""
    wanted = [instance.actions_port, *instance.bot_ports]
    wanted += [0] * (1 + len(BOT_SLOTS) - len(wanted))
    held = [_hold(port) for port in wanted]
    ports = [holder.getsockname()[1] for holder in held]
    for holder in held:
        holder.close()
    return replace(instance, actions_port=ports[0], bot_ports=tuple(ports[1:]))


def is_free(host: str, port: int) -> bool:
    """Tell whether a server could listen at `host` and `port` now."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _hold(port: int) -> socket.socket:
    holder = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        holder.bind(("127.0.0.1", port))
    except OSError:
        holder.bind(("127.0.0.1", 0))
    return holder


def open_secrets(data_dir: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the instance's secrets, made on first use; those given in the environment win.

    The configured URLs, which may hold passwords, are kept with them so that later commands reach
    the same databases as `up` did.
    """
    path = data_dir / "secrets.json"
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    wanted = known | {name: secrets.token_urlsafe(32) for name in _SECRETS if name not in known}
    for name in _SECRETS:
        wanted[name] = environ.get(f"IEUM_{name.upper()}") or wanted[name]
    for name in _CONFIGURED:
        if name in environ:
            wanted[name] = environ[name]
    if wanted != known:
        write_json(path, wanted)
    return wanted


def process_environment(instance: Instance, known: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of every process of the instance."""
    settings = {
        "IEUM_DATA_DIR": str(instance.data_dir),
        "IEUM_HOST": instance.host,
        "IEUM_PORT": str(instance.port),
        "IEUM_BOT_URLS": ",".join(f"http://127.0.0.1:{port}" for port in instance.bot_ports),
        "IEUM_ACTIONS_URL": f"http://127.0.0.1:{instance.actions_port}/webhook",
        "IEUM_CLOCK_OFFSET_S": repr(instance.clock_offset_s),
        "IEUM_DEMO": "1" if instance.demo else "0",
        "IEUM_MODELS_DIR": environ.get("IEUM_MODELS_DIR") or str(ROOT / "models"),
        "IEUM_TRAINING_DIR": environ.get("IEUM_TRAINING_DIR") or str(ROOT / "data"),
        "IEUM_SUPERVISOR_SOCKET": str(instance.supervisor_socket),
        "IEUM_REDIS_URL": f"unix://{instance.redis_socket}",
    }
    settings |= {f"IEUM_{name.upper()}": known[name] for name in _SECRETS}
    settings |= {name: known[name] for name in _CONFIGURED if known.get(name)}
    runtime = {
        "PYTHONPATH": str(ROOT),
        "PYTHONSAFEPATH": "1",
        "PYTHONUNBUFFERED": "1",
        # Compiled once and kept, whatever the operator's shell says: a process that died is back in half the time.
        "PYTHONDONTWRITEBYTECODE": "",
        "MALLOC_ARENA_MAX": "2",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    return {**environ, **runtime, **settings}


def list_regular_slots() -> tuple[str, ...]:
    """Return the worker slots that run when no model is being switched."""
    return BOT_SLOTS[:-_SPARE_SLOTS]
