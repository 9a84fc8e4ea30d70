"""What an agent reads first, in three sentences made of facts: why, what is wanted, what the shop knows of exactly that.

No model writes here: each sentence is put together from what is stored, so that it can be checked against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from handoff.domain.conversation import Author, Json, Message
from handoff.domain.findings import Findings, read_day, read_moment
from handoff.domain.topics import Topic
from kernel import korean
from kernel.clock import KST
from kernel.korean import josa

QUOTED_LENGTH_MAX = 60
NAME_LENGTH_MAX = 40
_BECAUSE_LENGTH_MAX = 40

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
_UNKNOWN_REASON = "상담원 확인이 필요합니다."
# Why a conversation came back to the queue; said before what it was first passed on for.
PASSED_ON = ("transferred", "agent_left")
NO_ANSWER = "쇼핑몰이 응답하지 않아 주문·배송 기록을 싣지 못했으니 직접 조회해 주세요."
NOT_KNOWN = "본인 확인 전이라 쇼핑몰 기록은 아직 볼 수 없습니다."
_GRANT_KINDS = {
    "points": "적립금",
    "coupon": "쿠폰",
    "free_shipping_coupon": "무료 배송 쿠폰",
    "resend": "재발송",
}


def summarise(reason: str, topic: Topic, messages: Sequence[Message], findings: Findings, wish_seq: int | None) -> str:
    """Return the three sentences in one line; `wish_seq` is the message in which the topic was asked about."""
    sentences = [_why(reason), _wish(topic, messages, wish_seq), tell_facts(topic.area, findings)]
    return " ".join(sentence for sentence in sentences if sentence)


def _why(reason: str) -> str:
    return REASON_SENTENCES.get(reason, _UNKNOWN_REASON)


def _wish(topic: Topic, messages: Sequence[Message], wish_seq: int | None) -> str | None:
    said = [message for message in messages if message.author is Author.CUSTOMER]
    if not said:
        return None
    asked = next((message for message in said if message.seq == wish_seq), said[-2] if len(said) > 1 else said[-1])
    last = _quoted(said[-1].text)
    words = last if asked is said[-1] else f"{_quoted(asked.text)}에 이어 {last}"
    about = "손님은 "
    if topic.name:
        about = f"‘{topic.name}’ {'건으로' if topic.name.endswith('문의') else '문의로'}, "
    return f"{about}{josa(words, '이라고/라고')} 하셨습니다."


def tell_facts(area: str, findings: Findings) -> str:
    """Return one sentence with what the shop knows of `area`, or why nothing is known."""
    if not findings.is_known:
        return NOT_KNOWN
    if not findings.has_answered:
        return NO_ANSWER
    tell = {
        "verification": _tell_verification,
        "block": _tell_block,
        "delivery": _tell_delivery,
        "orders": _tell_order,
        "compensation": _tell_compensation,
        "privacy": _tell_privacy,
    }.get(area, _tell_in_general)
    return tell(findings)


def _tell_delivery(findings: Findings) -> str:
    order, delivery = findings.order, findings.delivery
    if order is None:
        return "쇼핑몰에서 확인되는 주문이 없습니다."
    if not delivery:
        return _tell_ended(order)
    begin = josa(name_order(order), "은/는")
    if delivery.get("stage_label"):
        begin += f" ‘{delivery['stage_label']}’ 단계이고,"
    arrival = _days(read_day(delivery.get("arrival_first")), read_day(delivery.get("arrival_last")))
    comes = f"{arrival} 도착 예정입니다." if arrival else "도착일은 아직 정해지지 않았습니다."
    promised = read_day(delivery.get("promised_date"))
    if not findings.late_days:
        kept = f"약속일 {_on(promised)}에 맞춰 " if promised and arrival else ""
        return f"{begin} {kept}{comes}"
    since = f"약속일 {_on(promised)}보다 " if promised else ""
    moved = int(delivery.get("moved_count") or 0)
    again = f"(도착일 변경 {moved}번)" if moved else ""
    if delivery.get("because"):
        comes = comes.removesuffix("입니다.").removesuffix("습니다.")
        told = josa(f"“{_cut(delivery['because'], _BECAUSE_LENGTH_MAX)}”", "이라고/라고")
        comes = f"{comes}{'이고' if arrival else '고'}, 까닭은 {told} 안내합니다."
    late = f"{since}{findings.late_days}영업일 {'늦어' if arrival else '늦고 있으며'}{again}"
    return f"{begin} {late} {comes}"


def _tell_ended(order: Json) -> str:
    came = read_moment(order.get("delivered_at"))
    if came is not None:
        return f"{josa(name_order(order), '은/는')} {_when(came)}에 배송이 끝났습니다."
    return f"{name_order(order)}의 상태는 ‘{order.get('status_label') or order.get('status')}’입니다."


def _tell_verification(findings: Findings) -> str:
    tally, attempt = findings.tally, findings.attempt
    today = ""
    if tally.get("attempts_today"):
        today = f"오늘 {tally['attempts_today']}번 시도해 {tally.get('failures_today', 0)}번 실패했습니다."
    if attempt is None:
        return today or "최근 인증에 실패한 기록이 없습니다."
    at = read_moment(attempt.get("at"))
    when = _when(at, findings) if at else "시각 미상"
    method = f" {attempt['method']}" if attempt.get("method") else ""
    begin = f"마지막 인증 실패는 {when}{method}, 원인은 ‘{attempt.get('cause_label') or '원인 미상'}’"
    done = findings.last_attempt is not None and findings.last_attempt.get("result") == "success"
    then = "이지만 그 뒤 성공했고" if done else "이고"
    return f"{begin}{then}, {today or '오늘은 시도한 기록이 없습니다.'}"


def _tell_block(findings: Findings) -> str:
    block = findings.block
    if block is None:
        last = findings.last_block
        ended = read_moment((last or {}).get("released_at") or (last or {}).get("auto_release_at"))
        if last is None or ended is None:
            return "지금 걸린 이용 제한이 없습니다."
        return (
            f"마지막 이용 제한(‘{last.get('reason_label')}’)은 {_when(ended, findings)}에 풀려 지금은 제한이 없습니다."
        )
    since, until = read_moment(block.get("blocked_at")), read_moment(block.get("auto_release_at"))
    begin = (
        f"{_when(since, findings) + '부터 ' if since else ''}‘{block.get('reason_label')}’ 사유로 이용이 제한되어 있고,"
    )
    return (
        f"{begin} {_when(until, findings)}에 자동으로 풀립니다." if until else f"{begin} 담당자가 직접 풀어야 합니다."
    )


def _tell_order(findings: Findings) -> str:
    order = findings.order
    if order is None:
        return "쇼핑몰에서 확인되는 주문이 없습니다."
    paid = order.get("paid_krw")
    begin = f"{name_order(order)}의 상태는 ‘{order.get('status_label') or order.get('status')}’"
    noted = f", ‘{_cut(str(order['notes'][0]), _BECAUSE_LENGTH_MAX)}’ 기록이 있습니다." if order.get("notes") else None
    if noted:
        return f"{begin}이고{noted}"
    return f"{begin}이고, 결제 금액은 {korean.won(paid)}입니다." if paid is not None else f"{begin}입니다."


def _tell_compensation(findings: Findings) -> str:
    count = int(findings.tally.get("grants_in_a_year") or 0)
    late = ""
    if findings.order is not None and findings.late_days:
        late = f"{josa(name_order(findings.order), '은/는')} 약속일보다 {findings.late_days}영업일 늦고 있으며, "
    if not count:
        return f"{late}최근 1년 동안 드린 보상은 없습니다."
    points = int(findings.tally.get("points_in_a_year_krw") or 0)
    in_all = f"(적립금 {korean.won(points)})" if points else ""
    return f"{late}최근 1년 동안 보상을 {count}번{in_all} 드렸습니다{_last_grant(findings)}."


def _last_grant(findings: Findings) -> str:
    grant, at = findings.grant, read_moment((findings.grant or {}).get("at"))
    if grant is None or at is None:
        return ""
    amount = korean.won(int(grant["amount_krw"])) if grant.get("amount_krw") else ""
    rate = f"{grant['rate_percent']:g}%" if grant.get("rate_percent") and not amount else ""
    kind = _GRANT_KINDS.get(str(grant.get("kind")), "보상")
    return f"(마지막은 {_on(at.astimezone(KST).date())} {' '.join(part for part in (kind, amount or rate) if part)})"


def _tell_privacy(findings: Findings) -> str:
    request = findings.privacy_request
    if request is None:
        return "진행 중인 개인정보 요청은 없습니다."
    due = read_moment(request.get("due_at"))
    until = f" {_on(due.astimezone(KST).date())}까지 답해야" if due else " 답해야"
    return f"진행 중인 ‘{request.get('label')}’ 요청이 있어{until} 합니다."


def _tell_in_general(findings: Findings) -> str:
    if findings.block is not None:
        return _tell_block(findings)
    if findings.late_days:
        return _tell_delivery(findings)
    if findings.order_count:
        return f"최근 주문 {findings.order_count}건이 있고, 지연이나 이용 제한은 없습니다."
    return "최근 주문이나 이용 제한이 없습니다."


def name_order(order: Json) -> str:
    """Return an order as agents call it: `주문 2026-10001(러닝화)`."""
    name = f"({_cut(order['summary'], NAME_LENGTH_MAX)})" if order.get("summary") else ""
    return f"주문 {order.get('order_id')}{name}"


def _when(moment: datetime, findings: Findings | None = None) -> str:
    day = "오늘" if findings is not None and findings.is_today(moment) else korean.date(moment)
    return f"{day} {korean.time_of_day(moment)}"


def _on(day: date | None) -> str:
    return korean.date(datetime.combine(day, time(12), tzinfo=KST)) if day else ""


def _days(first: date | None, last: date | None) -> str:
    shown = dict.fromkeys(_on(day) for day in (first, last) if day)
    return "~".join(shown)


def _quoted(text: str) -> str:
    return f"“{_cut(text, QUOTED_LENGTH_MAX)}”"


def _cut(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
