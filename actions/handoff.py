"""The ways from the bot to a person, and the one question back before it."""

from __future__ import annotations

from actions.base import ShopAction, Turn
from actions.phrases import DELIVERY, HISTORY, PERSON
from actions.reply import Reply

_PERSON_GOES_ON = "상담원이 이어서 도와드릴게요. 지금까지 나눈 대화를 함께 전달하니 다시 설명하지 않으셔도 돼요."
_PATIENCE_COUNT = 2


class ActionHumanAgent(ShopAction):
    """Passes to a person because the customer asked for one, with the skill of the topic in hand."""

    action_name = "action_human_agent"

    async def answer(self, turn: Turn) -> Reply:
        """Return the promise of a person and the handoff."""
        topic = self.shop.skills.find(turn.last_topic)
        reply = Reply(
            bubbles=["네, 상담원에게 연결할게요.", "지금까지 나눈 대화를 함께 전달하니 다시 설명하지 않으셔도 돼요."]
        )
        return reply.hand_over(reason="customer_request", skill=topic.skill, detail=topic.name)


class ActionPassToAgent(ShopAction):
    """Passes a topic to a person that is understood, but not answered by the bot yet."""

    action_name = "action_pass_to_agent"

    async def answer(self, turn: Turn) -> Reply:
        """Return a kind sentence for the topic, the promise of a person, and the handoff."""
        topic = self.shop.skills.find(turn.intent)
        reply = Reply(bubbles=[topic.say, _PERSON_GOES_ON], slots={"last_topic": turn.intent or None})
        return reply.hand_over(reason=topic.reason, skill=topic.skill, detail=topic.name)


class ActionNotUnderstood(ShopAction):
    """Says so and offers a menu the first time; the second time in a row a person goes on."""

    action_name = "action_not_understood"
    is_understood = False

    async def answer(self, turn: Turn) -> Reply:
        """Return the menu, or the handoff."""
        count = turn.not_understood_count + 1
        if count < _PATIENCE_COUNT:
            return Reply(
                bubbles=["죄송해요, 말씀을 잘 이해하지 못했어요.", "조금 다르게 말씀해 주시거나 아래에서 골라 주세요."],
                choices=[DELIVERY, HISTORY, PERSON],
                slots={"not_understood_count": float(count)},
            )
        topic = self.shop.skills.find(turn.last_topic)
        reply = Reply(bubbles=["거듭 이해하지 못해 죄송해요.", _PERSON_GOES_ON], slots={"not_understood_count": 0.0})
        return reply.hand_over(reason="not_understood", skill=topic.skill, detail="두 번 이어서 이해하지 못함")
