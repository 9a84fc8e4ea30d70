"""Orders at named steps: carried out once, by whom they are for, and never without being asked for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from kernel import failpoints
from kernel.clock import FixedClock, ProductClock
from kernel.failpoints import Failpoints, SteppedClock, is_struck, make_clock, withdraw_order, write_order
from kernel.settings import load_settings
from tests.unit.kernel.test_settings import SECRETS

DIES = "import sys; from pathlib import Path; from kernel.failpoints import Failpoints; Failpoints(Path(sys.argv[1])).reach('here')"


def test_an_order_is_carried_out_once(tmp_path: Path) -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGUSR1, lambda number, _: heard.append(number))
    try:
        write_order(tmp_path, "claimed.written", pid=os.getpid(), signal=signal.SIGUSR1)
        points = Failpoints(tmp_path)
        points.reach("claimed.committed")
        assert heard == [] and not is_struck(tmp_path, "claimed.written")
        points.reach("claimed.written")
        points.reach("claimed.written")
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert heard == [signal.SIGUSR1] and is_struck(tmp_path, "claimed.written")


def test_an_order_to_oneself_is_felt_at_once(tmp_path: Path) -> None:
    write_order(tmp_path, "here", pid=None, signal=signal.SIGKILL)
    died = subprocess.run([sys.executable, "-c", DIES, str(tmp_path)], env={**os.environ, "PYTHONPATH": "."})
    assert died.returncode == -signal.SIGKILL


def test_an_order_that_was_taken_back_or_is_for_nobody_does_nothing(tmp_path: Path) -> None:
    write_order(tmp_path, "here", pid=os.getpid(), signal=signal.SIGKILL)
    withdraw_order(tmp_path, "here")
    Failpoints(tmp_path).reach("here")
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    write_order(tmp_path, "here", pid=child.pid, signal=signal.SIGKILL)
    Failpoints(tmp_path).reach("here")


def test_the_clock_goes_by_the_file(tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failpoints, "_CLOCK_READ_EVERY_S", 0.0)
    stepped = SteppedClock(clock, tmp_path / "clock")
    assert stepped.now() == clock.now()
    for step_s in ("3600.0", "-60.0"):
        (tmp_path / "clock").write_text(step_s)
        assert stepped.now() == clock.now() + timedelta(seconds=float(step_s))
    (tmp_path / "clock").write_text("")  # somebody is writing it just now
    assert stepped.now() == clock.now() - timedelta(seconds=60)


def test_nothing_of_this_is_there_unless_asked_for(tmp_path: Path) -> None:
    assert load_settings(SECRETS).failpoints_dir is None
    assert load_settings(SECRETS | {"IEUM_FAILPOINTS": str(tmp_path)}).failpoints_dir == tmp_path
    assert isinstance(make_clock(0.0, None), ProductClock)
    assert isinstance(make_clock(0.0, tmp_path), SteppedClock)
