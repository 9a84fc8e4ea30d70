"""One order in detail, and two orders side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from actions import phrases, which_order
from actions.base import ShopAction, Turn
from actions.orders_text import card, change_rows, detail_card
from actions.phrases import DELIVERY, HISTORY, PERSON
from actions.reply import Choice, Reply
from actions.which_order import Wanted
from backoffice.orders.comparison import compare, pair_items
from backoffice.orders.history import list_events
from backoffice.orders.model import Order
from backoffice.orders.story import has_story, tell_story
from kernel import korean

_LOOKED_AT = 30


class ActionOrderDetail(ShopAction):
    """Shows the contents, amounts and payment of one order."""

    action_name: ClassVar[str] = "action_order_detail"

    async def answer(self, turn: Turn) -> Reply:
        """Return the order's card, or the question which order."""
        wanted = Wanted(
            topic=turn.intent,
            what="주문 내용",
            ask="어느 주문을 자세히 볼까요?",
            none="보여 드릴 주문이 없어요.",
            fits=lambda order: True,
        )
        found = await which_order.find(self.shop, turn, wanted)
        if isinstance(found, Reply):
            return found
        events = await list_events(self.shop.engine, turn.customer_id or "", found.order_id)
        shown = detail_card(found)
        shown = replace(shown, rows=[*shown.rows, *change_rows(events)])
        reply = Reply(bubbles=[f"{korean.josa(found.name, '을/를')} 담은 주문이에요."], cards=[shown])
        if has_story(found, events):
            reply.say(*tell_story(found, events, today=self.shop.today()))
        reply.choices += [
            Choice("이 주문 배송 조회", "delivery_status", {"order_id": found.order_id}),
            Choice("다른 주문 보기", "order_history"),
            PERSON,
        ]
        reply.slots |= {"last_topic": turn.intent, "order_id": found.order_id}
        return reply


class ActionOrderCompare(ShopAction):
    """Compares an order with an earlier one of the same product: the same item, and why the price differs."""

    action_name: ClassVar[str] = "action_order_compare"

    async def answer(self, turn: Turn) -> Reply:
        """Return the comparison of two orders; of the two newest where nothing else is meant."""
        if turn.customer_id is None:
            reply = phrases.ask_to_log_in("주문 내역")
        else:
            reply = await self._compare(turn, turn.customer_id)
        reply.slots["last_topic"] = turn.intent
        return reply

    async def _compare(self, turn: Turn, customer_id: str) -> Reply:
        orders = list(await self.shop.orders.list_orders(customer_id, limit=_LOOKED_AT))
        if len(orders) < 2:
            return phrases.no_orders() if not orders else _only_one(orders[0])
        later = next((order for order in orders if order.order_id == turn.known_order_id), None)
        if turn.order_id is not None and later is None:
            later = await self.shop.orders.find_order(customer_id, turn.order_id)
            if later is None:
                return phrases.no_such_order()
        pair = _pair(orders, later)
        if pair is None:
            return _none_alike(orders if later is None else [later, *orders])
        earlier, later = pair
        reply = Reply(bubbles=["같은 상품이 있는 두 주문을 비교해 봤어요."], choices=[HISTORY, PERSON])
        reply.say(*compare(earlier, later))
        reply.cards += [card(earlier), card(later)]
        reply.slots["order_id"] = later.order_id
        return reply


def _pair(orders: list[Order], later: Order | None) -> tuple[Order, Order] | None:
    """Return the newest two orders with a product in common, one of them `later` if given; the earlier one first."""
    for newer in [later] if later is not None else orders:
        for older in orders:
            if older.order_id != newer.order_id and pair_items(older, newer):
                first, second = sorted((older, newer), key=lambda order: order.ordered_at)
                if later is not None or first is older:
                    return first, second
    return None


def _only_one(order: Order) -> Reply:
    return Reply(bubbles=["비교할 다른 주문이 아직 없어요."], cards=[detail_card(order)], choices=[DELIVERY, PERSON])


def _none_alike(orders: list[Order]) -> Reply:
    shown = list({order.order_id: order for order in orders}.values())[:2]
    return Reply(
        bubbles=["이전 주문에 같은 상품은 없었어요. 최근 두 주문을 보여 드릴게요."],
        cards=[detail_card(order) for order in shown],
        choices=[HISTORY, PERSON],
    )
