"""How points and coupons are told. Pure: what is held in, a reply out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from actions.phrases import PERSON, near_date
from actions.reply import Card, Choice, Reply, Row
from backoffice.benefits.policy import Benefits, Coupon, Grant, ends_soon
from backoffice.benefits.terms import CouponCheck
from kernel import korean
from kernel.clock import KST

TERMS = (
    "쿠폰은 한 주문에 한 장만 쓸 수 있고, 다른 쿠폰과 함께 쓸 수 없어요.",
    "기간이 지난 쿠폰과 최저가 상품에는 쓸 수 없어요.",
)
_MOST_COUPONS = 5
_MOST_OBSTACLES = 3
_GRANT_NAMES = {"points": "적립금", "coupon": "쿠폰", "free_shipping_coupon": "무료 배송 쿠폰", "resend": "재발송"}
_CAUSE_NAMES = {"late": "배송 지연", "missing_item": "누락", "wrong_item": "오배송", "dissatisfied": "상담 불편"}
_TERMS = Choice("쿠폰이 왜 안 되나요?", "coupon_terms")
_BALANCE = Choice("적립금·쿠폰 보기", "benefits_balance")


def balance(held: Benefits, *, now: datetime, today: date) -> Reply:
    """Return the points, the coupons with what ends soon, and what was given to make up for something."""
    reply = Reply(bubbles=[f"지금 쓸 수 있는 적립금은 {korean.josa(korean.won(held.balance_krw), '이에요/예요')}."])
    if held.expiring_krw and held.first_expiry_at:
        first = near_date(held.first_expiry_at.astimezone(KST).date(), today)
        reply.say(
            f"그 가운데 {korean.josa(korean.won(held.expiring_krw), '은/는')} 곧 끝나요. 가장 이른 것은 {first}까지예요."
        )
    reply.say(_count(held, now=now, today=today))
    if held.usable:
        reply.cards.append(_card(held, today=today))
    if held.grants:
        reply.say(_told(held.grants[0]))
    reply.choices += [_TERMS, PERSON] if held.usable else [PERSON]
    return reply


def terms(held: Benefits, *, now: datetime, today: date) -> Reply:
    """Return why a coupon may not apply: none is left, or the terms of those held."""
    if not held.usable:
        gone = (
            "가지고 계신 쿠폰은 이미 쓰셨거나 기간이 지났어요."
            if held.used_count + held.expired_count
            else "가지고 계신 쿠폰이 없어요."
        )
        return Reply(bubbles=[f"{gone} 그래서 주문할 때 고를 수 없어요."], choices=[_BALANCE, PERSON])
    reply = Reply(bubbles=[f"지금 쓸 수 있는 쿠폰은 {len(held.usable)}장이에요."])
    if any(coupon.stackable is False for coupon in held.usable):
        reply.say("다른 쿠폰과 함께 쓸 수 없는 쿠폰이 있어요. 두 장을 함께 고르셨다면 한 장을 빼 주세요.")
    reply.say(TERMS[1])
    if held.expired_count:
        reply.tips.append("기간이 지난 쿠폰은 다시 살려 드리기 어려워요.")
    reply.cards.append(_card(held, today=today))
    reply.choices.append(PERSON)
    return reply


def terms_for_basket(checks: Sequence[CouponCheck], held: Benefits, *, today: date) -> Reply:
    """Return for each coupon what keeps it from counting for the basket, or what it takes off."""
    told = [obstacle.sentence for check in checks for obstacle in check.obstacles]
    reply = Reply(bubbles=list(dict.fromkeys(told))[:_MOST_OBSTACLES], choices=[PERSON])
    for check in checks:
        if not check.obstacles:
            name = korean.josa(f"‘{_name(check.coupon)}’", "은/는")
            off = f" {korean.josa(korean.won(check.discount_krw), '이/가')} 할인돼요." if check.discount_krw else ""
            reply.say(f"{name} 지금 장바구니에 쓸 수 있어요.{off}")
    if held.usable:
        reply.cards.append(_card(held, today=today))
    return reply


def _count(held: Benefits, *, now: datetime, today: date) -> str:
    if not held.usable:
        return "지금 쓸 수 있는 쿠폰은 없어요."
    told = f"쓸 수 있는 쿠폰은 {len(held.usable)}장이에요."
    soon = [coupon for coupon in held.usable if ends_soon(coupon, now=now)]
    if not soon:
        return told
    first = soon[0]
    return f"{told} {korean.josa(f'‘{_name(first)}’', '은/는')} {_until(first, today)}까지라 먼저 쓰시면 좋아요."


def _card(held: Benefits, *, today: date) -> Card:
    rows = [Row(_name(coupon), f"{worth(coupon)} · {_end(coupon, today)}") for coupon in held.usable[:_MOST_COUPONS]]
    more = len(held.usable) - _MOST_COUPONS
    return Card("쓸 수 있는 쿠폰", rows, note=f"그 밖에 {more}장이 더 있어요." if more > 0 else None, kind="benefits")


def worth(coupon: Coupon) -> str:
    """Return what a coupon takes off: `10% 할인`, `3,000원 할인`."""
    if coupon.rate_percent:
        return f"{coupon.rate_percent:g}% 할인"
    return f"{korean.won(coupon.amount_krw)} 할인" if coupon.amount_krw else "무료 배송 등"


def _end(coupon: Coupon, today: date) -> str:
    return f"{_until(coupon, today)}까지" if coupon.expires_at else "기간 제한 없음"


def _until(coupon: Coupon, today: date) -> str:
    assert coupon.expires_at is not None, "asked only of a coupon that ends"
    return near_date(coupon.expires_at.astimezone(KST).date(), today)


def _name(coupon: Coupon) -> str:
    return coupon.name or "쿠폰"


def _told(grant: Grant) -> str:
    what = _GRANT_NAMES.get(grant.kind or "", "보상")
    much = f" {korean.won(grant.amount_krw)}" if grant.amount_krw and grant.kind == "points" else ""
    why = _CAUSE_NAMES.get(grant.cause or "")
    because = f"{korean.josa(why, '으로/로')} " if why else ""
    return f"가장 최근 보상은 {korean.date(grant.at)}에 {because}드린 {korean.josa(what + much, '이에요/예요')}."
