"""The supervisor itself: how soon something that died runs again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.settings import ROOT

SOON_S = 0.7  # by itself supervisord takes one to two seconds
_CONFIG = """
[supervisord]
nodaemon=true
silent=true
logfile={folder}/log
pidfile={folder}/pid

[program:sleeper]
command=sh -c "echo $$ >> {folder}/starts; exec sleep 60"
startsecs=0
autorestart=true
"""


@pytest.fixture
def starts(tmp_path: Path) -> Iterator[Path]:
    """A supervised program's file of pids, a line each time it starts."""
    config = tmp_path / "conf"
    config.write_text(_CONFIG.format(folder=tmp_path))
    process = subprocess.Popen(
        [sys.executable, "-m", "ops.supervisord", "-c", str(config)], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    try:
        yield tmp_path / "starts"
    finally:
        process.terminate()
        process.wait(20)


def test_what_was_killed_runs_again_within_a_blink(starts: Path) -> None:
    took_s = []
    for count in (1, 2, 3):
        _wait_for_starts(starts, count)
        began = time.monotonic()
        os.kill(int(starts.read_text().split()[-1]), signal.SIGKILL)
        _wait_for_starts(starts, count + 1)
        took_s.append(time.monotonic() - began)
    assert min(took_s) < SOON_S


def _wait_for_starts(starts: Path, count: int) -> None:
    deadline = time.monotonic() + 30
    while not starts.exists() or len(starts.read_text().split()) < count:
        assert time.monotonic() < deadline, f"not started {count} times"
        time.sleep(0.02)
