"""Yes, no and "that did not help": answers to what the bot asked last, or to nothing in particular."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from actions import announcements, codes, handing_over, identity_text, trouble
from actions.base import Shop, ShopAction, Turn
from actions.phrases import MENU, PERSON, vary
from actions.question import Question
from actions.registry import ABOUT_AN_ORDER, TOPICS, answer_topic
from actions.reply import Reply
from actions.verification import ActionVerificationAdvice
from actions.wording import says_it_works, wants_another

_GLAD = ("잘 되어서 정말 다행이에요.", "해결되어 다행이에요.", "다행이에요. 기다려 주셔서 고마워요.")
_MORE = ("더 도와드릴 일이 있으면 말씀해 주세요.", "또 궁금한 점이 있으면 편하게 말씀해 주세요.")
_YES = ("네, 어떤 일을 도와드릴까요?", "네, 말씀해 주세요. 무엇을 도와드릴까요?")
_NO = ("네, 알겠어요. 다른 도움이 필요하시면 말씀해 주세요.", "네, 그렇게 할게요. 더 필요하신 게 있으면 말씀해 주세요.")
_DROPPED = ("네, 그건 두고 다른 걸 도와드릴게요. 어떤 걸 찾으세요?", "아, 그게 아니군요. 무엇을 도와드릴까요?")
_PLEASE_WRITE = "네, 그럼 그 내용을 한 줄로 적어 주시겠어요?"
_SORRY = ("도움이 되지 못해 죄송해요.", "아직 해결되지 않았군요. 죄송해요.")
_FORGET = {"order_id": None, "last_topic": None, "set_aside": None}


class ConversationAction(ShopAction):
    """An answer to the bot's own question; what it answers may be any topic."""

    is_topic: ClassVar[bool] = False

    async def go_on(self, turn: Turn, topic: str) -> Reply:
        """Return the answer to `topic`, as if the customer had just asked about it."""
        return await answer_topic(self.shop, turn, topic) or _offer_menu(turn, _YES)


class ActionSmallTalk(ConversationAction):
    """A greeting, thanks, a goodbye: the domain's words, and the bot's last question stays open.

    An action and not a response alone, because a word or two that sound like one may answer that question.
    """

    action_name: ClassVar[str] = "action_small_talk"

    async def answer(self, turn: Turn) -> Reply:
        """Return the response of the same name; with a greeting, known trouble while it lasts."""
        reply = Reply(response=f"utter_{turn.intent}", question=turn.question)
        if turn.intent == "greet":
            await trouble.tell_on_greeting(self.shop.engine, self.shop.clock, turn=turn, reply=reply)
            await announcements.tell_on_greeting(self.shop, reply)
        return reply


class ActionAffirm(ConversationAction):
    """Yes: to a remedy that helped, to going back, to a person; a kind question where nothing was asked."""

    action_name: ClassVar[str] = "action_affirm"

    async def answer(self, turn: Turn) -> Reply:
        """Return what yes means after the last question."""
        asked = turn.question
        if asked is None or asked.kind in ("choose", "what"):
            return _offer_menu(turn, _YES)
        if asked.kind == "solved":
            return be_glad(turn)
        if asked.kind == "details":
            return Reply(bubbles=[_PLEASE_WRITE], choices=[PERSON], question=asked)
        if asked.kind == "confirm":
            return await confirm(self.shop, turn, asked.topic)
        if asked.kind in ("prove", "code", "phone"):
            return await self._prove(turn, asked)
        if asked.kind == "person":
            topic = self.shop.skills.find(asked.topic)
            return handing_over.connect(Reply(), turn, topic)
        return await self.go_on(turn, asked.topic)

    async def _prove(self, turn: Turn, asked: Question) -> Reply:
        if asked.kind == "phone":
            return identity_text.ask_for_phone(asked)
        if asked.kind == "prove":
            return await codes.send_to_registered(self.shop, turn, asked)
        if turn.is_pressed:
            return await codes.send_again(self.shop, turn, asked)
        return identity_text.ask_for_code(asked)


