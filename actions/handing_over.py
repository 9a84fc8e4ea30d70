"""The words with which a person takes over, and the wish for one with the right skill. Pure."""

from __future__ import annotations

from actions.phrases import vary
from actions.reply import Reply
from actions.skills import Topic
from actions.turn import Turn

_PERSON_GOES_ON = (
    "상담원이 이어서 도와드릴게요. 지금까지 나눈 대화를 함께 전달하니 다시 설명하지 않으셔도 돼요.",
    "상담원에게 이어 드릴게요. 나눈 대화를 그대로 전달하니 다시 말씀하지 않으셔도 돼요.",
    "이제 상담원이 도와드릴게요. 말씀해 주신 내용은 모두 전해 드려요.",
)


def connect(reply: Reply, turn: Turn, topic: Topic, *, detail: str | None = None) -> Reply:
    """Return `reply` with the promise of a person who knows `topic`, and the handoff.

    `detail` is for the agent: what the bot found, without personal data.
    """
    reply.say(vary(turn.turn_id, "person", _PERSON_GOES_ON))
    reply.choices.clear()
    told = f"{topic.name} · {detail}" if detail else topic.name
    return reply.hand_over(reason=topic.reason, skill=topic.skill, detail=told)
