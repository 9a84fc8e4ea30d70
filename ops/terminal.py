"""What all commands share: common options, messages instead of tracebacks, JSON for scripts.

Exit status: 0 when what was asked is done, 1 when it is not (the message says what to do next), 2 for a
command line or an input file that makes no sense.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from backoffice.errors import BackofficeError
from handoff.errors import HandoffError
from kernel.settings import ROOT, SettingsError
from ops.errors import InputRefused, OperationFailed
from ops.steps import StepFailed
from studio.errors import StudioError, TrainingError

DEFAULT_DATA = Path(os.environ.get("IEUM_DATA_DIR") or ROOT / "var")
Data = Annotated[
    Path, typer.Option("--data", metavar="DIR", help="Folder of the instance: database, model in use, logs, sockets.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
console = Console(stderr=True, highlight=False)

_KNOWN = (OperationFailed, StepFailed, SettingsError, StudioError, HandoffError, BackofficeError)


@contextmanager
def failures_as_sentences() -> Iterator[None]:
    """Turn what can go wrong by the operator's hand or the machine's state into one message and a status."""
    try:
        yield
    except _KNOWN as error:
        console.print(f"ieum: {error}", style="red", markup=False, soft_wrap=True)
        if isinstance(error, TrainingError):
            console.print("\n".join(f"  {line}" for line in error.tail), markup=False, soft_wrap=True)
        raise typer.Exit(2 if isinstance(error, InputRefused) else 1) from None
    except KeyboardInterrupt:
        console.print("\nieum: stopped.", markup=False)
        raise typer.Exit(130) from None


def print_json(value: object) -> None:
    """Print a value for scripts, on stdout, with Korean left readable."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
