"""How a change of a delivery is asked for, confirmed and told. Pure; addresses are never repeated beyond the district."""

from __future__ import annotations

from datetime import date

from actions.phrases import near_date
from backoffice.delivery.changes import Change
from backoffice.delivery.tables import ChangeKind
from backoffice.orders.model import Order
from kernel import korean

ASK = "새 주소나 받으실 날, 문 앞 요청을 적어 주세요. 확인하고 바로 바꿔 드릴게요."
ASK_ANEW = "바꾸실 내용을 한 번만 다시 적어 주시겠어요?"
ASK_DAY = "다른 날을 적어 주시면 그날로 바꿔 드릴게요."
ASK_WHOLE_ADDRESS = "시·도부터 도로명과 건물 번호까지 적어 주시겠어요?"


def still_possible(order: Order) -> str:
    """Return that the order has not left yet."""
    return f"{korean.josa(order.name, '은/는')} 아직 출발 전이라 바꿀 수 있어요."


def confirm(change: Change, order: Order, *, today: date) -> list[str]:
    """Return the question whether to change it so; first what the change costs in days."""
    wish = change.wish
    if wish.kind is ChangeKind.DAY:
        day = korean.josa(near_date(wish.day, today), "으로/로")
        return [f"{order.name} 받으실 날을 {day} 바꿀까요?"]
    if wish.kind is ChangeKind.DOOR_NOTE:
        return [f"배송 기사님께 ‘{wish.wanted}’라고 전해 드릴까요?"]
    told = []
    if change.moves_day and change.expected_on is not None:
        told.append(f"새 주소에서는 {near_date(change.expected_on, today)}에 도착해요.")
    return [*told, f"{order.name} 받으실 곳을 적어 주신 주소({korean.mask_address(wish.wanted)})로 바꿀까요?"]


def done(change: Change, *, today: date) -> list[str]:
    """Return that it was changed, and when the parcel comes."""
    if change.wish.kind is ChangeKind.DOOR_NOTE:
        return ["네, 배송 기사님께 그대로 전해 드릴게요."]
    what = "받으실 날을" if change.wish.kind is ChangeKind.DAY else "받으실 곳을"
    told = [f"네, {what} 바꿨어요."]
    if change.expected_on is not None and change.expected_on >= today:
        told.append(f"{near_date(change.expected_on, today)}에 도착할 예정이에요.")
    return told


def too_late(order: Order) -> str:
    """Return that the parcel has left meanwhile."""
    return f"죄송해요, {korean.josa(order.name, '은/는')} 그사이 출발해서 제가 바꾸지 못했어요."


def not_on_that_day(day: date, nearest: date, *, today: date) -> str:
    """Return that nobody delivers then, and the nearest day on which somebody does."""
    return (
        f"{near_date(day, today)}에는 배송이 어려워요. "
        f"가장 가까운 날은 {korean.josa(near_date(nearest, today), '이에요/예요')}."
    )
