"""The figures of a run, as JSON for scripts and as text for people."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Table

from ops.bench.figures import at_least, at_most, percentile
from ops.faults.checker import KINDS, count
from ops.terminal import console

if TYPE_CHECKING:
    from ops.faults.run import Outcome

MUST_BE_NONE = KINDS
RECOVERY_P99_MAX_S = 5.0
WORKER_BACK_P99_MAX_S = 30.0
LONG_RUN_FAULTS = 300
LONG_RUN_MESSAGES = 100_000
_VIOLATIONS_SHOWN = 20
_SLOWEST_SHOWN = 5


def describe(seed: int, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return the report of a run; `lost` and so on are counts of violations, all zero when all is well."""
    violations = [violation for outcome in outcomes for violation in outcome.violations]
    recovery = [seconds for outcome in outcomes for _, seconds in outcome.recovery_s]
    struck: Counter[str] = sum((outcome.struck for outcome in outcomes), Counter())
    sent = [message for outcome in outcomes for message in outcome.history.sent if message.accepted_s is not None]
    figures: dict[str, Any] = {
        "faults": struck.total(),
        "acked": len(sent),
        **count(violations),
        "recovery_s": spread(recovery),
        "bot_worker_back_s": spread([seconds for outcome in outcomes for seconds in outcome.worker_back_s]),
        "answer_s": spread([seconds for outcome in outcomes for seconds in outcome.history.answer_s]),
        "accept_s": spread([(one.accepted_s or 0.0) - one.sent_s for one in sent]),
        "acked_by_channel": dict(Counter(message.channel for message in sent)),
        "claims": dict(Counter(c.outcome for o in outcomes for c in o.history.changed if c.what == "claimed")),
        "faults_by_kind": dict(sorted(struck.items())),
        "could_not_strike": dict(sum((outcome.missed for outcome in outcomes), Counter())),
        "recovery_by_kind_s": _by_kind(outcomes),
        "slowest_recoveries": _slowest(outcomes),
        "stores": [
            {
                "store": outcome.store,
                "seconds": round(outcome.seconds, 1),
                "faults": outcome.struck.total(),
                "acked": outcome.history.accepted_count,
                "full_disk_by": outcome.disk,
            }
            for outcome in outcomes
        ],
        "seed": seed,
        "violations": [
            {"kind": one.kind, "conversation_id": one.conversation_id, "what": one.what}
            for one in violations[:_VIOLATIONS_SHOWN]
        ],
        "failures": [failure for outcome in outcomes for failure in outcome.failures][:_VIOLATIONS_SHOWN],
    }
    return figures | {"goals": list_goals(figures)}


def is_well(figures: dict[str, Any]) -> bool:
    """Tell whether nothing was found that must never be."""
    return not any(figures[kind] for kind in MUST_BE_NONE) and figures["failures"] == []


def spread(seconds: Sequence[float]) -> dict[str, float | None]:
    """Return p50, p99 and the largest; None where nothing was measured."""
    if not seconds:
        return {"p50": None, "p99": None, "max": None}
    return {"p50": _s(percentile(seconds, 0.5)), "p99": _s(percentile(seconds, 0.99)), "max": _s(max(seconds))}


def list_goals(figures: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a long run has to reach."""
    goals = [at_most(kind.replace("_", " "), figures[kind], 0) for kind in MUST_BE_NONE]
    goals += [
        at_least("faults", figures["faults"], LONG_RUN_FAULTS),
        at_least("accepted messages", figures["acked"], LONG_RUN_MESSAGES),
    ]
    if (p99 := figures["recovery_s"]["p99"]) is not None:
        goals.append(at_most("recovery p99, s", p99, RECOVERY_P99_MAX_S))
    if (p99 := figures["bot_worker_back_s"]["p99"]) is not None:
        goals.append(at_most("bot worker back p99, s", p99, WORKER_BACK_P99_MAX_S))
    return goals


def show(figures: dict[str, Any]) -> None:
    """Print a report for people."""
    table = Table(title="Faults", show_header=False)
    for name in ("faults", "acked", *MUST_BE_NONE):
        table.add_row(name.replace("_", " "), str(figures[name]))
    for name in ("recovery_s", "bot_worker_back_s", "answer_s", "accept_s"):
        told = ", ".join(f"{key} {value}" for key, value in figures[name].items() if value is not None)
        table.add_row(name.replace("_", " "), told or "–")
    console.print(table)
    for kind, counted in figures["faults_by_kind"].items():
        console.print(f"  {counted:4}  {kind}: {figures['recovery_by_kind_s'].get(kind)}", markup=False)
    for violation in figures["violations"]:
        console.print(
            f"  {violation['kind']}: {violation['what']} ({violation['conversation_id']})", style="red", markup=False
        )
    for failure in figures["failures"]:
        console.print(f"  {failure}", style="yellow", markup=False)


def _by_kind(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    grouped: dict[str, list[float]] = defaultdict(list)
    for outcome in outcomes:
        for name, seconds in outcome.recovery_s:
            grouped[name.partition(" at ")[0] if name.startswith("kill") else name].append(seconds)
    return {name: spread(seconds) for name, seconds in sorted(grouped.items())}


def _slowest(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    ranked = sorted((one for outcome in outcomes for one in outcome.recovery_s), key=lambda one: -one[1])
    return [{"fault": name, "seconds": _s(seconds)} for name, seconds in ranked[:_SLOWEST_SHOWN]]


def _s(seconds: float) -> float:
    return round(seconds, 3)
