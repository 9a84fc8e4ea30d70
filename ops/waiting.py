"""Waits until an instance that was just started answers, and says why when it does not."""

from __future__ import annotations

import subprocess
import time

from kernel.settings import Settings
from ops import health
from ops.errors import OperationFailed
from ops.instance import Instance, list_regular_slots
from ops.steps import Progress
from ops.supervision import is_running, tail_log
from studio.errors import SupervisorError
from studio.supervisor import Program, Supervisor

_READY_WITHIN_S = 180.0
_POLL_S = 0.2
_DEATHS_THAT_ARE_A_LOOP = 4
_TAIL_LINES = 20


def wait_until_ready(
    instance: Instance, settings: Settings, process: subprocess.Popen[bytes], progress: Progress
) -> None:
    """Return when every program answers that it is ready. Raises OperationFailed with the end of the log that tells why."""
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
    return (
        running
        if len(running) >= len(list_regular_slots())
        else [item for item in workers if item in running or item.name in list_regular_slots()]
    )


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
    return OperationFailed(
        "\n".join([f"{what}. The end of {instance.logs_dir / log}:", *(f"  {line}" for line in tail)])
    )
