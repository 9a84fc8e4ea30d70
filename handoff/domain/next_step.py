"""What an agent is advised to do first: the first rule whose conditions all hold, and why. Pure.

A rule looks at signals: plain values made of the handoff and the shop's facts, so that what was decided can be
explained by them. The rules are data, see `handoff/policy/next_steps.yml`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handoff.domain.conversation import Json
from handoff.domain.findings import Findings
from handoff.domain.placeholders import fill, values_of

Signal = str | int | float | bool | None

# Every signal there is, with its kind and how it reads in an explanation.
SIGNALS: Mapping[str, tuple[type, str]] = {
    "reason": (str, "넘어온 까닭"),
    "skill": (str, "담당"),
    "area": (str, "문의 주제"),
    "verified": (bool, "본인 확인"),
    "shop_answered": (bool, "쇼핑몰 응답"),
    "grade": (str, "등급"),
    "anger": (float, "화난 정도"),
    "urgency": (float, "급한 정도"),
    "late_days": (int, "지연 영업일"),
    "moved_count": (int, "도착일 변경 횟수"),
    "order_status": (str, "주문 상태"),
    "has_order": (bool, "주문 있음"),
    "grants_on_order": (int, "이 주문에 드린 보상"),
    "grants_in_a_year": (int, "1년 동안 드린 보상"),
    "block_reason": (str, "이용 제한 사유"),
    "block_ends": (bool, "제한이 저절로 풀림"),
    "failures_today": (int, "오늘 인증 실패"),
    "failure_cause": (str, "마지막 실패 원인"),
    "open_privacy_request": (bool, "진행 중인 개인정보 요청"),
    "contacts_in_a_week": (int, "7일 안의 이전 상담"),
}


@dataclass(frozen=True)
class Condition:
    """What one signal has to be: one of some values, or within bounds (both included)."""

    signal: str
    among: tuple[Signal, ...] = ()
    least: float | None = None
    most: float | None = None

    def holds(self, value: Signal) -> bool:
        """Tell whether `value` fits. A signal that is not known fits only where None is among the values."""
        if self.among:
            return value in self.among
        if value is None or isinstance(value, str):
            return False
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


@dataclass(frozen=True)
class StepRule:
    """One advice: `say` may hold names in braces (see placeholders), without which it does not apply."""

    rule_id: str
    when: tuple[Condition, ...]
    say: str


@dataclass(frozen=True)
class StepRules:
    """All advice, the first that fits is given; the last one has no conditions."""

    version: int
    author: str
    rules: Sequence[StepRule]


@dataclass(frozen=True)
class NextStep:
    """The advice, the rule and version it came from, and the conditions that held, in words."""

    text: str
    rule: str
    version: int
    because: tuple[str, ...]

    def as_json(self) -> Json:
        """Return what explains it."""
        return {"rule": self.rule, "rules_version": self.version, "because": list(self.because)}


def signals_of(context: Json, findings: Findings, area: str) -> dict[str, Signal]:
    """Return the values that rules look at; None where something is not known."""
    mood = context.get("mood") or {}
    customer = context.get("customer") or {}
    block, attempt = findings.block, findings.attempt
    knows = findings.is_known and findings.has_answered
    return {
        "reason": context.get("reason"),
        "skill": context.get("skill"),
        "area": area,
        "verified": findings.is_known,
        "shop_answered": findings.has_answered,
        "grade": customer.get("grade"),
        "anger": mood.get("anger"),
        "urgency": mood.get("urgency"),
        "late_days": findings.late_days if knows else None,
        "moved_count": findings.delivery.get("moved_count") if knows else None,
        "order_status": (findings.order or {}).get("status"),
        "has_order": findings.order is not None if knows else None,
        "grants_on_order": findings.grants_on_order if knows else None,
        "grants_in_a_year": findings.tally.get("grants_in_a_year"),
        "block_reason": block.get("reason") if block else None,
        "block_ends": bool(block.get("auto_release_at")) if block else None,
        "failures_today": findings.tally.get("failures_today"),
        "failure_cause": attempt.get("cause_label") if attempt else None,
        "open_privacy_request": findings.privacy_request is not None if knows else None,
        "contacts_in_a_week": context.get("contacts_in_a_week"),
    }


def choose_step(rules: StepRules, context: Json, findings: Findings, area: str) -> NextStep:
    """Return the first advice that fits."""
    signals, values = signals_of(context, findings, area), values_of(context, findings)
    for rule in rules.rules:
        if all(condition.holds(signals.get(condition.signal)) for condition in rule.when):
            filled = fill(rule.say, values)
            if not filled.missing:
                because = tuple(_told(condition, signals.get(condition.signal)) for condition in rule.when)
                return NextStep(filled.text, rule.rule_id, rules.version, because)
    raise ValueError("the last rule has to fit always")


def _told(condition: Condition, value: Signal) -> str:
    name = SIGNALS[condition.signal][1]
    if value is None or isinstance(value, bool):
        return f"{name}: {'모름' if value is None else '예' if value else '아니요'}"
    return f"{name}: {value:.2f}" if isinstance(value, float) else f"{name}: {value}"
