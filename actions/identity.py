"""Who somebody is, by a code they type: the conversation becomes theirs, and what they asked before is answered.

Hears numbers and codes where the bot has asked for them, whatever intent they were taken for. Whose a number is
decides nothing that is said before the right code was typed.
"""

from __future__ import annotations

from dataclasses import replace

from actions import blocks, codes, identity_text, numbers, privacy_text
from actions.base import Shop, Turn
from actions.phrases import MENU
from actions.question import Question
from actions.registry import answer_topic
from actions.reply import Reply
from backoffice.blocking.early_release import lift_with_code
from backoffice.customers.service import find_contact
from backoffice.identity.policy import Guess
from backoffice.identity.service import Checked, Typed, check_code, find_waiting
from backoffice.identity.tables import CodePurpose
from backoffice.privacy.proving import PROVES, prove_with_code
from backoffice.privacy.rules import load_request_rules
from kernel import korean
from kernel.tokens import IdentityClaim, sign_identity_claim

LIFT = "unblock_request"
# Which topic a code of a known customer belongs to.
_TOPICS = {CodePurpose.LIFT_BLOCK: LIFT, **dict.fromkeys(PROVES, "privacy_request")}
_FEWEST_DIGITS_OF_A_CODE = 3
_FEWEST_DIGITS_OF_A_PHONE = 7


async def hear(shop: Shop, turn: Turn) -> Reply | None:
    """Return what follows from a number or code; None where the message is neither and says something else."""
    if turn.is_pressed or not turn.conversation_id:
        return None
    asked = turn.question
    if asked is not None and asked.kind == "code":
        reply = await _hear_code(shop, turn, asked)
    elif asked is not None and asked.kind == "phone":
        reply = await _hear_phone(shop, turn, asked)
    elif asked is not None and asked.kind == "prove" and turn.intent != asked.topic and numbers.wants_code(turn.text):
        reply = await codes.send_to_registered(shop, turn, asked)
    elif numbers.is_bare_code(turn.text):
        reply = await _hear_late_code(shop, turn)
    else:
        return None
    if reply is not None:
        reply.slots["not_understood_count"] = 0.0
    return reply


async def _hear_code(shop: Shop, turn: Turn, asked: Question) -> Reply | None:
    code = numbers.find_code(turn.text)
    if code is not None:
        return await _check(shop, turn, asked, code)
    phone = numbers.find_phone(turn.text)
    if phone is not None and turn.customer_id is None:
        return await codes.send_to(shop, turn, asked, phone)
    if numbers.count_digits(turn.text) >= _FEWEST_DIGITS_OF_A_CODE and turn.order_id is None:
        reply = identity_text.ask_for_code(asked, "인증번호는 숫자 6자리예요.")
        reply.conceal = "code"
        return reply
    if numbers.wants_another_code(turn.text):
        return await codes.send_again(shop, turn, asked)
    if numbers.says_not_arrived(turn.text):
        return identity_text.tell_not_arrived(asked)
    return None


async def _hear_phone(shop: Shop, turn: Turn, asked: Question) -> Reply | None:
    phone = numbers.find_phone(turn.text)
    if phone is not None:
        return await codes.send_to(shop, turn, asked, phone)
    if numbers.count_digits(turn.text) >= _FEWEST_DIGITS_OF_A_PHONE and turn.order_id is None:
        reply = identity_text.ask_for_phone(asked)
        reply.conceal = "phone"
        return reply
    return None


async def _hear_late_code(shop: Shop, turn: Turn) -> Reply | None:
    """Return what follows from a bare code that is typed after the talk had gone on to something else."""
    among = [CodePurpose.IDENTIFY] if turn.customer_id is None else list(_TOPICS)
    purpose = await find_waiting(shop.engine, turn.conversation_id, among, now=shop.clock.now())
    if purpose is None:
        return None
    asked = codes.ask_for(purpose, _TOPICS.get(purpose) or turn.last_topic or "")
    return await _check(shop, turn, asked, numbers.find_code(turn.text) or "")


async def _check(shop: Shop, turn: Turn, asked: Question, code: str) -> Reply:
    typed = Typed(code, codes.purpose_of(turn, asked), turn.conversation_id, turn.turn_id)
    if typed.purpose in PROVES and turn.customer_id is not None:
        checked, right = await _take_on(shop, turn, turn.customer_id, typed)
    elif asked.topic == LIFT:
        checked, right = await _lift(shop, turn, typed)
    else:
        checked, right = await _identify(shop, turn, asked.topic, typed)
    reply = right or identity_text.tell_wrong(checked.guess, checked.tries_left, asked)
    if checked.customer_id is not None and turn.customer_id is None:
        await _welcome(shop, turn, reply, checked.customer_id)
    reply.conceal = "code"
    return reply


async def _take_on(shop: Shop, turn: Turn, customer_id: str, typed: Typed) -> tuple[Checked, Reply | None]:
    now, key = shop.clock.now(), codes.key_of(shop)
    proof = await prove_with_code(shop.engine, typed, customer_id, by=turn.channel, now=now, key=key)
    is_right = proof.checked.guess is Guess.RIGHT
    return proof.checked, privacy_text.tell_taken_on(proof.request, load_request_rules()) if is_right else None


async def _lift(shop: Shop, turn: Turn, typed: Typed) -> tuple[Checked, Reply | None]:
    done = await lift_with_code(shop.engine, typed, now=shop.clock.now(), key=codes.key_of(shop))
    is_right = done.checked.customer_id is not None
    return done.checked, blocks.tell_lifted(done, turn, shop.skills) if is_right else None


async def _identify(shop: Shop, turn: Turn, topic: str, typed: Typed) -> tuple[Checked, Reply | None]:
    checked = await check_code(shop.engine, typed, now=shop.clock.now(), key=codes.key_of(shop))
    return checked, await _answer(shop, turn, topic, checked.customer_id) if checked.customer_id else None


async def _answer(shop: Shop, turn: Turn, topic: str, customer_id: str) -> Reply:
    """Return the answer to what was asked before, now that it is known who asked."""
    asked = replace(
        turn,
        customer_id=customer_id,
        text=f"/{topic}",
        order_id=turn.known_order_id,
        entities={},
        ranking=(),
        others=(),
        question=None,
    )
    return await answer_topic(shop, asked, topic) or Reply(bubbles=["무엇을 도와드릴까요?"], choices=list(MENU))


async def _welcome(shop: Shop, turn: Turn, reply: Reply, customer_id: str) -> None:
    """Say that the customer is known now, and give the word for it that the conversation is bound by."""
    contact = await find_contact(shop.engine, customer_id)
    called = f" {korean.mask_name(contact.name)} 고객님, 반가워요." if contact is not None and contact.name else ""
    reply.bubbles.insert(0, f"본인 확인이 끝났어요.{called}")
    claim = IdentityClaim(turn.turn_id, turn.conversation_id, customer_id)
    reply.identity = sign_identity_claim(claim, shop.context_key)
