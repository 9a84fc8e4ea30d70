"""One-time codes and phone numbers, as far as no database is needed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import backoffice.identity
from backoffice.identity.policy import hash_code, hash_subject, is_same, list_writings, make_code, read_phone, tell_code
from backoffice.identity.rules import load_code_rules, read_code_rules

RULES = load_code_rules()
KEY = "k" * 40
CODES = st.integers(0, 999_999).map(lambda number: f"{number:06d}")


def test_a_code_has_six_digits_three_minutes_and_five_tries() -> None:
    assert (RULES.digits, RULES.lifetime_s, RULES.tries) == (6, 180, 5)
    assert (RULES.pause_s, RULES.per_day) == (60, 5)
    at = datetime(2026, 11, 24, 3, tzinfo=UTC)
    assert RULES.expires_at(at) - at == timedelta(minutes=3)


@given(number=st.integers(0, 999_999))
def test_every_number_makes_a_code_of_six_digits(number: int) -> None:
    code = make_code(6, lambda bound: number if bound == 1_000_000 else -1)
    assert len(code) == 6 and int(code) == number


@given(one=CODES, other=CODES)
def test_what_is_kept_of_a_code_tells_codes_apart_and_holds_none(one: str, other: str) -> None:
    kept = hash_code(one, code_id="o_1", key=KEY)
    assert is_same(kept, hash_code(other, code_id="o_1", key=KEY)) is (one == other)
    assert kept != hash_code(one, code_id="o_2", key=KEY)
    assert kept != hash_code(one, code_id="o_1", key="x" * 40)
    assert hash_subject(one, key=KEY) != kept


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("010-1234-5678", "01012345678"),
        ("01012345678", "01012345678"),
        ("010 1234 5678", "01012345678"),
        ("010.1234.5678", "01012345678"),
        ("+82 10-1234-5678", "01012345678"),
        ("+821012345678", "01012345678"),
        ("+82(0)10-1234-5678", "01012345678"),
        ("011-234-5678", "0112345678"),
        ("02-1234-5678", None),
        ("010-123-456", None),
        ("010-1234-56789", None),
        ("", None),
        ("홍길동", None),
        ("٠١٠١٢٣٤٥٦٧٨", None),
    ],
)
def test_a_mobile_number_is_read_however_it_is_written(written: str, phone: str | None) -> None:
    assert read_phone(written) == phone


@given(head=st.sampled_from("016789"), number=st.integers(0, 99_999_999), middle=st.sampled_from([3, 4]))
def test_each_way_to_write_a_number_is_read_as_that_number(head: str, number: int, middle: int) -> None:
    digits = f"01{head}{number:08d}"[: 3 + middle + 4]
    assert {read_phone(written) for written in list_writings(digits)} == {digits}


def test_the_text_message_warns_of_those_who_ask_for_the_code() -> None:
    said = tell_code("012345", lifetime_s=180)
    assert "012345" in said and "3분" in said and "알려 주지 마세요" in said


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (lambda data: data.update(digits=4), "digits"),
        (lambda data: data.update(tries=0), "tries"),
        (lambda data: data.update(lifetime_s="180"), "lifetime_s"),
        (lambda data: data.update(colour="red"), "colour"),
        (lambda data: data.pop("author"), "author"),
    ],
)
def test_rules_that_do_not_fit_are_refused_by_name(change: Callable[[Any], object], names: str) -> None:
    data = yaml.safe_load(Path(backoffice.identity.__file__).with_name("rules.yml").read_text(encoding="utf-8"))
    change(data)
    with pytest.raises(ValueError, match=names):
        read_code_rules(data)
