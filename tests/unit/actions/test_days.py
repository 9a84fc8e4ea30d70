"""Days that no calendar has, found in what customers write."""

from __future__ import annotations

import pytest

from actions.days import find_impossible_day, mention_impossible
from actions.reply import Reply


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("11월 31일에 주문한 거", "11월 31일"),
        ("2월30일 배송", "2월 30일"),
        ("13월 5일로 바꿔 줘", "13월 5일"),
        ("0월 1일", "0월 1일"),
        ("2025년 2월 29일", "2월 29일"),
        ("2026-02-30에 산 거", "2월 30일"),
        ("2026.11.31 주문", "11월 31일"),
        ("11월 3일 말고 11월 31일", "11월 31일"),
        ("2월 29일", None),
        ("2024년 2월 29일", None),
        ("2026-11-30", None),
        ("주문번호 2026-49500", None),
        ("010-1234-5678", None),
        ("마포구 이음로 11-31", None),
        ("45일 뒤에요", None),
        ("1.5배", None),
        ("", None),
    ],
)
def test_a_day_that_does_not_exist_is_found(text: str, day: str | None) -> None:
    assert find_impossible_day(text) == day


def test_it_is_said_once() -> None:
    reply = Reply(bubbles=["주문이에요."])
    mention_impossible(reply, "2월 30일 주문")
    mention_impossible(reply, "2월 30일 주문")
    assert reply.bubbles == ["2월 30일은 달력에 없는 날이에요.", "주문이에요."]
