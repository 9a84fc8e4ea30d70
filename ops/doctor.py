"""`doctor`: looks at what the product needs on this machine, and says what to do about what is missing."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil
from redis import Redis
from redis.exceptions import RedisError
from rich.table import Table

from kernel.settings import ROOT
from ops import opening, waiting
from ops.environments import BOT, SERVICE, Environments
from ops.instance import Instance, is_free, open_instance
from ops.interpreters import InterpreterMissing, find_interpreter
from ops.run import find_redis
from ops.supervision import is_running, list_recorded
from ops.terminal import console
from ops.testing import find_chromium, has_korean_font
from ops.webbuild import has_node
from studio.errors import StudioError
from studio.registry import Registry, fingerprint, read_in_use

_DISK_NEEDED_GB = 5.0
_MEMORY_NEEDED_GB = 2.0
_GIGABYTE = 1024**3


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `state` is good, note (works, but read this) or bad; `advice` says what to do."""

    what: str
    state: str
    found: str
    advice: str = ""


def examine(data_dir: Path) -> list[Finding]:
    """Look at everything, the machine first, then the instance in `data_dir`."""
    instance = open_instance(data_dir)
    return [
        *_guard("Python 3.11 or newer", _service_python),
        *_guard("Python 3.10 for the bot", _bot_python),
        *_guard("environments", _environments),
        *_guard("Node.js", _node),
        *_guard("web pages", _web_pages),
        *_guard("disk", lambda: _disk(data_dir)),
        *_guard("memory", _memory),
        *_guard("Chromium and a Korean font", _browser),
        *_guard("Redis", lambda: _redis(data_dir)),
        *_guard("ports", lambda: _ports(instance)),
        *_guard("model", lambda: _model(data_dir)),
        *_guard("processes", lambda: _processes(instance)),
    ]


def _guard(what: str, look: Callable[[], Finding]) -> list[Finding]:
    # An examination that breaks is itself a finding; the others must still be made.
    try:
        return [look()]
    except (OSError, ValueError, StudioError) as error:
        return [
            Finding(what, "bad", f"could not be looked at: {error}", "mend this first, then run `./ieum doctor` again")
        ]


def _service_python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding("Python 3.11 or newer", "good", f"{version} at {sys.executable}")


def _bot_python() -> Finding:
    uv = ROOT / ".venv" / "tools" / "bin" / "uv"
    try:
        found = find_interpreter("3.10", os.environ, uv if uv.exists() else None)
    except InterpreterMissing as error:
        return Finding("Python 3.10 for the bot", "bad", "not found", str(error))
    return Finding("Python 3.10 for the bot", "good", str(found))


def _environments() -> Finding:
    known = Environments(ROOT, os.environ)
    stale = [environment.name for environment in (SERVICE, BOT) if not known.is_current(environment, dev=False)]
    if stale:
        return Finding("environments", "note", f"to be made: {', '.join(stale)}", "the next `./ieum up` makes them")
    return Finding("environments", "good", "made from the present locks")


def _node() -> Finding:
    if has_node(os.environ):
        return Finding("Node.js", "good", str(shutil.which("node")))
    return Finding(
        "Node.js", "note", "none of 20.19 or newer on PATH", "the set-up takes it from the Python package index"
    )


def _web_pages() -> Finding:
    if (ROOT / "web" / "dist" / "index.html").exists():
        return Finding("web pages", "good", "built")
    return Finding("web pages", "note", "not built yet", "the next `./ieum up` builds them")


def _disk(data_dir: Path) -> Finding:
    place = next(folder for folder in (data_dir, *data_dir.parents) if folder.exists())
    free_gb = shutil.disk_usage(place).free / _GIGABYTE
    if free_gb < _DISK_NEEDED_GB:
        return Finding("disk", "bad", f"{free_gb:.1f} GB free", f"make room: the set-up needs {_DISK_NEEDED_GB:.0f} GB")
    return Finding("disk", "good", f"{free_gb:.1f} GB free")


