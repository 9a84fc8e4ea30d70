"""Runs a measurement by its name and prints what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.table import Table

from ops.bench import (
    actions,
    alerts,
    arrivals,
    growth,
    handoff,
    handoff_report,
    nlu,
    nlu_report,
    queries,
    sockets,
    turn,
)
from ops.errors import OperationFailed
from ops.terminal import console

BENCHES: dict[str, Callable[[], dict[str, Any]]] = {
    "turn": turn.measure,
    "growth": growth.measure,
    "arrivals": arrivals.measure_arrivals,
    "queries": queries.measure,
    "alerts": alerts.run,
    "sockets": sockets.measure,
    "actions": actions.measure,
}
UNDERSTANDING = "nlu"
CENTRE = "handoff"


def run(name: str, wishes: nlu.Wishes | None = None, centre: handoff.Wishes | None = None) -> dict[str, Any]:
    """Return the figures of a measurement; `wishes` are for `nlu`, `centre` for `handoff`.

    Raises OperationFailed for an unknown name, and for wishes that are for another one.
    """
    if name == CENTRE:
        return handoff.measure(centre or handoff.Wishes(), quick=wishes == nlu.Wishes(quick=True))
    if centre and centre != handoff.Wishes():
        raise OperationFailed(f"--agents, --seed and --store are for `bench {CENTRE}`, not for {name}")
    if name == UNDERSTANDING:
        return nlu.measure(wishes or nlu.Wishes())
    if name not in BENCHES:
        raise OperationFailed(
            f"there is no measurement {name}: choose {', '.join(BENCHES)}, {CENTRE} or {UNDERSTANDING}"
        )
    if name == "queries" and wishes == nlu.Wishes(quick=True):
        return queries.measure(quick=True)
    if wishes and wishes != nlu.Wishes():
        raise OperationFailed(
            f"--quick, --data-sets, --stock-too, --ours-only and --stock-rounds are for `bench {UNDERSTANDING}`, not for {name}"
        )
    return BENCHES[name]()


def show(found: dict[str, Any]) -> None:
    """Print the figures: ours, the peer's, and whether each goal is met."""
    if found["bench"] == UNDERSTANDING:
        nlu_report.show(found)
        return
    if found["bench"] == CENTRE:
        handoff_report.show(found)
    elif found["bench"] == "alerts":
        console.print(alerts.make_table(found))
    elif found["bench"] == "actions":
        console.print(_by_action(found))
    elif found["bench"] == "sockets":
        console.print(_by_phase(found))
    elif "peer_is" in found:
        console.print(_beside_the_peer(found))
    else:
        console.print(_by_question(found))
    goals = Table("goal", "figure", "wanted", "met")
    for goal in found["goals"]:
        goals.add_row(goal["what"], _cell(goal["figure"]), goal["wanted"], "yes" if goal["met"] else "NO")
    console.print(goals)


def _by_phase(found: dict[str, Any]) -> Table:
    title = f"{found['sockets']} sockets, {found['rate_per_s']} messages a second, processors {found['processors']}"
    table = Table("", "figure", title=title, title_justify="left")
    phases = {name: value for name, value in found.items() if isinstance(value, dict)}
    for phase, figures in phases.items():
        for name, value in figures.items():
            inner = value if isinstance(value, dict) else {"": value}
            for key, figure in inner.items():
                table.add_row(" ".join(part for part in (phase, name, key) if part), _cell(figure))
    return table


def _beside_the_peer(found: dict[str, Any]) -> Table:
    table = Table("", "ours", "peer", title=f"{found['bench']} · peer: {found['peer_is']}", title_justify="left")
    for name in dict.fromkeys([*found["ours"], *found["peer"]]):
        table.add_row(name, _cell(found["ours"].get(name)), _cell(found["peer"].get(name)))
    return table


def _by_action(found: dict[str, Any]) -> Table:
    table = Table("", "p50 ms", "p95 ms", title="one action of a turn, HTTP and SQL included", title_justify="left")
    for name, taken in sorted(found["actions"].items(), key=lambda one: -float(one[1]["p50_ms"])):
        table.add_row(name, _cell(taken["p50_ms"]), _cell(taken["p95_ms"]))
    return table


def _by_question(found: dict[str, Any]) -> Table:
    table = Table("", "SQLite p50", "p95", "PostgreSQL p50", "p95", title=str(found["rows"]), title_justify="left")
    for name, ours in found["sqlite"].items():
        times = (
            *(ours[key] for key in ("p50_ms", "p95_ms")),
            *(found["postgresql"][name][key] for key in ("p50_ms", "p95_ms")),
        )
        table.add_row(name, *(_cell(one) for one in times))
    return table


def _cell(value: Any) -> str:
    return "-" if value is None else f"{value:,.2f}" if isinstance(value, float) else str(value)
