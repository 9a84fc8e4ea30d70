"""The names of carriers, regions, browsers and systems under which attempts are kept and counted. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

Names = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Codes:
    """All names by kind, with the other names each is known by; version, author and day as in the file."""

    version: int
    author: str
    changed_on: date
    carriers: Names
    regions: Names
    browsers: Names
    systems: Names
    in_app: Sequence[str]
    other: str

    def __post_init__(self) -> None:
        strange = sorted(set(self.in_app) - set(self.browsers))
        if strange:
            raise ValueError(f"in_app names no browser: {', '.join(strange)}")

    def find_carrier(self, written: str | None) -> str | None:
        """Return the carrier that `written` names, None where it names none."""
        return _find(self.carriers, written)

    def find_region(self, written: str | None) -> str | None:
        """Return the region that `written` names, None where it names none."""
        return _find(self.regions, written)

    def name_browser(self, written: str | None) -> str | None:
        """Return the browser that says `written` of itself, `other` for a strange one, None for nothing."""
        return _recognize(self.browsers, written, self.other)

    def name_system(self, written: str | None) -> str | None:
        """Return the system that says `written` of itself, `other` for a strange one, None for nothing."""
        return _recognize(self.systems, written, self.other)

    def is_in_app(self, browser: str | None) -> bool:
        """Return whether the browser is one inside another app."""
        return self.name_browser(browser) in self.in_app


def _find(names: Names, written: str | None) -> str | None:
    said = (written or "").strip().lower()
    return next((name for name, others in names.items() if said == name.lower() or said in others), None)


def _recognize(names: Names, written: str | None, other: str) -> str | None:
    said = (written or "").strip().lower()
    if not said:
        return None
    exact = next((name for name in names if said == name.lower()), None)
    return exact or next((name for name, parts in names.items() if any(part in said for part in parts)), other)
