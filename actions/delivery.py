"""Where is my parcel and when does it come: answered at once for one order, asked back for several."""

from __future__ import annotations

from datetime import date

from actions import delivery_text, orders, phrases
from actions.base import ShopAction, Turn
from actions.phrases import HISTORY, PERSON
from actions.reply import Choice, Reply
from backoffice.delivery.policy import Outcome
from backoffice.delivery.service import Delivery
from backoffice.orders.tables import OrderStatus
from kernel.clock import KST

_MOST_CHOICES = 5
TOPIC = "delivery_status"


class ActionDeliveryStatus(ShopAction):
    """Tells the delivery of the order the message names, of the only one under way, or asks which."""

    action_name = "action_delivery_status"

    async def answer(self, turn: Turn) -> Reply:
        """Return the delivery, a choice of deliveries, or why there is none to tell."""
        if turn.customer_id is None:
            reply = phrases.ask_to_log_in("배송 상황")
        elif turn.order_id is not None:
            reply = await self.tell_one(turn, turn.customer_id, turn.order_id)
        else:
            reply = await self._find_and_tell(turn, turn.customer_id)
        reply.slots["last_topic"] = TOPIC
        return reply

    async def tell_one(self, turn: Turn, customer_id: str, order_id: str) -> Reply:
        """Return the delivery of one order, or the one answer for every number that is not the customer's."""
        delivery = await self.shop.deliveries.find(customer_id, order_id)
        if delivery is None:
            return phrases.no_such_order()
        reply = await self._tell(turn, customer_id, delivery)
        reply.slots["order_id"] = delivery.order.order_id
        return reply

    async def _find_and_tell(self, turn: Turn, customer_id: str) -> Reply:
        under_way = await self.shop.deliveries.list_open(customer_id, limit=_MOST_CHOICES + 1)
        if len(under_way) == 1:
            reply = await self._tell(turn, customer_id, under_way[0])
            reply.slots["order_id"] = under_way[0].order.order_id
            return reply
        if under_way:
            return self._ask_which(list(under_way))
        latest = await self.shop.deliveries.find_latest(customer_id)
        if latest is None:
            return phrases.no_orders()
        told = await self._tell(turn, customer_id, latest)
        told.bubbles.insert(0, "지금 배송 중인 주문은 없어요. 가장 최근 주문을 알려 드릴게요.")
        return told

    async def _tell(self, turn: Turn, customer_id: str, delivery: Delivery) -> Reply:
        is_complaint = turn.intent == "delivery_delay"
        told = self._text(delivery, is_complaint=is_complaint)
        into = delivery.order.merged_into
        if delivery.assessment.outcome is not Outcome.MERGED or into is None:
            return told
        parcel = await self.shop.deliveries.find(customer_id, into)
        if parcel is None or parcel.order.status is OrderStatus.MERGED:
            return told
        followed = self._text(parcel, is_complaint=is_complaint)
        followed.bubbles[:0] = told.bubbles
        return followed

    def _text(self, delivery: Delivery, *, is_complaint: bool) -> Reply:
        stage = self.shop.deliveries.rules.stages.get(delivery.assessment.stage or "")
        return delivery_text.tell(delivery, stage=stage, today=self._today(), is_complaint=is_complaint)

    def _ask_which(self, under_way: list[Delivery]) -> Reply:
        shown = [delivery.order for delivery in under_way[:_MOST_CHOICES]]
        if len(under_way) > _MOST_CHOICES:
            text = f"배송 중인 주문이 많아 최근 {_MOST_CHOICES}건만 보여 드려요. 다른 주문은 주문번호를 적어 주세요."
        else:
            text = f"배송 중인 주문이 {len(shown)}건 있어요. 어느 주문을 알려 드릴까요?"
        choices: list[Choice] = phrases.order_choices(shown, today=self._today())
        return Reply(bubbles=[text], choices=choices)

    def _today(self) -> date:
        return self.shop.clock.now().astimezone(KST).date()


class ActionSelectOrder(ActionDeliveryStatus):
    """Goes on with the topic in hand for the order whose button was pressed or whose number was typed."""

    action_name = "action_select_order"

    async def answer(self, turn: Turn) -> Reply:
        """Return the chosen order's delivery, or its card when past orders were the topic; else a kind question for the number."""
        if turn.customer_id is not None and turn.order_id is None:
            return Reply(
                bubbles=["어느 주문인지 알 수 없었어요. 주문번호를 적어 주시거나 지난 주문에서 골라 주세요."],
                choices=[HISTORY, PERSON],
            )
        if turn.customer_id is not None and turn.order_id is not None and turn.last_topic == orders.TOPIC:
            return await orders.show_order(self.shop, turn.customer_id, turn.order_id)
        return await super().answer(turn)
