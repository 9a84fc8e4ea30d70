"""Sentences and choices that several actions share."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from actions.question import Question
from actions.reply import Choice, Reply
from backoffice.orders.model import Order
from backoffice.orders.policy import noon
from kernel import korean
from kernel.clock import KST

DELIVERY = Choice("배송 조회", "delivery_status")
HISTORY = Choice("지난 주문 보기", "order_history")
REFUND = Choice("환불 상태", "refund_status")
VERIFY = Choice("본인인증 문제", "verify_failed_reason")
BENEFITS = Choice("적립금·쿠폰", "benefits_balance")
PERSON = Choice("상담원 연결", "human_agent")
SOLVED = Choice("됐어요", "affirm")
NOT_YET = Choice("아직 안 돼요", "not_solved")
PHONE_INSTEAD = "로그인이 어려우시면 휴대폰 번호를 적어 주세요. 등록된 번호라면 인증번호를 보내 드려요."
MENU = (DELIVERY, HISTORY, REFUND, VERIFY, BENEFITS, PERSON)


def vary(turn_id: str, what: str, variants: Sequence[str]) -> str:
    """Return one of the ways to say `what`; the same turn, run again, says it the same way."""
    return variants[zlib.crc32(f"{turn_id}:{what}".encode("utf-8", "replace")) % len(variants)]


def ask_to_log_in(what: str) -> Reply:
    """Return the answer to somebody whose orders cannot be shown because nobody knows who they are.

    It asks for a phone number; the question still needs its topic (see `codes.about`).
    """
    reply = Reply(bubbles=[f"{korean.josa(what, '을/를')} 확인하려면 먼저 로그인해 주세요."], choices=[PERSON])
    return reply.ask(Question("phone", ""), PHONE_INSTEAD)


def no_such_order() -> Reply:
    """Return the answer to an order number that is nobody's or another's: the same for both."""
    return Reply(
        bubbles=[
            "말씀하신 주문번호로는 고객님의 주문을 찾지 못했어요.",
            "번호를 다시 확인해 주시거나, 지난 주문에서 골라 주세요.",
        ],
        choices=[HISTORY, PERSON],
    )


def no_orders() -> Reply:
    """Return the answer to a customer who never ordered anything."""
    return Reply(
        bubbles=["아직 주문하신 내역이 없어요.", "다른 계정으로 주문하셨다면 상담원이 찾아봐 드릴게요."],
        choices=[PERSON],
    )


def orders_out_of_reach(topic: str, order_id: str | None) -> Reply:
    """Return that orders cannot be looked up just now, with another try and a person."""
    return Reply(
        bubbles=[
            "지금은 주문을 조회할 수 없어요. 죄송해요.",
            "잠시 뒤에 다시 시도하시거나, 상담원에게 연결해 드릴게요.",
        ],
        choices=[Choice("다시 시도", topic, {"order_id": order_id} if order_id else {}), PERSON],
    )


def near_date(day: date, today: date) -> str:
    """Return a day with its nearness: `오늘(11월 24일)`, `내일(11월 25일)`, `11월 27일(금)`."""
    near = {today: "오늘", today + timedelta(days=1): "내일", today - timedelta(days=1): "어제"}.get(day)
    return f"{near}({day.month}월 {day.day}일)" if near else korean.date(noon(day))


def moment(at: datetime) -> str:
    """Return a day and an hour in Seoul: `11월 23일(월) 오후 6시`; minutes do not matter to anybody."""
    local = at.astimezone(KST)
    return f"{korean.date(local)} {korean.time_of_day(local.replace(minute=0))}"


def order_choices(orders: list[Order], *, today: date) -> list[Choice]:
    """Return a button for each order, `운동화 외 1건 · 11/20 주문`; alike ones are told apart by their number."""
    labels = [f"{_short(order.name)} · {_day(order, today)} 주문" for order in orders]
    return [
        Choice(
            label if labels.count(label) == 1 else f"{label} ({order.order_id})",
            "inform_order",
            {"order_id": order.order_id},
        )
        for order, label in zip(orders, labels, strict=True)
    ]


def _short(name: str, longest: int = 24) -> str:
    if len(name) <= longest:
        return name
    head, mark, tail = name.partition(" 외 ")
    return f"{head[: longest - len(mark + tail) - 1]}…{mark}{tail}"


def _day(order: Order, today: date) -> str:
    local = order.ordered_at.astimezone(KST)
    year = f"{local.year % 100}/" if local.year != today.year else ""
    return f"{year}{local.month}/{local.day}"
