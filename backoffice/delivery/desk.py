"""What an agent sees of a delivery beside its order: one line to read, and the facts behind it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from backoffice.delivery.policy import Outcome
from backoffice.delivery.rulebook import DeliveryRules
from backoffice.delivery.service import Delivery
from backoffice.delivery.tables import FlagKind

FLAG_LABELS = {
    FlagKind.AFTER_DELIVERY: "배송 완료 뒤에 이동 기록이 있음",
    FlagKind.DELIVERED_TWICE: "배송 완료가 두 번 기록됨",
    FlagKind.BEFORE_ORDER: "주문 전 시각의 기록이 있음",
    FlagKind.ORDER_ENDED: "취소·합배송된 주문의 상자가 이동 중",
    FlagKind.UNKNOWN_CODE: "뜻을 모르는 택배사 코드",
    FlagKind.MOVED_AGAIN: "도착일이 두 번 이상 바뀜",
}


def describe(delivery: Delivery, flags: Sequence[FlagKind], rules: DeliveryRules) -> dict[str, Any] | None:
    """Return `line` for reading and what it is made of, ready for JSON; None where there is nothing to tell."""
    judged = delivery.assessment
    if judged.outcome is not Outcome.UNDER_WAY and not flags:
        return None
    stage = rules.stages.get(judged.stage or "")
    arrival = judged.arrival
    parts = [stage.label] if stage else []
    if arrival is not None:
        days = dict.fromkeys([_day(arrival.first), _day(arrival.last)])
        parts.append(f"{'~'.join(days)} 도착 예정")
    if judged.delay is not None:
        parts.append(f"{judged.late_business_days}영업일 지연 · {judged.delay.because}")
    parts += [f"확인 필요: {FLAG_LABELS[kind]}" for kind in flags]
    return {
        "line": " · ".join(parts),
        "stage": judged.stage,
        "stage_label": stage.label if stage else None,
        "promised_date": judged.promised_on.isoformat() if judged.promised_on else None,
        "arrival_first": arrival.first.isoformat() if arrival else None,
        "arrival_last": arrival.last.isoformat() if arrival else None,
        "late_business_days": judged.late_business_days,
        "because": judged.delay.because if judged.delay else None,
        "moved_count": delivery.facts.moved_count,
        "flags": [kind.value for kind in flags],
        "rules_version": rules.version,
    }


def _day(day: date) -> str:
    return f"{day.month}/{day.day}"