def _memory() -> Finding:
    free_gb = psutil.virtual_memory().available / _GIGABYTE
    if free_gb < _MEMORY_NEEDED_GB:
        return Finding(
            "memory",
            "note",
            f"{free_gb:.1f} GB available",
            f"all processes together take up to {_MEMORY_NEEDED_GB:.0f} GB",
        )
    return Finding("memory", "good", f"{free_gb:.1f} GB available")


def _browser() -> Finding:
    lacks = [
        name for name, there in (("chromium", find_chromium()), ("fonts-noto-cjk", has_korean_font())) if not there
    ]
    if lacks:
        advice = f"only `./ieum test` needs it: apt-get install {' '.join(lacks)}"
        return Finding("Chromium and a Korean font", "note", f"missing: {', '.join(lacks)}", advice)
    return Finding("Chromium and a Korean font", "good", str(find_chromium()))


def _redis(data_dir: Path) -> Finding:
    recorded = json.loads((data_dir / "secrets.json").read_text()) if (data_dir / "secrets.json").exists() else {}
    url = os.environ.get("IEUM_REDIS_URL") or recorded.get("IEUM_REDIS_URL")
    if not url:
        return Finding("Redis", "good", f"embedded: {find_redis()}")
    try:
        Redis.from_url(url, socket_timeout=2.0, socket_connect_timeout=2.0).ping()
    except RedisError as error:
        advice = "nothing is lost without it, but it is slower: see to the server that IEUM_REDIS_URL names"
        return Finding("Redis", "bad", f"the configured one does not answer ({type(error).__name__})", advice)
    return Finding("Redis", "good", "the configured one answers")


def _ports(instance: Instance) -> Finding:
    if is_running(instance) or is_free(instance.host, instance.port):
        return Finding("ports", "good", f"{instance.port} is ours or free")
    return Finding(
        "ports", "bad", f"{instance.port} is taken by another program", "choose one with `./ieum up --port N`"
    )


def _model(data_dir: Path) -> Finding:
    settings = opening.make_settings(data_dir)
    fits = Registry(settings.models_dir).find_by_fingerprint(fingerprint(ROOT, settings.training_dir))
    in_use = read_in_use(data_dir).active
    if fits is None:
        return Finding(
            "model",
            "note",
            f"none fits the present training data (in use: {in_use})",
            "the next `./ieum up` trains one",
        )
    measured = "not measured" if fits.accuracy is None else f"accuracy {fits.accuracy:.3f}"
    return Finding("model", "good", f"{fits.model_id}, {measured} on {fits.example_count} examples")


def _processes(instance: Instance) -> Finding:
    if not is_running(instance):
        left = sorted(list_recorded(instance))
        if left:
            return Finding(
                "processes", "bad", f"left behind without a supervisor: {', '.join(left)}", "`./ieum down` ends them"
            )
        return Finding("processes", "note", "nothing runs", "start with `./ieum up`")
    _, settings = opening.open_settings(instance.data_dir)
    ill = [health for health in waiting.list_health(instance, settings) if not health.ready]
    if ill:
        advice = "; ".join(f"read `./ieum logs {health.program}`" for health in ill)
        return Finding("processes", "bad", "; ".join(f"{health.program}: {health.note}" for health in ill), advice)
    return Finding("processes", "good", f"all ready at {instance.base_url}")


def as_json(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return the findings for scripts."""
    healthy = all(finding.state != "bad" for finding in findings)
    return {"healthy": healthy, "findings": [asdict(finding) for finding in findings]}


def show(findings: Sequence[Finding]) -> None:
    """Print the findings for people."""
    marks = {"good": "✓", "note": "·", "bad": "✗"}
    table = Table("", "what", "found", "what to do", show_lines=False)
    for finding in findings:
        style = "red" if finding.state == "bad" else None
        table.add_row(marks[finding.state], finding.what, finding.found, finding.advice, style=style)
    console.print(table)
