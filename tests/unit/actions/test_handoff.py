"""The ways to a person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Shop, ShopAction
from actions.handoff import ActionHumanAgent, ActionNotUnderstood, ActionPassToAgent
from actions.skills import load_skills

SKILLS = {"verification", "security_review", "delivery", "orders", "compensation", "privacy", "complaint", "general"}
REASONS = {"customer_request", "not_understood", "action_failed", "topic_unsupported", "bot_error", "complaint"}
DOMAIN = Path(__file__).parents[3] / "domain.yml"


async def run(kind: type[ShopAction], intent: str, **slots: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    shop = Shop(engine=None, clock=None, deliveries=None, orders=None, skills=load_skills(), context_key="k" * 40)  # type: ignore[arg-type]
    tracker = Tracker("c1", slots, {"intent": {"name": intent}}, [], False, None, {}, None)
    dispatcher = CollectingDispatcher()
    events = await kind(shop).run(dispatcher, tracker, {})
    return dispatcher.messages, {event["name"]: event["value"] for event in events}


async def test_a_person_is_given_on_request_with_the_skill_of_the_topic() -> None:
    messages, slots = await run(ActionHumanAgent, "human_agent", last_topic="delivery_status", not_understood_count=1.0)
    assert messages[-1]["custom"]["handoff"] == {
        "reason": "customer_request",
        "skill": "delivery",
        "detail": "배송 조회",
    }
    assert slots == {"not_understood_count": 0.0}


async def test_a_person_without_a_topic_comes_from_the_general_desk() -> None:
    messages, _ = await run(ActionHumanAgent, "human_agent")
    assert messages[-1]["custom"]["handoff"]["skill"] == "general"


async def test_an_unanswered_topic_is_passed_honestly_to_its_desk() -> None:
    messages, slots = await run(ActionPassToAgent, "verify_sms_not_received")
    first, second = (message["text"] for message in messages)
    assert first == "인증번호가 오지 않아 답답하셨겠어요."
    assert "상담원" in second
    assert messages[-1]["custom"]["handoff"] == {
        "reason": "topic_unsupported",
        "skill": "verification",
        "detail": "인증번호 미수신",
    }
    assert slots["last_topic"] == "verify_sms_not_received"


async def test_a_complaint_is_passed_as_one() -> None:
    messages, _ = await run(ActionPassToAgent, "complaint")
    assert messages[-1]["custom"]["handoff"]["reason"] == "complaint"


async def test_the_first_failure_to_understand_offers_a_menu() -> None:
    messages, slots = await run(ActionNotUnderstood, "nlu_fallback", not_understood_count=0.0)
    assert [button["payload"] for button in messages[-1]["buttons"]] == [
        "/delivery_status",
        "/order_history",
        "/refund_status",
        "/verify_failed_reason",
        "/benefits_balance",
        "/human_agent",
    ]
    assert not messages[-1]["custom"]
    assert slots == {"not_understood_count": 1.0}


async def test_the_second_failure_in_a_row_goes_to_a_person() -> None:
    messages, slots = await run(
        ActionNotUnderstood, "nlu_fallback", not_understood_count=1.0, last_topic="refund_status"
    )
    assert messages[-1]["custom"]["handoff"]["reason"] == "not_understood"
    assert messages[-1]["custom"]["handoff"]["skill"] == "orders"
    assert slots == {"not_understood_count": 0.0}


def test_every_topic_has_a_known_skill_and_reason_and_speaks_politely() -> None:
    skills = load_skills()
    for topic in (*skills.topics.values(), skills.default):
        assert topic.skill in SKILLS
        assert topic.reason in REASONS
        assert topic.say.endswith("요.")


def test_topics_are_intents_of_the_domain() -> None:
    intents = {
        name if isinstance(name, str) else next(iter(name)) for name in yaml.safe_load(DOMAIN.read_text())["intents"]
    }
    assert set(load_skills().topics) <= intents


@pytest.mark.parametrize("kind", [ActionHumanAgent, ActionPassToAgent, ActionNotUnderstood])
async def test_no_bubble_is_empty_or_long(kind: type[ShopAction]) -> None:
    messages, _ = await run(kind, "anything at all")
    assert all(0 < len(message["text"]) <= 80 for message in messages)


async def test_a_question_that_a_person_interrupts_is_remembered_until_the_next_one() -> None:
    asked = "order:order_cancel:0"
    _, slots = await run(ActionHumanAgent, "human_agent", question=asked)
    assert slots["interrupted"] == "order_cancel"
    _, slots = await run(ActionHumanAgent, "human_agent", interrupted="order_cancel")
    assert slots["interrupted"] is None
    _, slots = await run(ActionPassToAgent, "complaint", question=asked, interrupted="order_cancel")
    assert "interrupted" not in slots
    _, slots = await run(ActionPassToAgent, "order_cancel", question=asked)
    assert "interrupted" not in slots, "it was asked and answered by the same topic"
