"""Whether a turn costs the same late in a conversation as early on.

The peer keeps its conversations in SQLite, as ours does; it is stopped after 300 turns, where it has
become slow enough.
"""

from __future__ import annotations

from typing import Any

from ops.bench.customers import OurCustomer, StockCustomer
from ops.bench.figures import at_most, median_of_turns
from ops.bench.servers import our_instance, stock_rasa
from ops.steps import step

_CHUNKS = 10
_OUR_TURNS = 1000
_PEER_TURNS = 300


def measure() -> dict[str, Any]:
    """Return the medians of early and late turns of one conversation each."""
    with stock_rasa(sql_store=True) as stock, our_instance() as ours:
        our_customer, peer_customer = OurCustomer(ours.port, ours.identity_tokens[0]), StockCustomer(stock.port)
        taken: dict[str, list[float]] = {"ours": [], "peer": []}
        with step(f"one conversation each: {_OUR_TURNS} turns with ours, {_PEER_TURNS} with the peer") as progress:
            for chunk in range(_CHUNKS):
                taken["ours"] += [our_customer.ask() for _ in range(_OUR_TURNS // _CHUNKS)]
                taken["peer"] += [peer_customer.ask() for _ in range(_PEER_TURNS // _CHUNKS)]
                progress.note(f"{(chunk + 1) * 100 // _CHUNKS} %")
    figures = {
        "ours": _medians(taken["ours"], (950, 1000)),
        "peer": _medians(taken["peer"], (290, 300)),
    }
    goals = [at_most("turns 950–1,000 to turns 5–50, ours", figures["ours"]["growth_ratio"], 1.2)]
    return {
        "bench": "growth",
        "peer_is": "stock Rasa 3.6.21, `rasa init`, REST channel, SQL tracker store (SQLite)",
        **figures,
        "goals": goals,
    }


def _medians(seconds: list[float], late: tuple[int, int]) -> dict[str, float]:
    early_ms = median_of_turns(seconds, 5, 50)
    late_ms = median_of_turns(seconds, *late)
    middle = {f"turns_{turn}_ms": median_of_turns(seconds, turn - 10, turn) for turn in (100, 200, 300)}
    return {
        "turns_5_to_50_ms": early_ms,
        **middle,
        f"turns_{late[0]}_to_{late[1]}_ms": late_ms,
        "growth_ratio": round(late_ms / early_ms, 2),
    }
