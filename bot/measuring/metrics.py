"""The arithmetic of understanding: F1, calibration, ranking. Pure; plain values only.

A figure is None where there is nothing to measure it on.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

BINS = 15


@dataclass(frozen=True)
class Score:
    """How one intent fared; `n` is how many messages had it."""

    n: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Bin:
    """Messages of like confidence: how many, how sure on average, how often right."""

    count: int
    confidence: float
    accuracy: float


def ratio(part: float, whole: float) -> float | None:
    """Part of the whole, or None of nothing."""
    return part / whole if whole else None


def f1(hits: int, taken: int, wanted: int) -> float | None:
    """F1 of `hits` right ones among `taken` where `wanted` were to be found."""
    return ratio(2 * hits, taken + wanted)


def score_labels(wanted: Sequence[str], taken: Sequence[str]) -> dict[str, Score]:
    """Score each label that was wanted at least once, in the order of its name."""
    counts, claimed = Counter(wanted), Counter(taken)
    hits = Counter(
        want for want, take in zip(wanted, taken, strict=True) if want == take
    )
    return {
        label: Score(
            n=counts[label],
            precision=ratio(hits[label], claimed[label]) or 0.0,
            recall=hits[label] / counts[label],
            f1=f1(hits[label], claimed[label], counts[label]) or 0.0,
        )
        for label in sorted(counts)
    }


def macro_f1(scores: Mapping[str, Score]) -> float | None:
    """The mean of the labels' F1, each label counting the same."""
    return ratio(sum(score.f1 for score in scores.values()), len(scores))


def micro_f1(
    wanted: Sequence[Counter[str]], taken: Sequence[Counter[str]]
) -> float | None:
    """F1 over the items of all messages together; equal items count as often as they occur."""
    hits = sum(
        sum((want & take).values()) for want, take in zip(wanted, taken, strict=True)
    )
    return f1(hits, _size(taken), _size(wanted))


def _size(bags: Iterable[Counter[str]]) -> int:
    return sum(sum(bag.values()) for bag in bags)


def fill_bins(confidences: Sequence[float], right: Sequence[bool]) -> list[Bin]:
    """Sort messages into 15 bins of equal width by confidence; empty bins stay in."""
    members: list[list[int]] = [[] for _ in range(BINS)]
    for index, confidence in enumerate(confidences):
        # Rounded: 0.2 is 3/15 and opens the fourth bin, whatever floats make of it.
        place = math.floor(round(confidence * BINS, 9))
        members[min(max(place, 0), BINS - 1)].append(index)
    return [
        Bin(
            count=len(indices),
            confidence=ratio(sum(confidences[i] for i in indices), len(indices)) or 0.0,
            accuracy=ratio(sum(right[i] for i in indices), len(indices)) or 0.0,
        )
        for indices in members
    ]


def expected_calibration_error(bins: Sequence[Bin]) -> float | None:
    """How far confidence is from accuracy, bin by bin, weighed by the messages in it.

    Source: Naeini, Cooper, Hauskrecht, "Obtaining Well Calibrated Probabilities Using
    Bayesian Binning", AAAI 2015.
    """
    gaps = sum(one.count * abs(one.accuracy - one.confidence) for one in bins)
    return ratio(gaps, sum(one.count for one in bins))


def area_under_roc(scores: Sequence[float], positive: Sequence[bool]) -> float | None:
    """How likely a positive has a higher score than a negative; a tie counts half.

    None unless there are both kinds.
    """
    positives = sum(positive)
    negatives = len(positive) - positives
    if not positives or not negatives:
        return None
    order = sorted(range(len(scores)), key=scores.__getitem__)
    rank_sum, first = 0.0, 0
    while first < len(order):
        last = first
        while last + 1 < len(order) and scores[order[last + 1]] == scores[order[first]]:
            last += 1
        tied = order[first : last + 1]
        rank_sum += sum(positive[i] for i in tied) * ((first + last) / 2 + 1)
        first = last + 1
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least `share` (0-1) of all values do not exceed."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(len(values) * share) - 1)]
