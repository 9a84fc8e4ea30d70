"""Whether a block still holds. Pure."""

from __future__ import annotations

from datetime import datetime


def is_active(auto_release_at: datetime | None, released_at: datetime | None, now: datetime) -> bool:
    """Return whether a block holds at `now`: neither lifted nor past its own end."""
    return not any(end is not None and end <= now for end in (auto_release_at, released_at))
