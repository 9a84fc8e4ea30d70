"""A PostgreSQL server of the run's own, which can be killed, restarted and asked for its processes."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import psutil


def is_there() -> bool:
    """Tell whether this environment brings a PostgreSQL server (the development requirements do)."""
    return importlib.util.find_spec("pgserver") is not None


class Postgres:
    """A server in a folder; it listens on a unix socket only."""

    def __init__(self, folder: Path) -> None:
        pgserver: Any = importlib.import_module("pgserver")
        logging.getLogger("pgserver").setLevel(logging.CRITICAL)  # that it does not run is what we wanted
        self._server = pgserver.get_server(folder, cleanup_mode="stop")
        self._server.psql("CREATE DATABASE faults")

    @property
    def socket(self) -> Path:
        """Its unix socket."""
        folder = self._server.get_uri().partition("host=")[2]
        return Path(folder) / ".s.PGSQL.5432"

    @property
    def pid(self) -> int:
        """The process that all others come from."""
        return int(self._server.get_pid())

    def url(self, port: int | None = None) -> str:
        """Return the URL for our programs, by way of a proxy's port where one is named."""
        where = f"@127.0.0.1:{port}/faults" if port else f"@/faults?host={self.socket.parent}"
        return f"postgresql+asyncpg://postgres:{where}"

    def list_backends(self) -> list[int]:
        """Return the processes that serve connections."""
        try:
            children = psutil.Process(self.pid).children()
            return [child.pid for child in children if "faults" in " ".join(child.cmdline())]
        except psutil.Error:
            return []

    def restart(self, mode: str) -> None:
        """Stop (fast: open transactions are rolled back; immediate: as in a crash) and start. Blocks."""
        pgserver: Any = importlib.import_module("pgserver")
        try:
            pgserver.pg_ctl(
                ["-w", "-m", mode, "stop"], pgdata=self._server.pgdata, user=self._server.system_user, timeout=20
            )
        except subprocess.SubprocessError:
            self._end()
        self.start()

    def start(self) -> None:
        """Start it where it does not run. Blocks until it takes connections."""
        self._server.ensure_postgres_running()

    def _end(self) -> None:
        try:
            os.kill(self.pid, signal.SIGQUIT)
            psutil.Process(self.pid).wait(10)
        except (ProcessLookupError, psutil.Error):
            pass

    def stop(self) -> None:
        """Stop it for good."""
        self._server.cleanup()
