"""One-time codes on the bot's side: offered, sent, sent again. What is done with a typed one stands in `identity`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from actions import identity_text
from actions.question import Question
from actions.reply import Reply
from backoffice.customers.service import find_contact
from backoffice.identity.policy import read_phone
from backoffice.identity.rules import load_code_rules
from backoffice.identity.service import Again, Asking, send_code, send_code_again
from backoffice.identity.tables import CodePurpose
from kernel.tokens import derive_key

if TYPE_CHECKING:
    from actions.base import Shop
    from actions.turn import Turn

_PURPOSES = tuple(CodePurpose)


def key_of(shop: Shop) -> str:
    """Return the key under which codes are kept."""
    return derive_key(shop.context_key, "one-time codes")


def purpose_of(turn: Turn, asked: Question) -> CodePurpose:
    """Return what a code would prove: who somebody is, or of a known customer what `step` of the question says."""
    return CodePurpose.IDENTIFY if turn.customer_id is None else _PURPOSES[asked.step % len(_PURPOSES)]


def ask_for(purpose: CodePurpose, topic: str) -> Question:
    """Return the question to which a code for `purpose` belongs."""
    return Question("code", topic, _PURPOSES.index(purpose))


def about(reply: Reply, topic: str) -> Reply:
    """Return `reply` with its question for a phone number tied to the topic that is answered once the customer is known."""
    if reply.question is not None and reply.question.kind == "phone" and not reply.question.topic:
        reply.question = replace(reply.question, topic=topic)
    return reply


async def offer_code(shop: Shop, turn: Turn, purpose: CodePurpose) -> Reply | None:
    """Return the offer of a code to the customer's registered number; None where there is none to text to."""
    phone = await _find_registered(shop, turn)
    return (
        identity_text.offer(ask_for(purpose, turn.intent), phone)
        if phone is not None and turn.conversation_id
        else None
    )


async def send_to_registered(shop: Shop, turn: Turn, asked: Question) -> Reply:
    """Send a code to the customer's registered number and return what to do with it."""
    phone = await _find_registered(shop, turn)
    if phone is None:
        return identity_text.ask_for_phone(asked)
    return await _send(shop, turn, asked, phone, to=phone)


async def send_to(shop: Shop, turn: Turn, asked: Question, phone: str) -> Reply:
    """Send a code to the number somebody unknown typed, if it is anybody's; the answer is the same if it is not."""
    reply = await _send(shop, turn, asked, phone)
    reply.conceal = "phone"
    return reply


async def send_again(shop: Shop, turn: Turn, asked: Question) -> Reply:
    """Send a new code to where the last one went."""
    again = Again(purpose_of(turn, asked), turn.conversation_id, turn.turn_id)
    sending = await send_code_again(shop.engine, again, now=shop.clock.now(), key=key_of(shop))
    to = await _find_registered(shop, turn)
    return identity_text.tell_sending(sending, asked, lifetime_s=load_code_rules().lifetime_s, to=to)


async def _send(shop: Shop, turn: Turn, asked: Question, phone: str, *, to: str | None = None) -> Reply:
    asking = Asking(phone, purpose_of(turn, asked), turn.conversation_id, turn.turn_id, turn.customer_id)
    sending = await send_code(shop.engine, asking, now=shop.clock.now(), key=key_of(shop))
    return identity_text.tell_sending(sending, asked, lifetime_s=load_code_rules().lifetime_s, to=to)


async def _find_registered(shop: Shop, turn: Turn) -> str | None:
    if turn.customer_id is None:
        return None
    contact = await find_contact(shop.engine, turn.customer_id)
    return read_phone(contact.phone) if contact is not None and contact.phone else None
