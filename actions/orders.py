"""What did I buy: the latest orders, one card each."""

from __future__ import annotations

from typing import ClassVar

from actions import phrases
from actions.base import Shop, ShopAction, Turn
from actions.orders_text import card, detail_card
from actions.phrases import DELIVERY, PERSON
from actions.reply import Choice, Reply
from backoffice.orders.service import find_order, list_recent

_MOST_ORDERS = 5
TOPIC = "order_history"


class ActionOrderHistory(ShopAction):
    """Shows the latest orders, or the one the message names."""

    action_name: ClassVar[str] = "action_order_history"

    async def answer(self, turn: Turn) -> Reply:
        """Return up to five order cards, newest first, or why there are none."""
        if turn.customer_id is None:
            reply = phrases.ask_to_log_in("주문 내역")
        elif turn.order_id is not None:
            reply = await show_order(self.shop, turn.customer_id, turn.order_id)
        else:
            reply = await self._show_recent(turn.customer_id)
        reply.slots["last_topic"] = TOPIC
        return reply

    async def _show_recent(self, customer_id: str) -> Reply:
        orders = await list_recent(self.shop.engine, customer_id, limit=_MOST_ORDERS + 1)
        if not orders:
            return phrases.no_orders()
        shown = orders[:_MOST_ORDERS]
        has_more = len(orders) > _MOST_ORDERS
        text = (
            f"최근 주문 {_MOST_ORDERS}건을 보여 드릴게요." if has_more else f"지금까지 주문하신 {len(shown)}건이에요."
        )
        return Reply(bubbles=[text], cards=[card(order) for order in shown], choices=[DELIVERY, PERSON])


async def show_order(shop: Shop, customer_id: str, order_id: str) -> Reply:
    """Return the card of one order, or the one answer for every number that is not the customer's."""
    order = await find_order(shop.engine, customer_id, order_id)
    if order is None:
        return phrases.no_such_order()
    about_it = Choice("이 주문 배송 조회", "delivery_status", {"order_id": order.order_id})
    return Reply(
        bubbles=["말씀하신 주문이에요."],
        cards=[detail_card(order)],
        choices=[about_it, PERSON],
        slots={"order_id": order.order_id},
    )
