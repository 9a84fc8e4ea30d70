"""Money in won."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.amounts import find_amounts
from bot.text.numerals import read_number


def find(text):
    return [(text[each.start : each.end], int(each.value)) for each in find_amounts(text)]


@pytest.mark.parametrize(
    ("text", "surface", "won"),
    [
        ("3만원 쿠폰", "3만원", 30_000),
        ("만오천 원 할인", "만오천 원", 15_000),
        ("12,000원이에요", "12,000원", 12_000),
        ("3천원짜리", "3천원", 3_000),
        ("5만 2천원 나왔는데", "5만 2천원", 52_000),
        ("2만3천원", "2만3천원", 23_000),
        ("1만2,500원", "1만2,500원", 12_500),
        ("1.5만원", "1.5만원", 15_000),
        ("이만 삼천 원", "이만 삼천 원", 23_000),
        ("십만원", "십만원", 100_000),
        ("저번보다 만원 비싸요", "만원", 10_000),
        ("적립 왜 0원이에요", "0원", 0),
        ("배송비3000원", "3000원", 3_000),
        ("쿠폰오천원 있어요", "오천원", 5_000),
        ("₩12,000 결제", "₩12,000", 12_000),
        ("20만 3천 5백 원", "20만 3천 5백 원", 203_500),
        ("38만 원대", "38만 원", 380_000),
        ("1억 2천만원", "1억 2천만원", 120_000_000),
        ("3만에 샀는데", "3만", 30_000),
        ("5만원인데요", "5만원", 50_000),
    ],
)
def test_an_amount_is_found_with_its_won(text, surface, won):
    assert find(text) == [(surface, won)]


@pytest.mark.parametrize(
    "text",
    [
        "3만 원피스", "회원인데요", "상담원 연결", "직원이 그랬어요", "몇만원", "몇 천원 차이", "10% 할인", "2개만 주세요",
        "포인트 3만 점", "원래 그래요", "사만 원하는 대로", "2026-10234", "병원 가야 돼요", "만원경", "하나만 원해요",
    ],
)  # fmt: skip
def test_what_is_no_amount_is_left_alone(text):
    assert find(text) == []


@given(st.integers(0, 10**9))
def test_digits_with_and_without_commas_are_read_back(won):
    assert find(f"총 {won}원") == [(f"{won}원", won)]
    assert find(f"총 {won:,}원") == [(f"{won:,}원", won)]


@given(st.text(alphabet="0123456789,.만천백십억일이삼원₩ -", max_size=40) | st.text(max_size=60))
def test_any_text_is_accepted(text):
    for found in find_amounts(text):
        assert 0 <= found.start < found.end <= len(text)
        assert int(found.value) >= 0


@pytest.mark.parametrize(
    ("text", "number"),
    [("만", 10_000), ("십이만삼천사백오십", 123_450), ("이십", 20), ("3", 3), ("사과", None), ("공일공", 10)],
)
def test_numerals(text, number):
    assert read_number(text) == number
