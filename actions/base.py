"""What every action has in common: the turn it answers, the shop it may ask, the way its reply leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.ext.asyncio import AsyncEngine

from actions import clarifying, codes, days, mood, phrases, trouble
from actions.question import Question
from actions.reply import Choice, Reply
from actions.skills import Skills
from actions.turn import Turn, read_turn
from backoffice.delivery.service import DeliveryService
from backoffice.orders.port import Orders, OrdersUnavailable, SqlOrders
from kernel.clock import KST, Clock

__all__ = ["Shop", "ShopAction", "Turn", "read_turn"]


@dataclass(frozen=True)
class Shop:
    """Everything actions may use; opened and closed with the server."""

    engine: AsyncEngine
    clock: Clock
    deliveries: DeliveryService
    skills: Skills
    context_key: str
    orders: Orders

    @property
    def keeps_orders(self) -> bool:
        """Whether orders are in Ieum's own tables, where everything can be done to them."""
        return isinstance(self.orders, SqlOrders)

    def today(self) -> date:
        """Return the day it is in Seoul."""
        return self.clock.now().astimezone(KST).date()


class ShopAction(Action):  # type: ignore[misc]  # the SDK is not typed
    """An action that answers one turn. Subclasses give `action_name` and `answer`.

    `is_topic` marks answers to a question of the customer's: only they can be offered as one of two
    meanings, leave another topic's question open, and are followed by the offer to go back to it.
    `interrupts` marks what brings a person in the middle of another topic: its question is taken up after them.
    """

    action_name: ClassVar[str]
    is_understood: ClassVar[bool] = True
    is_topic: ClassVar[bool] = True
    interrupts: ClassVar[bool] = False

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def name(self) -> str:
        """Return the name used in rules."""
        return self.action_name

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Answer the turn in `tracker`. Raises InvalidTurnContext; database errors pass through and fail the action."""
        turn = read_turn(tracker, self.shop.context_key)
        try:
            reply = await self._reply_to(turn)
        except OrdersUnavailable:
            asked_about = turn.question.topic if turn.question and not self.is_topic else turn.intent
            reply = mood.soothe(phrases.orders_out_of_reach(asked_about, turn.order_id), turn)
            if self.is_topic:  # whoever asks for a person now gets one who knows about it
                reply.slots["last_topic"] = self._topic_of(turn)
        if self.is_understood and turn.not_understood_count:
            reply.slots.setdefault("not_understood_count", 0.0)
        return reply.send(dispatcher)

    async def answer(self, turn: Turn) -> Reply:
        """Return what to say to `turn`."""
        raise NotImplementedError

    async def accept(self, turn: Turn) -> Reply:
        """Return what was done after a yes to what this action had offered to do."""
        raise NotImplementedError

    async def _reply_to(self, turn: Turn) -> Reply:
        from actions import answering  # which knows actions, which are made of this class

        reply = await answering.answer_question(self.shop, turn)
        if reply is None and self.is_topic:
            reply = clarifying.offer_two(turn, self.shop.skills)
        if reply is None:
            reply = codes.about(await self.answer(turn), self._topic_of(turn))
            if self.is_topic and not turn.is_pressed:
                days.mention_impossible(reply, turn.text)
            self._keep_thread(turn, reply)
            if self.is_topic and "advice" not in reply.slots:
                await trouble.tell_first(self.shop.engine, self.shop.clock, turn=turn, reply=reply)
        _keep_question(turn, reply)
        return mood.soothe(reply, turn)

    def _keep_thread(self, turn: Turn, reply: Reply) -> None:
        """Remember what this answer leaves open, and offer it once nothing else is being asked."""
        topic = self._topic_of(turn)
        aside = turn.set_aside
        if self.is_topic and turn.question and turn.question.is_open and turn.question.topic != topic:
            aside = turn.question.topic
        also = self._find_other_wish(turn)
        if also and reply.handoff:
            reply.handoff["detail"] += f" · 함께 물음: {self.shop.skills.find(also).name}"
        aside = also or aside
        if aside == topic or reply.handoff or not self.is_topic:
            aside = None if aside == topic or reply.handoff else aside
        elif aside and reply.question is None:
            name = self.shop.skills.find(aside).name
            reply.ask(Question("resume", aside), f"말씀하셨던 ‘{name}’도 이어서 도와드릴까요?")
            reply.choices.insert(0, Choice(f"{name} 이어서 하기", aside))
            aside = None
        elif also and not reply.question_needs_choices:
            reply.choices.insert(0, Choice(f"{self.shop.skills.find(also).name} 먼저 하기", also))
        if aside != turn.set_aside and "set_aside" not in reply.slots:
            reply.slots["set_aside"] = aside
        if reply.handoff:
            self._keep_interrupted(turn, reply, topic)

    def _keep_interrupted(self, turn: Turn, reply: Reply, topic: str) -> None:
        """Remember for the time after the person which topic's question was open; an answered one is not."""
        asked = turn.question.topic if turn.question and turn.question.is_open else turn.set_aside
        left = asked if asked != topic and (self.is_topic or self.interrupts) else None
        if left != turn.interrupted:
            reply.slots["interrupted"] = left

    def _find_other_wish(self, turn: Turn) -> str | None:
        """Return what else the message asks for that this answer has not answered."""
        if not self.is_topic:
            return None
        alike, topic = self.shop.skills.answers_alike, self._topic_of(turn)
        return next((other for other in turn.others if not alike(other, topic)), None)

    def _topic_of(self, turn: Turn) -> str:
        return turn.intent


def _keep_question(turn: Turn, reply: Reply) -> None:
    """Set the question that was asked now, and forget the one before it."""
    asked = reply.question.write() if reply.question else None
    before = turn.question.write() if turn.question else None
    if asked != before:
        reply.slots["question"] = asked
