"""Why verification failed, as far as the log can tell. Pure: attempts, the moment and the table of causes come in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backoffice.verification.tables import Result

# Failures longer ago than this say little about what goes wrong now.
RECENT_DAYS = 7


@dataclass(frozen=True)
class CauseRule:
    """How a cause is told, what helps in one line, and under which names and codes the logs know it."""

    plain: str
    remedy: str
    aliases: Sequence[str] = ()
    codes: Sequence[str] = ()


@dataclass(frozen=True)
class CauseRules:
    """All causes by name, and what is said where none fits."""

    version: int
    causes: Mapping[str, CauseRule]
    unknown: CauseRule

    def name(self, cause: str | None, error_code: str | None) -> str | None:
        """Return the cause that a log entry means, by its name, an alias or the beginning of its error code."""
        written = (cause or "").strip().lower()
        for name, rule in self.causes.items():
            if written == name or written in rule.aliases:
                return name
        code = (error_code or "").strip().upper()
        found = [
            (len(start), name)
            for name, rule in self.causes.items()
            for start in rule.codes
            if code.startswith(start.upper())
        ]
        return max(found)[1] if found else None

    def find(self, name: str | None) -> CauseRule:
        """Return the rule of a cause, the one for unknown causes where there is none."""
        return self.causes.get(name or "", self.unknown)


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One attempt; `cause` is a name in the rules or None."""

    at: datetime
    method: str | None
    result: str | None
    cause: str | None
    error_code: str | None = None
    carrier: str | None = None
    browser: str | None = None

    @property
    def is_failure(self) -> bool:
        """Whether it failed."""
        return self.result == Result.FAILURE


def find_likely_cause(attempts: Sequence[Attempt], *, now: datetime) -> str | None:
    """Return what most of the recent failures since the last success have in common; the newest decides a tie.

    `attempts` are newest first. None where nothing failed recently, or where no failure has a known cause.
    """
    failures: list[str] = []
    for attempt in attempts:
        if attempt.at < now - timedelta(days=RECENT_DAYS) or not attempt.is_failure:
            break
        if attempt.cause is not None:
            failures.append(attempt.cause)
    counted = Counter(failures)
    return max(counted, key=lambda cause: (counted[cause], -failures.index(cause))) if counted else None
