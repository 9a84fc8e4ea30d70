"""What understanding has to reach: fixed limits, and better than both peers on each figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ops.bench.figures import at_least, at_most

Goal = dict[str, Any]
_AT_LEAST = {
    "accuracy": 0.93,
    "macro_f1": 0.92,
    "oos_f1": 0.85,
    "multi_intent_f1": 0.80,
    "entity_f1": 0.95,
}
_AT_MOST = {
    "ece": 0.05,
    "p50_ms": 3.0,
    "p95_ms": 6.0,
    "whole_training_s": 60.0,
    "memory_mb": 700.0,
    "ready_s": 15.0,
}
# Figures on which ours has to beat both peers; the lower, the better, for these.
_COMPARED = ("accuracy", "macro_f1", "ece", "oos_auroc", "oos_f1", "multi_intent_f1", "entity_f1")
_LOWER_IS_BETTER = ("ece",)
_PUBLIC = {
    "3i4k": {"in_scope_accuracy": 0.905},
    "banking77": {"in_scope_accuracy": 0.92},
    "clinc150": {"in_scope_accuracy": 0.935, "oos_auroc": 0.955},
}
_PEERS = ("peer", "peer_hangul")


def list_goals(frozen: Mapping[str, Mapping[str, Any]]) -> list[Goal]:
    """Return the goals on the frozen set; none against peers that were not asked."""
    ours = frozen["ours"]
    fixed = [_judge(f"frozen set, {name}", ours[name], limit, lower=False) for name, limit in _AT_LEAST.items()]
    fixed += [_judge(f"ours, {name}", ours[name], limit, lower=True) for name, limit in _AT_MOST.items()]
    peers = [frozen[peer] for peer in _PEERS if frozen[peer]]
    compared = [_compare(name, ours[name], [peer[name] for peer in peers]) for name in _COMPARED] if peers else []
    return [*fixed, *compared]


def list_public_goals(results: Iterable[Mapping[str, Any]]) -> list[Goal]:
    """Return the goals on the full public sets."""
    return [
        _judge(f"{result['set']}, {name}", result["ours"][name], limit, lower=False)
        for result in results
        for name, limit in _PUBLIC.get(result["set"], {}).items()
    ]


def _compare(name: str, ours: float | None, peers: Sequence[float | None]) -> Goal:
    lower = name in _LOWER_IS_BETTER
    values = [value for value in peers if value is not None]
    best = (min if lower else max)(values, default=None)
    met = ours is not None and (best is None or (ours < best if lower else ours > best))
    wanted = "-" if best is None else f"{'<' if lower else '>'} {best:g}"
    return {"what": f"better than both stock pipelines, {name}", "figure": ours, "wanted": wanted, "met": met}


def _judge(what: str, figure: float | None, limit: float, *, lower: bool) -> Goal:
    if figure is None:
        return {"what": what, "figure": None, "wanted": f"{'≤' if lower else '≥'} {limit:g}", "met": False}
    return (at_most if lower else at_least)(what, figure, limit)
