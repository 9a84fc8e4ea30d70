"""Where the money is, and proof of payment."""

from __future__ import annotations

from typing import ClassVar

from actions import cases, handing_over, order_wish, phrases, which_order
from actions.base import ShopAction, Turn
from actions.phrases import HISTORY, PERSON
from actions.question import Question
from actions.reply import Card, Choice, Reply, Row
from actions.which_order import Wanted
from backoffice.orders.errors import OrderError
from backoffice.orders.model import Order, Refund
from backoffice.orders.policy import REFUND_LABELS, noon, tell_refund
from backoffice.orders.rules import load_receipt_rules
from backoffice.orders.service import send_receipt
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
            order = await self.shop.orders.find_order(customer_id, turn.order_id)
            return phrases.no_such_order() if order is None else self._tell_orders([order])
        orders = await self.shop.orders.list_orders(customer_id, limit=_LOOKED_AT)
        refunded = [order for order in orders if order.refund is not None]
        known = [order for order in refunded if order.order_id == turn.known_order_id]
        waiting = [order for order in refunded if order.refund and not order.refund.is_done]
        found = known or waiting[:_MOST_SHOWN] or refunded[:1]
        return self._tell_orders(found) if found else _no_refund()

    def _tell_orders(self, orders: list[Order]) -> Reply:
        reply, today = Reply(choices=[HISTORY, PERSON]), self.shop.today()
        for order in orders:
            told = [sentence for refund in _shown(order) for sentence in tell_refund(refund, today=today)]
            if order.refund is None:
                reply.say(f"{korean.josa(order.name, '은/는')} 환불이 접수된 주문이 아니에요.")
                reply.choices[:0] = [_RETURN]
                continue
            reply.say(f"{_name(order)} 주문의 환불이에요. {told[0]}", *told[1:])
            reply.cards += [_card(order, refund) for refund in _shown(order)]
        if any(_waits_for_card(order) for order in orders):
            reply.tips.append("카드는 카드사에 따라 실제로 보이기까지 하루 이틀 더 걸릴 수 있어요.")
        if len(orders) == 1:
            reply.slots["order_id"] = orders[0].order_id
        return reply


class ActionReceipt(ShopAction):
    """Finds the order, asks which proof is needed, and has it sent to the registered number once more."""

    action_name: ClassVar[str] = "action_receipt"

    async def answer(self, turn: Turn) -> Reply:
        """Return the question that is still open, what was sent, or the handoff."""
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
        if not self.shop.keeps_orders:
            return handing_over.connect(Reply(), turn, self.shop.skills.find(turn.intent), detail=found.order_id)
        try:
            reply = await self._send(turn, found)
        except OrderError as error:
            reply = order_wish.refuse(self.shop, turn, turn.intent, error)
        reply.slots |= {"last_topic": turn.intent, "order_id": found.order_id}
        return reply

    async def _send(self, turn: Turn, order: Order) -> Reply:
        kinds = load_receipt_rules().kinds
        kind = turn.entities.get("choice") if turn.is_pressed else _hear_kind(turn.text)
        if kind is None or kind not in kinds:
            if turn.asks("details", turn.intent):
                return cases.take_details(turn, self.shop.skills)
            return self._ask(turn, order)
        sent = await send_receipt(
            self.shop.engine,
            order_wish.requester(turn),
            order.order_id,
            kind,
            request_key=order_wish.request_key(turn, "receipt", order.order_id, kind),
            now=self.shop.clock.now(),
        )
        label = korean.josa(sent.label, "을/를")
        where = f"등록하신 번호({sent.masked_phone})로"
        if sent.is_new:
            told = f"{order.name} 주문의 {label} {where} 보내 드릴게요."
        else:
            told = f"{label} 조금 전에 {where} 보내 드렸어요. 잠시 뒤에도 없으면 말씀해 주세요."
        return Reply(bubbles=[told], choices=[HISTORY, PERSON])

    def _ask(self, turn: Turn, order: Order) -> Reply:
        paid = f"{korean.josa(order.payment_method, '으로/로')} 결제하셨어요." if order.payment_method else ""
        reply = Reply(bubbles=[f"{order.name} 주문이에요. {paid}".strip()])
        fitting = [rule for rule in load_receipt_rules().kinds.values() if rule.fits(order.payment_method)]
        reply.choices += [
            Choice(rule.label, turn.intent, {"order_id": order.order_id, "choice": rule.kind}) for rule in fitting
        ]
        reply.choices.append(PERSON)
        return reply.ask(Question("details", turn.intent), "어떤 증빙을 보내 드릴까요? 무엇이 필요한지 골라 주세요.")


def _shown(order: Order) -> list[Refund]:
    """Return the refunds to tell of: all that are under way, else the last."""
    waiting = [refund for refund in order.refunds if not refund.is_done]
    return waiting or list(order.refunds[-1:])


def _hear_kind(text: str) -> str | None:
    """Return the kind of proof that a text names; None where it names none or several."""
    named = [rule.kind for rule in load_receipt_rules().kinds.values() if any(word in text for word in rule.words)]
    return named[0] if len(named) == 1 else None


def _name(order: Order) -> str:
    """Return what the money is for: the goods that were cancelled or sent back where others are left."""
    gone = [item.label for item in order.items if item.cancelled_count or item.returned_count]
    if not gone or not order.left_items:
        return order.name
    return f"{gone[0]} 외 {len(gone) - 1}건" if len(gone) > 1 else gone[0]


def _waits_for_card(order: Order) -> bool:
    is_waiting = order.refund is not None and not order.refund.is_done
    return is_waiting and "카드" in (order.payment_method or "카드")


def _card(order: Order, refund: Refund) -> Card:
    rows = [Row("주문번호", order.order_id)]
    if refund.amount_krw is not None:
        rows.append(Row("환불 금액", korean.won(refund.amount_krw)))
    rows.append(Row("상태", REFUND_LABELS["done"] if refund.is_done else _label(refund.state)))
    if refund.due_date is not None and not refund.is_done:
        rows.append(Row("예정일", korean.date(noon(refund.due_date))))
    if order.payment_method:
        rows.append(Row("돌려받으실 곳", order.payment_method))
    return Card(_name(order), rows, kind="refund")


def _label(state: str | None) -> str:
    return REFUND_LABELS.get((state or "").lower(), "환불 처리 중")


def _no_refund() -> Reply:
    return Reply(
        bubbles=["지금 환불 중인 주문은 없어요.", "반품이나 취소를 하고 싶으시면 도와드릴게요."],
        choices=[_RETURN, Choice("주문 취소", "order_cancel"), PERSON],
    )
