"""What an agent is told when a conversation is passed on: the facts, a summary made of them, the next step."""

from __future__ import annotations

from datetime import datetime

from handoff.domain.conversation import UNDERSTANDING_KEPT, Author, Conversation, Json, Message

QUOTED = 2  # of the customer's last messages: the wish for a person says little without the one before it
QUOTED_LENGTH_MAX = 60

REASON_SENTENCES = {
    "customer_request": "손님이 상담원을 원하셨습니다.",
    "not_understood": "봇이 두 번 연속 알아듣지 못했습니다.",
    "topic_unsupported": "봇이 아직 처리하지 못하는 문의입니다.",
    "action_failed": "봇이 조회하다가 오류가 나서 넘어왔습니다.",
    "bot_error": "봇이 응답하지 못해 넘어왔습니다.",
    "complaint": "불만을 말씀하셔서 바로 넘어왔습니다.",
    "transferred": "다른 팀에서 넘어온 상담입니다.",
    "agent_left": "맡고 있던 상담원과 연결이 끊어져 다시 넘어왔습니다.",
    "reopened": "종료된 상담에 손님이 다시 말씀하셨습니다.",
    "supervisor": "책임자가 봇에게서 넘겨받았습니다.",
}

NEXT_STEPS = {
    "verification": "인증 이력에서 마지막 실패 원인을 확인하고, 다른 인증 방법을 안내하세요.",
    "security_review": "본인 확인 전에는 차단 정보를 말하지 말고, 보안팀 검토로 접수하세요.",
    "delivery": "배송 단계와 약속일을 확인하고, 늦었다면 사과와 새 도착일을 먼저 말씀하세요.",
    "orders": "어떤 주문인지 확인한 뒤 주문 상태에서 가능한 처리를 안내하세요.",
    "compensation": "지연·누락 사실과 지난 보상 이력을 확인하고 보상 기준에 따라 안내하세요.",
    "privacy": "본인 확인을 먼저 하고, 요청 종류와 처리 기한(10일)을 안내하세요.",
    "complaint": "먼저 불편에 공감하고, 사실을 확인한 뒤 다음 조치와 시각을 약속하세요.",
    "general": "손님의 마지막 말을 확인하고 무엇을 도와드릴지 여쭤보세요.",
}


def add_understanding(
    understanding: Json, *, seq: int, nlu: Json, slots: Json, tried: list[str], failed: list[str]
) -> Json:
    """Return what the bot has understood so far with one more turn added; the last turns are kept."""
    intents = [*understanding.get("intent_history", [])]
    if nlu.get("intent"):
        intents.append({"seq": seq, "intent": nlu["intent"], "confidence": round(nlu.get("confidence") or 0.0, 3)})
    entities = [*understanding.get("entities", []), *({"seq": seq, **entity} for entity in nlu.get("entities", []))]
    return {
        "intent_history": intents[-UNDERSTANDING_KEPT:],
        "entities": entities[-UNDERSTANDING_KEPT:],
        "slots": slots,
        "tried": [*understanding.get("tried", []), *tried][-UNDERSTANDING_KEPT:],
        "failed_actions": [*understanding.get("failed_actions", []), *failed][-UNDERSTANDING_KEPT:],
        "mood": nlu.get("mood") or understanding.get("mood"),
    }


def build_context(
    conversation: Conversation,
    *,
    reason: str,
    requested_by: str,
    skill: str,
    priority: int,
    at: datetime,
    understanding: Json,
    facts: Json,
    messages: list[Message],
    previous: list[Json],
) -> Json:
    """Return the context of a handoff: all that a person needs so that nobody has to ask twice."""
    known = conversation.customer_id is not None
    return {
        "reason": reason,
        "requested_by": requested_by,
        "skill": skill,
        "priority": priority,
        "summary": summarise(reason, messages, facts),
        "customer": facts.get("customer"),
        "verified": known,
        "channel": conversation.channel,
        "intent_history": understanding.get("intent_history", []),
        "entities": understanding.get("entities", []),
        "slots": understanding.get("slots", {}),
        "tried": understanding.get("tried", []),
        "failed_actions": understanding.get("failed_actions", []),
        "orders": facts.get("orders", []),
        "blocks": facts.get("blocks", []),
        "verification_attempts": facts.get("verification_attempts", []),
        "grants": facts.get("grants", []),
        "amends": facts.get("amends", {}),
        "mood": understanding.get("mood"),
        "previous_conversations": previous,
        "suggested_next_step": NEXT_STEPS.get(skill, NEXT_STEPS["general"]),
        "waiting_since": at.isoformat(),
    }


def summarise(reason: str, messages: list[Message], facts: Json) -> str:
    """Return up to three sentences: why it was passed on, what the customer last said, what the shop sees."""
    sentences = [REASON_SENTENCES.get(reason, "상담원 확인이 필요합니다.")]
    said = [message.text for message in messages if message.author is Author.CUSTOMER]
    if said:
        quoted = " → ".join(f"“{_shortened(text)}”" for text in said[-QUOTED:])
        sentences.append(f"손님 말씀: {quoted}.")
    orders, blocks = facts.get("orders", []), facts.get("blocks", [])
    if orders or blocks:
        parts = ([f"최근 주문 {len(orders)}건"] if orders else []) + ([f"차단 {len(blocks)}건"] if blocks else [])
        sentences.append(f"{', '.join(parts)}이 확인됩니다.")
    return " ".join(sentences)


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= QUOTED_LENGTH_MAX else line[: QUOTED_LENGTH_MAX - 1] + "…"
