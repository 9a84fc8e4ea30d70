"""Talks to supervisord over its unix socket: which programs run, start one, stop one.

The only way in which the product touches its own processes. Every call has a time limit.
"""

from __future__ import annotations

import http.client
import socket
import xmlrpc.client
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.errors import SupervisorError

_TIMEOUT_S = 10.0


@dataclass(frozen=True)
class Program:
    """One supervised program; `pid` is None when it does not run."""

    name: str
    state: str
    pid: int | None


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path, timeout_s: float) -> None:
        super().__init__("localhost", timeout=timeout_s)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


class _UnixTransport(xmlrpc.client.Transport):
    def __init__(self, path: Path, timeout_s: float) -> None:
        super().__init__()
        self._path = path
        self._timeout_s = timeout_s

    def make_connection(self, host: Any) -> http.client.HTTPConnection:
        return _UnixConnection(self._path, self._timeout_s)


class Supervisor:
    """A supervisord, named by its socket."""

    def __init__(self, socket_path: Path) -> None:
        self._socket_path = socket_path

    def is_alive(self) -> bool:
        """Tell whether a supervisord answers at the socket."""
        try:
            return bool(self._call("supervisor.getState")["statename"])
        except SupervisorError:
            return False

    def list_programs(self) -> list[Program]:
        """Return every program, running or not. Raises SupervisorError."""
        found = self._call("supervisor.getAllProcessInfo")
        return [Program(name=item["name"], state=item["statename"], pid=item["pid"] or None) for item in found]

    def start(self, name: str) -> None:
        """Start a program. Raises SupervisorError, also when it runs already."""
        self._call("supervisor.startProcess", name, False)

    def stop(self, name: str, *, timeout_s: float = 60.0) -> None:
        """Ask a program to end (SIGTERM) and wait until it has. Raises SupervisorError."""
        self._call("supervisor.stopProcess", name, True, timeout_s=timeout_s)

    def shut_down(self) -> None:
        """Ask supervisord to stop everything and end; returns at once. Raises SupervisorError."""
        self._call("supervisor.shutdown")

    def _call(self, method: str, *arguments: Any, timeout_s: float = _TIMEOUT_S) -> Any:
        transport = _UnixTransport(self._socket_path, timeout_s)
        try:
            with xmlrpc.client.ServerProxy("http://localhost", transport=transport) as proxy:
                call = proxy
                for part in method.split("."):
                    call = getattr(call, part)
                return call(*arguments)
        except (OSError, http.client.HTTPException, xmlrpc.client.Error) as error:
            raise SupervisorError(f"{method}{arguments} failed: {error}") from error
