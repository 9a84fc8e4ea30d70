"""Brings a fresh clone to where `python -m ops` can run, then becomes it.

Runs under any Python >= 3.11 with the standard library only. Makes what the command at hand needs
and nothing else: the environments from their locks, the web pages from their sources. Where all is
made it costs a few hashes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ops.environments import BOT, SERVICE, Environments
from ops.interpreters import InterpreterMissing
from ops.locks import remake_locks
from ops.steps import StepFailed
from ops.webbuild import ensure_web

ROOT = Path(__file__).resolve().parent.parent
_NEEDS_BOT = {"up", "train", "nlu", "test", "check", "bench", "faults"}
_NEEDS_DEV = {"test", "check"}
_NEEDS_WEB = {"up", "test", "check", "bench", "faults"}


def main(arguments: Sequence[str]) -> int:
    """Set up what `arguments` need and replace this process by the command. Returns only when that fails."""
    command = arguments[0] if arguments else "--help"
    try:
        if command == "lock":
            return remake_locks(ROOT, arguments[1:])
        set_up(ROOT, command, wants_help="--help" in arguments)
    except (InterpreterMissing, StepFailed) as error:
        print(f"ieum: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nieum: stopped; what was half made is made again next time.", file=sys.stderr)
        return 130
    python = Environments(ROOT, os.environ).python(SERVICE)
    os.environ["PYTHONPATH"] = str(ROOT)
    os.environ["PYTHONSAFEPATH"] = "1"
    os.execv(python, [str(python), "-m", "ops", *arguments])


def set_up(root: Path, command: str, *, wants_help: bool = False) -> None:
    """Make the environments and the pages that `command` needs. Raises InterpreterMissing, StepFailed."""
    environments = Environments(root, os.environ)
    needs_all = not wants_help
    with environments.locked():
        made = environments.ensure(SERVICE, dev=needs_all and command in _NEEDS_DEV)
        if needs_all and command in _NEEDS_BOT:
            made |= environments.ensure(BOT, dev=command in _NEEDS_DEV)
        if needs_all and command in _NEEDS_WEB:
            made |= ensure_web(root, os.environ, environments.ensure_node)
    if not made and needs_all and command in _NEEDS_BOT:
        print("✓ environments and web pages are up to date", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
