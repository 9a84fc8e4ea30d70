"""The two servers of a measurement: an instance of ours, fresh, and stock Rasa as `rasa init` makes it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from kernel.settings import ROOT
from ops.commands import python_of
from ops.errors import OperationFailed
from ops.instance import Instance, open_instance
from ops.processes import list_family
from ops.steps import run_logged, step
from ops.supervision import kind_of, list_recorded

CACHE = ROOT / "var" / "bench"
_READY_WITHIN_S = 180.0
_STOP_S = 20.0
_SQL_STORE = "tracker_store:\n  type: SQL\n  dialect: sqlite\n  db: {database}\n"


@dataclass(frozen=True)
class Ours:
    """A running instance of ours, made for the measurement."""

    instance: Instance
    identity_tokens: tuple[str, ...]
    staff: tuple[dict[str, str], ...]
    second_start_s: float

    @property
    def port(self) -> int:
        """The gateway's port."""
        return self.instance.port


@dataclass(frozen=True)
class Stock:
    """A running stock Rasa."""

    port: int
    pid: int


@contextmanager
def our_instance() -> Iterator[Ours]:
    """Run a fresh instance of ours; it was started twice, the second start timed."""
    with tempfile.TemporaryDirectory(prefix="ieum-bench-") as folder:
        arguments = ["--data", folder]
        try:
            with step("starting ours"):
                _ops("up", *arguments, "--port", str(free_port()), "--detach")
            with step("starting ours a second time"):
                _ops("down", *arguments)
                started = time.monotonic()
                _ops("up", *arguments, "--detach")
                second_start_s = time.monotonic() - started
            found: dict[str, Any] = json.loads(_ops("status", *arguments, "--json"))
            tokens = tuple(customer["identity_token"] for customer in found["demo"]["customers"])
            staff = tuple(found["demo"]["staff"])
            yield Ours(open_instance(Path(folder)), tokens, staff, round(second_start_s, 1))
        finally:
            _ops("down", *arguments)


def _ops(*arguments: str) -> str:
    # As an operator would, with the check of the environments that `./ieum` makes first.
    command = [str(ROOT / "ieum"), *arguments]
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise OperationFailed(f"`./ieum {arguments[0]}` failed:\n{done.stderr.strip()}")
    return done.stdout


def measure_memory(instance: Instance) -> dict[str, float]:
    """Return the memory of all processes of an instance in MB: proportional (shared pages counted once) and resident."""
    supervisor = list_recorded(instance)["supervisord"]
    taken = [psutil.Process(member.pid).memory_full_info() for member in list_family(supervisor.pid)]
    megabyte = 1024 * 1024
    return {
        "memory_pss_mb": round(sum(getattr(one, "pss", one.rss) for one in taken) / megabyte, 1),
        "memory_rss_mb": round(sum(one.rss for one in taken) / megabyte, 1),
    }


def read_cpu_s(pid: int) -> float:
    """Return the processor time that a process and all it has started have used."""
    taken = [psutil.Process(member.pid).cpu_times() for member in list_family(pid)]
    return sum(one.user + one.system for one in taken)


def read_our_cpu_s(instance: Instance) -> dict[str, float]:
    """Return the processor time of our processes by kind: gateway, actions, bot, redis."""
    used: dict[str, float] = {}
    for name, identity in list_recorded(instance).items():
        if name != "supervisord":
            used[kind_of(name)] = used.get(kind_of(name), 0.0) + read_cpu_s(identity.pid)
    return used


@contextmanager
def stock_rasa(*, sql_store: bool = False) -> Iterator[Stock]:
    """Run stock Rasa's server and yield where it is; with `sql_store` it keeps conversations in SQLite instead of in memory."""
    project = _ensure_stock_project()
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="ieum-stock-") as folder:
        endpoints = Path(folder) / "endpoints.yml"
        endpoints.write_text(_SQL_STORE.format(database=Path(folder) / "tracker.db") if sql_store else "")
        command = [python_of("bot"), "-m", "rasa", "run", "--port", str(port), "--interface", "127.0.0.1"]
        log = (CACHE / "stock.log").open("wb")
        with step(f"starting stock Rasa ({'SQL' if sql_store else 'in-memory'} tracker store)"):
            process = subprocess.Popen(
                [str(part) for part in [*command, "--endpoints", endpoints]],
                cwd=project,
                env=_stock_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            _wait_for_stock(process, port)
        try:
            yield Stock(port, process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            log.close()


def _ensure_stock_project() -> Path:
    project = CACHE / "stock"
    if (project / "trained").exists():
        return project
    project.mkdir(parents=True, exist_ok=True)
    with step("making and training stock Rasa's own example (once)"):
        command = [python_of("bot"), "-m", "rasa", "init", "--no-prompt", "--init-dir", project]
        run_logged(command, log=CACHE / "stock-training.log", environ=_stock_environment(), cwd=CACHE)
    if not list((project / "models").glob("*.tar.gz")):
        raise OperationFailed(f"stock Rasa made no model; its log is {CACHE / 'stock-training.log'}")
    (project / "trained").touch()
    return project


def _stock_environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONSAFEPATH")}
    return {
        **kept,
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


def _wait_for_stock(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _READY_WITHIN_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise OperationFailed(f"stock Rasa ended; its log is {CACHE / 'stock.log'}")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.3)
    process.kill()
    raise OperationFailed(f"stock Rasa was not ready in time; its log is {CACHE / 'stock.log'}")


def free_port() -> int:
    """Return a port of loopback that nothing listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
