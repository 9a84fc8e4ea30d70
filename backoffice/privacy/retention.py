"""How long which record is kept, read from `retention.yml` once, and when a record's time is over. Pure but for the reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from backoffice.privacy.rules import read_table
from kernel.clock import KST

_MONTHS_A_YEAR = 12


@dataclass(frozen=True, kw_only=True)
class RecordKind:
    """One kind of record; years or months. From `many_people` customers on it is kept for `many_years`.

    `words` are those with which customers ask for it; without any it is not read out to them.
    """

    label: str
    ground: str
    years: int = 0
    months: int = 0
    many_people: int | None = None
    many_years: int | None = None
    words: Sequence[str] = ()

    @property
    def total_months(self) -> int:
        """The time it is kept, in months."""
        return self.years * _MONTHS_A_YEAR + self.months

    @property
    def period(self) -> str:
        """The time it is kept, as customers read it."""
        return f"{self.years}년" if self.years else f"{self.months}개월"


@dataclass(frozen=True, kw_only=True)
class TableRule:
    """What becomes of a table's rows when their customer is deleted; see `retention.yml` for each field."""

    title: str
    keep: str | None = None
    since: str | None = None
    follows: Sequence[str] = ()
    only: Sequence[str] = ()
    hidden: Sequence[str] = ()
    stays: bool = False
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Retention:
    """The whole table."""

    version: int
    kinds: Mapping[str, RecordKind]
    tables: Mapping[str, TableRule]
    nobody: Mapping[str, str]


@cache
def load_retention() -> Retention:
    """Return the table in force. Raises KeyError, TypeError or ValueError when the file does not fit."""
    data = read_table("retention.yml")
    kinds = {name: RecordKind(**fields) for name, fields in data["kinds"].items()}
    tables = {name: TableRule(**fields) for name, fields in data["tables"].items()}
    for name, rule in tables.items():
        if rule.keep is not None and (rule.keep not in kinds or not (rule.since or rule.follows)):
            raise ValueError(f"{name}: what is kept needs a known kind and a time to count from")
    if any(kind.total_months < 1 for kind in kinds.values()):
        raise ValueError("every kind is kept for a time")
    return Retention(version=data["version"], kinds=kinds, tables=tables, nobody=data["nobody"])


def add_months(at: datetime, months: int) -> datetime:
    """Return the same day and hour in Seoul so many months later; a day that the month lacks becomes the next one's first."""
    local = at.astimezone(KST)
    year, month = divmod(local.year * _MONTHS_A_YEAR + local.month - 1 + months, _MONTHS_A_YEAR)
    try:
        moved = local.replace(year=year, month=month + 1)
    except ValueError:
        following, first = divmod(year * _MONTHS_A_YEAR + month + 1, _MONTHS_A_YEAR)
        moved = local.replace(year=following, month=first + 1, day=1)
    return moved.astimezone(at.tzinfo)


def kept_until(kind: RecordKind, since: datetime) -> datetime:
    """Return when a record that began at `since` is to be erased; never sooner than its whole time."""
    return add_months(since, kind.total_months)


def months_of(kind: RecordKind, *, people: int) -> int:
    """Return how long a kind is kept in a shop with so many customers."""
    if kind.many_people is not None and kind.many_years is not None and people > kind.many_people:
        return kind.many_years * _MONTHS_A_YEAR
    return kind.total_months
