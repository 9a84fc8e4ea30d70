"""How many pieces of what and which option a customer means."""

from __future__ import annotations

import pytest

from actions.order_change import find_option
from actions.order_wish import find_count
from backoffice.orders.model import OrderItem


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


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("XL로 바꿔 주세요", "XL"),
        ("xl요", "XL"),
        ("옵션 XXXXL로", None),
        ("사이즈 M으로", "M"),
        ("MP3요", None),
        ("L 말고 M", "M"),
        ("250mm로", "250"),
        ("2500", None),
        ("작은것으로요", "작은 것"),
    ],
)
def test_an_option_is_meant_that_stands_by_itself(text: str, option: str | None) -> None:
    options = dict.fromkeys(("M", "L", "XL", "250", "작은 것"), 1_000)
    assert find_option(text, options, OrderItem("후드티", "L", 1, 1_000)) == option
