"""Order numbers and jamo of a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.jamo import decompose
from bot.text.order_numbers import find_order_numbers


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("2026-12345", ["2026-12345"]),
        ("주문번호는 2026-12345예요", ["2026-12345"]),
        ("주문2026-12345요", ["2026-12345"]),
        ("2026 12345 이요", ["2026-12345"]),
        ("2026–12345", ["2026-12345"]),
        ("２０２６－１２３４５", ["2026-12345"]),
        ("2026-12345랑 2025-00001 비교", ["2026-12345", "2025-00001"]),
        ("010-1234-5678", []),
        ("CS-20931", []),
        ("6234-0042-1187", []),
        ("2026-11-22에 주문", []),
        ("2026-123456", []),
        ("12026-12345", []),
        ("2026-12345-1", []),
        ("623100421187", []),
        ("", []),
    ],
)
def test_order_numbers_and_nothing_else_are_found(text, values):
    assert [number.value for number in find_order_numbers(text)] == values


@given(st.text(max_size=80))
def test_a_found_number_stands_where_it_is_said_to(text):
    for number in find_order_numbers(f"{text} 2026-12345 {text}"):
        assert 0 <= number.start < number.end <= 2 * len(text) + 12


def test_syllables_come_apart_into_letters():
    assert decompose("값 a1ㅋ") == "ㄱㅏㅄ a1ㅋ"


@given(st.text(alphabet=st.characters(), max_size=50))
def test_text_without_syllables_is_left_alone(text):
    plain = "".join(c for c in text if not "가" <= c <= "힣")
    assert decompose(plain) == plain
