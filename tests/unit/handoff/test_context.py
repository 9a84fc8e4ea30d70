"""What an agent is told: all of the contract's fields, a summary a person can read at a glance, bounded in size."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.skills import load_skills
from handoff.domain.briefing import NO_ANSWER, NOT_KNOWN, REASON_SENTENCES
from handoff.domain.context import Known, add_understanding, build_context, pass_on_context
from handoff.domain.conversation import UNDERSTANDING_KEPT, Author, Json, Message
from handoff.domain.queue import priority_of
from handoff.domain.routing import SKILLS
from handoff.policy.next_steps import load_next_steps
from handoff.policy.routing import load_routing_policy
from handoff.service.topics import load_topics
from tests import building

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
FIELDS = {
    *("reason", "requested_by", "skill", "priority", "summary", "customer", "verified", "channel"),
    *("intent_history", "entities", "slots", "tried", "failed_actions", "orders", "blocks"),
    *("verification_attempts", "grants", "amends", "mood", "previous_conversations"),
    *("suggested_next_step", "waiting_since"),
    *("detail", "topic", "handed_back", "interrupted", "shop_answered", "tally", "privacy_requests"),
    *("contacts_in_a_week", "next_step_reason"),
}
LATE = {
    "order_id": "2026-10001",
    "summary": "무선 이어폰",
    "status": "in_transit",
    "delivery": {
        "stage_label": "이동 중",
        "promised_date": "2026-11-20",
        "arrival_first": "2026-11-26",
        "arrival_last": "2026-11-26",
        "late_business_days": 4,
        "moved_count": 0,
        "because": None,
    },
}
IN_TIME = {
    "order_id": "2026-10002",
    "summary": "러닝화",
    "status": "shipped",
    "delivery": {"stage_label": "상품 준비 중", "arrival_first": "2026-11-25", "arrival_last": "2026-11-26"},
}


def said(*texts: str, author: Author = Author.CUSTOMER) -> list[Message]:
    return [building.message("c_1", seq, NOW, text=text, author=author) for seq, text in enumerate(texts, start=1)]


def context(**changed: Any) -> Json:
    facts, previous = changed.pop("facts", {}), changed.pop("previous", [])
    values: dict[str, Any] = {
        "reason": "customer_request",
        "requested_by": "customer",
        "skill": "delivery",
        "priority": 1,
        "at": NOW,
        "understanding": {},
        "known": Known(facts, previous, changed.pop("has_answered", True)),
        "messages": [],
        "topics": load_topics(),
        "steps": load_next_steps(),
    }
    customer_id = changed.pop("customer_id", "demo-1" if facts else None)
    return build_context(building.conversation(NOW, customer_id=customer_id), **values | changed)


def asked(intent: str, seq: int = 1, **more: Any) -> Json:
    """What was understood of one message."""
    return {"intent_history": [{"seq": seq, "intent": intent, "confidence": 0.9}], **more}


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


@pytest.mark.parametrize("reason", [*load_routing_policy().priority.reasons, "something new"])
def test_every_reason_is_a_sentence_in_the_summary(reason: str) -> None:
    summary = context(reason=reason)["summary"]
    assert summary.endswith(".") and any("가" <= letter <= "힣" for letter in summary)
    assert reason not in summary


def test_agents_have_a_sentence_and_a_team_for_whatever_the_actions_pass_on() -> None:
    skills = load_skills()
    topics = [*skills.topics.values(), skills.default]
    assert {topic.skill for topic in topics} <= set(SKILLS)
    reasons = {topic.reason for topic in topics} | {"customer_request", "not_understood", "bot_error", "action_failed"}
    assert reasons <= set(REASON_SENTENCES) and reasons <= set(load_routing_policy().priority.reasons)


def test_the_summary_quotes_the_customer_and_nobody_else() -> None:
    messages = [*said("배송이 안 와요", "상담원\n바꿔   주세요"), *said("안녕하세요, 봇이에요", author=Author.BOT)]
    summary = context(messages=messages)["summary"]
    assert "“배송이 안 와요”에 이어 “상담원 바꿔 주세요”라고 하셨습니다." in summary and "봇이에요" not in summary


def test_the_summary_quotes_where_the_topic_was_asked_about_and_the_last_words() -> None:
    messages = said("이어폰 언제 와요", "네", "그래도요", "상담원이요")
    summary = context(messages=messages, understanding=asked("delivery_status"))["summary"]
    assert "‘배송 위치·도착 예정’ 문의로, “이어폰 언제 와요”에 이어 “상담원이요”라고 하셨습니다." in summary


@given(st.lists(st.text(max_size=2_000), max_size=10))
def test_a_summary_is_one_short_line_whatever_was_said(texts: list[str]) -> None:
    facts = {"orders": [LATE | {"summary": "가" * 500, "delivery": LATE["delivery"] | {"because": "나" * 500}}]}
    summary = context(reason="complaint", messages=said(*texts), facts=facts)["summary"]
    assert len(summary) < 400 and len(summary.splitlines()) == 1


FACTS = [
    ("delivery_delay", {"orders": [IN_TIME, LATE]},
     "주문 2026-10001(무선 이어폰)은 ‘이동 중’ 단계이고, 약속일 11월 20일(금)보다 4영업일 늦어 11월 26일(목) 도착 예정입니다."),
    ("delivery_delay", {"orders": [LATE | {"delivery": LATE["delivery"] | {"because": "날씨가 나빠요"}}]},
     "주문 2026-10001(무선 이어폰)은 ‘이동 중’ 단계이고, 약속일 11월 20일(금)보다 4영업일 늦어 11월 26일(목) 도착 예정이고, "
     "까닭은 “날씨가 나빠요”라고 안내합니다."),
    ("delivery_delay", {"orders": [LATE | {"delivery": {"late_business_days": 2, "because": "날씨가 나빠요"}}]},
     "주문 2026-10001(무선 이어폰)은 2영업일 늦고 있으며 도착일은 아직 정해지지 않았고, 까닭은 “날씨가 나빠요”라고 안내합니다."),
    ("delivery_status", {"orders": [IN_TIME]},
     "주문 2026-10002(러닝화)는 ‘상품 준비 중’ 단계이고, 11월 25일(수)~11월 26일(목) 도착 예정입니다."),
    ("delivery_not_received", {"orders": [
        {"order_id": "2026-1", "summary": "책", "status": "delivered", "delivered_at": "2026-11-22T05:30:00Z"}]},
     "주문 2026-1(책)은 11월 22일(일) 오후 2시 30분에 배송이 끝났습니다."),
    ("delivery_status", {"orders": []}, "쇼핑몰에서 확인되는 주문이 없습니다."),
    ("verify_sms_not_received", {
        "verification_attempts": [
            {"at": "2026-11-24T01:05:00Z", "result": "failure", "method": "SMS", "cause_label": "인증번호 미수신"}],
        "tally": {"attempts_today": 3, "failures_today": 2}},
     "마지막 인증 실패는 오늘 오전 10시 5분 SMS, 원인은 ‘인증번호 미수신’이고, 오늘 3번 시도해 2번 실패했습니다."),
    ("verify_failed_reason", {"customer": {"name": "김*늘"}}, "최근 인증에 실패한 기록이 없습니다."),
    ("block_status", {"blocks": [
        {"reason": "sms_failures", "reason_label": "인증번호 반복 오류", "is_active": True,
         "blocked_at": "2026-11-24T00:00:00Z", "auto_release_at": "2026-11-24T06:00:00Z"}]},
     "오늘 오전 9시부터 ‘인증번호 반복 오류’ 사유로 이용이 제한되어 있고, 오늘 오후 3시에 자동으로 풀립니다."),
    ("unblock_request", {"blocks": [
        {"reason": "identity_misuse", "reason_label": "명의 도용 의심", "is_active": True}]},
     "‘명의 도용 의심’ 사유로 이용이 제한되어 있고, 담당자가 직접 풀어야 합니다."),
    ("compensation_request", {
        "orders": [LATE], "grants": [{"kind": "points", "amount_krw": 3000, "at": "2026-11-03T03:00:00Z"}],
        "tally": {"grants_in_a_year": 2, "points_in_a_year_krw": 6000}},
     "주문 2026-10001(무선 이어폰)은 약속일보다 4영업일 늦고 있으며, 최근 1년 동안 보상을 2번(적립금 6,000원) 드렸습니다"
     "(마지막은 11월 3일(화) 적립금 3,000원)."),
    ("compensation_request", {"orders": [IN_TIME]}, "최근 1년 동안 드린 보상은 없습니다."),
    ("refund_status", {"orders": [{"order_id": "2026-1", "status": "cancelled", "status_label": "취소됨", "paid_krw": 35000}]},
     "주문 2026-1의 상태는 ‘취소됨’이고, 결제 금액은 35,000원입니다."),
    ("privacy_request", {"privacy_requests": [{"label": "개인정보 삭제", "due_at": "2026-12-02T03:00:00Z"}]},
     "진행 중인 ‘개인정보 삭제’ 요청이 있어 12월 2일(수)까지 답해야 합니다."),
]  # fmt: skip


@pytest.mark.parametrize(("intent", "facts", "sentence"), FACTS)
def test_the_third_sentence_is_what_the_shop_knows_of_exactly_that_topic(
    intent: str, facts: Json, sentence: str
) -> None:
    built = context(understanding=asked(intent), facts=facts, customer_id="demo-1", messages=said("저기요"))
    assert built["summary"].endswith(f"“저기요”라고 하셨습니다. {sentence}")


def test_the_order_that_was_talked_about_is_the_one_that_is_told() -> None:
    understanding = asked("delivery_status", slots={"order_id": "2026-10002"})
    assert "2026-10002" in context(understanding=understanding, facts={"orders": [LATE, IN_TIME]})["summary"]


def test_a_complaint_is_about_what_was_asked_before_it() -> None:
    history = [
        {"seq": 1, "intent": "delivery_delay", "confidence": 0.9},
        {"seq": 2, "intent": "complaint", "confidence": 1},
    ]
    built = context(skill="complaint", understanding={"intent_history": history}, facts={"orders": [LATE]})
    assert built["topic"]["area"] == "delivery" and "4영업일 늦어" in built["summary"]


def test_a_shop_that_did_not_answer_is_owned_up_to() -> None:
    built = context(customer_id="demo-1", has_answered=False)
    assert (built["shop_answered"], built["orders"]) == (False, [])
    assert built["summary"].endswith(NO_ANSWER) and built["next_step_reason"]["rule"] == "shop_silent"
    assert context()["summary"].endswith(NOT_KNOWN)


def test_another_team_hears_once_that_it_was_passed_on_and_gets_advice_of_its_own() -> None:
    built = context(facts={"orders": [LATE]}, understanding=asked("delivery_delay"))
    for skill in ("orders", "compensation"):
        built = pass_on_context(
            built,
            reason="transferred",
            requested_by="agent",
            skill=skill,
            priority=2,
            at=NOW,
            steps=load_next_steps(),
        )
    assert built["summary"].count(REASON_SENTENCES["transferred"]) == 1
    assert built["skill"] == "compensation" and built["next_step_reason"]["rule"] == "late_unpaid"


def test_a_phone_number_that_was_understood_is_masked() -> None:
    nlu = {"intent": "account_help", "entities": [{"entity": "phone", "text": "010-1234-5678", "value": "01012345678"}]}
    understood = add_understanding({}, seq=1, nlu=nlu, slots={}, tried=[], failed=[])
    assert "1234-5678" not in str(understood) and "01012345678" not in str(understood)
    assert understood["entities"][0]["text"] == "010-****-5678"


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
