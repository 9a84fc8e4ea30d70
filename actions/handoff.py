"""The ways from the bot to a person, and the one question back before it."""

from __future__ import annotations

from typing import ClassVar

from actions import clarifying, handing_over
from actions.base import ShopAction, Turn
from actions.phrases import MENU, PERSON, vary
from actions.question import Question
from actions.reply import Reply

_PATIENCE_COUNT = 2
_YES = ("네, 상담원에게 연결할게요.", "네, 바로 상담원을 불러 드릴게요.", "네, 상담원에게 이어 드릴게요.")
_SORRY = (
    "죄송해요, 말씀을 잘 이해하지 못했어요.",
    "무슨 말씀인지 제가 이해하지 못했어요. 죄송해요.",
    "죄송해요, 제가 아직 잘 이해하지 못했어요.",
)
_MEANT = ("혹시 이 가운데 찾으시는 게 있나요?", "이 가운데 하나를 말씀하신 건가요?")
_SAY_AGAIN = ("조금 다르게 말씀해 주시거나 아래에서 골라 주세요.", "짧게 다시 적어 주시거나 아래에서 골라 주세요.")


class ActionHumanAgent(ShopAction):
    """Passes to a person because the customer asked for one, with the skill of the topic in hand."""

    action_name: ClassVar[str] = "action_human_agent"
    is_topic: ClassVar[bool] = False
    interrupts: ClassVar[bool] = True

    async def answer(self, turn: Turn) -> Reply:
        """Return the promise of a person and the handoff."""
        topic = self.shop.skills.find(turn.last_topic)
        reply = Reply(
            bubbles=[
                vary(turn.turn_id, "yes", _YES),
                "지금까지 나눈 대화를 함께 전달하니 다시 설명하지 않으셔도 돼요.",
            ],
            slots={"set_aside": None} if turn.set_aside else {},
        )
        return reply.hand_over(reason="customer_request", skill=topic.skill, detail=topic.name)


class ActionPassToAgent(ShopAction):
    """Passes to a person what is understood, but not the bot's to answer."""

    action_name: ClassVar[str] = "action_pass_to_agent"

    async def answer(self, turn: Turn) -> Reply:
        """Return a kind sentence for the topic, the promise of a person, and the handoff."""
        topic = self.shop.skills.find(turn.intent)
        reply = Reply(bubbles=[topic.say], slots={"last_topic": turn.intent or None})
        return handing_over.connect(reply, turn, topic)


class ActionNotUnderstood(ShopAction):
    """Says so and offers what may have been meant, or a menu; the second time in a row a person goes on."""

    action_name: ClassVar[str] = "action_not_understood"
    is_understood: ClassVar[bool] = False
    is_topic: ClassVar[bool] = False
    interrupts: ClassVar[bool] = True

    async def answer(self, turn: Turn) -> Reply:
        """Return the buttons, or the handoff."""
        count = turn.not_understood_count + 1
        if count < _PATIENCE_COUNT:
            guesses = clarifying.list_guesses(turn, self.shop.skills)
            again = vary(turn.turn_id, "meant", _MEANT) if guesses else vary(turn.turn_id, "again", _SAY_AGAIN)
            reply = Reply(
                bubbles=[vary(turn.turn_id, "sorry", _SORRY), again],
                choices=[*guesses, PERSON] if guesses else list(MENU),
                slots={"not_understood_count": float(count)},
            )
            # What was asked before stays asked: the next message may still answer it.
            reply.question = turn.question or (Question("choose", guesses[0].intent) if guesses else None)
            return reply
        topic = self.shop.skills.find(turn.last_topic)
        reply = Reply(bubbles=["거듭 이해하지 못해 죄송해요."], slots={"not_understood_count": 0.0})
        handing_over.connect(reply, turn, topic)
        return reply.hand_over(reason="not_understood", skill=topic.skill, detail="두 번 이어서 이해하지 못함")
