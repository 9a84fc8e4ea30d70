"""Starts an instance, waits until it answers, and stops it.

`up` is: settle ports and secrets, prepare the stores and the model, start the supervisor, wait. Each
step can be run again after a crash at any point.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from kernel.settings import Settings, load_settings
from ops import health, prepare
from ops.errors import OperationFailed
from ops.instance import (
    Instance,
    is_free,
    list_regular_slots,
    open_instance,
    open_secrets,
    process_environment,
    save_instance,
    settle_ports,
)
from ops.steps import Progress, step
from ops.supervision import is_running, list_recorded, start_supervisor, stop_everything, tail_log
from studio.supervisor import Program, Supervisor, SupervisorError

_READY_WITHIN_S = 180.0
_POLL_S = 0.2
_DEATHS_THAT_ARE_A_LOOP = 4
_TAIL_LINES = 20


@dataclass(frozen=True)
class Wishes:
    """What the operator asked `up` for; None means as before, or the default."""

    port: int | None = None
    host: str | None = None
    demo: bool = True
    clock_offset_s: float = 0.0


def open_settings(data_dir: Path) -> tuple[Instance, Settings]:
    """Return an instance and its settings as its processes see them. Raises OperationFailed when it was never started."""
    if not (data_dir / "instance.json").exists():
        raise OperationFailed(f"there is no instance in {data_dir}: start one with `./ieum up --data {data_dir}`")
    instance = open_instance(data_dir)
    return instance, _settings_of(instance)


def make_settings(data_dir: Path) -> Settings:
    """Return the settings of an instance, whether it was ever started or not; training needs no more."""
    data_dir.mkdir(parents=True, exist_ok=True)
    return _settings_of(open_instance(data_dir))


def _settings_of(instance: Instance) -> Settings:
    return load_settings(process_environment(instance, open_secrets(instance.data_dir, {}), os.environ))


def start(data_dir: Path, wishes: Wishes) -> tuple[Instance, subprocess.Popen[bytes] | None]:
    """Start everything and return when it is ready; None for the process when it ran already.

    Raises OperationFailed.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    data_dir.chmod(0o700)
    with _only_one(data_dir):
        known = open_instance(data_dir)
        if is_running(known):
            return known, None
        _clear_leftovers(known)
        instance = _settle(known, wishes)
        settings = _settings_of(instance)
        _prepare(settings)
        environment = process_environment(instance, open_secrets(data_dir, {}), os.environ)
        process = start_supervisor(instance, environment)
        try:
            with step("starting the processes") as progress:
                _wait_until_ready(instance, settings, process, progress)
        except BaseException:
            stop_everything(instance)
            raise
    return instance, process


def stop(data_dir: Path) -> bool:
    """Stop an instance and whatever it left behind; tell whether anything ran. Raises OperationFailed."""
    instance = open_instance(data_dir)
    if not list_recorded(instance):
        return False
    with step("stopping: open turns are finished first"):
        left = stop_everything(instance)
    if left:
        pids = ", ".join(str(identity.pid) for identity in left)
        raise OperationFailed(f"these processes could not be ended: {pids}. End them by hand, then run `./ieum down` again.")
    return True


def _settle(known: Instance, wishes: Wishes) -> Instance:
    instance = replace(
        known,
        port=wishes.port or known.port,
        host=wishes.host or os.environ.get("IEUM_HOST") or known.host,
        demo=wishes.demo,
        clock_offset_s=wishes.clock_offset_s,
    )
    if not is_free(instance.host, instance.port):
        raise OperationFailed(f"port {instance.port} is taken by another program: choose one with `./ieum up --port N`")
    secrets = open_secrets(instance.data_dir, os.environ)
    instance = settle_ports(replace(instance, embedded_redis=not secrets.get("IEUM_REDIS_URL")))
    save_instance(instance)
    return instance


def _prepare(settings: Settings) -> None:
    with step("bringing the databases to the newest schema"):
        prepare.migrate(settings)
    if settings.demo:
        with step("loading the demo shop and logins"):
            prepare.load_demo(settings)
    prepare.ensure_model(settings)


def _clear_leftovers(instance: Instance) -> None:
    if list_recorded(instance):
        with step("ending what an earlier start left behind"):
            left = stop_everything(instance)
        if left:
            raise OperationFailed(f"process {left[0].pid} of an earlier start cannot be ended; end it by hand")


def _wait_until_ready(instance: Instance, settings: Settings, process: subprocess.Popen[bytes], progress: Progress) -> None:
    supervisor = Supervisor(instance.supervisor_socket)
    deadline = time.monotonic() + _READY_WITHIN_S
    seen: dict[str, set[int]] = {}
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise _failure("the supervisor ended", instance, "supervisord.out")
        waiting = [answer for answer in ask_all(instance, settings, supervisor) if not answer.ready]
        if waiting == []:
            return
        progress.note("; ".join(f"{answer.program}: {answer.note}" for answer in waiting))
        _watch_for_loops(instance, supervisor, seen)
        time.sleep(_POLL_S)
    names = ", ".join(f"{answer.program} ({answer.note})" for answer in waiting)
    raise _failure(f"not ready after {_READY_WITHIN_S:.0f} s: {names}", instance, f"{waiting[0].program}.log")


def list_health(instance: Instance, settings: Settings) -> list[health.Health]:
    """Return the health of every program that is meant to run, or nothing when none runs."""
    return ask_all(instance, settings, Supervisor(instance.supervisor_socket)) if is_running(instance) else []


def ask_all(instance: Instance, settings: Settings, supervisor: Supervisor) -> list[health.Health]:
    """Return the health of every program that is meant to run."""
    try:
        programs = supervisor.list_programs()
    except SupervisorError:
        return [health.Health("supervisord", False, "starting")]
    regular = [item for item in programs if not item.name.startswith("bot-")]
    return [health.ask(instance, settings, item) for item in [*regular, *_list_workers(programs)]]


def _list_workers(programs: list[Program]) -> list[Program]:
    # After a switch of models other slots than the first ones may be the regular ones.
    workers = [item for item in programs if item.name.startswith("bot-")]
    running = [item for item in workers if item.pid is not None]
    return running if len(running) >= len(list_regular_slots()) else [item for item in workers if item in running or item.name in list_regular_slots()]


def _watch_for_loops(instance: Instance, supervisor: Supervisor, seen: dict[str, set[int]]) -> None:
    try:
        programs = supervisor.list_programs()
    except SupervisorError:
        return
    for program in programs:
        pids = seen.setdefault(program.name, set())
        if program.pid:
            pids.add(program.pid)
        if len(pids) >= _DEATHS_THAT_ARE_A_LOOP:
            raise _failure(f"{program.name} ends again and again", instance, f"{program.name}.log")


def _failure(what: str, instance: Instance, log: str) -> OperationFailed:
    tail = tail_log(instance.logs_dir / log, _TAIL_LINES)
    return OperationFailed("\n".join([f"{what}. The end of {instance.logs_dir / log}:", *(f"  {line}" for line in tail)]))


@contextmanager
def _only_one(data_dir: Path) -> Iterator[None]:
    """Keep a second `up` of the same data folder waiting until the first has come up or failed."""
    with (data_dir / "up.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with step("waiting for another `up` of this data folder"):
                fcntl.flock(handle, fcntl.LOCK_EX)
        yield
