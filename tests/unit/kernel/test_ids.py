"""Ids: unique, sorted by the time they were made, safe in a URL."""

from __future__ import annotations

import re

import pytest

from kernel import ids
from kernel.ids import new_id


def test_an_id_is_its_prefix_and_26_letters_that_are_safe_in_a_url() -> None:
    for prefix in ("c", "t", "n"):
        assert re.fullmatch(rf"{prefix}_[0-9a-hjkmnp-tv-z]{{26}}", new_id(prefix))


def test_ids_are_unique() -> None:
    made = [new_id("c") for _ in range(20_000)]
    assert len(set(made)) == len(made)


def test_ids_sort_by_the_millisecond_they_were_made_in(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for milliseconds in (0, 1, 31, 32, 1_764_000_000_000, 1_764_000_000_001, 2**48 - 1):
        monkeypatch.setattr(ids.time, "time_ns", lambda at=milliseconds: at * 1_000_000 + 999_999)
        made.append(new_id("c"))
    assert made == sorted(made)


def test_an_id_cannot_be_guessed_from_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids.time, "time_ns", lambda: 1_764_000_000_000_000_000)
    first, second = new_id("c"), new_id("c")
    assert first[:11] == second[:11] and first[12:] != second[12:]
