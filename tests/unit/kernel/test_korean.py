"""Korean wording: the right particle, amounts and days as people say them, and no name or number in full."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import korean


@pytest.mark.parametrize(
    ("word", "pair", "expected"),
    [
        ("택배", "은/는", "택배는"),
        ("주문", "은/는", "주문은"),
        ("쿠폰", "이/가", "쿠폰이"),
        ("김하나", "이/가", "김하나가"),
        ("상품", "을/를", "상품을"),
        ("코트", "을/를", "코트를"),
        ("셔츠", "과/와", "셔츠와"),
        ("양말", "과/와", "양말과"),
        # 으로/로: a final ㄹ counts as none.
        ("서울", "으로/로", "서울로"),
        ("집", "으로/로", "집으로"),
        ("회사", "으로/로", "회사로"),
        ("서울", "은/는", "서울은"),
        # digits as they are read: 영 일 이 삼 사 오 육 칠 팔 구
        *(
            (digit, "이/가", digit + particle)
            for digit, particle in zip("0123456789", "이이가이가가이이이가", strict=True)
        ),
        ("1", "으로/로", "1로"),
        ("7", "으로/로", "7로"),
        ("8", "으로/로", "8로"),
        ("0", "으로/로", "0으로"),
        ("3", "으로/로", "3으로"),
        ("6", "으로/로", "6으로"),
        ("2026-10001", "은/는", "2026-10001은"),
        # Latin letters by their Korean names: 엘 엠 엔 알
        ("XL", "을/를", "XL을"),
        ("PC", "을/를", "PC를"),
        ("USB", "이/가", "USB가"),
        ("SM", "은/는", "SM은"),
        ("CJ대한통운", "으로/로", "CJ대한통운으로"),
        ("L", "으로/로", "L로"),
        # what is behind closing brackets and quotation marks is looked through
        ("코트(검정)", "을/를", "코트(검정)을"),
        ("코트(블루)", "을/를", "코트(블루)를"),
        ("「주문」", "이/가", "「주문」이"),
        ("‘코트’", "을/를", "‘코트’를"),
        ("“양말”.", "은/는", "“양말”.은"),
        ("코트 ", "은/는", "코트 는"),
        # nothing to go by: the form after a vowel
        ("", "은/는", "는"),
        ("😀", "이/가", "😀가"),
        ("?", "을/를", "?를"),
    ],
)
def test_the_particle_fits_the_word(word: str, pair: str, expected: str) -> None:
    assert korean.josa(word, pair) == expected


@given(st.text(), st.sampled_from(["은/는", "이/가", "을/를", "과/와", "으로/로"]))
def test_a_particle_never_changes_the_word(word: str, pair: str) -> None:
    assert korean.josa(word, pair) in {word + particle for particle in pair.split("/")}


@pytest.mark.parametrize(
    ("amount", "expected"), [(0, "0원"), (999, "999원"), (12_000, "12,000원"), (-3_500, "-3,500원")]
)
def test_amounts(amount: int, expected: str) -> None:
    assert korean.won(amount) == expected


def test_days_and_times_are_seouls() -> None:
    assert korean.date(datetime(2026, 11, 21, 15, 0, tzinfo=UTC)) == "11월 22일(일)"
    assert korean.date(datetime(2026, 12, 31, 14, 59, tzinfo=UTC)) == "12월 31일(목)"


@pytest.mark.parametrize(
    ("hour_utc", "minute", "expected"),
    [(15, 0, "오전 12시"), (0, 0, "오전 9시"), (3, 0, "오후 12시"), (6, 5, "오후 3시 5분"), (14, 59, "오후 11시 59분")],
)
def test_the_time_of_day(hour_utc: int, minute: int, expected: str) -> None:
    assert korean.time_of_day(datetime(2026, 11, 24, hour_utc, minute, tzinfo=UTC)) == expected


@pytest.mark.parametrize(
    ("name", "masked"),
    [("", ""), ("김", "*"), ("김철", "김*"), ("홍길동", "홍*동"), ("남궁민수", "남**수"), ("Jane Doe", "J******e")],
)
def test_a_name_is_masked(name: str, masked: str) -> None:
    assert korean.mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("010-1234-5678", "010-****-5678"),
        ("01012345678", "010-****-5678"),
        ("010 1234 5678", "010-****-5678"),
        ("+82 10-1234-5678", "010-****-5678"),
        ("02-123-4567", "02-****-4567"),
        ("02-1234-5678", "02-****-5678"),
        ("031-123-4567", "031-****-4567"),
        ("1588-1234", "****-1234"),
        ("1234567", "*******"),
        ("", ""),
    ],
)
def test_a_phone_number_is_masked(phone: str, masked: str) -> None:
    assert korean.mask_phone(phone) == masked


@given(st.text(alphabet="0123456789-+ ()", max_size=20))
def test_a_masked_phone_number_shows_at_most_its_prefix_and_four_digits(phone: str) -> None:
    digits = "".join(letter for letter in phone if letter.isdigit())
    shown = "".join(letter for letter in korean.mask_phone(phone) if letter.isdigit())
    assert len(shown) <= 7 and (len(digits) < 8 or len(digits) - len(shown) >= 3)
    assert len(digits) >= 8 or shown == ""


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("서울 마포구 월드컵로 1, 101동 202호", "서울 마포구 ***"),
        ("경기 성남시 분당구 판교로 2", "경기 성남시 분당구 ***"),
        ("경기도 파주시 문발로 3", "경기도 파주시 ***"),
        ("세종특별자치시", "***"),
        ("세종특별자치시 한누리대로 2130", "세종특별자치시 ***"),
        ("서울 월드컵로 1", "서울 ***"),
        ("월드컵로 1", "***"),
        ("홍길동네", "***"),
        ("", "***"),
    ],
)
def test_an_address_is_masked_down_to_the_district(address: str, masked: str) -> None:
    assert korean.mask_address(address) == masked
