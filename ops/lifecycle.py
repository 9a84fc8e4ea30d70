"""Starts an instance.

`up` is: settle ports and secrets, prepare the stores and the model, start the supervisor, wait. Each
step can be run again after a crash at any point.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from kernel.settings import Settings
from ops import prepare
from ops.errors import OperationFailed
from ops.instance import (
    Instance,
    is_free,
    open_instance,
    open_secrets,
    process_environment,
    save_instance,
    settle_ports,
)
from ops.opening import settings_of
from ops.steps import step
from ops.supervision import is_running, list_recorded, start_supervisor, stop_everything
from ops.waiting import wait_until_ready


@dataclass(frozen=True)
class Wishes:
    """What the operator asked `up` for; None means as before, or the default."""

    port: int | None = None
    host: str | None = None
    demo: bool = True
    clock_at: datetime | None = None


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
        _prepare(settings_of(instance))
        instance = _set_clock(instance, wishes)  # again: preparing may have taken minutes
        settings = settings_of(instance)
        environment = process_environment(instance, open_secrets(data_dir, {}), os.environ)
        process = start_supervisor(instance, environment)
        try:
            with step("starting the processes") as progress:
                wait_until_ready(instance, settings, process, progress)
        except BaseException:
            stop_everything(instance)
            raise
    return instance, process


def _settle(known: Instance, wishes: Wishes) -> Instance:
    instance = replace(
        known,
        port=wishes.port or known.port,
        host=wishes.host or os.environ.get("IEUM_HOST") or known.host,
        demo=wishes.demo,
    )
    if not is_free(instance.host, instance.port):
        raise OperationFailed(f"port {instance.port} is taken by another program: choose one with `./ieum up --port N`")
    secrets = open_secrets(instance.data_dir, os.environ)
    instance = settle_ports(replace(instance, embedded_redis=not secrets.get("IEUM_REDIS_URL")))
    return _set_clock(instance, wishes)


def _set_clock(instance: Instance, wishes: Wishes) -> Instance:
    offset_s = (wishes.clock_at - datetime.now(UTC)).total_seconds() if wishes.clock_at else 0.0
    instance = replace(instance, clock_offset_s=offset_s)
    save_instance(instance)
    return instance


def _prepare(settings: Settings) -> None:
    try:
        with step("bringing the databases to the newest schema"):
            prepare.migrate(settings)
        if settings.demo:
            with step("loading the demo shop and logins"):
                prepare.load_demo(settings)
    except (OSError, SQLAlchemyError) as error:
        # What was asked of the database stays out of the message: it may hold a password or a name.
        reason = error.strerror if isinstance(error, OSError) else type(error).__name__
        named = "; check IEUM_DATABASE_URL" if not settings.database_url.startswith("sqlite") else ""
        raise OperationFailed(f"the database cannot be used ({reason or error}){named}") from error
    prepare.ensure_model(settings)


def _clear_leftovers(instance: Instance) -> None:
    if list_recorded(instance):
        with step("ending what an earlier start left behind"):
            left = stop_everything(instance)
        if left:
            raise OperationFailed(f"process {left[0].pid} of an earlier start cannot be ended; end it by hand")


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
