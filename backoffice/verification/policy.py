"""Attempts and the causes of their failure, as far as the log and the table of causes know them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from backoffice.verification.tables import Result


@dataclass(frozen=True)
class CauseRule:
    """How a cause is told, what helps in one line, and under which names and codes the logs know it.

    `share_ratio` is its usual share of all failures, which weighs a little where the log says little.
    """

    plain: str
    remedy: str
    share_ratio: float = 0.0
    aliases: Sequence[str] = ()
    codes: Sequence[str] = ()


@dataclass(frozen=True)
class CauseRules:
    """All causes by name, and what is said where none fits."""

    version: int
    causes: Mapping[str, CauseRule]
    unknown: CauseRule

    def __post_init__(self) -> None:
        if abs(sum(rule.share_ratio for rule in self.causes.values()) - 1) > 1e-9:
            raise ValueError("the shares of all causes must add up to 1")

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
    """One attempt; `cause` is a name in the rules or None, `network` the one a virtual operator rents."""

    at: datetime
    method: str | None
    result: str | None
    cause: str | None
    error_code: str | None = None
    stage: str | None = None
    carrier: str | None = None
    network: str | None = None
    region: str | None = None
    browser: str | None = None
    os: str | None = None
    retry_number: int | None = None

    @property
    def is_failure(self) -> bool:
        """Whether it failed."""
        return self.result == Result.FAILURE
