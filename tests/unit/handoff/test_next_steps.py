"""Advice comes from a policy that is data: the first rule that fits, explained, and refused when it does not make sense."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from handoff.domain.context import find_in_context
from handoff.domain.next_step import SIGNALS, choose_step, signals_of
from handoff.domain.routing import SKILLS
from handoff.policy import next_steps
from handoff.policy.next_steps import load_next_steps, read_next_steps

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
FILE = yaml.safe_load(Path(next_steps.__file__).with_suffix(".yml").read_text(encoding="utf-8"))
DELIVERY = {
    "stage_label": "이동 중",
    "promised_date": "2026-11-20",
    "arrival_first": "2026-11-26",
    "late_business_days": 4,
    "moved_count": 0,
}
LATE = {"order_id": "2026-1", "summary": "이어폰", "status": "in_transit", "delivery": DELIVERY}
BLOCK = {"reason": "sms_failures", "reason_label": "인증번호 반복 오류", "is_active": True}
FAILURE = {"result": "failure", "cause_label": "인증번호 미수신", "at": "2026-11-24T01:00:00Z"}


def rule_for(area: str, skill: str, **known: Any) -> str:
    context = {"verified": True, "topic": {"area": area}, "skill": skill, **known}
    return choose_step(load_next_steps(), context, find_in_context(context, NOW), area).rule


@pytest.mark.parametrize(
    ("area", "skill", "known", "rule"),
    [
        ("delivery", "delivery", {"orders": [LATE], "mood": {"anger": 0.9}}, "late_angry"),
        ("delivery", "delivery", {"orders": [LATE]}, "late_unpaid"),
        ("delivery", "delivery", {"orders": [LATE], "grants": [{"order_id": "2026-1"}]}, "late"),
        ("delivery", "delivery", {"orders": [LATE | {"delivery": DELIVERY | {"moved_count": 2}}]}, "late_moved_twice"),
        ("delivery", "delivery", {"orders": [LATE | {"delivery": DELIVERY | {"late_business_days": 0}}]}, "on_time"),
        ("delivery", "delivery", {"orders": [{"order_id": "2026-1", "status": "delivered"}]}, "delivered"),
        ("delivery", "delivery", {"verified": False}, "delivery"),
        ("delivery", "complaint", {"orders": [LATE]}, "complaint_late"),
        ("general", "complaint", {"contacts_in_a_week": 2}, "complaint_again"),
        ("general", "complaint", {}, "complaint"),
        ("block", "security_review", {"blocks": [BLOCK | {"reason": "identity_misuse"}]}, "block_misuse"),
        ("block", "security_review", {"blocks": [BLOCK | {"reason": "abnormal_access"}]}, "block_abnormal"),
        (
            "block",
            "verification",
            {"blocks": [BLOCK | {"auto_release_at": "2026-11-24T06:00:00Z"}]},
            "block_ends_soon",
        ),
        ("block", "security_review", {"verified": False}, "block_unproved"),
        ("block", "verification", {}, "block_none"),
        ("verification", "verification", {"tally": {"failures_today": 3}}, "failing_again"),
        (
            "verification",
            "verification",
            {"tally": {"failures_today": 1}, "verification_attempts": [FAILURE]},
            "failing_for",
        ),
        ("verification", "verification", {}, "verification"),
        (
            "compensation",
            "compensation",
            {"orders": [{"order_id": "2026-1"}], "grants": [{"order_id": "2026-1"}]},
            "compensated_before",
        ),
        ("compensation", "compensation", {"tally": {"grants_in_a_year": 5}}, "compensated_often"),
        ("privacy", "privacy", {"privacy_requests": [{"label": "개인정보 삭제"}]}, "privacy_open"),
        ("orders", "orders", {"orders": [{"order_id": "2026-1", "status": "cancelled", "status_label": "취소"}]}, "cancelled"),
        ("general", "general", {"mood": {"anger": 0.8}}, "angry"),
        ("general", "general", {"orders": [LATE]}, "late_besides"),
        ("general", "general", {"reason": "bot_error"}, "bot_failed"),
        ("general", "general", {}, "general"),
        ("orders", "orders", {"shop_answered": False}, "shop_silent"),
    ],
)  # fmt: skip
def test_the_advice_fits_skill_facts_and_mood(area: str, skill: str, known: dict[str, Any], rule: str) -> None:
    assert rule_for(area, skill, **known) == rule


@pytest.mark.parametrize("skill", SKILLS)
def test_every_team_has_advice_of_its_own_even_where_nothing_is_known(skill: str) -> None:
    assert rule_for("general", skill, verified=False) == {"security_review": "block_unproved"}.get(skill, skill)


def test_the_advice_says_what_it_was_decided_from() -> None:
    context = {"verified": True, "topic": {"area": "delivery"}, "skill": "delivery", "orders": [LATE]}
    step = choose_step(load_next_steps(), context, find_in_context(context, NOW), "delivery")
    assert "11월 26일(목)" in step.text and "4영업일" in step.text
    assert step.as_json() == {
        "rule": "late_unpaid",
        "rules_version": FILE["version"],
        "because": ["문의 주제: delivery", "지연 영업일: 4", "이 주문에 드린 보상: 0"],
    }


def test_every_signal_is_made_and_nothing_else() -> None:
    assert set(signals_of({}, find_in_context({}, NOW), "general")) == set(SIGNALS)


_ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)


@given(st.dictionaries(st.sampled_from(["mood", "skill", "reason", "verified", "shop_answered"]), _ANYTHING))
def test_there_is_always_advice(odd: dict[str, Any]) -> None:
    context = {**odd, "mood": {"anger": odd.get("mood")}}
    assert choose_step(load_next_steps(), context, find_in_context(context, NOW), "general").text


def broken(change: Any) -> dict[str, Any]:
    data = deepcopy(FILE)
    change(data)
    return data


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: d["rules"][0]["when"].update(weather="rain"), "no signal 'weather'"),
        (lambda d: d["rules"][0]["when"].update(late_days="many"), "late_days has to be int"),
        (lambda d: d["rules"][0]["when"].update(late_days=True), "late_days has to be int"),
        (lambda d: d["rules"][0]["when"].update(skill={"least": 1}), "skill has no bounds"),
        (lambda d: d["rules"][0]["when"].update(late_days={}), "late_days has no bounds"),
        (lambda d: d["rules"][0].update(say="{주소}로 보내세요"), "주소"),
        (lambda d: d["rules"].append(dict(d["rules"][0])), "same id"),
        (lambda d: d["rules"].pop(), "has to fit always"),
        (lambda d: d.pop("author"), "author"),
        (lambda d: d.update(version=0), "version"),
        (lambda d: d.update(rules=[]), "rules"),
        (lambda d: d["rules"][0].update(color="red"), "color"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_by_name(change: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_next_steps(broken(change))
