"""When a message could mean two things, or is the answer to a question in the customer's own words. Pure."""

from __future__ import annotations

from actions.phrases import PERSON, vary
from actions.question import Question
from actions.reply import Choice, Reply
from actions.skills import Skills
from actions.turn import Turn
from actions.wording import is_short, says_stop

# Below this confidence (0–1) the best meaning is doubted at all …
SURE = 0.55
# … and offered together with the second one, where that is at least this share of the best.
CLOSE_RATIO = 0.6
# To a message that was not understood, meanings of at least this confidence are offered.
WORTH_OFFERING = 0.15
# From here on a message is believed to be another topic, not the details that were asked for.
SURE_OF_ANOTHER_TOPIC = 0.7

_ASK = ("어느 쪽을 여쭤보시는 건가요?", "두 가지 중에 어떤 걸 도와드릴까요?", "어떤 걸 먼저 봐 드릴까요?")
# What a customer may say instead of giving details, other than a topic.
_NOT_DETAILS = frozenset({"human_agent", "not_solved", "affirm", "complaint", "help", "inform_order"})
# Nobody is asked whether they meant to complain.
_NOT_OFFERED = frozenset({"complaint", "not_solved"})
# What the bare name of a product is often taken for.
_SAID_OF_A_PRODUCT = frozenset({"product_inquiry", "order_detail", "inform_order", "affirm"})
# Topics whose actions read the details themselves, and topics that such details sound like.
_ANSWERED_BY_ACTIONS = frozenset({"order_change", "receipt_request"})
_ABOUT_ORDERS = frozenset(
    {"order_cancel", "order_change", "return_exchange", "missing_item", "payment_problem", "receipt_request"}
)
# Said of nothing in particular, unless the bot is not sure that it was said.
_SMALL_TALK = frozenset({"greet", "thanks", "goodbye"})
_NOT_UNDERSTOOD = frozenset({"nlu_fallback", "out_of_scope"})


def offer_two(turn: Turn, skills: Skills) -> Reply | None:
    """Return the question which of two close meanings was meant; None where one is clear enough."""
    if turn.is_pressed or len(turn.ranking) < 2 or turn.others:
        return None
    first, second = turn.ranking[:2]
    if first.intent != turn.intent or first.confidence >= SURE or second.confidence < CLOSE_RATIO * first.confidence:
        return None
    names = skills.topics.keys()
    if _NOT_OFFERED & {first.intent, second.intent}:
        return None
    if first.intent not in names or second.intent not in names or skills.answers_alike(first.intent, second.intent):
        return None
    if turn.question and turn.question.topic in (first.intent, second.intent):
        return None
    return Reply(
        bubbles=[vary(turn.turn_id, "close", _ASK)],
        choices=[*_choices([first.intent, second.intent], skills, turn), PERSON],
        question=Question("choose", first.intent),
    )


def list_guesses(turn: Turn, skills: Skills) -> list[Choice]:
    """Return up to two buttons for what a message that was not understood may have meant."""
    if turn.intent == "out_of_scope" or not turn.ranking or turn.ranking[0].intent == "out_of_scope":
        return []
    found: list[str] = []
    for guess in turn.ranking:
        if guess.confidence < WORTH_OFFERING or guess.intent not in skills.topics or guess.intent in _NOT_OFFERED:
            continue
        if not any(skills.answers_alike(guess.intent, other) for other in found):
            found.append(guess.intent)
    return _choices(found[:2], skills, turn)


def is_details(turn: Turn, skills: Skills) -> bool:
    """Return whether the message is the answer, in the customer's own words, to the question for details."""
    if turn.question is None or not turn.asks("details") or turn.is_pressed or not turn.text.strip():
        return False
    if turn.intent == "deny":
        return not says_stop(turn.text)
    if turn.intent in _NOT_DETAILS:
        return False
    if turn.intent in _SMALL_TALK:
        return turn.confidence < SURE_OF_ANOTHER_TOPIC and not says_stop(turn.text)
    if turn.intent in _NOT_UNDERSTOOD or turn.intent not in skills.topics:
        return True
    return skills.takes_details(turn.intent) or turn.confidence < SURE_OF_ANOTHER_TOPIC


def may_answer_which_order(turn: Turn) -> bool:
    """Return whether the message may be the answer to "which order?" in words: `가습기요`, `첫 번째 거요`."""
    if not turn.asks("order") or turn.is_pressed or turn.order_id is not None or not is_short(turn.text):
        return False
    is_unclear = turn.intent in _NOT_UNDERSTOOD or turn.confidence < SURE_OF_ANOTHER_TOPIC
    return is_unclear or turn.intent in _SAID_OF_A_PRODUCT


def may_answer_about_order(turn: Turn) -> bool:
    """Return whether the message may say, in words, what of an order is meant or how: `만년필이요`, `검정으로요`."""
    if turn.question is None or turn.is_pressed or turn.order_id is not None or not turn.text.strip():
        return False
    is_for_details = turn.asks("details") and turn.question.topic in _ANSWERED_BY_ACTIONS
    if not (turn.asks("items") or is_for_details) or turn.intent in _NOT_DETAILS | {"deny"}:
        return False
    return (
        turn.intent in _SAID_OF_A_PRODUCT | _NOT_UNDERSTOOD | _ABOUT_ORDERS or turn.confidence < SURE_OF_ANOTHER_TOPIC
    )


def _choices(intents: list[str], skills: Skills, turn: Turn) -> list[Choice]:
    entities = {"order_id": turn.order_id} if turn.order_id else {}
    return [Choice(skills.find(intent).name, intent, entities) for intent in intents]
