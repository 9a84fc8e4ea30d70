"""Something is missing from the box, or another thing came: which of the box's items, kept as a claim, told with its rule."""

from __future__ import annotations

from typing import ClassVar

from actions import handing_over, order_wish
from actions.base import Turn
from actions.cases import ActionCase, Case
from actions.compensation_text import name_gifts, read_cause
from actions.order_wish import Wish
from actions.phrases import PERSON, vary
from actions.question import Question
from actions.reply import Choice, Reply
from backoffice.compensation.rules import load_compensation
from backoffice.compensation.service import Cause, Claim, Decision, keep, preview
from backoffice.compensation.tables import Outcome
from backoffice.orders.model import Order, OrderItem
from backoffice.orders.tables import OrderStatus

TOPIC = "missing_item"
_OTHER = "other"
_ASKS = {Cause.MISSING_ITEM: "어떤 상품이 빠졌나요?", Cause.WRONG_ITEM: "어떤 상품이 다르게 왔나요?"}
_TAKEN = {Cause.MISSING_ITEM: "빠진 것으로", Cause.WRONG_ITEM: "다르게 온 것으로"}
_SHORT = {Cause.MISSING_ITEM: "누락", Cause.WRONG_ITEM: "오배송"}


class ActionMissingItem(ActionCase):
    """Asks which item it is, keeps the claim with the rule that fits, and hands over with both."""

    action_name: ClassVar[str] = "action_missing_item"

    async def about(self, turn: Turn, case: Case, order: Order) -> Reply:
        """Return the question which item, or what was noted and what follows; the whole box goes to a person."""
        pieces = sum(item.left_count for item in order.left_items)
        if order.status is not OrderStatus.DELIVERED or pieces < 2 or not self.shop.keeps_orders:
            return await super().about(turn, case, order)
        cause = read_cause(turn.text) or _read_cause(turn, order)
        chosen = turn.entities.get("choice", "").removeprefix("item:") if turn.is_pressed else ""
        item = next((item for item in order.left_items if str(item.item_id) == chosen), None)
        if item is None and not turn.is_pressed:
            item = order_wish.find_item(turn.text, order)
        if item is not None:
            return await self._take(turn, case, order, item, cause)
        if chosen == _OTHER or turn.asks("items", TOPIC):
            detail = f"{order.order_id} · 목록에 없는 상품 {_SHORT[cause]}"
            return handing_over.connect(Reply(), turn, self.shop.skills.find(TOPIC), detail=detail)
        return self._ask(turn, case, order, cause)

    def _ask(self, turn: Turn, case: Case, order: Order, cause: Cause) -> Reply:
        reply = Reply(bubbles=[vary(turn.turn_id, "case", case.first), *case.advice])
        reply.choices += order_wish.item_choices(order, TOPIC)
        other = {"order_id": order.order_id, "choice": f"item:{_OTHER}"}
        reply.choices += [Choice("여기에 없어요", TOPIC, other), PERSON]
        reply.slots["wish"] = Wish(order.order_id, {"cause": cause.value}).write()
        return reply.ask(Question("items", TOPIC), _ASKS[cause])

    async def _take(self, turn: Turn, case: Case, order: Order, item: OrderItem, cause: Cause) -> Reply:
        decision = await self._decide(turn, order, item, cause)
        reply = Reply(bubbles=[] if turn.asks("items", TOPIC) else [vary(turn.turn_id, "case", case.first)])
        reply.slots["wish"] = None
        if decision.outcome is Outcome.GRANTED:
            reply.say(decision.sentence)
        else:
            reply.say(f"{item.label} 상품이 {_TAKEN[cause]} 접수했어요.", load_compensation().rows[cause.value].say)
        gifts = f" · 기준: {name_gifts(decision.gifts)}" if decision.gifts else ""
        detail = f"{order.order_id} · {item.label} {_SHORT[cause]}{gifts}"
        return handing_over.connect(reply, turn, self.shop.skills.find(TOPIC), detail=detail)

    async def _decide(self, turn: Turn, order: Order, item: OrderItem, cause: Cause) -> Decision:
        """Return what the table says; kept for agents unless it was given before. The same claim again is kept once."""
        assert turn.customer_id is not None, "an order was found for somebody"
        delivery = await self.shop.deliveries.find(turn.customer_id, order.order_id)
        assert delivery is not None, "the order was found before"
        claim = Claim(customer_id=turn.customer_id, order_id=order.order_id, cause=cause, item=item.label)
        decision = await preview(self.shop.engine, claim, delivery=delivery, now=self.shop.clock.now())
        if decision.outcome is not Outcome.GRANTED:
            await keep(self.shop.engine, decision)
        return decision


def _read_cause(turn: Turn, order: Order) -> Cause:
    """Return the cause that was named when the item was asked for."""
    wish = Wish.read(turn.wish)
    known = wish.what.get("cause") if wish is not None and wish.order_id == order.order_id else None
    return Cause.WRONG_ITEM if known == Cause.WRONG_ITEM.value else Cause.MISSING_ITEM
