"""The command line: every command of `./ieum`, each a few lines that call the module that does it.

Here: what starts, stops and shows an instance. The rest is in `cli_staff`, `cli_stores` and `cli_work`. A command
imports what it needs when it is run, so that each answers at once.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from subprocess import Popen
from typing import TYPE_CHECKING, Annotated

import typer

from ops import cli_staff, cli_stores, cli_work
from ops.errors import OperationFailed
from ops.terminal import DEFAULT_DATA, AsJson, Data, console, failures_as_sentences, print_json

if TYPE_CHECKING:
    from ops import lifecycle

app = typer.Typer(
    help="Ieum: a Korean customer-service bot that hands the conversation to a person with everything already known.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.command()
def up(
    data: Data = DEFAULT_DATA,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port of the pages and the API [default: 8080, or as before].")
    ] = None,
    detach: Annotated[bool, typer.Option("--detach", help="Return when ready; stop with `./ieum down`.")] = False,
    no_demo: Annotated[bool, typer.Option("--no-demo", help="No demo shop, no demo logins.")] = False,
    clock: Annotated[
        str | None, typer.Option(metavar="TIME", help="The product's clock starts at this time (RFC 3339) and runs on.")
    ] = None,
) -> None:
    """Start everything: databases, model, bot, pages. Ctrl-C stops it again.

    Example: ./ieum up --data /srv/ieum --port 8090 --detach
    """
    from ops import lifecycle, opening, show

    with failures_as_sentences():
        wishes = lifecycle.Wishes(port=port, demo=not no_demo, clock_at=_read_clock(clock))
        data_dir = data.resolve()
        with _stopping_on_signals():
            instance, process = lifecycle.start(data_dir, wishes)
        show.welcome(instance, opening.open_settings(data_dir)[1], already=process is None)
        if process is None or detach:
            return
        console.print("Ctrl-C stops everything.", style="dim")
        _stay(data_dir, wishes, process)


def _stay(data_dir: Path, wishes: lifecycle.Wishes, process: Popen[bytes]) -> None:
    """Keep the terminal until asked to stop; bring everything up again when the supervisor itself was killed."""
    from ops import lifecycle, stopping

    try:
        with _stopping_on_signals():
            while True:
                while process.poll() is None:
                    time.sleep(0.3)
                if process.returncode >= 0:
                    console.print("ieum: was stopped from elsewhere.", markup=False)
                    return
                console.print(
                    f"ieum: the supervisor was killed (signal {-process.returncode}); starting again.", style="yellow"
                )
                _, again = lifecycle.start(data_dir, wishes)
                if again is None:
                    return
                process = again
    except KeyboardInterrupt:
        console.print()
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it running
        stopping.stop(data_dir)


@contextmanager
def _stopping_on_signals() -> Iterator[None]:
    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _read_clock(clock: str | None) -> datetime | None:
    if clock is None:
        return None
    try:
        wanted = datetime.fromisoformat(clock)
    except ValueError as error:
        raise OperationFailed(f"--clock needs a time such as 2026-11-24T14:00:00+09:00, not {clock!r}") from error
    if wanted.tzinfo is None:
        raise OperationFailed("--clock needs the time zone as well, as in 2026-11-24T14:00:00+09:00 for Seoul")
    return wanted


@app.command()
def down(data: Data = DEFAULT_DATA) -> None:
    """Stop everything; turns in hand are finished first.

    Example: ./ieum down --data /srv/ieum
    """
    from ops import stopping

    with failures_as_sentences():
        stopped = stopping.stop(data.resolve())
        console.print("Stopped: no process is left." if stopped else f"Nothing runs in {data}.", markup=False)


@app.command(name="status")
def show_status(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Show whether it is ready, where, and with which processes.

    Example: ./ieum status --json
    """
    from ops import opening, show, status, waiting
    from ops.supervision import list_recorded

    with failures_as_sentences():
        instance, settings = opening.open_settings(data.resolve())
        found = status.describe(instance, settings)
        if as_json:
            print_json(found)
        else:
            show.state(found, waiting.list_health(instance, settings), sorted(list_recorded(instance)))


cli_staff.register(app)
cli_stores.register(app)
cli_work.register(app)
