"""Messages that only make sense as the answer to the bot's last question, whatever intent they were taken for."""

from __future__ import annotations

from actions import (
    cases,
    clarifying,
    compensation,
    compensation_text,
    conversation,
    delivery_change,
    identity,
    order_return,
    privacy,
)
from actions.base import Shop, Turn
from actions.compensation import ActionCompensation
from actions.delivery_change import ActionDeliveryChange
from actions.registry import answer_topic
from actions.reply import Reply
from actions.verification import ActionVerificationAdvice
from actions.wording import is_brief, is_short, says_it_does_not, says_it_works

_ANSWERED_ELSEWHERE = frozenset({"affirm", "deny", "not_solved", "human_agent"})


async def answer_question(shop: Shop, turn: Turn) -> Reply | None:
    """Return what follows from the answer; None where the message is none, and is to be read as what it says."""
    heard = await identity.hear(shop, turn)
    if heard is not None:
        return heard
    if turn.question is None or turn.is_pressed:
        return None
    wish = await privacy.hear_wish(privacy.ActionNotificationSettings(shop), turn)
    if wish is not None:
        return wish
    if clarifying.may_answer_about_order(turn) or order_return.gives_reason(turn):
        return await answer_topic(shop, turn, turn.question.topic)
    is_details = clarifying.is_details(turn, shop.skills)
    if turn.question.topic == delivery_change.TOPIC and turn.question.kind in ("details", "confirm"):
        reply = await delivery_change.hear(ActionDeliveryChange(shop), turn, is_details=is_details)
        if reply is not None:
            return reply
    if is_details:
        return cases.take_details(turn, shop.skills)
    if turn.asks("confirm", compensation.TOPIC) or turn.asks("person", compensation.TOPIC):
        return await _hear_about_amends(shop, turn)
    if turn.asks("solved"):
        told = await ActionVerificationAdvice(shop).hear_phone(turn)
        if told is not None:
            told.slots["not_understood_count"] = 0.0
            return told
    if turn.asks("solved") and turn.intent not in _ANSWERED_ELSEWHERE and is_short(turn.text):
        return await _hear_whether_it_works(shop, turn)
    if clarifying.may_answer_which_order(turn):
        reply = await answer_topic(shop, turn, turn.question.topic)
        if reply is not None and reply.slots.get("order_id"):
            reply.slots["not_understood_count"] = 0.0
            return reply
    return None


async def _hear_about_amends(shop: Shop, turn: Turn) -> Reply | None:
    """Return the reason a customer asks for, or what they take; None for anything else."""
    assert turn.question is not None, "asked before"
    if is_brief(turn.text) and compensation_text.asks_why(turn.text):
        reply = await ActionCompensation(shop).explain(turn)
    elif turn.asks("confirm") and is_short(turn.text) and compensation_text.takes_it(turn.text):
        reply = await conversation.confirm(shop, turn, turn.question.topic)
    else:
        return None
    reply.slots["not_understood_count"] = 0.0
    return reply


async def _hear_whether_it_works(shop: Shop, turn: Turn) -> Reply | None:
    assert turn.question is not None, "asked before"
    if says_it_works(turn.text):
        reply = conversation.be_glad(turn)
    elif says_it_does_not(turn.text):
        reply = await conversation.try_next(shop, turn, turn.question.topic)
    else:
        return None
    reply.slots["not_understood_count"] = 0.0
    return reply
