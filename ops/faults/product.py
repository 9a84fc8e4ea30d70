"""The product as the run's own: started by `./ieum up` in a folder of its own, ended by `./ieum down`."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from kernel.settings import ROOT
from ops import staffing
from ops.bench.servers import free_port
from ops.errors import OperationFailed
from ops.instance import Instance, list_regular_slots, open_instance
from ops.opening import open_settings
from ops.processes import Identity, identify
from ops.status import list_pids
from ops.supervision import list_recorded
from studio.supervisor import Supervisor

AGENT_COUNT = 6
_KEPT = ("IEUM_PYTHON", "IEUM_MODELS_DIR", "IEUM_TRAINING_DIR")
_LISTENING = (psutil.CONN_LISTEN, psutil.CONN_NONE)


@dataclass
class Product:
    """One instance of the product."""

    data_dir: Path
    failpoints_dir: Path
    database_url: str | None
    port: int = field(default_factory=free_port)

    @property
    def instance(self) -> Instance:
        """What `up` settled."""
        return open_instance(self.data_dir)

    @property
    def base_url(self) -> str:
        """Where people reach it."""
        return f"http://127.0.0.1:{self.port}"

    def ieum(self, *arguments: str) -> str:
        """Run a command of `./ieum` on this instance. Raises OperationFailed. Blocks."""
        command = [str(ROOT / "ieum"), *arguments, "--data", str(self.data_dir)]
        done = subprocess.run(
            command, cwd=ROOT, env=self._environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if done.returncode != 0:
            raise OperationFailed(f"`./ieum {arguments[0]}` failed:\n{done.stderr.strip()}")
        return done.stdout

    def up(self) -> None:
        """Start everything. Blocks."""
        self.ieum("up", "--port", str(self.port), "--detach")

    def status(self) -> dict[str, Any]:
        """Return what `status --json` says. Blocks."""
        found: dict[str, Any] = json.loads(self.ieum("status", "--json"))
        return found

    def add_agents(self) -> dict[str, str]:
        """Add the run's agents; return their passwords by login. Blocks."""
        settings = open_settings(self.data_dir)[1]
        passwords = {f"faults{number}": staffing.make_password() for number in range(AGENT_COUNT)}
        for login, password in passwords.items():
            asyncio.run(staffing.add(settings, login=login, name=login, password=password, role="agent"))
        return passwords

    def pids(self) -> dict[str, list[int]]:
        """Return the pids of what runs, by kind. Blocks for a moment."""
        return list_pids(Supervisor(self.instance.supervisor_socket))

    def find_supervisor(self) -> Identity | None:
        """Return supervisord's process, None when it does not run."""
        return list_recorded(self.instance).get("supervisord")

    def identify(self, kind: str, place: int = 0) -> Identity | None:
        """Return a process of a kind, None when there is none just now. Blocks for a moment."""
        found = self.pids()[kind]
        return identify(found[place % len(found)]) if found else None

    def is_whole(self) -> bool:
        """Tell whether every part answers, the bot's workers too. Blocks for a moment."""
        found = self.health()
        return bool(found.get("ready") and found["redis"]) and found["bot"]["ready"] >= len(list_regular_slots())

    def serves(self) -> bool:
        """Tell whether every part answers but for some of the bot's workers. Blocks for a moment."""
        found = self.health()
        return bool(found.get("ready") and found["redis"]) and all(map(_is_listening, self.pids()["actions"] or [0]))

    def health(self) -> dict[str, Any]:
        """Return what the gateway says of itself and its parts; empty while it does not answer."""
        return read_health(self.port)

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("IEUM_") or name in _KEPT}
        database = {"IEUM_DATABASE_URL": self.database_url} if self.database_url else {}
        return kept | database | {"IEUM_FAILPOINTS": str(self.failpoints_dir)}


def read_health(port: int) -> dict[str, Any]:
    """Return what the gateway at a port says of itself and its parts; empty while it does not answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
    try:
        connection.request("GET", "/api/health")
        found: dict[str, Any] = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return {}
    finally:
        connection.close()
    return found


def _is_listening(pid: int) -> bool:
    try:
        return any(one.status in _LISTENING for one in psutil.Process(pid).net_connections("inet"))
    except (psutil.Error, ValueError):
        return False


@contextmanager
def running(product: Product) -> Iterator[Product]:
    """Keep an instance up for as long as the block lasts. Blocks."""
    product.failpoints_dir.mkdir(parents=True, exist_ok=True)
    try:
        product.up()
        yield product
    finally:
        product.ieum("down")
