"""When a block holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backoffice.blocking.policy import is_active

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
BEFORE, AFTER = NOW - timedelta(seconds=1), NOW + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("auto_release_at", "released_at", "holds"),
    [
        (None, None, True),
        (AFTER, None, True),
        (NOW, None, False),
        (BEFORE, None, False),
        (AFTER, BEFORE, False),
        (None, NOW, False),
    ],
)
def test_a_block_holds_until_lifted_or_ended(
    auto_release_at: datetime | None, released_at: datetime | None, holds: bool
) -> None:
    assert is_active(auto_release_at, released_at, NOW) is holds
