"""Processes are known by pid and start time, and only those are ever ended."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from ops.processes import Identity, end, identify, is_alive, list_family

_STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
)
_PARENT = "import subprocess, time; p = subprocess.Popen(['sleep', '60']); print(p.pid, flush=True); time.sleep(60)"


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(["sleep", "60"])
    yield process
    process.kill()
    process.wait()


def _identity_of(process: subprocess.Popen[bytes]) -> Identity:
    identity = identify(process.pid)
    assert identity is not None
    return identity


def test_a_running_process_is_known_again(sleeper: subprocess.Popen[bytes]) -> None:
    assert is_alive(_identity_of(sleeper))


def test_a_stranger_under_a_recycled_pid_is_not_taken_for_ours(sleeper: subprocess.Popen[bytes]) -> None:
    recorded = replace(_identity_of(sleeper), started="another-boot:1")
    assert not is_alive(recorded)
    assert end([recorded], grace_s=0.1) == []
    assert sleeper.poll() is None, "the stranger must live on"


def test_an_ended_process_that_nobody_has_collected_counts_as_gone(sleeper: subprocess.Popen[bytes]) -> None:
    identity = _identity_of(sleeper)
    sleeper.kill()
    assert end([identity], grace_s=5) == []
    assert identify(sleeper.pid) is None


def test_one_that_ignores_the_polite_signal_is_killed() -> None:
    process = subprocess.Popen([sys.executable, "-c", _STUBBORN], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    assert end([_identity_of(process)], grace_s=0.3) == []
    assert process.wait(5) == -9
    process.stdout.close()


def test_what_a_process_has_started_is_ended_with_it() -> None:
    process = subprocess.Popen([sys.executable, "-c", _PARENT], stdout=subprocess.PIPE)
    assert process.stdout is not None
    child = identify(int(process.stdout.readline()))
    assert child is not None
    parent = _identity_of(process)
    assert set(list_family(process.pid)) == {parent, child}
    assert end([parent], grace_s=5) == []
    assert not is_alive(child)
    process.wait(5)
    process.stdout.close()
