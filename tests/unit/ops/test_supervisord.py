"""The supervisor itself: what died runs again soon, whether or not there is room for its logs."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from kernel.settings import ROOT

SOON_S = 0.7  # by itself supervisord takes one to two seconds
_CONFIG = """
[supervisord]
nodaemon=true
silent=true
logfile={folder}/log
pidfile={folder}/pid

[program:talker]
command={python} -u -c "while True: print('x' * 1500); __import__('time').sleep(0.02)"
startsecs=0
autorestart=true
redirect_stderr=true
stdout_logfile={folder}/talker.log
"""


@dataclass
class Supervised:
    """A supervisor with one program, which writes to its log without pause."""

    pid: int
    log: Path

    def find(self) -> int | None:
        return next((child.pid for child in psutil.Process(self.pid).children()), None)

    def kill(self) -> float:
        """Kill the program; return the seconds until it runs again."""
        victim = self.find()
        assert victim is not None
        began = time.monotonic()
        os.kill(victim, signal.SIGKILL)
        _wait_until(lambda: self.find() not in (None, victim))
        return time.monotonic() - began

    def limit_files(self, size: int) -> None:
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[Supervised]:
    config = tmp_path / "conf"
    config.write_text(_CONFIG.format(folder=tmp_path, python=sys.executable))
    with (tmp_path / "out").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "ops.supervisord", "-c", str(config)], cwd=ROOT, stdout=output, stderr=output
        )
    found = Supervised(process.pid, tmp_path / "talker.log")
    try:
        _wait_until(lambda: found.log.exists() and found.log.stat().st_size > 0)
        yield found
    finally:
        process.terminate()
        process.wait(20)


def test_what_was_killed_runs_again_at_once(supervised: Supervised) -> None:
    assert min(supervised.kill() for _ in range(3)) < SOON_S


def test_a_full_disk_costs_lines_of_logs_and_nothing_else(supervised: Supervised) -> None:
    supervised.limit_files(1)
    for _ in range(2):
        supervised.kill()
        time.sleep(0.3)  # some lines that find no room
    supervised.limit_files(resource.RLIM_INFINITY)
    size = supervised.log.stat().st_size
    _wait_until(lambda: supervised.log.stat().st_size > size)


def _wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline, "not within half a minute"
        time.sleep(0.02)
