"""The bot goes on after a person: with what they learned, at the question that they interrupted."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from actions.base import Turn
from actions.conversation import ConversationAction
from actions.phrases import MENU, vary
from actions.registry import TOPICS, answer_topic
from actions.reply import Reply
from backoffice.orders.service import find_order

NOTHING = "nothing"  # the agent says that no question is to be taken up again
_GO_ON = ("‘{name}’부터 이어서 도와드릴게요.", "그럼 ‘{name}’ 이야기를 이어 갈게요.")
_MORE = ("더 필요한 일이 있으면 편하게 말씀해 주세요.", "또 도와드릴 일이 있으면 말씀해 주세요.")


class ActionTakeBack(ConversationAction):
    """Takes a conversation over from a person; only the gateway can ask for it, no customer's words mean it.

    What the agent learned comes as entities and is a hint: an order number counts only if it is this customer's.
    """

    action_name: ClassVar[str] = "action_take_back"

    async def answer(self, turn: Turn) -> Reply:
        """Return the interrupted question, asked again; without one, that the bot is there."""
        order_id = await self._find_own(turn)
        slots = {"interrupted": None, "set_aside": None, "not_understood_count": 0.0}
        if order_id != turn.known_order_id:
            slots["order_id"] = order_id
        topic = _find_topic(turn)
        reply = await self._resume(turn, topic, order_id) if topic else None
        if topic is None or reply is None:
            reply = Reply(bubbles=[vary(turn.turn_id, "more", _MORE)], choices=list(MENU))
            topic = None
        reply.slots = slots | ({"last_topic": topic} if topic else {}) | reply.slots
        return reply

    async def _find_own(self, turn: Turn) -> str | None:
        """Return the order that is talked about, None where it turns out to be nobody's or another's."""
        if turn.known_order_id is None or turn.customer_id is None:
            return turn.known_order_id
        order = await find_order(self.shop.engine, turn.customer_id, turn.known_order_id)
        return order.order_id if order else None

    async def _resume(self, turn: Turn, topic: str, order_id: str | None) -> Reply | None:
        """Return the topic's question again; None where it would only lead to a person, who has just been here."""
        asked = replace(
            turn, text=f"/{topic}", order_id=order_id, known_order_id=order_id, question=None, set_aside=None
        )
        reply = await answer_topic(self.shop, asked, topic)
        if reply is None or reply.handoff is not None:
            return None
        name = self.shop.skills.find(topic).name
        reply.bubbles.insert(0, vary(turn.turn_id, "go on", _GO_ON).format(name=name))
        return reply


def _find_topic(turn: Turn) -> str | None:
    """Return what to go on with: what the agent named, else what was interrupted, else what is still open."""
    named = turn.entities.get("choice")
    if named == NOTHING:
        return None
    is_open = turn.question is not None and turn.question.is_open
    left = (named, turn.interrupted, turn.question.topic if turn.question and is_open else None, turn.set_aside)
    return next((topic for topic in left if topic in TOPICS), None)
