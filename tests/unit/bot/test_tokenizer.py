"""The tokenizer takes any text and says where its tokens stand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.components.kiwi_tokenizer import load_kiwi, tokenize


@pytest.fixture(scope="module")
def kiwi():
    return load_kiwi(())


@settings(max_examples=300, deadline=None)
@given(text=st.text(alphabet=st.characters(), max_size=80))
def test_any_unicode_text_gets_tokens_inside_its_bounds(kiwi, text):
    check_places(kiwi, text)


@settings(max_examples=200, deadline=None)
@given(text=st.text(alphabet="가와값ㅋㅠ👍🏽\u200d👩\ufe0f𠮷\ud800\udfff\u202e\u0000/[](){}:.-0aé ", max_size=60))
def test_awkward_neighbours_do_not_shift_tokens(kiwi, text):
    check_places(kiwi, text)


def check_places(kiwi, text):
    for token in tokenize(kiwi, text):
        assert 0 <= token.start < token.end <= len(text)
        assert token.text == text[token.start : token.end]


def test_contracted_morphemes_are_found_where_they_were_contracted(kiwi):
    tokens = tokenize(kiwi, "택배 언제 와요?")
    assert [token.text for token in tokens][:2] == ["택배", "언제"]
    assert {token.start for token in tokens} >= {0, 3, 6}


@pytest.mark.parametrize("text", ["", "👍" * 50, "ㅋ" * 2000, "배송이 언제 오나요 " * 181])
def test_empty_emoji_and_long_texts_pass(kiwi, text):
    check_places(kiwi, text[:2000])
