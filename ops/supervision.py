"""Writes supervisord's configuration, starts it, and ends it with everything it has started."""

from __future__ import annotations

import getpass
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from ops.instance import BOT_SLOTS, ROOT, Instance, list_regular_slots
from ops.processes import Identity, end, identify, is_alive, list_family, wait_until_gone
from studio.errors import SupervisorError
from studio.registry import write_json
from studio.supervisor import Supervisor

_LOG_BYTES = "10MB"
_LOG_BACKUPS = 3
# How long each may take to finish what it has in hand; supervisord kills what is slower.
_STOP_WAIT_S = {"redis": 10, "actions": 15, "bot": 20, "gateway": 25}
# Started in this order, stopped in the other: the gateway goes first and finds everything it needs to finish.
_PRIORITY = {"redis": 10, "actions": 20, "bot": 30, "gateway": 40}
_SHUT_DOWN_S = 90.0
_ORPHAN_GRACE_S = 15.0


def list_programs(instance: Instance) -> list[str]:
    """Return the names of all programs of the instance, the spare worker slot included."""
    return [*(["redis"] if instance.embedded_redis else []), "actions", *BOT_SLOTS, "gateway"]


def kind_of(program: str) -> str:
    """Return `bot` for `bot-0`, and so on."""
    return program.partition("-")[0]


def render_config(instance: Instance) -> str:
    """Return supervisord's configuration. It holds no secret: those are in the environment it is started with."""
    socket, logs = _quote(instance.supervisor_socket), _quote(instance.logs_dir)
    sections = [
        f"[unix_http_server]\nfile={socket}\nchmod=0700",
        f"[supervisord]\nnodaemon=true\nsilent=true\nuser={getpass.getuser()}\numask=077\ndirectory={_quote(ROOT)}\n"
        f"logfile={logs}/supervisord.log\nlogfile_maxbytes={_LOG_BYTES}\nlogfile_backups={_LOG_BACKUPS}\n"
        f"pidfile={_quote(instance.run_dir)}/supervisord.pid",
        "[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface",
        f"[supervisorctl]\nserverurl=unix://{socket}",
    ]
    return "\n\n".join([*sections, *(_render_program(instance, name) for name in list_programs(instance))]) + "\n"


def _render_program(instance: Instance, name: str) -> str:
    regular = name not in BOT_SLOTS or name in list_regular_slots()
    options = {
        "command": f"{shlex.quote(_quote(sys.executable))} -m ops.run {name}",
        "priority": _PRIORITY[kind_of(name)],
        "autostart": "true" if regular else "false",
        "autorestart": "true",
        # Zero: supervisord's own waits between starts grow without end; ops.run paces a failing start instead.
        "startsecs": 0,
        "stopsignal": "TERM",
        "stopwaitsecs": _STOP_WAIT_S[kind_of(name)],
        "killasgroup": "true",
        "redirect_stderr": "true",
        "stdout_logfile": f"{_quote(instance.logs_dir)}/{name}.log",
        "stdout_logfile_maxbytes": _LOG_BYTES,
        "stdout_logfile_backups": _LOG_BACKUPS,
    }
    return "\n".join([f"[program:{name}]", *(f"{key}={value}" for key, value in options.items())])


def _quote(value: object) -> str:
    return str(value).replace("%", "%%")


def start_supervisor(instance: Instance, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start supervisord in a session of its own, so that the terminal's Ctrl-C does not reach it, and record it."""
    for folder in (instance.run_dir, instance.logs_dir, instance.socket_dir):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
    for stale in instance.run_dir.glob("*.json"):
        stale.unlink()
    config = instance.run_dir / "supervisord.conf"
    config.write_text(render_config(instance))
    command = [sys.executable, "-m", "ops.supervisord", "-c", str(config)]
    with (instance.logs_dir / "supervisord.out").open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    if identity := identify(process.pid):
        write_json(instance.run_dir / "supervisord.json", {"pid": identity.pid, "started": identity.started})
    return process


def list_recorded(instance: Instance) -> dict[str, Identity]:
    """Return the recorded processes that still run, supervisord among them."""
    found: dict[str, Identity] = {}
    for path in instance.run_dir.glob("*.json"):
        try:
            identity = Identity(**json.loads(path.read_text()))
        except (OSError, ValueError, TypeError):
            continue
        if is_alive(identity):
            found[path.stem] = identity
    return found


def is_running(instance: Instance) -> bool:
    """Tell whether the instance's supervisord runs and answers."""
    return "supervisord" in list_recorded(instance) and Supervisor(instance.supervisor_socket).is_alive()


def stop_everything(instance: Instance) -> list[Identity]:
    """End the instance's processes, gracefully where a supervisor is there to do it, orphans too.

    Returns the processes that could not be ended: empty when all is well.
    """
    recorded = list_recorded(instance)
    supervisor = recorded.get("supervisord")
    family = set(recorded.values())
    if supervisor:
        family |= set(list_family(supervisor.pid))
        try:
            Supervisor(instance.supervisor_socket).shut_down()
            wait_until_gone([supervisor], _SHUT_DOWN_S)
        except SupervisorError:
            end([supervisor], grace_s=_SHUT_DOWN_S)
    left = end(family | set(list_recorded(instance).values()), grace_s=_ORPHAN_GRACE_S)
    if not left:
        for path in [*instance.run_dir.glob("*.json"), instance.supervisor_socket, instance.redis_socket]:
            path.unlink(missing_ok=True)
    return left


def tail_log(path: Path, lines: int) -> list[str]:
    """Return the last lines of a log, or none when there is no log."""
    try:
        with path.open("rb") as log:
            log.seek(max(0, os.fstat(log.fileno()).st_size - 64_000))
            return log.read().decode(errors="replace").splitlines()[-lines:]
    except OSError:
        return []
