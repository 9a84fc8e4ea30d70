"""What an agent is told: all of the contract's fields, a summary a person can read at a glance, bounded in size."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.skills import load_skills
from handoff.domain.context import NEXT_STEPS, REASON_SENTENCES, add_understanding, build_context, summarise
from handoff.domain.conversation import UNDERSTANDING_KEPT, Author, Json, Message
from handoff.domain.queue import priority_of
from handoff.service.routing_policy import load_routing_policy
from tests import building

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
FIELDS = {
    *("reason", "requested_by", "skill", "priority", "summary", "customer", "verified", "channel"),
    *("intent_history", "entities", "slots", "tried", "failed_actions", "orders", "blocks"),
    *(
        "verification_attempts",
        "grants",
        "amends",
        "mood",
        "previous_conversations",
        "suggested_next_step",
        "waiting_since",
    ),
}
SKILLS = ["verification", "security_review", "delivery", "orders", "compensation", "privacy", "complaint", "general"]


def said(*texts: str, author: Author = Author.CUSTOMER) -> list[Message]:
    return [building.message("c_1", seq, NOW, text=text, author=author) for seq, text in enumerate(texts, start=1)]


def context(**changed: Any) -> Json:
    values: dict[str, Any] = {
        "reason": "customer_request",
        "requested_by": "customer",
        "skill": "delivery",
        "priority": 1,
        "at": NOW,
        "understanding": {},
        "facts": {},
        "messages": [],
        "previous": [],
    }
    known = changed.pop("customer_id", None)
    return build_context(building.conversation(NOW, customer_id=known), **values | changed)


def test_a_context_of_nothing_known_still_has_every_field() -> None:
    built = context()
    assert set(built) == FIELDS
    assert (built["verified"], built["customer"], built["orders"], built["slots"]) == (False, None, [], {})
    assert built["waiting_since"] == "2026-11-24T03:00:00+00:00"
    json.dumps(built)


def test_what_is_known_is_passed_on() -> None:
    understanding = {"intent_history": [{"intent": "greet"}], "slots": {"order_id": "2026-1"}, "mood": {"anger": 0.9}}
    facts = {"customer": {"name": "김*늘"}, "orders": [{"order_id": "2026-1"}], "grants": [{"kind": "points"}]}
    built = context(customer_id="demo-1", understanding=understanding, facts=facts, previous=[{"channel": "web"}])
    assert built["verified"] is True and built["customer"] == {"name": "김*늘"}
    assert built["intent_history"] == [{"intent": "greet"}] and built["mood"] == {"anger": 0.9}
    assert built["slots"] == {"order_id": "2026-1"} and built["grants"] and built["previous_conversations"]


@pytest.mark.parametrize("skill", SKILLS)
def test_every_skill_has_a_next_step_of_its_own(skill: str) -> None:
    assert context(skill=skill)["suggested_next_step"] == NEXT_STEPS[skill]
    assert len(set(NEXT_STEPS.values())) == len(NEXT_STEPS) == len(SKILLS)


def test_a_skill_that_is_new_gets_the_general_step() -> None:
    assert context(skill="astrology")["suggested_next_step"] == NEXT_STEPS["general"]


@pytest.mark.parametrize("reason", [*load_routing_policy().priority.reasons, "something new"])
def test_every_reason_is_a_sentence_in_the_summary(reason: str) -> None:
    summary = summarise(reason, [], {})
    assert summary.endswith(".") and any("가" <= letter <= "힣" for letter in summary)
    assert reason not in summary


def test_agents_have_a_sentence_and_a_next_step_for_whatever_the_actions_pass_on() -> None:
    skills = load_skills()
    topics = [*skills.topics.values(), skills.default]
    assert {topic.skill for topic in topics} <= set(NEXT_STEPS)
    reasons = {topic.reason for topic in topics} | {"customer_request", "not_understood", "bot_error", "action_failed"}
    assert reasons <= set(REASON_SENTENCES) and reasons <= set(load_routing_policy().priority.reasons)


def test_the_summary_quotes_the_customer_and_nobody_else() -> None:
    messages = [*said("배송이 안 와요", "상담원\n바꿔   주세요"), *said("안녕하세요, 봇이에요", author=Author.BOT)]
    summary = summarise("customer_request", messages, {"orders": [{}, {}], "blocks": [{}]})
    assert "“배송이 안 와요”" in summary and "“상담원 바꿔 주세요”" in summary and "봇이에요" not in summary
    assert "최근 주문 2건, 차단 1건이 확인됩니다." in summary


@given(st.lists(st.text(max_size=2_000), max_size=10))
def test_a_summary_is_one_short_line_whatever_was_said(texts: list[str]) -> None:
    summary = summarise("complaint", said(*texts), {"orders": [{}] * 5})
    assert len(summary) < 300 and len(summary.splitlines()) == 1


def test_what_was_understood_grows_with_each_turn_and_no_further_than_its_bound() -> None:
    understanding: Json = {}
    for seq in range(1, UNDERSTANDING_KEPT * 2 + 1):
        nlu = {"intent": "greet", "confidence": 0.98765, "entities": [{"entity": "date", "value": seq}]}
        understanding = add_understanding(
            understanding, seq=seq, nlu=nlu, slots={"n": seq}, tried=[f"t{seq}"], failed=[f"f{seq}"]
        )
    for name in ("intent_history", "entities", "tried", "failed_actions"):
        assert len(understanding[name]) == UNDERSTANDING_KEPT
    assert understanding["intent_history"][-1] == {"seq": seq, "intent": "greet", "confidence": 0.988}
    assert understanding["entities"][-1] == {"seq": seq, "entity": "date", "value": seq}
    assert understanding["slots"] == {"n": seq}


def test_a_turn_without_an_intent_keeps_what_was_understood_before() -> None:
    before = add_understanding(
        {}, seq=1, nlu={"intent": "greet", "mood": {"anger": 0.5}}, slots={}, tried=[], failed=[]
    )
    after = add_understanding(before, seq=2, nlu={"intent": None, "confidence": None}, slots={}, tried=[], failed=[])
    assert after["intent_history"] == [{"seq": 1, "intent": "greet", "confidence": 0.0}]
    assert after["mood"] == {"anger": 0.5}
    assert before == add_understanding(
        {}, seq=1, nlu={"intent": "greet", "mood": {"anger": 0.5}}, slots={}, tried=[], failed=[]
    )


@pytest.mark.parametrize(
    ("reason", "grade", "priority"),
    [
        ("complaint", "vip", 4),
        ("complaint", "basic", 3),
        ("complaint", None, 3),
        ("bot_error", None, 2),
        ("action_failed", "vip", 3),
        ("customer_request", "basic", 1),
        ("not_understood", None, 1),
        ("topic_unsupported", "vip", 2),
        ("something new", None, 0),
        ("something new", "vip", 1),
        ("customer_request", "VIP", 1),
    ],
)
def test_who_is_served_first(reason: str, grade: str | None, priority: int) -> None:
    policy = load_routing_policy().priority
    assert priority_of(policy, reason=reason, facts={"customer": {"grade": grade}}) == priority
