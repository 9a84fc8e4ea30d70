"""Which cells an attempt counts in. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Protocol

from backoffice.verification.codes import Codes
from backoffice.verification.policy import CauseRules
from backoffice.verification.tables import Dimension, Result, Span
from backoffice.verification.watching import Cell, Counts
from kernel.clock import KST

BUCKET = timedelta(minutes=5)
ALL = Cell(Dimension.ALL, "")


class Logged(Protocol):
    """What of an attempt is counted, by whatever names the log has it."""

    @property
    def at(self) -> datetime: ...

    @property
    def method(self) -> str | None: ...

    @property
    def result(self) -> str | None: ...

    @property
    def cause(self) -> str | None: ...

    @property
    def error_code(self) -> str | None: ...

    @property
    def carrier(self) -> str | None: ...

    @property
    def region(self) -> str | None: ...

    @property
    def browser(self) -> str | None: ...


def count(attempt: Logged, *, causes: CauseRules, codes: Codes) -> Iterator[tuple[Cell, Counts]]:
    """Yield each cell with what this attempt adds to it."""
    has_failed = attempt.result == Result.FAILURE
    one = Counts(1, int(has_failed))
    carrier, region = codes.find_carrier(attempt.carrier), codes.find_region(attempt.region)
    browser = codes.name_browser(attempt.browser)
    yield ALL, one
    yield hour_cell(attempt.at), one
    for dimension, value in (
        (Dimension.CARRIER, carrier),
        (Dimension.METHOD, attempt.method),
        (Dimension.CARRIER_METHOD, f"{carrier}|{attempt.method}" if carrier and attempt.method else None),
        (Dimension.REGION, region),
        (Dimension.BROWSER, browser),
    ):
        if value:
            yield Cell(dimension, value), one
    cause = causes.name(attempt.cause, attempt.error_code) if has_failed else None
    if cause:
        yield Cell(Dimension.CAUSE, cause), Counts(0, 1)


def hour_cell(at: datetime) -> Cell:
    """Return the cell of the hour in Seoul."""
    return Cell(Dimension.HOUR, f"{at.astimezone(KST).hour:02d}")


def start_of(span: Span, at: datetime) -> datetime:
    """Return when the five minutes or the day (in Seoul) began that `at` lies in."""
    local = at.astimezone(KST)
    if span is Span.DAY:
        return local.replace(hour=0, minute=0, second=0, microsecond=0)
    return local.replace(minute=local.minute - local.minute % 5, second=0, microsecond=0)
