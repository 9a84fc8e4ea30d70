"""The arithmetic of measurements."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.bench.figures import at_least, at_most, median_of_turns, percentile, summary_ms


def test_percentiles_are_values_that_were_measured() -> None:
    values = [0.010, 0.020, 0.030, 0.040]
    assert percentile(values, 0.5) == 0.020
    assert percentile(values, 0.95) == 0.040
    assert summary_ms(values) == {"p50_ms": 20.0, "p95_ms": 40.0}


def test_turns_are_counted_from_one_and_the_last_belongs_to_them() -> None:
    assert median_of_turns([0.001, 0.002, 0.003, 9.0], 1, 3) == 2.0
    assert median_of_turns([0.001, 0.002, 9.0], 3, 3) == 9000.0


def test_a_goal_is_met_at_its_limit_and_not_beyond() -> None:
    assert at_most("x", 1.2, 1.2)["met"]
    assert not at_most("x", 1.21, 1.2)["met"]
    assert at_least("x", 2.0, 2.0)["met"]
    assert not at_least("x", 1.99, 2.0)["met"]


def test_nothing_measured_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


@given(st.lists(st.floats(min_value=0, max_value=100), min_size=1), st.floats(min_value=0, max_value=1))
def test_a_percentile_does_not_exceed_its_share_of_the_values(values: list[float], ratio: float) -> None:
    found = percentile(values, ratio)
    assert found in values
    assert sum(value <= found for value in values) >= ratio * len(values)
