"""Another address or day, or a note to the driver: asked for once, confirmed, then changed by the shop itself.

Once the parcel is with the courier, the request goes to a person as before (`cases.yml`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from actions import days, handing_over, which_order
from actions import delivery_change_text as words
from actions.base import Turn
from actions.cases import ActionCase, load_cases, take_details
from actions.delivery_wishes import hints_at_address, read_wish
from actions.phrases import PERSON, vary
from actions.question import Question
from actions.reply import Choice, Reply
from actions.which_order import Wanted
from backoffice.delivery.changes import apply_latest, propose
from backoffice.delivery.errors import AddressIncomplete, ChangeTooLate, ChangeUnknown, DayNotPossible, OrderUnknown
from backoffice.delivery.wishes import CHANGEABLE, Wish
from backoffice.orders.model import Order

TOPIC = "delivery_change"
_YES = Choice("네, 바꿔 주세요", "affirm")
_NO = Choice("아니요", "deny")


class ActionDeliveryChange(ActionCase):
    """Changes a delivery that has not left; asks for what is missing, and before it changes anything."""

    action_name: ClassVar[str] = "action_delivery_change"

    async def answer(self, turn: Turn) -> Reply:
        """Return the question that is still open, the confirmation asked for, or the handoff."""
        case = load_cases()[TOPIC]
        wanted = Wanted(
            topic=TOPIC, what=case.what, ask=case.ask, none=case.none, fits=lambda order: order.status in case.fits
        )
        found = await which_order.find(self.shop, turn, wanted)
        if isinstance(found, Reply):
            return found
        if found.status not in CHANGEABLE or not self.shop.keeps_orders:
            return await super().answer(replace(turn, intent=TOPIC, order_id=found.order_id))
        wish = read_wish(turn, today=self.shop.today())
        if wish is not None:
            reply = await self._propose(turn, found, wish)
        else:
            reply = Reply(bubbles=[vary(turn.turn_id, "case", case.first), words.still_possible(found)])
            reply.choices.append(PERSON)
            reply.ask(Question("details", TOPIC), words.ASK)
        return _about(found, reply)

    def says_what(self, turn: Turn) -> bool:
        """Return whether the message names an address, a day or a note already."""
        return super().says_what(turn) or read_wish(turn, today=self.shop.today()) is not None

    async def hear(self, turn: Turn) -> Reply | None:
        """Return what follows from an answer to the question what to change, or another wish instead of a yes.

        None where the message holds no wish and was not asked for one.
        """
        order = await self._find(turn)
        wish = read_wish(turn, today=self.shop.today())
        impossible = days.find_impossible_day(turn.text)
        if order is not None and wish is None and impossible is not None:
            return _about(order, _ask_for_day(days.tell_impossible(impossible)))
        if order is None or order.status not in CHANGEABLE or not self.shop.keeps_orders:
            return None
        if wish is not None:
            return _about(order, await self._propose(turn, order, wish))
        asked = turn.question
        if asked is not None and asked.kind == "details" and asked.step == 0 and hints_at_address(turn.text):
            return _about(order, _ask_for_whole_address())
        return None

    async def accept(self, turn: Turn) -> Reply:
        """Return that the proposed change was made, or why not, with a person."""
        order = await self._find(turn)
        if order is None or turn.customer_id is None:
            return self._hand_over(Reply(), turn)
        try:
            change = await apply_latest(self.shop.engine, turn.customer_id, order.order_id, now=self.shop.clock.now())
        except (ChangeTooLate, OrderUnknown):
            return self._hand_over(Reply(bubbles=[words.too_late(order)]), turn)
        except (ChangeUnknown, DayNotPossible):
            return _about(order, Reply().ask(Question("details", TOPIC), words.ASK_ANEW))
        return _about(order, Reply(bubbles=words.done(change, today=self.shop.today())))

    async def _propose(self, turn: Turn, order: Order, wish: Wish) -> Reply:
        assert turn.customer_id is not None, "an order was found for somebody"
        now, today = self.shop.clock.now(), self.shop.today()
        try:
            change = await propose(self.shop.engine, turn.customer_id, order.order_id, wish, now=now)
        except AddressIncomplete:
            return _ask_for_whole_address()
        except DayNotPossible as refused:
            return _ask_for_day(words.not_on_that_day(wish.day, refused.nearest, today=today))
        except (ChangeTooLate, OrderUnknown):
            return self._hand_over(Reply(bubbles=[words.too_late(order)]), turn)
        reply = Reply(choices=[_YES, _NO])
        return reply.ask(Question("confirm", TOPIC), *words.confirm(change, order, today=today))

    def _hand_over(self, reply: Reply, turn: Turn) -> Reply:
        return handing_over.connect(reply, turn, self.shop.skills.find(TOPIC), detail=turn.known_order_id)

    async def _find(self, turn: Turn) -> Order | None:
        if turn.customer_id is None or turn.known_order_id is None:
            return None
        return await self.shop.orders.find_order(turn.customer_id, turn.known_order_id)


async def hear(action: ActionDeliveryChange, turn: Turn, *, is_details: bool) -> Reply | None:
    """Return the answer to a message after one of this topic's questions; details nobody can read go to a person."""
    reply = await action.hear(turn)
    if reply is None and is_details:
        reply = take_details(turn, action.shop.skills)
    if reply is not None:
        reply.slots["not_understood_count"] = 0.0
    return reply


def _about(order: Order, reply: Reply) -> Reply:
    reply.slots |= {"last_topic": TOPIC, "order_id": order.order_id}
    return reply


def _ask_for_day(told: str) -> Reply:
    return Reply(bubbles=[told], choices=[PERSON]).ask(Question("details", TOPIC), words.ASK_DAY)


def _ask_for_whole_address() -> Reply:
    return Reply(choices=[PERSON]).ask(Question("details", TOPIC, 1), words.ASK_WHOLE_ADDRESS)
