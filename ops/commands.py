"""Runs the outside commands of checks and tests, and shows what came of each."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kernel.settings import ROOT
from ops.environments import BOT, SERVICE, Environments
from ops.terminal import console
from ops.webbuild import node_environment


@dataclass(frozen=True)
class Task:
    """An outside command with a title for people."""

    title: str
    command: Sequence[str | Path]
    cwd: Path = ROOT
    environ: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """How a task ended; `output` is empty where it went straight to the terminal."""

    task: Task
    status: int
    seconds: float
    output: str = ""


def python_of(side: str) -> Path:
    """Return the interpreter of the `service` or the `bot` environment."""
    return Environments(ROOT, os.environ).python({"service": SERVICE, "bot": BOT}[side])


def web_environment() -> dict[str, str]:
    """Return an environment with a Node that is new enough on its PATH."""
    return node_environment(os.environ, Environments(ROOT, os.environ).ensure_node)


def run_quietly(task: Task) -> Outcome:
    """Run a task and keep its output."""
    started = time.monotonic()
    done = subprocess.run(
        [str(part) for part in task.command],
        cwd=task.cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **task.environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    return Outcome(task, done.returncode, time.monotonic() - started, done.stdout)


def run_in_view(task: Task) -> Outcome:
    """Run a task with its output on the terminal."""
    started = time.monotonic()
    console.print(f"\n── {task.title} ──", style="bold", markup=False)
    sys.stdout.flush()
    done = subprocess.run(
        [str(part) for part in task.command],
        cwd=task.cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **task.environ},
        stdin=subprocess.DEVNULL,
    )
    return Outcome(task, done.returncode, time.monotonic() - started)


def show_outcome(outcome: Outcome) -> None:
    """Print one line for a task that is over, and what it said if it failed."""
    good = outcome.status == 0
    line = f"{'✓' if good else '✗'} {outcome.task.title}: {'passed' if good else 'failed'} in {outcome.seconds:.1f} s"
    console.print(line, style=None if good else "red", markup=False)
    if not good and outcome.output:
        console.print(outcome.output.rstrip(), markup=False, soft_wrap=True)