class ActionDeny(ConversationAction):
    """No: the remedy did not help, the topic is to be dropped, another order is meant, nothing more is needed."""

    action_name: ClassVar[str] = "action_deny"

    async def answer(self, turn: Turn) -> Reply:
        """Return what no means after the last question."""
        asked = turn.question
        if wants_another(turn.text) and (asked is None or asked.kind != "solved"):
            return await self._drop(turn)
        if asked is None or asked.kind == "what":
            return Reply(bubbles=[vary(turn.turn_id, "no", _NO)], choices=list(MENU))
        if asked.kind == "solved":
            return be_glad(turn) if says_it_works(turn.text) else await try_next(self.shop, turn, asked.topic)
        if asked.kind == "choose":
            return Reply(bubbles=[vary(turn.turn_id, "dropped", _DROPPED)], choices=list(MENU))
        if asked.kind == "confirm":
            kept = Reply(bubbles=["네, 그대로 둘게요. 바뀐 것은 없어요."], choices=list(MENU), slots={"wish": None})
            return kept.say(vary(turn.turn_id, "more", _MORE))
        if asked.is_open:
            name = self.shop.skills.find(asked.topic).name
            reply = Reply(bubbles=[f"네, ‘{name}’ 이야기는 여기서 멈출게요.", vary(turn.turn_id, "more", _MORE)])
            reply.choices.extend(MENU)
            return reply
        return Reply(bubbles=[vary(turn.turn_id, "no", _NO)], choices=list(MENU))

    async def _drop(self, turn: Turn) -> Reply:
        """Go on with another order where the topic is about one, else forget the topic."""
        topic = turn.question.topic if turn.question else turn.last_topic
        if topic in ABOUT_AN_ORDER and turn.known_order_id and turn.customer_id:
            other = replace(turn, order_id=None, known_order_id=None, excluded_order_id=turn.known_order_id)
            reply = await answer_topic(self.shop, other, topic)
            if reply is not None and (reply.question is not None or reply.slots.get("order_id")):
                reply.slots.setdefault("order_id", None)
                return reply
        return Reply(bubbles=[vary(turn.turn_id, "dropped", _DROPPED)], choices=list(MENU), slots=dict(_FORGET))


class ActionNotSolved(ConversationAction):
    """That did not help: the next remedy, then a person; without a topic, the question what it was."""

    action_name: ClassVar[str] = "action_not_solved"

    async def answer(self, turn: Turn) -> Reply:
        """Return the next thing to try, or a person."""
        topic = turn.question.topic if turn.asks("solved") and turn.question else turn.last_topic
        if topic is not None:
            return await try_next(self.shop, turn, topic)
        if turn.asks("what"):
            return await try_next(self.shop, turn, "not_solved")
        reply = Reply(bubbles=[vary(turn.turn_id, "sorry", _SORRY)], choices=list(MENU))
        return reply.ask(Question("what", "not_solved"), "어떤 일이 해결되지 않았는지 골라 주시거나 적어 주세요.")


async def confirm(shop: Shop, turn: Turn, topic: str) -> Reply:
    """Return what was done after a yes to what `topic` had offered."""
    return await TOPICS[topic](shop).accept(turn)


async def try_next(shop: Shop, turn: Turn, topic: str) -> Reply:
    """Return the next remedy for `topic`, a person where there is none left."""
    if TOPICS.get(topic) is ActionVerificationAdvice:
        return await ActionVerificationAdvice(shop).advise_further(replace(turn, intent=topic), topic)
    if turn.asks("solved", topic):
        return handing_over.connect(Reply(), turn, shop.skills.find(topic), detail=turn.known_order_id)
    reply = Reply(bubbles=[vary(turn.turn_id, "sorry", _SORRY)])
    handing_over.connect(reply, turn, shop.skills.find(topic), detail="해결되지 않음")
    assert reply.handoff is not None, "connecting asks for a person"
    reply.handoff["reason"] = shop.skills.find("not_solved").reason
    return reply


def be_glad(turn: Turn) -> Reply:
    """Return that it is good to hear that it works."""
    reply = Reply(bubbles=[vary(turn.turn_id, "glad", _GLAD), vary(turn.turn_id, "more", _MORE)])
    if turn.advised:
        reply.slots["advice"] = None  # the same trouble another time starts from the first step again
    return reply


def _offer_menu(turn: Turn, variants: tuple[str, ...]) -> Reply:
    return Reply(bubbles=[vary(turn.turn_id, "menu", variants)], choices=list(MENU))
