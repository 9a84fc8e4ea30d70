"""Names in braces within prepared words, filled from what is known of a conversation.

`{주문번호}` stands for a value; `{상품:을/를}` for the value with the particle that fits it. A name that there is not
is refused when the words are saved; a value that is not known here stays in its braces and is named as missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from handoff.domain.conversation import Json
from handoff.domain.findings import Findings, read_day, read_moment
from handoff.errors import Invalid
from kernel import korean
from kernel.clock import KST

# What may stand in braces, and what it becomes.
MEANINGS = {
    "이름": "고객 이름(가려짐); 모르면 빠짐",
    "상담원": "답하는 상담원의 이름",
    "오늘": "오늘 날짜",
    "주문번호": "이 상담의 주문번호",
    "상품": "그 주문의 상품",
    "주문상태": "그 주문의 상태",
    "결제금액": "그 주문의 결제 금액",
    "배송단계": "지금 배송 단계",
    "약속일": "처음 약속한 도착일",
    "도착예정일": "지금 알려진 도착 예정일",
    "지연일수": "약속보다 늦은 영업일 수",
    "지연사유": "늦어지는 까닭",
    "제한사유": "지금 걸린 이용 제한의 사유",
    "해제시각": "이용 제한이 풀리는 시각",
    "인증방법": "마지막에 실패한 인증 방법",
    "실패원인": "마지막 인증 실패의 원인",
    "접수번호": "이 상담의 접수 번호",
}
PAIRS = frozenset({"은/는", "이/가", "을/를", "과/와", "으로/로", "이라고/라고", "이에요/예요", "이고/고"})
# Those that may be absent without leaving a hole.
_MAY_BE_ABSENT = frozenset({"이름"})
_NAMED = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Filled:
    """Words with their values; `missing` names what is still in braces, in order."""

    text: str
    missing: tuple[str, ...] = ()


def check(text: str) -> None:
    """Raise Invalid, code unknown_placeholder or unclosed_brace, unless every brace holds a name there is."""
    for inside in _NAMED.findall(text):
        name, _, pair = inside.partition(":")
        if name not in MEANINGS or (pair and pair not in PAIRS) or (":" in inside and not pair):
            known = ", ".join(f"{{{name}}}" for name in MEANINGS)
            raise Invalid(f"{{{inside}}}은(는) 쓸 수 없어요. 쓸 수 있는 자리: {known}", code="unknown_placeholder")
    if re.search(r"[{}]", _NAMED.sub("", text)):
        raise Invalid("중괄호의 짝이 맞지 않아요.", code="unclosed_brace")


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """Return `text` with the values that are known; unknown names stay in their braces and are told as missing."""
    missing: list[str] = []

    def put(found: re.Match[str]) -> str:
        name, _, pair = found[1].partition(":")
        value = values.get(name)
        if value:
            return korean.josa(value, pair) if pair in PAIRS else value
        if name in _MAY_BE_ABSENT:
            return ""
        if name not in missing:
            missing.append(name)
        return found[0]

    filled = _NAMED.sub(put, text)
    return Filled(re.sub(r"(^|\n) +", r"\1", re.sub(r" {2,}", " ", filled)).strip(), tuple(missing))


def values_of(context: Json, findings: Findings, *, agent_name: str | None = None) -> dict[str, str]:
    """Return what is known for the names in braces; what is not known is left out."""
    order, delivery = findings.order or {}, findings.delivery
    block, attempt = findings.block or {}, findings.attempt or {}
    until = read_moment(block.get("auto_release_at"))
    first, last = read_day(delivery.get("arrival_first")), read_day(delivery.get("arrival_last"))
    paid = order.get("paid_krw")
    found = {
        "이름": (context.get("customer") or {}).get("name"),
        "상담원": agent_name,
        "오늘": korean.date(findings.at),
        "주문번호": order.get("order_id"),
        "상품": order.get("summary"),
        "주문상태": order.get("status_label"),
        "결제금액": korean.won(paid) if paid is not None else None,
        "배송단계": delivery.get("stage_label"),
        "약속일": _on(read_day(delivery.get("promised_date"))),
        "도착예정일": "~".join(dict.fromkeys(_on(day) for day in (first, last) if day)),
        "지연일수": f"{findings.late_days}영업일" if findings.late_days else None,
        "지연사유": delivery.get("because"),
        "제한사유": block.get("reason_label"),
        "해제시각": f"{korean.date(until)} {korean.time_of_day(until)}" if until else None,
        "인증방법": attempt.get("method"),
        "실패원인": attempt.get("cause_label"),
        "접수번호": (context.get("ticket") or {}).get("number") if isinstance(context.get("ticket"), dict) else None,
    }
    return {name: str(value) for name, value in found.items() if value}


def _on(day: date | None) -> str:
    return korean.date(datetime.combine(day, time(12), tzinfo=KST)) if day else ""
