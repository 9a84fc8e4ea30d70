"""Anger and urgency, heard from words and signs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.mood import ANGER, CLEAR, URGENCY, assess_mood
from bot.text.reading import read


def assess(raw):
    return assess_mood(read(raw).text)


@pytest.mark.parametrize(
    "text",
    [
        "장난하냐 ㅡㅡ", "진짜 짜증나네", "도대체 몇 번째예요!!!", "소비자원에 신고할게요", "어이가 없네요", "시발 환불해",
        "ㅅㅂ", "사기꾼들아", "고객을 호구로 아나", "불친절해서 기분 나빴어요", "이따위로 장사하지 마세요", "화가 머리끝까지 났어요",
        "언론에 제보하겠습니다", "매우 유감입니다", "😡😡", "변호사 통해서 연락드리죠",
    ],
)  # fmt: skip
def test_clear_anger_is_heard(text):
    assert assess(text).anger >= CLEAR


@pytest.mark.parametrize(
    "text",
    [
        "안녕하세요", "배송 언제 와요?", "빨리 답 주셔서 감사합니다", "시발점이 어디예요", "로밍으로 대체 가능할까요", "사기 전에 물어봐요",
        "대기자 많아요?", "물어볼 게 있어서 왔어요", "새벽 두 시", "환급해 주세요", "아이고 늦네요ㅠㅠ", "ㅋㅋㅋㅋ", "", "네!", "🙂",
        "할머니라서 잘 몰라유", "내 나이가 칠십이라 눈이 침침해", "이기 와 이라노", "외국인인데 인증이 안 돼요",
    ],
)  # fmt: skip
def test_a_calm_message_is_calm_whoever_writes_it(text):
    assert assess(text).anger < 0.3


@pytest.mark.parametrize(
    "text",
    [
        "급해요 빨리요",
        "당장 풀어주세요",
        "지금 바로 취소해줘",
        "오늘까지 꼭 받아야 하는데 빨리 좀",
        "긴급입니다",
        "큰일났어요 어떡해요",
    ],
)
def test_clear_haste_is_heard(text):
    assert assess(text).urgency >= CLEAR


@pytest.mark.parametrize(
    "text",
    [
        "천천히 주세요",
        "배송 언제 와요",
        "물어볼 게 있어서요",
        "재발급해 주세요",
        "오늘은 여기까지",
        "답이 빨리 왔네요",
        "",
    ],
)
def test_a_message_without_haste_has_none(text):
    assert assess(text).urgency < 0.3


@pytest.mark.parametrize(
    ("quiet", "loud"),
    [
        ("왜 안 와요 짜증나", "왜 안 와요 짜증나!!!"),
        ("몇 번째예요", "도대체 몇 번째예요 장난해요"),
        ("실망했어요", "실망했어요 ㅡㅡ"),
    ],
)
def test_more_signs_sound_angrier(quiet, loud):
    assert assess(loud).anger > assess(quiet).anger


@given(st.text(max_size=120))
def test_any_text_gives_two_shares(text):
    mood = assess_mood(text)
    assert 0.0 <= mood.anger <= 1.0
    assert 0.0 <= mood.urgency <= 1.0


def test_no_sign_is_about_who_somebody_is():
    patterns = " ".join(sign.pattern for _, sign in (*ANGER, *URGENCY))
    for word in ("남자", "여자", "아줌마", "할머니", "노인", "외국인", "장애", "사투리", "전라", "경상"):
        assert word not in patterns
