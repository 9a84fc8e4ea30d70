"""What changes for an angry customer."""

from __future__ import annotations

import pytest

from actions.mood import ANGER_THRESHOLD, soothe
from actions.phrases import DELIVERY, HISTORY, PERSON, REFUND
from actions.question import Question
from actions.reply import Reply
from tests.unit.actions.turns import a_turn

ANGRY, CALM = a_turn(anger=ANGER_THRESHOLD), a_turn(anger=ANGER_THRESHOLD - 0.01)


def a_reply(*bubbles: str) -> Reply:
    return Reply(bubbles=list(bubbles), tips=["덧붙임이에요."], choices=[DELIVERY, HISTORY, REFUND, PERSON])


def test_anger_is_acknowledged_first_and_a_person_offered_at_once() -> None:
    reply = soothe(a_reply("적립금은 0원이에요."), ANGRY)
    assert "죄송" in reply.bubbles[0]
    assert reply.bubbles[1:] == ["적립금은 0원이에요."]
    assert reply.tips == []
    assert reply.choices == [PERSON, DELIVERY, HISTORY]


def test_an_apology_is_not_made_twice() -> None:
    assert soothe(a_reply("늦어서 정말 죄송해요."), ANGRY).bubbles == ["늦어서 정말 죄송해요."]


def test_choices_that_answer_a_question_all_stay() -> None:
    reply = a_reply("어느 주문인가요?")
    reply.question = Question("order", "order_cancel")
    assert soothe(reply, ANGRY).choices == [PERSON, DELIVERY, HISTORY, REFUND]


def test_on_the_way_to_a_person_nothing_is_offered() -> None:
    reply = Reply(bubbles=["상담원이 도와드릴게요."]).hand_over(reason="complaint", skill="complaint", detail="불만")
    assert soothe(reply, ANGRY).choices == []


def test_a_calm_customer_hears_the_answer_as_it_is() -> None:
    assert soothe(a_reply("하나예요."), CALM) == a_reply("하나예요.")


def test_a_mere_question_is_softened_too() -> None:
    reply = Reply(choices=[DELIVERY]).ask(Question("order", "order_cancel"), "어느 주문인가요?")
    assert "죄송" in soothe(reply, ANGRY).bubbles[0]
    assert reply.choices == [PERSON, DELIVERY]


@pytest.mark.parametrize("turn", [ANGRY, CALM])
def test_silence_stays_silence(turn: object) -> None:
    assert soothe(Reply(), turn) == Reply()  # type: ignore[arg-type]
