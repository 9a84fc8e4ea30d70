"""Shows what the measuring of understanding found: tables for a terminal, or Markdown for docs/understanding.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from ops.bench.nlu import TITLES
from ops.terminal import console
from ops.understanding import cell

_ROWS = {
    "accuracy": "accuracy",
    "macro_f1": "macro-F1",
    "in_scope_accuracy": "accuracy of the ranking, in scope",
    "ece": "calibration error (ECE)",
    "oos_auroc": "out of scope, AUROC",
    "oos_f1": "out of scope, F1",
    "multi_intent_f1": "two intents, F1",
    "entity_f1": "entities, F1",
    "training_s": "training of the understanding, s",
    "training_memory_mb": "memory while training, MB",
    "whole_training_s": "training of the whole model, s",
    "p50_ms": "parse p50, ms",
    "p95_ms": "parse p95, ms",
    "memory_mb": "memory of the process, MB",
    "ready_s": "ready after, s",
}
_PUBLIC_COLUMNS = (
    "in_scope_accuracy",
    "accuracy",
    "macro_f1",
    "oos_auroc",
    "oos_f1",
    "ece",
    "training_s",
    "p50_ms",
    "p95_ms",
)
Rows = list[list[str]]


def show(found: Mapping[str, Any]) -> None:
    """Print the tables and where the pictures are."""
    for title, rows in list_tables(found):
        table = Table(*rows[0], title=title, title_justify="left")
        for row in rows[1:]:
            table.add_row(*row)
        console.print(table)
    if found["pictures"]:
        console.print(f"Pictures: {found['pictures']}", markup=False)


def as_markdown(found: Mapping[str, Any]) -> str:
    """Return the same tables as Markdown."""
    parts = []
    for title, rows in list_tables(found):
        lines = [rows[0], ["---"] * len(rows[0]), *rows[1:]]
        parts.append(f"**{title}**\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n")
    return "\n".join(parts)


def list_tables(found: Mapping[str, Any]) -> list[tuple[str, Rows]]:
    """Return each table with its title; its first row names the columns."""
    quick = ", a small part of the data" if found["quick"] else ""
    rounds = f"; stock: {found['stock_rounds']} of its 100 rounds" if found["stock_rounds"] else ""
    asked = f"{found['ours']['n']} messages, {found['cores']} cores{rounds}"
    tables = [(f"Frozen set{quick} ({asked})", _list_frozen(found))]
    if found["public"]:
        tables.append((f"Public sets{quick}", _list_public(found["public"])))
    if found["goals"]:
        tables.append(("Goals", _list_goals(found["goals"])))
    return tables


def _list_frozen(found: Mapping[str, Any]) -> Rows:
    head = ["", *TITLES.values()]
    return [head] + [[title, *(cell(found[who].get(name)) for who in TITLES)] for name, title in _ROWS.items()]


def _list_public(results: Sequence[Mapping[str, Any]]) -> Rows:
    head = ["set", "model", "learnt from", "asked", *(_ROWS[name] for name in _PUBLIC_COLUMNS), "others"]
    rows = [head]
    for result in results:
        for who in TITLES:
            if figures := result.get(who):
                counts = [str(result["train_n"]), str(figures["n"])]
                values = [cell(figures[name]) for name in _PUBLIC_COLUMNS]
                others = result["reference"] if who == "ours" else ""
                rows.append([result["set"], TITLES[who], *counts, *values, others])
    return rows


def _list_goals(goals: Sequence[Mapping[str, Any]]) -> Rows:
    rows = [[goal["what"], cell(goal["figure"]), goal["wanted"], "yes" if goal["met"] else "NO"] for goal in goals]
    return [["goal", "figure", "wanted", "met"], *rows]
