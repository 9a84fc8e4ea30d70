"""The likely cause of a customer's failed attempts, found from the log alone. Pure.

Each failure shows clues (its error code, the stage where it stopped, the method, the browser, a known trouble). A
clue makes some causes so many times as likely; the factors of a failure are multiplied, those of older failures
count less, and a cause's usual share of all failures tips the balance where little is known. The confidence is the
cause's part of the whole (naive Bayes). The table is `diagnosis.yml`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backoffice.verification.policy import Attempt, CauseRules

_ASPECTS = frozenset({"cause", "stage", "method", "carrier", "in_app", "trouble"})


@dataclass(frozen=True)
class Clue:
    """What a failure may show, and how many times as likely it makes each cause."""

    when: Mapping[str, str | bool]
    weights: Mapping[str, float]
    because: str

    def __post_init__(self) -> None:
        if not self.when or not set(self.when) <= _ASPECTS:
            raise ValueError(f"a clue looks at some of {', '.join(sorted(_ASPECTS))}, not {', '.join(self.when)}")
        if any(weight <= 1 for weight in self.weights.values()):
            raise ValueError(f"{self.because}: a weight makes a cause more likely, so it is above 1")


@dataclass(frozen=True)
class DiagnosisRules:
    """The table of clues; version, author and day as in the file."""

    version: int
    author: str
    changed_on: date
    recent_days: int
    share_weight: float
    fading: float
    sure_ratio: float
    clues: Sequence[Clue]


@dataclass(frozen=True)
class Diagnosis:
    """The likely cause, how sure that is (0–1), what speaks for it (an agent's words), and by which rules."""

    cause: str
    confidence: float
    reasons: Sequence[str]
    is_sure: bool
    rules_version: int


def diagnose(
    attempts: Sequence[Attempt],
    *,
    now: datetime,
    causes: CauseRules,
    rules: DiagnosisRules,
    is_in_app: Callable[[str | None], bool],
    is_troubled: Callable[[Attempt], bool] = lambda _attempt: False,
) -> Diagnosis | None:
    """Return the likely cause of the recent failures since the last success; None where nothing speaks for any.

    `attempts` are newest first. `is_troubled` says whether an open alert concerns an attempt.
    """
    scores = {name: rules.share_weight * math.log(rule.share_ratio) for name, rule in causes.causes.items()}
    speaking: dict[str, list[str]] = {name: [] for name in scores}
    for age, attempt in enumerate(_recent_failures(attempts, now=now, days=rules.recent_days)):
        seen = _describe(attempt, is_in_app=is_in_app(attempt.browser), is_troubled=is_troubled(attempt))
        for clue in rules.clues:
            if any(seen.get(aspect) != wanted for aspect, wanted in clue.when.items()):
                continue
            for cause, weight in clue.weights.items():
                scores[cause] += rules.fading**age * math.log(weight)
                speaking[cause].append(clue.because)
    best = max(scores, key=lambda name: (bool(speaking[name]), scores[name]))
    if not speaking[best]:
        return None
    confidence = 1 / sum(math.exp(score - scores[best]) for score in scores.values())
    return Diagnosis(
        cause=best,
        confidence=confidence,
        reasons=tuple(dict.fromkeys(speaking[best])),
        is_sure=confidence >= rules.sure_ratio,
        rules_version=rules.version,
    )


def _recent_failures(attempts: Sequence[Attempt], *, now: datetime, days: int) -> Sequence[Attempt]:
    found: list[Attempt] = []
    for attempt in attempts:
        if attempt.at < now - timedelta(days=days) or not attempt.is_failure:
            break
        found.append(attempt)
    return found


def _describe(attempt: Attempt, *, is_in_app: bool, is_troubled: bool) -> Mapping[str, str | bool | None]:
    return {
        "cause": attempt.cause,
        "stage": attempt.stage,
        "method": attempt.method,
        "carrier": attempt.carrier,
        "in_app": is_in_app,
        "trouble": is_troubled,
    }
