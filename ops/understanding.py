"""`nlu evaluate`: how well a model understands files of labelled messages."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from ops.bot_programs import BotRun, run_bot
from ops.errors import InputRefused, OperationFailed
from ops.steps import step
from ops.terminal import console
from studio.intents import Intents

_WORST_SHOWN = 10
_CONFUSIONS_SHOWN = 15
_TAIL_LINES = 20
_MALFORMED = 2
_NAMES = {
    "n": "messages",
    "accuracy": "accuracy (messages of one intent)",
    "macro_f1": "macro-F1",
    "in_scope_accuracy": "accuracy of the ranking, in scope only",
    "ece": "calibration error (ECE)",
    "oos_auroc": "out of scope: AUROC",
    "oos_f1": "out of scope: F1",
    "multi_intent_f1": "several intents: F1",
    "entity_f1": "entities: F1",
    "p50_ms": "parse p50, ms",
    "p95_ms": "parse p95, ms",
    "memory_mb": "memory of the process, MB",
    "ready_s": "ready after, s",
}


def evaluate(archive: Path, files: Sequence[Path], plots: Path | None) -> dict[str, Any]:
    """Return the figures of a model over all files together; with `plots`, draw the pictures there.

    Raises InputRefused naming each malformed line, OperationFailed.
    """
    with tempfile.TemporaryDirectory(prefix="ieum-evaluate-") as folder:
        out = Path(folder) / "figures.json"
        command: list[object] = ["bot.evaluate", "--model", archive, "--out", out, "--progress-json"]
        if plots:
            command += ["--plots", plots, "--names", write_names(Path(folder))]
        with step("asking the model") as progress:
            run = run_bot([*command, *files], progress=progress)
            if run.status:
                raise _failure(run)
        for line in run.said:
            console.print(line, style="yellow", markup=False, soft_wrap=True)
        found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found


def write_names(folder: Path) -> Path:
    """Write the Korean names of intents for the pictures; return the file."""
    path = folder / "names.json"
    path.write_text(json.dumps({intent.id: intent.ko for intent in Intents.load().list_all()}))
    return path


def flatten(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the single figures of an evaluation by name, in the order they are shown in."""
    flat = {
        **found,
        **{f"oos_{name}": value for name, value in found["oos"].items()},
        **{f"{name}_ms": value for name, value in found["ms"].items()},
    }
    return {name: flat.get(name) for name in _NAMES}


def show(found: Mapping[str, Any]) -> None:
    """Print the figures, the intents that fare worst, and what is taken for what."""
    table = Table("figure", "value")
    for name, value in flatten(found).items():
        table.add_row(_NAMES[name], cell(value))
    console.print(table)
    worst = sorted(found["per_intent"].items(), key=lambda item: item[1]["f1"])[:_WORST_SHOWN]
    table = Table("intent", "messages", "precision", "recall", "F1", title="Lowest F1", title_justify="left")
    for intent, score in worst:
        table.add_row(intent, *(cell(score[name]) for name in ("n", "precision", "recall", "f1")))
    console.print(table)
    table = Table("meant", "taken for", "times", title="Taken for another", title_justify="left")
    for slip in found["confusions"][:_CONFUSIONS_SHOWN]:
        table.add_row(slip["intent"], slip["taken_for"], str(slip["count"]))
    console.print(table)


def cell(value: Any) -> str:
    """Return a figure as shown in a table, to about three digits."""
    if not isinstance(value, float):
        return "-" if value is None else str(value)
    return f"{value:.3f}" if value < 1 else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def _failure(run: BotRun) -> OperationFailed:
    if run.status == _MALFORMED:
        return InputRefused("nothing was measured, these lines have to be changed first:\n" + "\n".join(run.said))
    return OperationFailed(f"bot.evaluate failed (status {run.status}):\n" + "\n".join(run.said[-_TAIL_LINES:]))
