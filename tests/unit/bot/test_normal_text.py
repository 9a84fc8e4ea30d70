"""Normal form of a text, and the way back to the original."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.normal import normalise

any_text = st.text(alphabet=st.characters(), max_size=60) | st.text(
    alphabet="/ \t\n가각한ㄱㅏㅠ\u1112\u1161\u11ab\u200b\u202e\ud800\udfff👍\ufe0f\u200da1", max_size=40
)


@given(any_text)
def test_never_begins_with_a_slash_or_a_blank(raw):
    text = normalise(raw).text
    assert not text.startswith("/")
    assert text == text.strip()


@given(any_text)
def test_holds_no_control_or_direction_characters_and_no_half_characters(raw):
    for character in normalise(raw).text:
        category = unicodedata.category(character)
        assert category not in ("Cc", "Cs")
        assert category != "Cf" or character == "\u200d"


@given(any_text)
def test_every_span_leads_back_into_the_original(raw):
    normal = normalise(raw)
    for start in range(len(normal.text)):
        begin, end = normal.locate(start, start + 1)
        assert 0 <= begin < end <= len(raw)
    assert list(normal.spans) == sorted(normal.spans)


@given(st.text(alphabet="가나다라마바사 123", max_size=30))
def test_plain_korean_stays_as_it_is(raw):
    assert normalise(raw).text == raw.strip()


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("", ""),
        (" \t\n ", ""),
        ("/delivery_status", "／delivery_status"),
        ('  /intent{"a":"b"}', '／intent{"a":"b"}'),
        ("\u200b/help", "／help"),
        ("\u1107\u1162\u1109\u1169\u11bc", "배송"),
        ("배\u200b송\u202e", "배송"),
        ("\ud800 배송", "\ufffd 배송"),
        ("줄\n바꿈\t있음", "줄 바꿈 있음"),
        ("[x](order_id:1)", "[x](order_id:1)"),
    ],
)
def test_known_awkward_texts(raw, text):
    assert normalise(raw).text == text


def test_a_place_in_composed_text_is_found_in_the_letters_it_was_typed_with():
    normal = normalise("  \u1107\u1162\u1109\u1169\u11bc 2026-12345")
    start = normal.text.index("2026")
    assert normal.locate(0, 2) == (2, 7)
    assert normal.raw[slice(*normal.locate(start, start + 10))] == "2026-12345"
