"""The short form of `./ieum faults`: everything is struck at once and again, and every message is accounted for."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable

from ops.faults.checker import KINDS
from tests.product import ROOT

WITHIN_S = 400  # two starts, a minute of faults, two times of letting everybody finish, on a slow machine


def test_nothing_is_lost_doubled_or_held_by_two_while_everything_is_struck(report: Callable[[str], None]) -> None:
    done = subprocess.run(
        [str(ROOT / "ieum"), "faults", "--quick", "--json"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "IEUM_DATA_DIR"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
    )
    figures = json.loads(done.stdout or "{}")
    assert figures, done.stderr
    report(f"faults --quick: {figures['faults']} faults, {figures['acked']} accepted, recovery {figures['recovery_s']}")
    assert {kind: figures[kind] for kind in KINDS} == dict.fromkeys(KINDS, 0), figures["violations"]
    assert (done.returncode, figures["failures"]) == (0, [])
    assert figures["faults"] >= 10 and figures["acked"] >= 500
    assert {store["store"] for store in figures["stores"]} == {"sqlite", "postgres"}
