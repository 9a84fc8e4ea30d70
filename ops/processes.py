"""Knows processes by pid and start time, so that a recycled pid is never taken for one of ours.

A recorded identity that no longer matches is a process that has ended; nothing else is ever signalled.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil

_POLL_S = 0.05


@dataclass(frozen=True)
class Identity:
    """A process: its pid and when it started (boot and clock ticks since, so clock changes do not matter)."""

    pid: int
    started: str


def identify(pid: int) -> Identity | None:
    """Return who runs under `pid` now, or None when nobody does (a zombie counts as nobody)."""
    started = read_start(pid)
    return Identity(pid, started) if started else None


def read_start(pid: int) -> str | None:
    """Return when the process started, in a form that is only good for comparing."""
    try:
        # The command name stands in brackets and may hold anything; what follows it is regular.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return _read_start_elsewhere(pid)
    return None if fields[0] in "ZX" else f"{boot}:{fields[19]}"


def _read_start_elsewhere(pid: int) -> str | None:
    if Path("/proc/self/stat").exists():
        return None
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else f"{process.create_time():.2f}"
    except psutil.Error:
        return None


def is_alive(identity: Identity) -> bool:
    """Tell whether this very process still runs."""
    return read_start(identity.pid) == identity.started


def list_family(pid: int) -> list[Identity]:
    """Return the process and everything it has started."""
    try:
        children = psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []
    found = [identify(member) for member in [pid, *(child.pid for child in children)]]
    return [identity for identity in found if identity]


def wait_until_gone(identities: Iterable[Identity], timeout_s: float) -> list[Identity]:
    """Wait until the processes have ended; return those that have not in time."""
    left = [identity for identity in identities if is_alive(identity)]
    deadline = time.monotonic() + timeout_s
    while left and time.monotonic() < deadline:
        time.sleep(_POLL_S)
        left = [identity for identity in left if is_alive(identity)]
    return left


def end(identities: Iterable[Identity], *, grace_s: float) -> list[Identity]:
    """End processes: SIGTERM, `grace_s` to finish, then SIGKILL. Returns those that survive even this."""
    family = {member for identity in identities if is_alive(identity) for member in list_family(identity.pid)}
    _send(family, signal.SIGTERM)
    left = wait_until_gone(family, grace_s)
    _send(left, signal.SIGKILL)
    return wait_until_gone(left, 5.0)


def _send(identities: Iterable[Identity], number: signal.Signals) -> None:
    for identity in identities:
        if is_alive(identity):
            try:
                os.kill(identity.pid, number)
            except ProcessLookupError:
                continue
