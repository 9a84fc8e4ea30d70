"""Which days couriers deliver on: not at their weekends, not on Korea's public holidays, not on their own days of rest.

Pure. Public holidays, with the substitute and the temporary ones, come from the `holidays` package.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from holidays import country_holidays

_COUNTRY = "KR"


@dataclass(frozen=True)
class Calendar:
    """Days of rest: weekdays (0 is Monday), public holidays, and days of every year written `MM-DD`."""

    rest_weekdays: frozenset[int]
    rest_days: frozenset[str] = frozenset()

    def is_business_day(self, day: date) -> bool:
        """Return whether parcels are delivered on `day`."""
        return (
            day.weekday() not in self.rest_weekdays
            and find_holiday(day) is None
            and f"{day:%m-%d}" not in self.rest_days
        )

    def add(self, day: date, count: int) -> date:
        """Return the day `count` business days after `day`; with 0 the first business day from `day` on."""
        if count == 0:
            while not self.is_business_day(day):
                day += timedelta(days=1)
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_business_day(day)
        return day

    def count(self, after: date, until: date) -> int:
        """Return how many business days lie after `after` up to and with `until`."""
        return sum(
            self.is_business_day(after + timedelta(days=offset)) for offset in range(1, (until - after).days + 1)
        )


def find_holiday(day: date) -> str | None:
    """Return the Korean name of the public holiday that `day` is, None where it is none."""
    return _holidays_of(day.year).get(day)


@cache
def _holidays_of(year: int) -> Mapping[date, str]:
    return dict(country_holidays(_COUNTRY, years=year, language="ko").items())
