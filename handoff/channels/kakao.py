"""KakaoTalk's skill protocol: what it sends, what it takes, and its limits.

Source of the limits: Kakao's public guides for chatbot skills (SkillPayload, SkillResponse 2.0).
Limits that the guides do not state first-hand are marked; the safe value is used.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handoff.domain.conversation import Author, Message

Json = dict[str, Any]

VERSION = "2.0"
OUTPUTS_MAX = 3
QUICK_REPLIES_MAX = 10
SIMPLE_TEXT_MAX = 1_000
LABEL_MAX = 14  # not stated first-hand
ANSWER_WITHIN_S = 4.5  # Kakao gives up after 5 s
WAIT_FOR_BOT_S = 3.5  # leaves the rest of ANSWER_WITHIN_S for the commit before and the answer after
DUPLICATE_WINDOW_S = 2  # without a request id, the same words of the same user within this are the same message

MORE_LABEL = "이어서 보기"
LEAVE_LABEL = "봇과 계속하기"
LEAVING_WORDS = frozenset({LEAVE_LABEL, "상담원 연결 취소", "상담원 취소"})
STILL_THINKING = "확인하고 있어요. 조금 뒤에 ‘이어서 보기’를 눌러 주세요."
LOOK_AGAIN = "답변이 왔는지는 ‘이어서 보기’를 눌러 확인해 주세요."
WITH_AGENT = "상담원에게 전했어요. 답변이 오면 ‘이어서 보기’를 눌러 확인해 주세요."
NOTHING_NEW = "아직 새 답변이 없어요. 조금 뒤에 다시 눌러 주세요."
WITH_BOT = "네, 이어서 도와드릴게요. 무엇이 궁금하세요?"
RATING_ASKED = "상담이 도움이 되었나요? 아래에서 골라 주세요."
RATING_LABELS = {5: "5점 아주 좋아요", 4: "4점 좋아요", 3: "3점 보통이에요", 2: "2점 아쉬워요", 1: "1점 전혀 아니에요"}
RATING_THANKS = "말씀 고마워요."
RATING_SORRY = "아쉬움을 드려 죄송해요. 담당자가 살펴보고 연락드릴게요."
RATING_UNKNOWN = "평가할 상담을 찾지 못했어요."
TRY_AGAIN = "잠시 문제가 생겼어요. 조금 뒤에 다시 말씀해 주세요."
NO_TEXT = "…"
_PIECE_MIN = SIMPLE_TEXT_MAX * 3 // 4


@dataclass(frozen=True)
class Rate:
    """How content the user was with a conversation: `score` from 1 to 5."""

    conversation_id: str
    score: int


@dataclass(frozen=True)
class Utterance:
    """What a KakaoTalk user said.

    `choice` is the id of a pressed button of ours, `more` the wish for what is left, `leaves` the wish to wait for a
    person no longer.
    """

    user_key: str
    text: str
    choice: str | None
    more: bool
    leaves: bool = False
    rate: Rate | None = None


def read_payload(payload: object) -> Utterance | None:
    """Return what a SkillPayload says; None when there is no user or it is no payload at all.

    Fields may be null or absent and unknown ones may come; none of it is an error.
    """
    if not isinstance(payload, Mapping):
        return None
    request = _map(payload.get("userRequest"))
    user = _map(request.get("user"))
    properties = _map(user.get("properties"))
    key = _text(user.get("id")) or _text(properties.get("botUserKey")) or _text(properties.get("bot_user_key"))
    if not key or len(key) > 200 or not key.isprintable():
        return None
    extra = _map(_map(payload.get("action")).get("clientExtra"))
    text = _text(request.get("utterance"))
    more = bool(extra.get("ieum_more")) or text.strip() == MORE_LABEL
    return Utterance(
        user_key=key,
        text=text,
        choice=_text(extra.get("ieum_choice")) or None,
        more=more,
        leaves=" ".join(text.split()) in LEAVING_WORDS,
        rate=_rate(extra.get("ieum_rating")),
    )


def client_msg_id(utterance: Utterance, *, request_id: str | None, at_s: float) -> str:
    """Return the id under which a repeated delivery of the same message is recognised."""
    if request_id and len(request_id) <= 120 and request_id.isprintable():
        return f"kakao:{request_id}"
    window = int(at_s // DUPLICATE_WINDOW_S)
    words = request_id or f"{utterance.user_key}\n{utterance.choice or utterance.text}\n{window}"
    return f"kakao:{hashlib.sha256(words.encode('utf-8', 'surrogatepass')).hexdigest()[:40]}"


def answer(
    messages: Sequence[Message], *, more: bool = False, also: str = "", quick_replies: Sequence[Json] = ()
) -> Json:
    """Return a SkillResponse of at most three bubbles with the buttons of the last one that has any.

    What does not fit the third is cut with an ellipsis: only a bot's answer can be that long. `also` comes after the
    messages where there is room for it, `quick_replies` after their buttons.
    """
    bubbles = [bubble for message in messages for bubble in split_text(text_of(message))]
    if len(bubbles) > OUTPUTS_MAX:
        rest = "\n".join(bubbles[OUTPUTS_MAX - 1 :])
        bubbles[OUTPUTS_MAX - 1 :] = [shorten(rest, SIMPLE_TEXT_MAX)]
    if also and len(bubbles) < OUTPUTS_MAX:
        bubbles.append(also)
    with_choices = next((message for message in reversed(messages) if message.choices), None)
    replies = [
        {
            "label": shorten(choice.label.strip(), LABEL_MAX),
            "action": "message",
            "messageText": shorten(choice.label, SIMPLE_TEXT_MAX),
            "extra": {"ieum_choice": choice.choice_id},
        }
        for choice in (with_choices.choices if with_choices else ())
        if choice.label.strip()
    ]
    room = QUICK_REPLIES_MAX - len(quick_replies) - 1
    return response(bubbles, [*replies[:room], *quick_replies], more=more)


def response(texts: Sequence[str], quick_replies: Sequence[Json] = (), *, more: bool = False) -> Json:
    """Return a SkillResponse; `more` adds the button that brings what is left."""
    replies = list(quick_replies)
    if more:
        replies.append(_quick_reply(MORE_LABEL, {"ieum_more": True}))
    template: Json = {"outputs": [{"simpleText": {"text": text}} for text in texts]}
    if replies:
        template["quickReplies"] = replies
    return {"version": VERSION, "template": template}


def leave_reply() -> Json:
    """Return the button that ends waiting for a person."""
    return _quick_reply(LEAVE_LABEL, {})


def rating_replies(conversation_id: str) -> list[Json]:
    """Return the buttons that say how a conversation was."""
    return [
        _quick_reply(label, {"ieum_rating": {"conversation": conversation_id, "score": score}})
        for score, label in RATING_LABELS.items()
    ]


def say_place(position: int, wait_s: int | None) -> str:
    """Return how many are before somebody who waits and how long it will probably take, rounded as people say it."""
    ahead = "바로 다음 순서예요." if position <= 1 else f"앞에 {position - 1}명이 있어요."
    return " ".join(words for words in (ahead, _say_wait(wait_s), LOOK_AGAIN) if words)


def _say_wait(wait_s: int | None) -> str:
    if wait_s is None:
        return ""
    minutes = math.ceil(wait_s / 60)
    if wait_s < 60:
        return "곧 연결돼요."
    if minutes > 60:
        return "1시간 넘게 걸릴 수 있어요."
    return f"약 {minutes if minutes <= 10 else math.ceil(minutes / 5) * 5}분 걸려요."


def _quick_reply(label: str, extra: Json) -> Json:
    return {"label": label, "action": "message", "messageText": label, "extra": extra}


def bubbles_of(message: Message) -> int:
    """Return how many of the three bubbles a message takes."""
    return len(split_text(text_of(message)))


def text_of(message: Message) -> str:
    """Return a message as plain text: an agent's name before it, cards as lines after it."""
    lines = [f"[상담원 {message.author_name}]"] if message.author is Author.AGENT and message.author_name else []
    lines += [message.text] if message.text else []
    for card in message.cards:
        lines += [str(card.get("title") or "")]
        lines += [f"· {row.get('label', '')}: {row.get('value', '')}" for row in card.get("rows") or []]
        lines += [str(card["note"])] if card.get("note") else []
    return "\n".join(line for line in lines if line) or NO_TEXT


def split_text(text: str) -> list[str]:
    """Return a text in pieces that each fit a bubble, broken at a line or a space where there is one.

    The pieces are long enough that the longest message of an agent fits the bubbles of one response.
    """
    pieces = []
    text = text.strip()
    while len(text) > SIMPLE_TEXT_MAX:
        cut = max(text.rfind("\n", 0, SIMPLE_TEXT_MAX), text.rfind(" ", 0, SIMPLE_TEXT_MAX))
        cut = cut if cut >= _PIECE_MIN else SIMPLE_TEXT_MAX
        pieces.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*pieces, text] if text else pieces or [NO_TEXT]


def shorten(text: str, most: int) -> str:
    """Return a text of at most `most` characters, with an ellipsis where it was cut."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _rate(value: object) -> Rate | None:
    said = _map(value)
    conversation_id, score = _text(said.get("conversation")), said.get("score")
    is_whole = 0 < len(conversation_id) <= 64 and conversation_id.isprintable()
    return Rate(conversation_id, score) if is_whole and type(score) is int and score in RATING_LABELS else None


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
