"""What did I buy: the latest orders, one card each."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from actions import order_query, phrases
from actions.base import Shop, ShopAction, Turn
from actions.orders_text import card, detail_card
from actions.phrases import DELIVERY, HISTORY, PERSON
from actions.reply import Choice, Reply
from backoffice.orders.errors import OrderError
from backoffice.orders.search import search

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
            reply = await self._search(turn, turn.customer_id)
        reply.slots["last_topic"] = TOPIC
        return reply

    async def _search(self, turn: Turn, customer_id: str) -> Reply:
        """Return the orders of the days, amounts and goods that the message names; the newest where it names none."""
        try:
            asked = order_query.read(turn)
            found = await search(self.shop.orders, customer_id, asked, limit=_MOST_ORDERS + 1)
            if not found and asked.text is not None and (asked.first_day or asked.least_krw is not None):
                asked = replace(asked, text=None)
                found = await search(self.shop.orders, customer_id, asked, limit=_MOST_ORDERS + 1)
        except OrderError as error:
            return Reply(
                bubbles=[error.detail, "다시 적어 주시거나 최근 주문에서 골라 주세요."], choices=[HISTORY, PERSON]
            )
        narrowed = order_query.tell(asked, today=self.shop.today())
        if narrowed is None or (not found and asked.first_day is None and asked.least_krw is None):
            return await self._show_recent(customer_id)
        if not found:
            return Reply(
                bubbles=[f"{narrowed} 주문은 찾지 못했어요.", "다른 날이나 상품으로도 찾아봐 드릴 수 있어요."],
                choices=[Choice("최근 주문 보기", "order_history"), PERSON],
            )
        shown = found[:_MOST_ORDERS]
        count = f"최근 {len(shown)}건" if len(found) > _MOST_ORDERS else f"{len(shown)}건"
        return Reply(
            bubbles=[f"{narrowed} 주문 {count}이에요."],
            cards=[card(order) for order in shown],
            choices=[DELIVERY, Choice("최근 주문 보기", "order_history"), PERSON],
        )

    async def _show_recent(self, customer_id: str) -> Reply:
        orders = await self.shop.orders.list_orders(customer_id, limit=_MOST_ORDERS + 1)
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
    order = await shop.orders.find_order(customer_id, order_id)
    if order is None:
        return phrases.no_such_order()
    about_it = Choice("이 주문 배송 조회", "delivery_status", {"order_id": order.order_id})
    return Reply(
        bubbles=["말씀하신 주문이에요."],
        cards=[detail_card(order)],
        choices=[about_it, PERSON],
        slots={"order_id": order.order_id},
    )
