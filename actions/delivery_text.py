"""How a delivery is told: the apology first when it is late, then where it is, then when it comes.

Pure: a judged delivery in, a reply out.
"""

from __future__ import annotations

from datetime import date

from actions.phrases import HISTORY, PERSON, moment, near_date
from actions.reply import Card, Reply, Row
from backoffice.delivery.areas import Area
from backoffice.delivery.policy import Arrival, Outcome
from backoffice.delivery.rulebook import StageRule
from backoffice.delivery.service import Delivery
from backoffice.orders.policy import tell_ending
from backoffice.orders.tables import OrderStatus
from kernel import korean
from kernel.clock import KST

_NOT_LEFT = frozenset({OrderStatus.RECEIVED, OrderStatus.PAID, OrderStatus.PACKED})
_DOUBTED = "그런데 그 뒤의 택배사 기록이 서로 달라서 담당자가 확인하고 있어요."


def tell(delivery: Delivery, *, stage: StageRule | None, today: date, is_complaint: bool = False) -> Reply:
    """Return the whole answer for one delivery; `stage` is the rule of its present stage.

    To a complaint about one that is in time, the feeling is acknowledged before the facts.
    """
    outcome = delivery.assessment.outcome
    if outcome is Outcome.DELIVERED:
        return _tell_delivered(delivery, today=today)
    if outcome is not Outcome.UNDER_WAY or stage is None:
        return Reply(bubbles=tell_ending(delivery.order, today=today), choices=[HISTORY, PERSON])
    if delivery.assessment.is_late:
        return _tell_late(delivery, stage, today=today)
    reply = Reply(bubbles=["기다리게 해 드려 죄송해요."] if is_complaint else [])
    reply.say(where(delivery, stage), when(delivery.assessment.arrival, today=today))
    if delivery.order.status in _NOT_LEFT and delivery.assessment.arrival and delivery.assessment.arrival.last == today:
        reply.say("아직 출발 전이라 하루쯤 늦어질 수 있어요. 날짜가 바뀌면 먼저 알려 드릴게요.")
    reply.tips += how_sure(delivery.assessment.arrival, delivery.assessment.area)
    reply.cards.append(card(delivery, stage, today=today))
    return reply


def where(delivery: Delivery, stage: StageRule) -> str:
    """Return where the parcel is and since when: `러닝화는 11월 23일(월) 오후 6시부터 … 있어요.`"""
    since = delivery.assessment.since
    return f"{korean.josa(delivery.order.name, '은/는')} {f'{moment(since)}부터' if since else '지금'} {stage.now}."


def when(arrival: Arrival | None, *, today: date) -> str:
    """Return when it comes, and how sure that is."""
    if arrival is None:
        return "도착 예정일은 아직 정해지지 않았어요."
    first = near_date(arrival.first, today)
    if arrival.first != arrival.last:
        return f"{first}에서 {near_date(arrival.last, today)} 사이에 도착할 것 같아요."
    if arrival.at is not None:
        return f"{first} {korean.time_of_day(arrival.at)}쯤 도착할 예정이에요."
    return f"{first}에 도착할 {'것 같아요' if arrival.is_estimate else '예정이에요'}."


def how_sure(arrival: Arrival | None, area: Area | None) -> list[str]:
    """Return what a told window rests on: the past deliveries like it, and the area that takes longer."""
    if arrival is None or not arrival.is_estimate:
        return []
    told = []
    if area is not None and area.is_remote:
        days = "하루" if area.extra_business_days == 1 else f"{area.extra_business_days}일"
        told.append(f"{korean.josa(area.label, '은/는')} 배송이 보통 {days} 더 걸려요.")
    if arrival.sure_ratio is not None:
        told.append(f"비슷한 배송 10건 중 {_of_ten(arrival.sure_ratio)}건이 이렇게 도착했어요.")
    return told


def _of_ten(ratio: float) -> int:
    """Return how many of ten, never more than there were."""
    return int(ratio * 10 + 1e-9)


def _tell_late(delivery: Delivery, stage: StageRule, *, today: date) -> Reply:
    judged = delivery.assessment
    promised, delay = judged.promised_on, judged.delay
    assert promised is not None, "late means that something was promised"
    assert delay is not None, "late means that there are words for it"
    missed = "까지 도착하지 못해" if today > promised else "보다 늦어지게 되어"
    sorry = f"약속드린 {near_date(promised, today)}{missed} 정말 죄송해요."
    if judged.moved_count > 1:
        sorry = f"약속드린 {near_date(promised, today)}을 거듭 지키지 못해 정말 죄송해요."
    since = f"{moment(judged.since)}부터" if judged.since else "지금"
    reply = Reply(
        bubbles=[
            sorry,
            f"{korean.josa(delivery.order.name, '은/는')} {since} ‘{stage.label}’ 단계인데, {delay.because}.",
            f"새로 확인한 일정으로는 {when(judged.arrival, today=today)}",
        ],
        tips=how_sure(judged.arrival, judged.area),
        choices=[PERSON],
        cards=[card(delivery, stage, today=today)],
    )
    if delay.next:
        reply.say(delay.next)
    return reply.say("원하시면 상담원이 직접 챙겨 드릴게요.") if judged.moved_count > 1 else reply


def _tell_delivered(delivery: Delivery, *, today: date) -> Reply:
    at, place = delivery.facts.delivered_at or delivery.assessment.since, delivery.facts.delivered_place
    name = korean.josa(delivery.order.name, "은/는")
    if at is None:
        reply = Reply(bubbles=[f"{name} 배송이 끝났어요."])
    else:
        day = near_date(at.astimezone(KST).date(), today)
        reply = Reply(bubbles=[f"{name} {day} {korean.time_of_day(at)}에 배송이 끝났어요."])
    if place:
        reply.say(f"받으신 곳은 {korean.josa(f'‘{place}’', '이에요/예요')}.")
    if delivery.assessment.is_doubted:
        reply.say(_DOUBTED)
    reply.say("혹시 아직 못 받으셨다면 바로 알려 주세요.")
    reply.choices.extend([HISTORY, PERSON])
    return reply


def left(delivery: Delivery, *, today: date) -> list[str]:
    """Return when and where the courier says the parcel was left, to somebody who has not got it; empty if unsaid."""
    at, place = delivery.facts.delivered_at or delivery.assessment.since, delivery.facts.delivered_place
    told = []
    if at is not None:
        day = f"{near_date(at.astimezone(KST).date(), today)} {korean.time_of_day(at)}에"
        where_left = f"‘{place}’에 전한 것으로" if place else "배송한 것으로"
        told.append(f"택배사 기록에는 {day} {where_left} 되어 있어요.")
    if delivery.assessment.is_doubted:
        told.append(_DOUBTED)
    return told


def card(delivery: Delivery, stage: StageRule, *, today: date) -> Card:
    """Return the facts of one delivery under way."""
    judged = delivery.assessment
    rows = [Row("주문번호", delivery.order.order_id), Row("현재 단계", stage.label)]
    if judged.since:
        rows.append(Row("단계 시작", moment(judged.since)))
    if judged.is_late and judged.promised_on:
        rows.append(Row("약속한 날", near_date(judged.promised_on, today)))
    if judged.arrival:
        days = dict.fromkeys([near_date(judged.arrival.first, today), near_date(judged.arrival.last, today)])
        rows.append(Row("도착 예정", " ~ ".join(days)))
    if delivery.courier:
        rows.append(Row("택배사", delivery.courier))
    if delivery.tracking_no:
        rows.append(Row("운송장번호", delivery.tracking_no))
    return Card(delivery.order.name, rows)
