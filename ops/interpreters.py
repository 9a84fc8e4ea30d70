"""Finds Python interpreters: on PATH, in a pyenv tree, through uv.

Used by the set-up before anything is installed, so it needs the standard library only. A shim or a
broken interpreter is told from a working one by running it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

_PROBE = "import sys, zlib, ssl; print('%d.%d' % sys.version_info[:2])"
_PROBE_TIMEOUT_S = 20


class InterpreterMissing(Exception):
    """No interpreter of the wanted version was found; the message says how to get one."""


def find_interpreter(version: str, environ: Mapping[str, str], uv: Path | None = None) -> Path:
    """Return a working interpreter of exactly `version` (such as `3.10`).

    Looks at `IEUM_PYTHON_3_10`, PATH, the pyenv tree and what uv knows, in this order; at last lets
    uv fetch one. Raises InterpreterMissing.
    """
    for candidate in _list_candidates(version, environ):
        if is_interpreter(candidate, version):
            return candidate
    found = _ask_uv(uv, version) if uv else None
    if found:
        return found
    raise InterpreterMissing(
        f"Python {version} is needed and was not found on PATH, under pyenv or through uv: "
        f"get it with `pyenv install {version}` or `uv python install {version}`, "
        f"or name one with {_variable(version)}=/path/to/python{version}."
    )


def is_interpreter(path: Path, version: str) -> bool:
    """Tell whether `path` runs and is Python `version`; a pyenv shim without a version behind it is not."""
    try:
        done = subprocess.run([path, "-I", "-c", _PROBE], capture_output=True, text=True, timeout=_PROBE_TIMEOUT_S)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and done.stdout.strip() == version


def _variable(version: str) -> str:
    return f"IEUM_PYTHON_{version.replace('.', '_')}"


def _list_candidates(version: str, environ: Mapping[str, str]) -> Iterator[Path]:
    if named := environ.get(_variable(version)):
        yield Path(named)
    path = environ.get("PATH", "")
    for name in (f"python{version}", "python3"):
        if on_path := shutil.which(name, path=path):
            yield Path(on_path)
    tree = Path(environ.get("PYENV_ROOT") or Path(environ.get("HOME", "~")).expanduser() / ".pyenv")
    builds = (tree / "versions").glob(f"{version}.*")
    for build in sorted(builds, key=_by_number, reverse=True):
        yield build / "bin" / f"python{version}"


def _by_number(build: Path) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else -1 for part in build.name.split("."))


def _ask_uv(uv: Path, version: str) -> Path | None:
    for command in (["python", "find", "--no-project", version], ["python", "install", version]):
        done = subprocess.run([uv, *command], capture_output=True, text=True, env=os.environ | {"UV_NO_PROGRESS": "1"})
        found = Path(done.stdout.strip().splitlines()[-1]) if done.stdout.strip() else None
        if done.returncode == 0 and found and is_interpreter(found, version):
            return found
    done = subprocess.run([uv, "python", "find", "--no-project", version], capture_output=True, text=True)
    found = Path(done.stdout.strip()) if done.returncode == 0 and done.stdout.strip() else None
    return found if found and is_interpreter(found, version) else None
