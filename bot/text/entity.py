"""A found entity, and the choice among finds that overlap."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Entity:
    """An entity at `start`..`end` of a text.

    `value` is what the surface stands for: one of the contract's values for a closed
    set, digits for numbers, won for an amount, ``from/to`` (ISO dates) for a date.
    """

    entity: str
    start: int
    end: int
    value: str


def without_overlaps(found: Iterable[Entity]) -> list[Entity]:
    """Keep what was found first where finds overlap; in the order of the text."""
    kept: list[Entity] = []
    for entity in found:
        if all(
            entity.end <= other.start or other.end <= entity.start for other in kept
        ):
            kept.append(entity)
    return sorted(kept, key=lambda entity: entity.start)
