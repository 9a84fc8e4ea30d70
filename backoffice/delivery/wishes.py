"""What customers may still change of a delivery: whether a new address is whole, whether a day is possible. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from backoffice.delivery.areas import AreaRules
from backoffice.delivery.errors import AddressIncomplete, DayNotPossible
from backoffice.delivery.policy import DeliveryFacts
from backoffice.delivery.rulebook import DeliveryRules
from backoffice.delivery.tables import ChangeKind
from backoffice.orders.tables import OrderStatus

# Until the parcel is handed to the courier the shop can change everything itself.
CHANGEABLE = frozenset({OrderStatus.RECEIVED, OrderStatus.PAID, OrderStatus.PACKED})
NOTE_LENGTH_MAX = 100
_ADDRESS_LENGTH_MAX = 200
_ROAD = re.compile(r"[가-힣0-9·]+(?:로|길|동|리|가|읍|면)\s*(?:산\s*)?\d+")
_DISTRICT = re.compile(r"[가-힣]+(?:시|군|구)$")


@dataclass(frozen=True, kw_only=True)
class Wish:
    """One change a customer wants; `wanted` is the address, the day as YYYY-MM-DD, or the note to the driver."""

    kind: ChangeKind
    wanted: str

    @property
    def day(self) -> date:
        """The day wished for. Raises ValueError for another kind of wish."""
        return date.fromisoformat(self.wanted)


def check_address(address: str, areas: AreaRules) -> str:
    """Return the address in one line. Raises AddressIncomplete without a district, a road and a number."""
    words = address.replace("\x00", " ").split()
    line = " ".join(words)
    has_region = bool(words) and (
        words[0] in areas.provinces or words[0] in areas.provinces.values() or _DISTRICT.match(words[0]) is not None
    )
    if not has_region or len(line) > _ADDRESS_LENGTH_MAX or _ROAD.search(line) is None:
        raise AddressIncomplete("the address lacks a district, a road or a number")
    return line


def check_day(day: date, facts: DeliveryFacts, *, stage: str, today: date, rules: DeliveryRules) -> date:
    """Return the day when the parcel can come on it. Raises DayNotPossible, which names the nearest possible day."""
    calendar = rules.courier(facts.courier).calendar
    extra = rules.areas.find(facts.address).extra_business_days
    earliest = calendar.add(today, rules.stages[stage].business_days_left + extra)
    latest = max(earliest, today + timedelta(days=rules.longest_wait_days))
    while not calendar.is_business_day(latest):
        latest -= timedelta(days=1)
    if not earliest <= day <= latest:
        raise DayNotPossible(earliest if day < earliest else latest)
    if not calendar.is_business_day(day):
        raise DayNotPossible(min(calendar.add(day, 0), latest))
    return day


def check_note(note: str) -> str:
    """Return a note to the driver in one line, cut to what fits on a label."""
    return " ".join(note.replace("\x00", " ").split())[:NOTE_LENGTH_MAX]


def moved_by_address(day: date | None, *, before: str | None, after: str, rules: DeliveryRules) -> date | None:
    """Return the day a promise moves to when the parcel goes to `after` instead: never an earlier one."""
    extra = rules.areas.find(after).extra_business_days - rules.areas.find(before).extra_business_days
    return rules.calendar.add(day, extra) if day is not None and extra > 0 else day
