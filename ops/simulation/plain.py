"""The contact centre as a textbook has it: one line, interchangeable places, nothing in between. Pure.

Served with the same customers it says what the engine should have come to; with many customers it comes to what
Erlang-A predicts.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

from ops.simulation.demand import Caller


@dataclass(frozen=True)
class Served:
    """What became of a customer: begun at `begun_s`, or gone (None); `waited_s` until either."""

    caller: Caller
    begun_s: float | None
    waited_s: float


def serve(callers: Sequence[Caller], places: Sequence[tuple[float, int]], *, extra_s: float = 0.0) -> list[Served]:
    """Serve customers in the order they come and return what became of each, in that order.

    `places` is how many there are from when on; of places that go, the conversation in hand is brought to its end.
    Each conversation takes a place for `extra_s` longer than the customer needs.
    """
    changes = list(places)
    ends: list[float] = []  # of conversations in hand
    line: list[Caller] = []
    begun: dict[int, float] = {}
    count, coming, head = 0, 0, 0
    while coming < len(callers) or head < len(line):
        at = min(
            callers[coming].arrives_s if coming < len(callers) else float("inf"),
            changes[0][0] if changes else float("inf"),
            ends[0] if ends else float("inf"),
        )
        if ends and ends[0] == at:
            heapq.heappop(ends)
        elif changes and changes[0][0] == at:
            count = changes.pop(0)[1]
        else:
            line.append(callers[coming])
            coming += 1
        while head < len(line) and len(ends) < count:
            caller = line[head]
            head += 1
            if caller.arrives_s + caller.patience_s > at:
                begun[caller.number] = at
                heapq.heappush(ends, at + caller.handling_s + extra_s)
    return [_served(caller, begun.get(caller.number)) for caller in callers]


def _served(caller: Caller, begun_s: float | None) -> Served:
    waited_s = caller.patience_s if begun_s is None else begun_s - caller.arrives_s
    return Served(caller, begun_s, waited_s)
