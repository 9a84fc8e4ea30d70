"""Facts that need no look into the customer's data."""

from __future__ import annotations

import pytest

from actions.facts import find_right
from tests.unit.actions.turns import a_turn


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("내 정보 다 지워 주세요", "삭제"),
        ("제 기록으로 분석하지 마세요", "처리정지"),
        ("생년월일이 틀려요 고쳐 주세요", "정정"),
        ("내 정보 뭐 갖고 있는지 보여줘요", "열람"),
        ("보여 주시고 나서 없애 주세요", "삭제"),
        ("탈퇴할게요", None),
    ],
)
def test_a_right_is_heard_in_everyday_words(text, right):
    assert find_right(a_turn(text, "privacy_request")) == right


def test_no_right_is_heard_where_something_else_is_asked_for():
    assert find_right(a_turn("장바구니 지워 주세요", "account_help")) is None
