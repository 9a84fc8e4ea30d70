"""One turn from start to end: HTTP in, the bot's reply committed and readable, with its SQL action.

The peer answers a greeting from a fixed text, with nothing stored but in memory. Both are asked in
turns of the same run, by the same client, so that the machine's mood falls on both. Throughput is
measured with all bot workers and, to compare one worker with the peer's one, with all but one stopped.
"""

from __future__ import annotations

from statistics import median
from typing import Any

from ops.bench.customers import Customer, OurCustomer, StockCustomer, ask_together
from ops.bench.figures import at_least, at_most, summary_ms
from ops.bench.servers import Ours, Stock, measure_memory, our_instance, read_cpu_s, read_our_cpu_s, stock_rasa
from ops.instance import list_regular_slots
from ops.steps import step
from studio.supervisor import Supervisor

_ROUNDS = 10
_TURNS_A_ROUND = 25
_WARM_UP_TURNS = 20
_CUSTOMERS = 8
_LOAD_ROUNDS = 4
_LOAD_TURNS = 25
_MEMORY_LIMIT_MB = 2048
_SECOND_START_LIMIT_S = 30


def measure() -> dict[str, Any]:
    """Return latency, throughput and footprint of ours and the peer."""
    with stock_rasa() as stock, our_instance() as ours:
        latency = _measure_latency(ours, stock)
        before, peer_before_s = read_our_cpu_s(ours.instance), read_cpu_s(stock.pid)
        load = _measure_load(ours, stock)
        after, peer_after_s = read_our_cpu_s(ours.instance), read_cpu_s(stock.pid)
        memory = measure_memory(ours.instance)
        _keep_one_worker(ours)
        alone = _measure_load(ours, stock)
    workers = len(list_regular_slots())
    turn_count = _LOAD_ROUNDS * _CUSTOMERS * _LOAD_TURNS
    cpu = {
        f"cpu_ms_a_turn_{kind}": round((after[kind] - used_s) * 1000 / turn_count, 2) for kind, used_s in before.items()
    }
    peer_cpu = {"cpu_ms_a_turn_bot": round((peer_after_s - peer_before_s) * 1000 / turn_count, 2)}
    figures = {
        "ours": {
            **summary_ms(latency["ours"]),
            **_load_figures(load["ours"], workers),
            "turns_per_s_with_one_worker": _rate(alone["ours"]),
            **cpu,
            **memory,
            "second_start_s": ours.second_start_s,
        },
        "peer": {
            **summary_ms(latency["peer"]),
            **_load_figures(load["peer"], 1),
            "turns_per_s_with_one_worker": _rate(alone["peer"]),
            **peer_cpu,
        },
    }
    return {
        "bench": "turn",
        "peer_is": "stock Rasa 3.6.21, `rasa init`, REST channel, in-memory store",
        **figures,
        "goals": _goals(figures),
    }


def _measure_latency(ours: Ours, stock: Stock) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {"ours": [], "peer": []}
    with step(f"one customer, {_ROUNDS * _TURNS_A_ROUND} turns each"):
        _ask(OurCustomer(ours.port, ours.identity_tokens[0]), _WARM_UP_TURNS)
        _ask(StockCustomer(stock.port), _WARM_UP_TURNS)
        for _ in range(_ROUNDS):
            taken["peer"] += _ask(StockCustomer(stock.port), _TURNS_A_ROUND)
            taken["ours"] += _ask(OurCustomer(ours.port, ours.identity_tokens[0]), _TURNS_A_ROUND)
    return taken


def _measure_load(ours: Ours, stock: Stock) -> dict[str, list[tuple[float, list[float]]]]:
    taken: dict[str, list[tuple[float, list[float]]]] = {"ours": [], "peer": []}
    with step(f"{_CUSTOMERS} customers at once, {_LOAD_ROUNDS * _CUSTOMERS * _LOAD_TURNS} turns each"):
        for _ in range(_LOAD_ROUNDS):
            for name in ("peer", "ours"):
                make = _make_ours(ours) if name == "ours" else (lambda _place: StockCustomer(stock.port))
                rate, turns = ask_together(make, _CUSTOMERS, _LOAD_TURNS)
                taken[name].append((rate, list(turns)))
    return taken


def _keep_one_worker(ours: Ours) -> None:
    supervisor = Supervisor(ours.instance.supervisor_socket)
    for slot in list_regular_slots()[1:]:
        supervisor.stop(slot)


def _make_ours(ours: Ours) -> Any:
    return lambda _place: OurCustomer(ours.port, ours.identity_tokens[0])


def _ask(customer: Customer, count: int) -> list[float]:
    return [customer.ask() for _ in range(count)]


def _load_figures(rounds: list[tuple[float, list[float]]], workers: int) -> dict[str, float]:
    under_load = summary_ms([seconds for _, turns in rounds for seconds in turns])
    return {
        "bot_workers": workers,
        "turns_per_s": _rate(rounds),
        **{f"loaded_{name}": value for name, value in under_load.items()},
    }


def _rate(rounds: list[tuple[float, list[float]]]) -> float:
    return round(median(rate for rate, _ in rounds), 1)


def _goals(figures: dict[str, dict[str, float]]) -> list[dict[str, Any]]:
    ours, peer = figures["ours"], figures["peer"]
    rate_ratio = ours["turns_per_s_with_one_worker"] / peer["turns_per_s_with_one_worker"]
    return [
        at_most("p50, ours to the peer's", ours["p50_ms"] / peer["p50_ms"], 1.0),
        at_least(f"turns per second of one bot worker, {_CUSTOMERS} customers, ours to the peer's", rate_ratio, 2.0),
        at_most("memory of all processes, MB (shared pages once)", ours["memory_pss_mb"], _MEMORY_LIMIT_MB),
        at_most("second start, s", ours["second_start_s"], _SECOND_START_LIMIT_S),
    ]
