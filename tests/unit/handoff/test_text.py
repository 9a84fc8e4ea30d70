"""What may be a message, and what of it trainers may see: rules over all of Unicode."""

from __future__ import annotations

import re
import time
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handoff.domain.conversation import MESSAGE_LENGTH_MAX
from handoff.domain.text import accept_text, anonymise, strip_controls
from handoff.errors import Invalid

any_text = st.text(st.characters(), max_size=300)
CONTROLS = [chr(code) for code in (*range(0x00, 0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\t\r"]


def _code(text: str) -> str:
    with pytest.raises(Invalid) as refused:
        accept_text(text)
    assert any("가" <= letter <= "힣" for letter in refused.value.detail)
    return refused.value.code


def _outcome(text: str) -> tuple[str | None, str | None]:
    """Return what is stored, or the code of the refusal."""
    try:
        return accept_text(text), None
    except Invalid as refused:
        return None, refused.code


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        (" 안녕 ", "안녕"),
        ("한 줄\r\n두 줄\r세 줄", "한 줄\n두 줄\n세 줄"),
        ("탭\t은 남아요", "탭\t은 남아요"),
        ("👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"),
        ("\u202eabc", "\u202eabc"),
        ("　전각 공백　", "전각 공백"),
        ("가" * MESSAGE_LENGTH_MAX, "가" * MESSAGE_LENGTH_MAX),
        (" " * 5_000 + "가", "가"),
        ("\U0001fae8", "\U0001fae8"),  # an emoji younger than the interpreter's tables
        ("é", "é"),
    ],
)
def test_a_message_is_stored_as_it_was_meant(text: str, stored: str) -> None:
    assert accept_text(text) == stored


@pytest.mark.parametrize(
    "text", ["", " ", "\n\t\r\n", "\u3000\u00a0", "\u200b", "\u200b\u2060\ufeff", "\u3164", "\u2800 \u115f", "\u202e"]
)
def test_what_shows_nothing_is_empty(text: str) -> None:
    assert _code(text) == "empty_text"


@pytest.mark.parametrize("control", CONTROLS)
def test_control_characters_are_refused_or_stripped(control: str) -> None:
    assert _code(f"안{control}녕") == "control_characters"
    assert strip_controls(f"안{control}녕") == "안녕"


@pytest.mark.parametrize("code", [0xD800, 0xDBFF, 0xDC00, 0xDFFF])
def test_lone_surrogates_are_refused_or_stripped(code: int) -> None:
    surrogate = chr(code)
    assert _code(f"안{surrogate}녕") == "invalid_unicode"
    assert strip_controls(f"안{surrogate}녕") == "안녕"


def test_a_letter_too_many_is_refused_and_the_limit_named() -> None:
    assert _code("가" * (MESSAGE_LENGTH_MAX + 1)) == "text_too_long"
    assert len(strip_controls("가" * 5_000)) == MESSAGE_LENGTH_MAX


@given(any_text)
@settings(max_examples=400)
def test_what_is_accepted_can_be_stored_sent_and_accepted_again(text: str) -> None:
    accepted, code = _outcome(text)
    if accepted is None:
        assert code in {"empty_text", "text_too_long", "control_characters", "invalid_unicode"}
        return
    assert accept_text(accepted) == accepted == accepted.strip()
    assert 0 < len(accepted) <= MESSAGE_LENGTH_MAX
    accepted.encode("utf-8")
    assert not any(unicodedata.category(letter) == "Cc" and letter not in "\n\t" for letter in accepted)


@given(any_text)
def test_what_was_stripped_is_accepted_or_empty(text: str) -> None:
    stripped = strip_controls(text)
    assert strip_controls(stripped) == stripped
    accepted, code = _outcome(stripped)
    assert accepted is not None or code == "empty_text"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("배송 언제 와요?", "배송 언제 와요?"),
        ("010-1234-5678로 연락 주세요", "010-0000-0000로 연락 주세요"),
        ("01012345678", "010-0000-0000"),
        ("010 1234 5678", "010-0000-0000"),
        ("010.1234.5678", "010-0000-0000"),
        ("011-123-4567", "010-0000-0000"),
        ("010ㅡ1234ㅡ5678", "010-0000-0000"),
        ("010–1234–5678", "010-0000-0000"),
        ("010/1234/5678", "010-0000-0000"),
        ("(010) 1234-5678", "(000000"),
        ("+82 10-1234-5678", "+000000"),
        ("０１０-１２３４-５６７８", "000000"),
        ("02.123.4567", "000000"),
        ("900101-1234567", "000000"),
        ("1234 5678 9012 3456", "000000"),
        ("1234-5678-9012-3456", "000000"),
        ("hong.gildong+shop@mail.example.com 이에요", "name@example.com 이에요"),
        ("hong＠mail.example.com", "name@example.com"),
        ("주문 2026-10234 취소", "주문 2026-10000 취소"),
        ("주문번호 2025-1000001이요", "주문번호 2026-10000이요"),
        ("1,200원 10% 3개", "1,200원 10% 3개"),
        ("12345", "12345"),
        ("11월 22일 2시", "11월 22일 2시"),
    ],
)
def test_what_identifies_somebody_is_replaced(text: str, kept: str) -> None:
    assert anonymise(text) == kept


phones = st.builds(
    lambda middle, last, between: between.join(["010", middle, last]),
    st.from_regex(r"[0-9]{3,4}", fullmatch=True),
    st.from_regex(r"[0-9]{4}", fullmatch=True),
    st.sampled_from(["", "-", " ", ".", "ㅡ", "–", "/", "~", "·"]),
)


@given(st.lists(phones, min_size=1, max_size=3), st.text(st.characters(exclude_categories=["Nd", "Cs"]), max_size=20))
@example(["010-1234-5678", "01098765432"], "")
def test_no_phone_number_survives_wherever_it_stands(numbers: list[str], words: str) -> None:
    kept = anonymise(f"{words} ".join(["", *numbers, ""]))
    digits = "".join(re.findall(r"\d", kept.replace("010-0000-0000", "").replace("2026-10000", "")))
    assert set(digits) <= {"0"}


@given(any_text)
def test_no_long_number_survives_and_nothing_is_replaced_twice(text: str) -> None:
    kept = anonymise(text)
    left = kept.replace("010-0000-0000", " x ").replace("2026-10000", " x ").replace("000000", " x ")
    assert re.search(r"\d(?:[\s-]?\d){5,}", left) is None
    assert anonymise(kept) == kept


@pytest.mark.parametrize(
    "text", ["a" * 2_000, "1" * 2_000, "1 " * 1_000, "a." * 1_000, "@" * 2_000, "a@" * 1_000, "010" * 600]
)
def test_no_text_takes_long_to_anonymise(text: str) -> None:
    began = time.perf_counter()
    anonymise(text)
    assert time.perf_counter() - began < 0.05
