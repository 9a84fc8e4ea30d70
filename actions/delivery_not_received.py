"""A parcel that did not come: where it is while it is still on its way, where it was left once it was delivered."""

from __future__ import annotations

from typing import ClassVar

from actions import delivery_text, handing_over, which_order
from actions.base import Turn
from actions.cases import ActionCase, load_cases
from actions.delivery import ActionDeliveryStatus
from actions.phrases import PERSON
from actions.reply import Reply
from actions.which_order import Wanted
from backoffice.delivery.policy import Outcome

TOPIC = "delivery_not_received"


class ActionNotReceived(ActionCase):
    """Tells what is recorded of the parcel before where to look for it; then a person asks the courier."""

    action_name: ClassVar[str] = "action_not_received"

    async def answer(self, turn: Turn) -> Reply:
        """Return the delivery while it is under way, else where it was left and the question whether it is there.

        Who was asked that and still speaks of the parcel goes on to a person.
        """
        case = load_cases()[TOPIC]
        wanted = Wanted(
            topic=TOPIC, what=case.what, ask=case.ask, none=case.none, fits=lambda order: order.status in case.fits
        )
        found = await which_order.find(self.shop, turn, wanted)
        if isinstance(found, Reply):
            return found
        assert turn.customer_id is not None, "an order was found for somebody"
        if turn.asks("solved", TOPIC) and found.order_id == turn.known_order_id:
            reply = Reply(bubbles=["찾아보셨는데도 없으셨군요. 죄송해요."], slots={"last_topic": TOPIC})
            return handing_over.connect(reply, turn, self.shop.skills.find(TOPIC), detail=found.order_id)
        delivery = await self.shop.deliveries.find(turn.customer_id, found.order_id)
        if delivery is not None and delivery.assessment.outcome is Outcome.UNDER_WAY:
            reply = await ActionDeliveryStatus(self.shop).tell_one(turn, turn.customer_id, found.order_id)
            if PERSON not in reply.choices:
                reply.choices.append(PERSON)
        else:
            reply = await self.about(turn, case, found)
            told = delivery_text.left(delivery, today=self.shop.today()) if delivery is not None else []
            reply.bubbles[1:1] = told
        reply.slots |= {"last_topic": TOPIC, "order_id": found.order_id}
        return reply
