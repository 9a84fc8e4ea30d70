"""How many pieces a customer means."""

from __future__ import annotations

import pytest

from actions.order_wish import find_count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("두 개 취소", 2),
        ("3개로 바꿔 주세요", 3),
        ("하나만요", 1),
        ("두개중에 하나만 취소", 1),
        ("세 개 가운데 두 개", 2),
        ("3개에서 1개로", 1),
        ("두 개 말고 한 개", 1),
        ("두 개 샀는데 한 개만 취소", 1),
        ("0개", 0),
        ("-1개 취소", -1),
        ("텀블러-1개 취소", 1),
        ("999개", 999),
        ("취소해 주세요", None),
        ("두 번 주문했어요", None),
    ],
)
def test_the_number_that_is_meant(text: str, count: int | None) -> None:
    assert find_count(text) == count
