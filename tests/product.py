"""The whole product as its users meet it: started by `./ieum up`, spoken to over HTTP, stopped by `./ieum down`.

Two instances serve all tests that need one: `running`, which no test harms, on PostgreSQL, and
`breakable`, which tests kill processes of, on the SQLite that `up` brings. Each has a folder, a port,
a copy of the training data and a models folder of its own; models that fit are taken from the tree,
so that nothing is trained twice.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from ops.instance import open_instance
from ops.status import list_pids
from studio.supervisor import Supervisor
from tests.people import Customer, Staff

ROOT = Path(__file__).resolve().parent.parent
ARTIFACTS = Path(os.environ.get("IEUM_ARTIFACTS_DIR") or ROOT / "artifacts")
TUESDAY = "2026-11-24T14:00:00+09:00"
UP_WITHIN_S = 600  # with a model to train on a slow machine
COMMAND_WITHIN_S = 120
Json = dict[str, Any]


@dataclass
class Product:
    """One instance: its folder, its port, and what `up` is told besides."""

    folder: Path
    port: int
    options: tuple[str, ...] = ()
    database_url: str | None = None

    @property
    def data_dir(self) -> Path:
        """What `--data` names."""
        return self.folder / "var"

    @property
    def base_url(self) -> str:
        """Where people reach it."""
        return f"http://127.0.0.1:{self.port}"

    def ieum(self, *arguments: str, within_s: float = COMMAND_WITHIN_S) -> str:
        """Run a command of `./ieum` on this instance and return what it printed. Fails when the command does."""
        done = subprocess.run(
            [str(ROOT / "ieum"), *arguments, "--data", str(self.data_dir)],
            cwd=ROOT,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=within_s,
        )
        assert done.returncode == 0, f"./ieum {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}"
        return done.stdout

    def up(self) -> None:
        """Start everything."""
        self.ieum("up", "--port", str(self.port), "--detach", *self.options, within_s=UP_WITHIN_S)

    def status(self) -> Json:
        """Return what `status --json` says."""
        found: Json = json.loads(self.ieum("status", "--json"))
        return found

    def pids(self) -> dict[str, list[int]]:
        """Return what `status --json` says of pids, without the time that a command takes to start."""
        return list_pids(Supervisor(open_instance(self.data_dir).supervisor_socket))

    def health(self) -> Json:
        """Return what the gateway says of itself and its parts; empty while it does not answer."""
        try:
            found: Json = httpx.get(f"{self.base_url}/api/health", timeout=5, trust_env=False).json()
        except (httpx.HTTPError, ValueError):
            return {}
        return found

    def list_processes(self) -> list[psutil.Process]:
        """Return every process on this machine that runs for this instance, whoever started it."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def customer(self, customer_id: str | None = None, *, patience_s: float = 0.0) -> Customer:
        """Open a conversation as a demo customer, or anonymously. With patience, calls are tried again as pages do."""
        if customer_id is None:
            return self.open(None, patience_s=patience_s)
        asked = httpx.get(f"{self.base_url}/api/demo/customers", timeout=40, trust_env=False)
        stories = asked.raise_for_status().json()["customers"]
        token = next(one["identity_token"] for one in stories if one["customer_id"] == customer_id)
        return self.open(token, patience_s=patience_s)

    def open(self, identity_token: str | None, *, patience_s: float = 0.0) -> Customer:
        """Open a conversation with an identity token, or anonymously without."""
        http = httpx.Client(base_url=self.base_url, timeout=40, trust_env=False)
        return Customer.open(http, identity_token, patience_s=patience_s)

    def staff(self, login: str) -> Staff:
        """Log in with one of the demo logins."""
        http = httpx.Client(base_url=self.base_url, timeout=40, trust_env=False)
        return Staff.enter(http, login, self.passwords[login])

    @cached_property
    def passwords(self) -> dict[str, str]:
        """The demo logins with their passwords."""
        return {entry["login"]: entry["password"] for entry in self.status()["demo"]["staff"]}

    def show(self, customer_id: str) -> Json:
        """Return a customer as the stores hold them now."""
        found: Json = json.loads(self.ieum("demo", "show", customer_id))["customers"][0]
        return found

    def _environment(self) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if not name.startswith("IEUM_")}
        python = {"IEUM_PYTHON": os.environ["IEUM_PYTHON"]} if "IEUM_PYTHON" in os.environ else {}
        folders = {"IEUM_MODELS_DIR": str(self.folder / "models"), "IEUM_TRAINING_DIR": str(self.folder / "training")}
        return ours | python | folders | ({"IEUM_DATABASE_URL": self.database_url} if self.database_url else {})

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            is_over = process.status() == psutil.STATUS_ZOMBIE
            return not is_over and process.environ().get("IEUM_DATA_DIR") == str(self.data_dir)
        except psutil.Error:
            return False


@contextmanager
def started(name: str, *options: str, database_url: str | None = None) -> Iterator[Product]:
    """Keep an instance for as long as the block lasts; nothing of it may be left when it is over but its logs."""
    folder = Path(tempfile.mkdtemp(prefix="ieum-"))
    product = Product(folder, free_port(), options, database_url)
    shutil.copytree(ROOT / "data", folder / "training")
    (folder / "models").mkdir()
    for model in (ROOT / "models").glob("*.*"):
        (folder / "models" / model.name).symlink_to(model.resolve())
    try:
        product.up()
        yield product
    finally:
        product.ieum("down")
        left = product.list_processes()
        for process in left:
            process.kill()
        if (product.data_dir / "logs").exists():
            shutil.copytree(product.data_dir / "logs", ARTIFACTS / f"logs-{name}", dirs_exist_ok=True)
        shutil.rmtree(folder)
    assert left == []


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def running(postgres_server: Any) -> Iterator[Product]:
    """The product on PostgreSQL, on a Tuesday afternoon."""
    postgres_server.psql("CREATE DATABASE running")
    socket_dir = postgres_server.get_uri().partition("host=")[2]
    url = f"postgresql+asyncpg://postgres:@/running?host={socket_dir}"
    with started("running", "--clock", TUESDAY, database_url=url) as product:
        yield product


@pytest.fixture(scope="session")
def breakable() -> Iterator[Product]:
    """An instance on the embedded database, for tests that break something; each leaves it whole."""
    with started("breakable") as product:
        yield product
