"""Which row of the compensation table fits a delay. Pure but for reading the operators' table once.

It says what is usual; granting is a person's decision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import yaml

_PATH = Path(__file__).with_name("rules.yml")


@dataclass(frozen=True)
class LateRow:
    """What is given for a delay of `from_days` to `to_days` business days, both included; None: or more."""

    from_days: int
    to_days: int | None
    grant: str


@dataclass(frozen=True)
class CompensationRules:
    """The table in force."""

    version: int
    late: Sequence[LateRow]
    second_delay_within_days: int
    wrong_item: str
    terms: Sequence[str]


@cache
def load_compensation() -> CompensationRules:
    """Return the table in force. Raises KeyError or TypeError when the file does not fit."""
    data = yaml.safe_load(_PATH.read_text(encoding="utf-8"))
    return CompensationRules(
        version=data["version"],
        late=tuple(LateRow(**row) for row in data["late"]),
        second_delay_within_days=data["second_delay_within_days"],
        wrong_item=data["wrong_item"],
        terms=tuple(data["terms"]),
    )


def find_late_row(
    late_days: int, *, is_vip: bool = False, is_second: bool = False, rules: CompensationRules
) -> LateRow | None:
    """Return the row for a delay of `late_days`, a VIP's one row up, a second delay's the last; None when nothing is late."""
    place = next(
        (
            number
            for number, row in enumerate(rules.late)
            if row.from_days <= late_days and (row.to_days is None or late_days <= row.to_days)
        ),
        None,
    )
    if place is None:
        return None
    return rules.late[-1] if is_second else rules.late[min(place + is_vip, len(rules.late) - 1)]


def is_second_delay(amends_at: Sequence[datetime], *, now: datetime, rules: CompensationRules) -> bool:
    """Return whether earlier amends for a delay, made at `amends_at`, are so recent that this is the second one."""
    return any(now - at <= timedelta(days=rules.second_delay_within_days) for at in amends_at)
