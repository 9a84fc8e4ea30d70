"""When the bot asks back which of two was meant, offers guesses, or takes words as the details it asked for."""

from __future__ import annotations

from typing import Any

import pytest

from actions import clarifying
from actions.skills import load_skills
from tests.unit.actions.turns import a_turn

SKILLS = load_skills()


def ranked(*pairs: tuple[str, float], **fields: Any) -> Any:
    return a_turn("쿠폰", pairs[0][0], ranking=pairs, **fields)


def test_two_close_meanings_are_offered_with_a_person() -> None:
    reply = clarifying.offer_two(ranked(("benefits_balance", 0.44), ("coupon_terms", 0.40)), SKILLS)
    assert reply is not None
    assert [choice.intent for choice in reply.choices] == ["benefits_balance", "coupon_terms", "human_agent"]
    assert reply.question is not None
    assert reply.question.kind == "choose"


@pytest.mark.parametrize(
    "turn",
    [
        ranked(("benefits_balance", 0.9), ("coupon_terms", 0.05)),
        ranked(("benefits_balance", 0.5), ("coupon_terms", 0.1)),
        ranked(("delivery_status", 0.45), ("delivery_delay", 0.44)),
        ranked(("affirm", 0.45), ("deny", 0.44)),
        ranked(("refund_status", 0.45), ("complaint", 0.44)),
        ranked(("benefits_balance", 0.44), ("coupon_terms", 0.40), asked="order:coupon_terms:0"),
        ranked(("benefits_balance", 0.44), ("coupon_terms", 0.40), others=("coupon_terms",)),
        a_turn("/benefits_balance", "benefits_balance", ranking=(("benefits_balance", 0.4), ("coupon_terms", 0.4))),
        a_turn("쿠폰", "benefits_balance"),
    ],
    ids=[
        "sure",
        "far apart",
        "answered alike",
        "no topics",
        "a grievance",
        "the topic in hand",
        "both",
        "button",
        "none",
    ],
)
def test_no_question_where_it_would_not_help(turn: Any) -> None:
    assert clarifying.offer_two(turn, SKILLS) is None


def test_an_order_number_goes_along_with_the_choice() -> None:
    reply = clarifying.offer_two(
        ranked(("order_cancel", 0.44), ("return_exchange", 0.40), order_id="2026-00001"), SKILLS
    )
    assert reply is not None
    assert reply.choices[0].entities == {"order_id": "2026-00001"}


def test_what_may_have_been_meant_is_offered() -> None:
    turn = a_turn("?", "nlu_fallback", ranking=(("refund_status", 0.3), ("complaint", 0.28), ("greet", 0.2)))
    assert [choice.intent for choice in clarifying.list_guesses(turn, SKILLS)] == ["refund_status"]


@pytest.mark.parametrize(
    "ranking", [(), (("out_of_scope", 0.3), ("refund_status", 0.28)), (("refund_status", 0.1), ("order_cancel", 0.1))]
)
def test_nothing_is_offered_where_nothing_is_likely(ranking: Any) -> None:
    assert clarifying.list_guesses(a_turn("?", "nlu_fallback", ranking=ranking), SKILLS) == []


@pytest.mark.parametrize(
    ("text", "intent", "confidence", "is_details"),
    [
        ("서울 마포구 이음로 3이요", "nlu_fallback", 0.2, True),
        ("검정으로요", "out_of_scope", 0.9, True),
        ("마음이 바뀌었어요", "deny", 0.9, True),
        ("문 앞에 놔 주세요", "delivery_change", 0.99, True),
        ("흰색으로 바꿔 주세요", "order_change", 0.99, True),
        ("아마 다음 주요", "delivery_status", 0.5, True),
        ("환불 언제 돼요", "refund_status", 0.99, False),
        ("아니 됐어요", "deny", 0.99, False),
        ("상담원이요", "human_agent", 0.99, False),
        ("감사합니다", "thanks", 0.95, False),
        ("검정이요", "greet", 0.4, True),
        ("아 됐어요", "thanks", 0.4, False),
        ("네", "affirm", 0.99, False),
    ],
)
def test_words_are_details_unless_they_are_another_topic(
    text: str, intent: str, confidence: float, is_details: bool
) -> None:
    turn = a_turn(text, intent, ranking=((intent, confidence),), asked="details:delivery_change:0")
    assert clarifying.is_details(turn, SKILLS) is is_details


def test_nothing_is_a_detail_where_none_was_asked_for() -> None:
    assert not clarifying.is_details(a_turn("서울이요", "nlu_fallback"), SKILLS)
    assert not clarifying.is_details(a_turn("서울이요", "nlu_fallback", asked="order:delivery_change:0"), SKILLS)
