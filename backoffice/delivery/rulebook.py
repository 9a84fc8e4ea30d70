"""The operators' rules of delivery as values. `rules.py` reads them; nothing here does anything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from backoffice.delivery.areas import AreaRules
from backoffice.delivery.calendar import Calendar
from kernel.clock import KST


@dataclass(frozen=True)
class StageRule:
    """How a stage is called, what goes on in it, and the usual business days from it to the door."""

    label: str
    now: str
    business_days_left: int


@dataclass(frozen=True)
class DelayRule:
    """Why a parcel is late in everyday words, and what follows or what the customer can do about it."""

    because: str
    next: str | None = None


@dataclass(frozen=True)
class Courier:
    """When a courier's van leaves (in Seoul), and on which days it delivers."""

    cut_off: time
    calendar: Calendar


@dataclass(frozen=True)
class NoticeHours:
    """The hours in Seoul between which customers are told of changes, the last one not included."""

    from_hour: int
    until_hour: int

    def next_moment(self, now: datetime) -> datetime:
        """Return `now` by day, else the beginning of the next day's hours."""
        local = now.astimezone(KST)
        if self.from_hour <= local.hour < self.until_hour:
            return now
        day = local.date() + timedelta(days=local.hour >= self.until_hour)
        return datetime.combine(day, time(self.from_hour), KST)


@dataclass(frozen=True)
class WindowRule:
    """How much of the past deliveries a window holds (0-1), and of how many it has to be."""

    sure_ratio: float
    least_count: int


@dataclass(frozen=True, kw_only=True)
class DeliveryRules:
    """The operators' data behind every delivery answer; `stages` is in the order parcels pass them.

    `notes` are reports that say something about a parcel without moving it.
    """

    version: int
    stages: Mapping[str, StageRule]
    stage_aliases: Mapping[str, str]
    notes: frozenset[str]
    delays: Mapping[str, DelayRule]
    delay_aliases: Mapping[str, str]
    unknown_delay: DelayRule
    clock_skew_minutes: int
    report_reach_days: int
    delivery_doubt_minutes: int
    notices: NoticeHours
    window: WindowRule
    longest_wait_days: int
    areas: AreaRules
    usual_courier: Courier
    couriers: Mapping[str, Courier]

    @property
    def calendar(self) -> Calendar:
        """The business days that promises and delays are counted in."""
        return self.usual_courier.calendar

    def courier(self, name: str | None) -> Courier:
        """Return what is known of a courier, the usual for one that is not listed."""
        return self.couriers.get(name or "", self.usual_courier)

    def find_stage(self, code: str) -> str | None:
        """Return the stage that a system's code names, None for a note and for an unknown code."""
        key = code.strip().lower()
        name = self.stage_aliases.get(key, key)
        return name if name in self.stages else None

    def place_of(self, stage: str) -> int:
        """Return how far along the way `stage` is, from 0. Raises ValueError for what is no stage."""
        return tuple(self.stages).index(stage)
