"""The figures of a model over questions: what `nlu evaluate` prints. Pure.

Takes the questions and, for each, the answer in the shape of `nlu parse`. Definitions
stand beside the figures in docs/understanding.md; a change here is a change there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.measuring import metrics
from bot.measuring.questions import Question

OUT_OF_SCOPE = "out_of_scope"
NOT_UNDERSTOOD = "nlu_fallback"
# Optional in an answer: how sure the model is that a message is out of scope, 0-1.
OUT_OF_SCOPE_SCORE = "out_of_scope_score"
# Pairs listed; the rest are single slips.
CONFUSIONS_SHOWN = 50
DIGITS = 4


@dataclass(frozen=True)
class Judgement:
    """What an answer amounts to.

    `intent` is what the bot acts on: out_of_scope wherever it was judged so.
    `in_scope_intent` is the first intent of the ranking besides, if any.
    """

    intent: str
    confidence: float
    in_scope_intent: str | None
    out_of_scope_score: float
    intents: frozenset[str]
    entities: Counter[str]
    ms: float


def judge(answer: Mapping[str, Any]) -> Judgement:
    """Read an answer of `nlu parse`."""
    refused = bool(answer.get("out_of_scope")) or answer["intent"] in (
        OUT_OF_SCOPE,
        NOT_UNDERSTOOD,
    )
    intent = OUT_OF_SCOPE if refused else answer["intent"]
    in_scope = [
        item
        for item in answer.get("ranking") or []
        if item["intent"] not in (OUT_OF_SCOPE, NOT_UNDERSTOOD)
    ]
    best = max(in_scope, key=lambda item: item["confidence"], default=None)
    score = answer.get(OUT_OF_SCOPE_SCORE)
    if score is None:
        score = 1.0 - (best["confidence"] if best else 0.0)
    several = answer.get("intents") or []
    return Judgement(
        intent=intent,
        confidence=float(answer["confidence"]),
        in_scope_intent=best["intent"] if best else None,
        out_of_scope_score=float(score),
        intents=frozenset(several) if several and not refused else frozenset({intent}),
        entities=Counter(
            _mark(item["entity"], item["text"]) for item in answer.get("entities") or []
        ),
        ms=float(answer["ms"]),
    )


def measure(
    questions: Sequence[Question], answers: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """All figures of the answers to `questions`, in the same order."""
    judged = [judge(answer) for answer in answers]
    pairs = list(zip(questions, judged, strict=True))
    single = [(q.intents[0], j) for q, j in pairs if not q.several]
    times = [j.ms for j in judged]
    return {
        "n": len(questions),
        **_measure_intents(single),
        "oos": _measure_out_of_scope(single),
        "multi_intent_f1": _rounded(
            metrics.micro_f1(
                [Counter(q.intents) for q, _ in pairs if q.several],
                [Counter(j.intents) for q, j in pairs if q.several],
            )
        ),
        "entity_f1": _rounded(
            metrics.micro_f1(
                [_bag(q.entities) for q, _ in pairs if q.entities is not None],
                [j.entities for q, j in pairs if q.entities is not None],
            )
        ),
        "ms": {
            "p50": _rounded(metrics.percentile(times, 0.5)),
            "p95": _rounded(metrics.percentile(times, 0.95)),
        },
    }


def list_bins(
    questions: Sequence[Question], answers: Sequence[Mapping[str, Any]]
) -> list[metrics.Bin]:
    """The bins of the reliability diagram, over messages of one intent."""
    single = [
        (question.intents[0], judge(answer))
        for question, answer in zip(questions, answers, strict=True)
        if not question.several
    ]
    return _fill_bins(single)


def _fill_bins(single: Sequence[tuple[str, Judgement]]) -> list[metrics.Bin]:
    return metrics.fill_bins(
        [j.confidence for _, j in single],
        [wanted == j.intent for wanted, j in single],
    )


def _measure_intents(single: Sequence[tuple[str, Judgement]]) -> dict[str, Any]:
    wanted = [intent for intent, _ in single]
    taken = [j.intent for _, j in single]
    scores = metrics.score_labels(wanted, taken)
    right = sum(want == take for want, take in zip(wanted, taken, strict=True))
    in_scope = [(want, j) for want, j in single if want != OUT_OF_SCOPE]
    ranked_right = sum(want == j.in_scope_intent for want, j in in_scope)
    slips = Counter((w, t) for w, t in zip(wanted, taken, strict=True) if w != t)
    return {
        "accuracy": _rounded(metrics.ratio(right, len(single))),
        "macro_f1": _rounded(metrics.macro_f1(scores)),
        "in_scope_accuracy": _rounded(metrics.ratio(ranked_right, len(in_scope))),
        "per_intent": {
            label: {
                name: value if isinstance(value, int) else _rounded(value)
                for name, value in asdict(score).items()
            }
            for label, score in scores.items()
        },
        "confusions": [
            {"intent": want, "taken_for": take, "count": count}
            for (want, take), count in sorted(
                slips.items(), key=lambda item: (-item[1], item[0])
            )[:CONFUSIONS_SHOWN]
        ],
        "ece": _rounded(metrics.expected_calibration_error(_fill_bins(single))),
    }


def _measure_out_of_scope(single: Sequence[tuple[str, Judgement]]) -> dict[str, Any]:
    positive = [intent == OUT_OF_SCOPE for intent, _ in single]
    claimed = [j.intent == OUT_OF_SCOPE for _, j in single]
    hits = sum(want and take for want, take in zip(positive, claimed, strict=True))
    scores = [j.out_of_scope_score for _, j in single]
    # Without a message that is out of scope there is nothing to find.
    found = metrics.f1(hits, sum(claimed), sum(positive)) if any(positive) else None
    return {
        "auroc": _rounded(metrics.area_under_roc(scores, positive)),
        "f1": _rounded(found),
    }


def _bag(entities: Sequence[tuple[str, str]] | None) -> Counter[str]:
    return Counter(_mark(entity, surface) for entity, surface in entities or ())


def _mark(entity: str, surface: str) -> str:
    return f"{entity}\0{surface}"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
