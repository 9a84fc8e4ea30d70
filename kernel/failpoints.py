"""Named steps at which a test of faults strikes, and a product clock that it can step.

Off unless IEUM_FAILPOINTS names a folder, which `ieum up` never sets by itself: it is for `./ieum faults`
and tests. An order is a file in that folder, named after the step, that says whom to send which signal. It
is carried out once, by the first process that reaches the step.
"""

from __future__ import annotations

import json
import os
import time
from datetime import datetime, timedelta
from pathlib import Path

from kernel.clock import Clock, ProductClock

CLOCK_FILE = "clock"
STRUCK_SUFFIX = ".struck"
_CLOCK_READ_EVERY_S = 0.05


class Failpoints:
    """The orders of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def reach(self, step: str) -> None:
        """Carry out the order for `step`, if there is one. A signal to this very process is felt at once."""
        order, struck = self._folder / step, self._folder / f"{step}{STRUCK_SUFFIX}"
        try:
            order.rename(struck)  # of several processes one gets it
        except FileNotFoundError:
            return
        body = json.loads(struck.read_text())
        try:
            os.kill(body["pid"] or os.getpid(), body["signal"])
        except ProcessLookupError:
            pass


def write_order(folder: Path, step: str, *, pid: int | None, signal: int) -> None:
    """Order that whoever reaches `step` next sends `signal` to `pid`; to itself when that is None."""
    (folder / f"{step}{STRUCK_SUFFIX}").unlink(missing_ok=True)
    draft = folder / f".{step}.draft"
    draft.write_text(json.dumps({"pid": pid, "signal": signal}))
    draft.rename(folder / step)


def is_struck(folder: Path, step: str) -> bool:
    """Tell whether the order for `step` was carried out."""
    return (folder / f"{step}{STRUCK_SUFFIX}").exists()


def withdraw_order(folder: Path, step: str) -> None:
    """Take an order back."""
    (folder / step).unlink(missing_ok=True)


class SteppedClock:
    """The product's clock, moved further by the seconds that a file holds now."""

    def __init__(self, clock: Clock, file: Path) -> None:
        self._clock = clock
        self._file = file
        self._read_at_s = 0.0
        self._step = timedelta()

    def now(self) -> datetime:
        """Return the product's time, stepped."""
        if (now_s := time.monotonic()) - self._read_at_s > _CLOCK_READ_EVERY_S:
            self._read_at_s = now_s
            try:
                self._step = timedelta(seconds=float(self._file.read_text()))
            except (FileNotFoundError, ValueError):  # nobody stepped it yet, or is writing just now
                pass
        return self._clock.now() + self._step


def make_clock(offset_s: float, failpoints_dir: Path | None) -> Clock:
    """Return the product's clock: the plain one but in tests of faults."""
    clock = ProductClock(offset_s)
    return clock if failpoints_dir is None else SteppedClock(clock, failpoints_dir / CLOCK_FILE)
