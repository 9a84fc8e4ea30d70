"""Which area an address lies in, and how much longer parcels take there. Pure: the table comes in as an argument."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class Area:
    """One area: its key in the table, what it is called, the business days it adds."""

    name: str
    label: str
    extra_business_days: int

    @property
    def is_remote(self) -> bool:
        """Whether parcels take longer there."""
        return self.extra_business_days > 0


@dataclass(frozen=True, kw_only=True)
class AreaRules:
    """The operators' table: areas by the words their addresses begin with; `provinces` gives short forms."""

    version: int
    by_beginning: Mapping[tuple[str, ...], Area]
    provinces: Mapping[str, str]
    elsewhere: Area

    def find(self, address: str | None) -> Area:
        """Return the area of an address, by the longest beginning in the table; `elsewhere` where none fits."""
        words = (address or "").replace(",", " ").split()
        if not words:
            return self.elsewhere
        words[0] = self.provinces.get(words[0], words[0])
        longest = max((len(beginning) for beginning in self.by_beginning), default=0)
        for length in range(min(longest, len(words)), 0, -1):
            found = self.by_beginning.get(tuple(words[:length]))
            if found is not None:
                return found
        return self.elsewhere
