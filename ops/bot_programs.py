"""Runs a program of the bot's environment: progress where people see it, the rest in a log.

A program tells how far it is by lines {"step", "progress"} on stderr; training of neural networks by
Rasa's own bar, whose share of epochs is shown.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from kernel.settings import ROOT
from ops.commands import python_of
from ops.steps import Progress

_EPOCHS = re.compile(r"Epochs:\s+(\d+)%")
_CHUNK = 4096


@dataclass(frozen=True)
class BotRun:
    """How a program ended: its status, the lines it printed, what it said on stderr besides progress."""

    status: int
    printed: Sequence[str]
    said: Sequence[str]


def run_bot(arguments: Sequence[object], *, progress: Progress, environ: Mapping[str, str] | None = None) -> BotRun:
    """Run `python -m` with `arguments` in the bot's environment until it ends."""
    process = subprocess.Popen(
        [str(python_of("bot")), "-m", *(str(argument) for argument in arguments)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3", **(environ or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None and process.stderr is not None
    printed: list[str] = []
    reader = threading.Thread(
        target=lambda stream: printed.extend(_list_lines(stream)), args=(process.stdout,), name="bot-stdout"
    )
    reader.start()
    try:
        said = [line for line in _list_lines(process.stderr) if not _note(progress, line)]
    except BaseException:
        process.kill()
        raise
    finally:
        reader.join()
        status = process.wait()
    return BotRun(status, printed, said)


def save_log(run: BotRun, path: Path) -> None:
    """Write all that a program said to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*run.said, *run.printed]) + "\n")


def _list_lines(stream: IO[bytes]) -> Iterator[str]:
    """Yield the lines of a stream; a bar that is drawn over itself counts as a line each time."""
    rest = b""
    while chunk := os.read(stream.fileno(), _CHUNK):
        *whole, rest = re.split(rb"[\r\n]+", rest + chunk)
        yield from (line.decode(errors="replace") for line in whole if line.strip())
    if rest.strip():
        yield rest.decode(errors="replace")


def _note(progress: Progress, line: str) -> bool:
    """Show a line of progress; tell whether it was one."""
    if found := _EPOCHS.search(line):
        progress.note(f"{found[1]} % of the epochs")
        return True
    try:
        told = json.loads(line)
        progress.note(f"{float(told['progress']) * 100:.0f} % {told['step']}")
    except (ValueError, KeyError, TypeError):
        return False
    return True
