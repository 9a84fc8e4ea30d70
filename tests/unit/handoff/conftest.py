"""A real Redis server for what is about Redis; a world of fakes for what is about turns."""

from __future__ import annotations

import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from kernel.clock import FixedClock
from ops.run import find_redis
from tests.unit.handoff.world import World


class Server:
    """A Redis server of our own, on a socket; it can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "redis.sock"
        self.url = f"unix://{self.socket}"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        arguments = ["--port", "0", "--unixsocket", str(self.socket), "--save", "", "--dir", str(self._folder)]
        self._process = subprocess.Popen([str(find_redis()), *arguments], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 5
        while not self.socket.exists() and time.monotonic() < deadline:
            time.sleep(0.01)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        self.socket.unlink(missing_ok=True)


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("r"))
    made.start()
    yield made
    made.kill()


@pytest.fixture
async def world(clock: FixedClock) -> AsyncIterator[World]:
    """A world whose runner is at work."""
    made = World(clock)
    made.runner.start()
    yield made
    made.bot.gate.set()
    await made.runner.stop(grace_s=1)
