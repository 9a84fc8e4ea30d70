"""Remakes the locked requirements. Standard library only."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from ops.environments import Environments

# In this order: the development locks are constrained by the run-time ones.
_LOCKS = (
    ("tools", "3.11"),
    ("node", "3.11"),
    ("service", "3.11"),
    ("service-dev", "3.11"),
    ("bot", "3.10"),
    ("bot-dev", "3.10"),
)
# Names, versions and hashes only: no address of an index, so the locks work behind any mirror.
_OPTIONS = (
    "--quiet",
    "--universal",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-header",
    "--annotation-style",
    "line",
)


def remake_locks(root: Path, arguments: Sequence[str]) -> int:
    """Resolve every `requirements/*.in` into its lock; `--upgrade` takes the newest of everything."""
    unknown = set(arguments) - {"--upgrade"}
    if unknown:
        print("usage: ./ieum lock [--upgrade]   remakes requirements/*.lock from requirements/*.in", file=sys.stderr)
        return 0 if unknown <= {"--help", "-h"} else 2
    uv = Environments(root, os.environ).ensure_uv()
    for name, version in _LOCKS:
        command = [
            str(uv),
            "pip",
            "compile",
            *_OPTIONS,
            "--python-version",
            version,
            f"{name}.in",
            "-o",
            f"{name}.lock",
            *arguments,
        ]
        print(f"· {name}.lock", file=sys.stderr)
        done = subprocess.run(command, cwd=root / "requirements", stdout=subprocess.DEVNULL)
        if done.returncode != 0:
            return done.returncode
    return 0
