"""Words written by their first consonants: ㅇㅇ for 응, ㄱㅅ for 감사.

Part of the reading of a message. Sounds (ㅋㅋ, ㅠㅠ) and faces (ㅡㅡ) are no words and stay.
"""

from __future__ import annotations

import re

WORDS = {
    "ㅇㅇ": "응", "ㅇㅋ": "오케이", "ㅇㅋㅇㅋ": "오케이", "ㄴㄴ": "아니", "ㄴㄴㄴ": "아니",
    "ㄱㅅ": "감사", "ㄳ": "감사", "ㄱㅅㄱㅅ": "감사", "ㅈㅅ": "죄송", "ㅁㄹ": "몰라",
    "ㄱㄱ": "고고", "ㄱㄷ": "기다려", "ㅅㄱ": "수고", "ㅎㅇ": "하이", "ㅂㅇ": "바이",
    "ㅂㅂ": "바이", "ㅃㅇ": "바이", "ㅇㄴ": "아니", "ㄹㅇ": "진짜", "ㅇㅈ": "인정",
    "ㅊㅋ": "축하", "ㄱㅊ": "괜찮아", "ㅇㄷ": "어디", "ㅇㅎ": "아하", "ㅁㅎ": "뭐해",
    "ㄴㄱ": "누구", "ㅇㅉ": "어쩌", "ㅅㄹ": "싫어", "ㄱㄴ": "가능", "ㅂㄱㄴ": "불가능",
    "ㅎㅂ": "환불", "ㅂㅅ": "병신", "ㅅㅂ": "시발", "ㅆㅂ": "씨발", "ㅈㄹ": "지랄",
    "ㅁㅊ": "미친", "ㄲㅈ": "꺼져", "ㅈㄴ": "존나", "ㄱㅅㄲ": "개새끼",
}  # fmt: skip

# What a single letter means when it is the whole message.
ANSWERS = {"ㅇ": "응", "ㄴ": "아니", "ㅋ": "ㅋ", "ㅎ": "ㅎ"}

RUN = re.compile(r"[ㄱ-ㅎ]+")
_SOUNDS = "ㅋㅎㅠㅜ"
_FILLERS = re.compile(r"^(ㅇ|ㄴ|ㄱ)\1+$")


def expand(run: str, *, alone: bool) -> tuple[str, int] | None:
    """The word that a run of lone consonants begins with, and its length in the run.

    Laughing after the word is left to follow it. None when the run is no shorthand.

    Args:
        run: consonants only, as far as they go.
        alone: whether the run is the whole message.
    """
    core = run.rstrip(_SOUNDS) if run not in WORDS else run
    key = core[0] * 2 if _FILLERS.match(core) else core
    word = WORDS.get(key) or (ANSWERS.get(core) if alone else None)
    return (word, len(core)) if word and core else None
