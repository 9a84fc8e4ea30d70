"""Prints a simulated day for people: hour by hour beside the prediction, then what customers, agents and machine got."""

from __future__ import annotations

from typing import Any

from rich import box
from rich.table import Table

from ops.terminal import console

_LINES = {
    "left_ratio": "leave before they are served",
    "wait_mean_s": "mean wait, who leaves included",
    "wait_p50_s": "p50 wait of those served",
    "wait_p90_s": "p90 wait of those served",
    "within_20s_ratio": "served within 20 s",
    "within_60s_ratio": "served within 60 s",
    "utilisation": "utilisation",
}


def show(found: dict[str, Any]) -> None:
    """Print all but the goals."""
    day, plain = found["day"], found["plain"]
    console.print(_hours(found))
    console.print(
        _compared(
            f"the day: {day['customers']} customers",
            {
                "until answered": day["seen"],
                "until asked": day["until_asked"],
                "model": day["model"],
                "Erlang-A": day["erlang_a"],
            },
        )
    )
    console.print(
        _compared(
            f"a plain day: {plain['customers']} customers, exponential times, agents who take at once",
            {
                "engine": plain["seen"],
                "model, such days": plain["such_days"],
                "model, long run": found["theory"]["long_run"],
                "Erlang-A": plain["erlang_a"],
            },
        )
    )
    for title, lived in (("the day", day), ("the plain day", plain)):
        console.print(_estimates(title, lived["estimates"]))
    console.print(_engine(day))


_COLUMNS = {
    "utilisation": "busy %",
    "left_ratio": "left %",
    "wait_mean_s": "wait, s",
    "wait_p90_s": "p90, s",
    "within_20s_ratio": "≤ 20 s %",
    "within_60s_ratio": "≤ 60 s %",
}


def _hours(found: dict[str, Any]) -> Table:
    title = f"{found['agents']} agents, seed {found['seed']} · the engine | Erlang-A · waits until an agent is asked"
    table = Table(
        "hour", "places", "came", *_COLUMNS.values(), title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=0
    )
    for line in found["day"]["hours"]:
        seen, told = line["seen"], line["erlang_a"]
        cells = [f"{_bare(name, seen[name])} | {_bare(name, told[name])}  " for name in _COLUMNS]
        table.add_row(f"{line['hour']:02} ", f"{line['places']}  ", f"{seen['came']}  ", *cells)
    return table


def _bare(name: str, value: float) -> str:
    return (
        f"{value:.0f}"
        if name.endswith("_s")
        else f"{value * 100:.1f}"
        if name == "left_ratio"
        else f"{value * 100:.0f}"
    )


def _compared(title: str, columns: dict[str, dict[str, Any]]) -> Table:
    table = Table(title, *columns, title_justify="left")
    for name, label in _LINES.items():
        if any(name in column for column in columns.values()):
            table.add_row(label, *(_cell(name, column.get(name)) for column in columns.values()))
    return table


def _estimates(title: str, estimates: dict[str, Any]) -> Table:
    table = Table(
        f"estimates told, {title}",
        "told",
        "mean told",
        "mean wait",
        "right (×2 or 30 s)",
        "within ×2",
        "at best right",
    )
    for name, group in {**estimates["by_position"], "all": estimates["all"]}.items():
        table.add_row(
            f"place {name}" if name != "all" else "all",
            str(group["told"]),
            _cell("told_s", group["told_mean_s"]),
            _cell("waited_s", group["waited_mean_s"]),
            *(_cell("_ratio", group[key]) for key in ("right_ratio", "within_factor_ratio", "best_possible_ratio")),
        )
    return table


def _engine(day: dict[str, Any]) -> Table:
    engine, fair, vanished = day["engine"], day["fairness"], day["vanished"]
    table = Table("the engine", "events", "mean ms", "p99 ms")
    for kind, cost in engine["by_kind"].items():
        table.add_row(kind, str(cost["count"]), f"{cost['mean_ms']:.1f}", f"{cost['p99_ms']:.1f}")
    table.add_row("all", str(engine["events"]), f"{engine['ms_an_event']:.1f}", f"{engine['p99_ms']:.1f}")
    table.caption = (
        f"{engine['took_s']:.0f} s, {engine['faster_than_life']:.0f} times as fast as life · lost {day['seen']['lost']}, "
        f"overtaken {fair['overtaken']}, longest wait {fair['longest_wait_s']:.0f} s · "
        f"{vanished['pages_died']} pages died: {vanished['put_back']} conversations put back, "
        f"taken again within {vanished['waited_again_max_s']:.0f} s"
    )
    return table


def _cell(name: str, value: float | None) -> str:
    if value is None:
        return "-"
    if name.endswith("_s"):
        return f"{value:.0f} s"
    return f"{value * 100:.1f} %"
