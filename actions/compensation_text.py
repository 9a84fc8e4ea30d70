"""How amends are offered, given, refused and explained. Pure: a decision in, a reply out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from actions.phrases import PERSON, PHONE_INSTEAD, near_date
from actions.question import Question
from actions.reply import Choice, Reply
from backoffice.compensation.model import Decision
from backoffice.compensation.policy import ALREADY_GRANTED, Gift
from backoffice.compensation.rules import load_compensation
from backoffice.compensation.tables import Cause, GiftKind
from backoffice.delivery.service import Delivery
from kernel import korean
from kernel.clock import KST

ASK_PERSON = "상담원이 이야기를 더 들어 볼까요?"
_TOPIC = "compensation_request"
_TAKE = Choice("네, 받을게요", "affirm")
_LEAVE = Choice("아니요", "deny")
_HELD = Choice("적립금·쿠폰 보기", "benefits_balance")
_WHY = re.compile(r"왜|이유|까닭|어째서|어떤 기준|무슨 기준")
_TAKES = re.compile(
    r"((네|예|넵|넹|응|어|그래|좋아)요?[\s,.!~]*)?((지금|그냥|그럼)?\s*(주세요|줘요?|받을(게|래)요?|받고 ?싶어요?|"
    r"부탁(해요?|드려요|드립니다|합니다)?|좋아요?|그럴게요?|할게요?))?[\s.!~]*"
)
_MISSING = re.compile(r"누락|빠졌|빠져|안 (들어|왔)|덜 (왔|들어)|모자라")
_WRONG = re.compile(r"오배송|(잘못|다른) ?(온|왔|된|게|거|것|상품|물건|색|사이즈)|파손|깨져|깨졌|불량|고장")


def read_cause(said: str) -> Cause | None:
    """Return the fault that a customer's words name besides a delay: a missing or a wrong item."""
    if _MISSING.search(said):
        return Cause.MISSING_ITEM
    return Cause.WRONG_ITEM if _WRONG.search(said) else None


def asks_why(said: str) -> bool:
    """Return whether a customer asks for the reason: `왜 안 돼요?`, `이유가 뭐예요`."""
    return _WHY.search(said) is not None


def takes_it(said: str) -> bool:
    """Return whether a customer takes what was offered: `네 주세요`, `받을게요`."""
    return bool(said.strip()) and _TAKES.fullmatch(said.strip()) is not None


def tell_anybody() -> Reply:
    """Return the table's existence to somebody unknown, and the question by which they become known."""
    reply = Reply(bubbles=["불편을 드려 정말 죄송해요."], choices=[PERSON])
    reply.say("배송이 늦거나 상품이 잘못 온 경우에는 정해진 기준에 따라 보상해 드려요.")
    reply.say("주문을 확인하려면 먼저 로그인해 주세요.")
    return reply.ask(Question("phone", ""), PHONE_INSTEAD)


def begin(delivery: Delivery, *, late_days: int, today: date) -> Reply:
    """Return the apology and what was found out about the order."""
    reply = Reply(bubbles=["불편을 드려 정말 죄송해요."])
    promised = delivery.facts.promised_on
    if late_days <= 0:
        reply.say(f"‘{delivery.order.name}’ 주문을 살펴봤어요.")
    elif promised is not None:
        name = korean.josa(delivery.order.name, "은/는")
        reply.say(f"{name} 약속드린 {near_date(promised, today)}보다 {late_days}영업일 늦은 것으로 확인돼요.")
    return reply


def offer(reply: Reply, decision: Decision) -> Reply:
    """Ask whether the customer takes what the table gives."""
    reply.choices += [_TAKE, _LEAVE, PERSON]
    return reply.ask(Question("confirm", _TOPIC), f"{korean.josa(name_gifts(decision.gifts), '을/를')} 지금 드릴까요?")


def tell_given(decision: Decision, *, today: date) -> Reply:
    """Return that it was given, and until when it can be used."""
    reply = Reply(
        bubbles=[f"{korean.josa(name_gifts(decision.gifts), '을/를')} 드렸어요. 기다리게 해서 다시 한번 죄송해요."]
    )
    if any(gift.kind in (GiftKind.COUPON, GiftKind.FREE_SHIPPING) for gift in decision.gifts):
        reply.say(load_compensation().terms[1])
    reply.choices += [_HELD, PERSON]
    return reply


def tell_repeated(decision: Decision, delivery: Delivery, *, today: date) -> Reply:
    """Return what was given for this order before, and that it is given once."""
    name = korean.josa(delivery.order.name, "은/는")
    on = near_date(decision.decided_at.astimezone(KST).date(), today)
    what = f" {korean.josa(name_gifts(decision.gifts), '을/를')}" if decision.gifts else " 보상을"
    reply = Reply(bubbles=[f"{name} {on}에 이미{what} 드렸어요."], choices=[_HELD])
    return reply.say(load_compensation().terms[0])


def refuse(reply: Reply, decision: Decision) -> Reply:
    """Offer what is possible instead of what was refused or given before."""
    again = load_compensation().refusals[ALREADY_GRANTED].instead
    instead = again if decision.is_repeat and decision.outcome.value == "granted" else decision.alternative
    reply.say(*([instead] if instead else []))
    reply.choices.append(PERSON)
    return reply.ask(Question("person", _TOPIC), ASK_PERSON)


def explain(decision: Decision, delivery: Delivery, *, late_days: int, today: date) -> Reply:
    """Return the rule in one sentence, and what it was held against."""
    if decision.is_repeat:
        reply = tell_repeated(decision, delivery, today=today)
    else:
        reply = Reply(bubbles=[decision.sentence], choices=[PERSON])
    promised = delivery.facts.promised_on
    if promised is not None:
        reply.say(f"약속드린 날은 {korean.josa(near_date(promised, today), '이에요/예요')}.")
        reply.say(
            f"확인된 지연은 {late_days}영업일이에요." if late_days > 0 else "그날보다 늦은 기록은 확인되지 않았어요."
        )
    return reply


def name_gifts(gifts: Sequence[Gift]) -> str:
    """Return what is given: `10% 쿠폰과 적립금 3,000원`."""
    names = [_name(gift) for gift in gifts]
    return " ".join([*(korean.josa(name, "과/와") for name in names[:-1]), names[-1]]) if names else "보상"


def detail(decision: Decision, late_days: int) -> str:
    """Return the case in one line for the agent: order, cause, rule, what the table gives."""
    late = f"{late_days}영업일 지연 · " if late_days else ""
    row = f"기준: {name_gifts(decision.gifts)}" if decision.gifts else "기준 없음"
    return f"{decision.order_id} {late}{decision.rule} · {row}"


def _name(gift: Gift) -> str:
    if gift.kind is GiftKind.POINTS:
        return f"적립금 {korean.won(gift.amount_krw or 0)}"
    if gift.kind is GiftKind.COUPON:
        return f"{gift.rate_percent:g}% 쿠폰" if gift.rate_percent else "쿠폰"
    return "무료 배송 쿠폰" if gift.kind is GiftKind.FREE_SHIPPING else "다시 보내기"
