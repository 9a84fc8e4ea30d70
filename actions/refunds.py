"""Where the money is, and proof of payment."""

from __future__ import annotations

from typing import ClassVar

from actions import handing_over, phrases, which_order
from actions.base import ShopAction, Turn
from actions.phrases import HISTORY, PERSON
from actions.question import Question
from actions.reply import Card, Choice, Reply, Row
from actions.which_order import Wanted
from backoffice.orders.model import Order
from backoffice.orders.policy import REFUND_LABELS, noon, tell_refund
from backoffice.orders.service import find_order, list_recent
from kernel import korean

_LOOKED_AT = 30
_MOST_SHOWN = 3
_RETURN = Choice("반품·교환", "return_exchange")


class ActionRefundStatus(ShopAction):
    """Tells of each refund under way, else of the last one: how much, in what state, until when."""

    action_name: ClassVar[str] = "action_refund_status"

    async def answer(self, turn: Turn) -> Reply:
        """Return the refunds, or that there is none."""
        if turn.customer_id is None:
            reply = phrases.ask_to_log_in("환불 상태")
            reply.bubbles.insert(1, "카드 환불은 취소나 반품이 확인된 뒤 보통 3~5영업일 걸려요.")
        else:
            reply = await self._tell(turn, turn.customer_id)
        reply.slots["last_topic"] = turn.intent
        return reply

    async def _tell(self, turn: Turn, customer_id: str) -> Reply:
        if turn.order_id is not None:
            order = await find_order(self.shop.engine, customer_id, turn.order_id)
            return phrases.no_such_order() if order is None else self._tell_orders([order])
        orders = await list_recent(self.shop.engine, customer_id, limit=_LOOKED_AT)
        refunded = [order for order in orders if order.refund is not None]
        known = [order for order in refunded if order.order_id == turn.known_order_id]
        waiting = [order for order in refunded if order.refund and not order.refund.is_done]
        found = known or waiting[:_MOST_SHOWN] or refunded[:1]
        return self._tell_orders(found) if found else _no_refund()

    def _tell_orders(self, orders: list[Order]) -> Reply:
        reply, today = Reply(choices=[HISTORY, PERSON]), self.shop.today()
        for order in orders:
            told = tell_refund(order.refund, today=today)
            if order.refund is None:
                reply.say(f"{korean.josa(order.name, '은/는')} 환불이 접수된 주문이 아니에요.")
                reply.choices[:0] = [_RETURN]
                continue
            reply.say(f"{order.name} 주문의 환불이에요. {told[0]}", *told[1:])
            reply.cards.append(_card(order))
        if any(order.refund is not None and not order.refund.is_done for order in orders):
            reply.tips.append("카드는 카드사에 따라 실제로 보이기까지 하루 이틀 더 걸릴 수 있어요.")
        if len(orders) == 1:
            reply.slots["order_id"] = orders[0].order_id
        return reply


class ActionReceipt(ShopAction):
    """Finds the order, asks which proof is needed, and hands over to who issues it."""

    action_name: ClassVar[str] = "action_receipt"

    async def answer(self, turn: Turn) -> Reply:
        """Return the question that is still open, or the handoff."""
        wanted = Wanted(
            topic=turn.intent,
            what="결제 내역",
            ask="어느 주문의 증빙이 필요하세요?",
            none="결제가 끝난 주문이 없어요.",
            fits=lambda order: order.paid_krw is not None,
        )
        found = await which_order.find(self.shop, turn, wanted)
        if isinstance(found, Reply):
            return found
        paid = f"{korean.josa(found.payment_method, '으로/로')} 결제하셨어요." if found.payment_method else ""
        reply = Reply(bubbles=[f"{found.name} 주문이에요. {paid}".strip()])
        reply.slots |= {"last_topic": turn.intent, "order_id": found.order_id}
        if any(word in turn.text for word in ("현금", "세금", "명세", "전표", "계산서")):
            return handing_over.connect(reply, turn, self.shop.skills.find(turn.intent), detail=found.order_id)
        reply.choices.append(PERSON)
        return reply.ask(
            Question("details", turn.intent),
            "카드 전표, 현금영수증, 세금계산서, 거래명세서 가운데 무엇이 필요한지 적어 주세요.",
        )


def _card(order: Order) -> Card:
    refund = order.refund
    assert refund is not None, "only a refund has a card"
    rows = [Row("주문번호", order.order_id)]
    if refund.amount_krw is not None:
        rows.append(Row("환불 금액", korean.won(refund.amount_krw)))
    rows.append(Row("상태", REFUND_LABELS["done"] if refund.is_done else _label(refund.state)))
    if refund.due_date is not None and not refund.is_done:
        rows.append(Row("예정일", korean.date(noon(refund.due_date))))
    if order.payment_method:
        rows.append(Row("돌려받으실 곳", order.payment_method))
    return Card(order.name, rows, kind="refund")


def _label(state: str | None) -> str:
    return REFUND_LABELS.get((state or "").lower(), "환불 처리 중")


def _no_refund() -> Reply:
    return Reply(
        bubbles=["지금 환불 중인 주문은 없어요.", "반품이나 취소를 하고 싶으시면 도와드릴게요."],
        choices=[_RETURN, Choice("주문 취소", "order_cancel"), PERSON],
    )
