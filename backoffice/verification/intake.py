"""Checks an attempt that an agency reports, and gives its values the names they are kept under. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from backoffice.verification.codes import Codes
from backoffice.verification.errors import (
    ContradictoryAttempt,
    ImpossibleTime,
    SecretInAttempt,
    UnknownErrorCode,
    UnknownValue,
)
from backoffice.verification.policy import CauseRules
from backoffice.verification.tables import Method, Result, Stage

# Clocks of agencies run ahead by no more than this.
SKEW_MAX = timedelta(minutes=2)
# Logs of verification are kept for three years.
KEPT = timedelta(days=3 * 365 + 1)
RETRIES_MAX = 100

E = TypeVar("E", bound=StrEnum)

_RESIDENT_NUMBER = re.compile(r"(?<!\d)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])[- ]?[0-9]\d{6}(?!\d)")
# Six digits by themselves; those of a browser's version stand between points.
_ONE_TIME_CODE = re.compile(r"(?<![\d.])\d{6}(?![\d.])")
_LONGEST = {"cause": 64, "error_code": 32, "carrier": 32, "network": 32, "region": 32, "browser": 512, "os": 128}
_LONGEST_SEALED = 200


@dataclass(frozen=True, kw_only=True)
class NewAttempt:
    """One attempt as it is reported; there is no field for the code that was sent or typed.

    `network` is the one that a virtual operator rents. `retry_number` is 0 for the first try. `browser` and `os` may
    be what a browser says of itself. `transaction_id` is the agency's, by which a repeated report is known.
    """

    at: datetime
    method: str
    stage: str
    result: str
    customer_id: str | None = None
    carrier: str | None = None
    network: str | None = None
    region: str | None = None
    browser: str | None = None
    os: str | None = None
    cause: str | None = None
    error_code: str | None = None
    retry_number: int = 0
    transaction_id: str | None = field(default=None, repr=False)
    ci: str | None = field(default=None, repr=False)
    di: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """The row of the log, without what is sealed."""

    at: datetime
    method: Method
    stage: Stage
    result: Result
    customer_id: str | None
    carrier: str | None
    network: str | None
    region: str | None
    browser: str | None
    os: str | None
    cause: str | None
    error_code: str | None
    retry_number: int

    @property
    def is_failure(self) -> bool:
        """Whether it failed."""
        return self.result is Result.FAILURE


def accept(new: NewAttempt, *, now: datetime, causes: CauseRules, codes: Codes) -> Accepted:
    """Return the attempt as it is kept. Raises the kinds of InvalidAttempt; the log never sees what is wrong."""
    _refuse_secrets(new)
    _check_time(new.at, now)
    method, stage, result = (
        _member(Method, new.method, "method"),
        _member(Stage, new.stage, "stage"),
        _member(Result, new.result, "result"),
    )
    accepted = Accepted(
        at=new.at,
        method=method,
        stage=stage,
        result=result,
        customer_id=new.customer_id,
        carrier=_named(codes.find_carrier(new.carrier), new.carrier, "carrier"),
        network=_named(codes.find_carrier(new.network), new.network, "network"),
        region=_named(codes.find_region(new.region), new.region, "region"),
        browser=codes.name_browser(new.browser),
        os=codes.name_system(new.os),
        cause=_cause(new, causes),
        error_code=new.error_code.strip().upper() if new.error_code else None,
        retry_number=_retries(new.retry_number),
    )
    _refuse_contradictions(accepted)
    return accepted


def _refuse_secrets(new: NewAttempt) -> None:
    for name, longest in _LONGEST.items():
        value = getattr(new, name)
        if value is None:
            continue
        if not isinstance(value, str) or len(value) > longest or "\x00" in value:
            raise UnknownValue(name, f"must be a text of at most {longest} characters")
        if _RESIDENT_NUMBER.search(value) or _ONE_TIME_CODE.search(value):
            raise SecretInAttempt(name, "holds what looks like a one-time code or a resident number")
    for name in ("transaction_id", "ci", "di"):
        value = getattr(new, name)
        if value is None:
            continue
        if not isinstance(value, str) or not 6 < len(value) <= _LONGEST_SEALED:
            raise UnknownValue(name, f"must be a text of 7 to {_LONGEST_SEALED} characters")
        if _RESIDENT_NUMBER.search(value):
            raise SecretInAttempt(name, "holds what looks like a resident number")


def _check_time(at: datetime, now: datetime) -> None:
    if at.tzinfo is None:
        raise ImpossibleTime("at", "has no zone")
    if at > now + SKEW_MAX:
        raise ImpossibleTime("at", "lies ahead")
    if at < now - KEPT:
        raise ImpossibleTime("at", "lies before what is kept")


def _member(kind: type[E], written: str, name: str) -> E:
    try:
        return kind(written)
    except ValueError as error:
        raise UnknownValue(name, f"must be one of {', '.join(kind)}") from error


def _named(found: str | None, written: str | None, name: str) -> str | None:
    if found is None and written is not None and written.strip():
        raise UnknownValue(name, "is in no table")
    return found


def _cause(new: NewAttempt, causes: CauseRules) -> str | None:
    by_code = causes.name(None, new.error_code)
    if new.error_code and by_code is None:
        raise UnknownErrorCode("error_code", "is in no table")
    by_name = causes.name(new.cause, None)
    if new.cause and by_name is None:
        raise UnknownValue("cause", "is in no table")
    return by_name or by_code


def _retries(number: int) -> int:
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= RETRIES_MAX:
        raise UnknownValue("retry_number", f"must be a whole number from 0 to {RETRIES_MAX}")
    return number


def _refuse_contradictions(made: Accepted) -> None:
    if made.is_failure and made.stage is Stage.MATCHED:
        raise ContradictoryAttempt("stage", "an attempt that matched did not fail")
    if not made.is_failure and made.stage is not Stage.MATCHED:
        raise ContradictoryAttempt("stage", "an attempt that did not match did not succeed")
    if not made.is_failure and (made.cause or made.error_code):
        raise ContradictoryAttempt("cause", "an attempt that succeeded has no cause of failure")
