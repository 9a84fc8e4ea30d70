"""Where is my parcel and when does it come: answered at once for one order, asked back for several."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from actions import announcements, delivery_text, orders, phrases
from actions.base import ShopAction, Turn
from actions.phrases import HISTORY, PERSON
from actions.question import Question
from actions.reply import Choice, Reply
from actions.wording import find_place, names_product, wants_another
from backoffice.announcements.tables import Topic
from backoffice.delivery.policy import Outcome
from backoffice.delivery.service import Delivery
from backoffice.orders.tables import OrderStatus

_MOST_CHOICES = 5
TOPIC = "delivery_status"
ANOTHER = Choice("다른 주문 보기", "order_history")


class ActionDeliveryStatus(ShopAction):
    """Tells the delivery of the order the message names, of the only one under way, or asks which."""

    action_name: ClassVar[str] = "action_delivery_status"

    async def answer(self, turn: Turn) -> Reply:
        """Return the delivery, a choice of deliveries, or why there is none to tell."""
        if turn.customer_id is None:
            reply = phrases.ask_to_log_in("배송 상황")
        elif turn.order_id is not None:
            reply = await self.tell_one(turn, turn.customer_id, turn.order_id)
        else:
            reply = await self._find_and_tell(turn, turn.customer_id)
        if turn.last_topic != TOPIC:  # else it was told with the answer before
            await announcements.tell_first(self.shop, reply, Topic.DELIVERY)
        reply.slots.setdefault("last_topic", TOPIC)
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
        listed = await self.shop.deliveries.list_open(customer_id, limit=_MOST_CHOICES + 1)
        under_way = [delivery for delivery in listed if delivery.order.order_id != turn.excluded_order_id]
        meant = _choose(under_way, turn)
        if meant is not None:
            reply = await self._tell(turn, customer_id, meant)
            reply.slots["order_id"] = meant.order.order_id
            if len(under_way) > 1:
                reply.choices.insert(0, ANOTHER)
            return reply
        if under_way:
            return self._ask_which(under_way)
        latest = await self.shop.deliveries.find_latest(customer_id)
        if latest is None:
            return phrases.no_orders()
        told = await self._tell(turn, customer_id, latest)
        told.bubbles.insert(0, "지금 배송 중인 주문은 없어요. 가장 최근 주문을 알려 드릴게요.")
        told.slots["order_id"] = latest.order.order_id
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
        return delivery_text.tell(delivery, stage=stage, today=self.shop.today(), is_complaint=is_complaint)

    def _ask_which(self, under_way: list[Delivery]) -> Reply:
        shown = [delivery.order for delivery in under_way[:_MOST_CHOICES]]
        if len(under_way) > _MOST_CHOICES:
            text = f"배송 중인 주문이 많아 최근 {_MOST_CHOICES}건만 보여 드려요. 다른 주문은 주문번호를 적어 주세요."
        else:
            text = f"배송 중인 주문이 {len(shown)}건 있어요. 어느 주문을 알려 드릴까요?"
        choices: list[Choice] = phrases.order_choices(shown, today=self.shop.today())
        return Reply(choices=choices).ask(Question("order", TOPIC), text)


class ActionSelectOrder(ActionDeliveryStatus):
    """Goes on with the topic in hand for the order whose button was pressed or whose number was typed."""

    action_name: ClassVar[str] = "action_select_order"

    async def answer(self, turn: Turn) -> Reply:
        """Return the topic's answer for the chosen order, the delivery's where none is in hand; else ask for the number."""
        from actions.registry import answer_topic  # which knows this module

        if turn.customer_id is not None and turn.order_id is None:
            return Reply(
                bubbles=["어느 주문인지 알 수 없었어요. 주문번호를 적어 주시거나 지난 주문에서 골라 주세요."],
                choices=[HISTORY, PERSON],
                question=turn.question,
            )
        topic = self._topic_of(turn)
        if turn.customer_id is not None and turn.order_id is not None and topic == orders.TOPIC:
            return await orders.show_order(self.shop, turn.customer_id, turn.order_id)
        if topic == TOPIC:
            return await super().answer(replace(turn, intent=TOPIC))
        return await answer_topic(self.shop, turn, topic) or await super().answer(turn)

    def _topic_of(self, turn: Turn) -> str:
        if turn.question is not None and turn.question.is_open:
            return turn.question.topic
        return turn.last_topic or TOPIC


def _choose(under_way: list[Delivery], turn: Turn) -> Delivery | None:
    """Return the only delivery, the one named by its product, or the one talked about; None where it is not clear."""
    named = [delivery for delivery in under_way if names_product(turn.text, delivery.order)]
    if len(named) == 1:
        return named[0]
    if len(under_way) == 1:
        return under_way[0]
    place = find_place(turn.text) if turn.asks("order") else None
    if place is not None and place < len(under_way[:_MOST_CHOICES]):
        return under_way[place]
    if wants_another(turn.text) or turn.asks("order"):
        return None
    return next((delivery for delivery in under_way if delivery.order.order_id == turn.known_order_id), None)
