"""Shows a slow step of the set-up while it runs: what, for how long, and the end of its log if it fails.

Standard library only: it is used before anything is installed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

_HEARTBEAT_S = 15.0
_TAIL_LINES = 20


class StepFailed(Exception):
    """A command of the set-up ended with an error; the message holds the end of what it said."""


class Progress:
    """Where the body of a step says how far it is."""

    def __init__(self) -> None:
        self.text = ""

    def note(self, text: str) -> None:
        """Show `text` behind the step's title from the next tick on."""
        self.text = text


@contextmanager
def step(title: str) -> Iterator[Progress]:
    """Print `title`, then the seconds it took; on a terminal the seconds count up meanwhile."""
    progress = Progress()
    started = time.monotonic()
    over = threading.Event()
    ticker = threading.Thread(target=_tick, args=(title, progress, started, over), name="step-ticker", daemon=True)
    _say(f"· {title} …" + ("" if sys.stderr.isatty() else "\n"))
    ticker.start()
    outcome = "failed"
    try:
        yield progress
        outcome = "done"
    finally:
        over.set()
        ticker.join()
        mark = "✓" if outcome == "done" else "✗"
        _say(f"{_line_start()}{mark} {title}: {outcome} in {time.monotonic() - started:.1f} s\n")


def run_logged(command: Sequence[object], *, log: Path, environ: Mapping[str, str], cwd: Path | None = None) -> None:
    """Run `command` with its output in `log`. Raises StepFailed with the end of the log."""
    words = [str(word) for word in command]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environ, cwd=cwd
        )
    if done.returncode != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-_TAIL_LINES:])
        raise StepFailed(
            f"`{Path(words[0]).name} {words[1]}` failed (status {done.returncode}). The end of {log}:\n{tail}"
        )


def _tick(title: str, progress: Progress, started: float, over: threading.Event) -> None:
    on_terminal = sys.stderr.isatty()
    while not over.wait(1.0 if on_terminal else _HEARTBEAT_S):
        now = f"{time.monotonic() - started:.0f} s{' · ' + progress.text if progress.text else ''}"
        width = shutil.get_terminal_size().columns - 1  # a line that wraps could not be wiped
        _say(f"{_line_start()}{f'· {title} … {now}'[:width]}" if on_terminal else f"  … {title}: {now}\n")


def _line_start() -> str:
    return "\r\x1b[2K" if sys.stderr.isatty() else ""


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
