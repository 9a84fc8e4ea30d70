"""Builds the web apps when their sources have changed. Standard library only."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from ops.environments import hash_files
from ops.steps import run_logged, step

_NODE_AT_LEAST = (20, 19)
_MADE = {"node_modules", "dist", ".vite", "coverage"}


def ensure_web(
    root: Path, environ: Mapping[str, str], get_node: Callable[[], Path], *, only_packages: bool = False
) -> bool:
    """Install the web's packages and build it where its stamp differs from its sources; tell whether it was built."""
    web, logs, stamps = root / "web", root / ".venv" / "logs", root / ".venv"
    if not (web / "package-lock.json").exists():
        return False
    packages_hash = hash_files([web / "package.json", web / "package-lock.json"], below=web)
    sources_hash = hash_files(_list_sources(web), below=web)
    needs_packages = _read(stamps / "web-packages.stamp") != packages_hash or not (web / "node_modules").is_dir()
    needs_build = _read(stamps / "web.stamp") != sources_hash or not (web / "dist" / "index.html").exists()
    if not needs_packages and (only_packages or not needs_build):
        return False
    environ = node_environment(environ, get_node)
    npm = shutil.which("npm", path=environ["PATH"]) or "npm"
    if needs_packages:
        (stamps / "web-packages.stamp").unlink(missing_ok=True)
        with step("installing the web packages"):
            run_logged([npm, "ci", "--no-audit", "--no-fund"], log=logs / "web-packages.log", environ=environ, cwd=web)
        (stamps / "web-packages.stamp").write_text(packages_hash)
    if not only_packages:
        with step("building the web pages"):
            run_logged([npm, "run", "build"], log=logs / "web.log", environ=environ, cwd=web)
        (stamps / "web.stamp").write_text(sources_hash)
    return True


def node_environment(environ: Mapping[str, str], get_node: Callable[[], Path]) -> dict[str, str]:
    """Return `environ` with a Node that is new enough on its PATH; `get_node` fetches one where there is none."""
    if has_node(environ):
        return dict(environ)
    return {**environ, "PATH": f"{get_node()}{os.pathsep}{environ.get('PATH', '')}"}


def has_node(environ: Mapping[str, str]) -> bool:
    """Tell whether PATH holds node of at least 20.19 and npm."""
    path = environ.get("PATH", "")
    node = shutil.which("node", path=path)
    if not node or not shutil.which("npm", path=path):
        return False
    done = subprocess.run([node, "--version"], capture_output=True, text=True)
    found = re.match(r"v(\d+)\.(\d+)", done.stdout)
    return found is not None and (int(found[1]), int(found[2])) >= _NODE_AT_LEAST


def _list_sources(web: Path) -> list[Path]:
    found: list[Path] = []
    for folder, folders, files in os.walk(web):
        folders[:] = sorted(set(folders) - _MADE)
        found += [Path(folder, file) for file in files]
    return sorted(found)


def _read(stamp: Path) -> str | None:
    return stamp.read_text() if stamp.exists() else None
