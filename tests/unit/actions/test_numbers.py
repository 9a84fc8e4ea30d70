"""Codes and phone numbers in customers' words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.numbers import (
    find_code,
    find_order_number,
    find_phone,
    is_bare_code,
    says_not_arrived,
    wants_another_code,
    wants_code,
)

CODES = st.integers(0, 999_999).map(lambda number: f"{number:06d}")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("123456", "123456"),
        ("인증번호는 012345 이에요", "012345"),
        ("123 456", "123456"),
        ("123-456이요", "123456"),
        ("１２３４５６", "123456"),
        ("일이삼 사오육", "123456"),
        ("공공일이삼사", "001234"),
        ("12345", None),
        ("1234567", None),
        ("010-1234-5678", None),
        ("2026-10001 주문이요", None),
        ("안 왔어요", None),
        ("", None),
        ("일이 있어요", None),
    ],
)
def test_six_digits_are_a_code_and_nothing_else_is(text: str, code: str | None) -> None:
    assert find_code(text) == code


@given(
    code=CODES, before=st.sampled_from(["", "인증번호 ", "네 "]), after=st.sampled_from(["", "이요", " 입니다", "."])
)
def test_every_code_is_found_in_its_sentence(code: str, before: str, after: str) -> None:
    assert find_code(f"{before}{code}{after}") == code
    assert is_bare_code(code) and is_bare_code(f" {code[:3]} {code[3:]} ")


@given(text=st.text(max_size=60))
def test_whatever_is_typed_a_code_has_six_digits(text: str) -> None:
    code, phone = find_code(text), find_phone(text)
    assert code is None or (len(code) == 6 and code.isascii() and code.isdigit())
    assert phone is None or (len(phone) in (10, 11) and phone.startswith("01"))


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("010-1234-5678", "01012345678"),
        ("제 번호는 01012345678 이에요", "01012345678"),
        ("010 1234 5678", "01012345678"),
        ("０１０－１２３４－５６７８", "01012345678"),
        ("+82 10-1234-5678", "01012345678"),
        ("011-234-5678", "0112345678"),
        ("010-123-456", None),
        ("123456", None),
        ("010-1234-56789", None),
        ("2026-10001", None),
    ],
)
def test_a_mobile_number_is_found_however_it_is_written(text: str, phone: str | None) -> None:
    assert find_phone(text) == phone


@pytest.mark.parametrize(
    "text", ["안 왔어요", "문자가 안와요", "아직이요", "못 받았어요", "안 오는데요", "온 게 없어요"]
)
def test_that_no_code_came_is_heard(text: str) -> None:
    assert says_not_arrived(text)


@pytest.mark.parametrize("text", ["다시 보내 주세요", "재전송", "새로 보내줘", "한번 더요"])
def test_the_wish_for_another_code_is_heard(text: str) -> None:
    assert wants_another_code(text)


@pytest.mark.parametrize(
    ("text", "wants"),
    [("네 보내 주세요", True), ("받을게요", True), ("아니 보내지 마세요", False), ("괜찮아요", False), ("왜요", False)],
)
def test_yes_to_a_code_is_told_from_no(text: str, wants: bool) -> None:
    assert wants_code(text) is wants


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("주문번호 abc123 배송 어디", "abc123"),
        ("주문 번호는 ORD-2026-55 예요", "ORD-2026-55"),
        ("주문번호: 2026-10001", "2026-10001"),
        ("주문번호가 뭐예요", None),
        ("주문번호 몰라요 abc123", None),
        ("abc123 배송", None),
    ],
)
def test_what_is_called_an_order_number_is_one(text: str, number: str | None) -> None:
    assert find_order_number(text) == number
