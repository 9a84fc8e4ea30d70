"""Normal form of a text, and the way back to the original."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.normal import normalise
from bot.text.reading import read

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


@given(any_text)
def test_reading_never_fails_and_every_place_leads_back(raw):
    reading = read(raw)
    assert len(reading.text) == len(reading.spans)
    for (start, end), (next_start, next_end) in zip(reading.spans, reading.spans[1:], strict=False):
        assert start <= next_start and end <= next_end
    assert all(0 <= start < end <= len(raw) for start, end in reading.spans)


@given(any_text | st.text(alphabet="dksuqothgㅇㄱㅅㄴㅠㅜㅋㅗㅑ !?1-", max_size=30))
def test_reading_a_reading_changes_nothing_more_than_its_first_sign(raw):
    once = read(raw).text
    assert "  " not in once
    assert not any("\ud800" <= character <= "\udfff" for character in once)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        # full width and typographic signs
        ("ＳＫＴ　２０２６－１０２３４", "SKT 2026-10234"),
        ("“배송”이 늦어요…", '"배송"이 늦어요..'),
        ("2026–10234", "2026-10234"),
        ("\uffa1\uffa2", "ㄱㄲ"),
        # stretched signs keep their voice
        ("안돼요ㅠㅠㅜㅜㅠ!!!!", "안돼요ㅠㅠ!!"),
        ("ㅋㅋㅋㅋㅋㅋ", "ㅋㅋ"),
        ("ㅡㅡㅡ;;;;", "ㅡㅡ;;"),
        ("10000원 1000000", "10000원 1000000"),
        ("배송   언제", "배송 언제"),
        # shorthand
        ("ㅇㅇ", "응"),
        ("ㅇㅇㅇㅇ", "응"),
        ("ㄴㄴ 그거 말고", "아니 그거 말고"),
        ("ㄱㅅㅋㅋㅋ", "감사ㅋㅋ"),
        ("ㄱㅅ합니다", "감사합니다"),
        ("ㅇㅋ", "오케이"),
        ("ㅈㅅ", "죄송"),
        ("ㅁㄹ", "몰라"),
        ("ㅋㅋ", "ㅋㅋ"),
        # Hangul on the English layout
        ("dkssud", "안녕"),
        ("dkssudgktpdy!!", "안녕하세요!!"),
        ("qothd djswp dhkdy", "배송 언제 와요"),
        ("ghksqnf 언제", "환불 언제"),
        ("Ehr rkxdkdy", "똑 같아요"),
        ("sp", "네"),
        # English, names, codes and addresses are none
        ("work hard and sleep well", "work hard and sleep well"),
        ("when does the coupon expire", "when does the coupon expire"),
        ("SKT pass sms", "SKT pass sms"),
        ("ERR_TIMEOUT E1002", "ERR_TIMEOUT E1002"),
        ("qothd@example.com dkssud.com", "qothd@example.com dkssud.com"),
        # English on the Korean layout
        ("ㅗㅑ", "hi"),
        ("ㅔㅁㄴㄴ 앱", "pass 앱"),
        ("ㅏㅅ 인데요", "kt 인데요"),
        # emoji are kept, their variants are not
        ("👍🏽👍🏽👍🏽", "👍👍"),
        ("😡", "😡"),
    ],
)
def test_reading(raw, text):
    assert read(raw).text == text


def test_places_of_rewritten_words_are_the_words_as_typed():
    reading = read("저기 dkssud ㄱㅅ")
    start = reading.text.index("안녕")
    assert reading.raw[slice(*reading.locate(start, start + 2))] == "dkssud"
    start = reading.text.index("감사")
    assert reading.raw[slice(*reading.locate(start, start + 2))] == "ㄱㅅ"
