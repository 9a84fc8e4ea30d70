"""Making up for a delay or a fault: what the shop's table says for this order, offered, given after a yes, or passed on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from actions import compensation_text as text
from actions import handing_over, phrases
from actions.base import ShopAction, Turn
from actions.question import Question
from actions.reply import Reply
from actions.wording import names_product
from backoffice.compensation.rules import load_compensation
from backoffice.compensation.service import Cause, Claim, Decision, count_late_days, decide_and_grant, keep, preview
from backoffice.compensation.tables import Outcome
from backoffice.delivery.service import Delivery

TOPIC = "compensation_request"
_ORDERS_LOOKED_AT = 5
_PREVIEWED = 3


@dataclass(frozen=True)
class Candidate:
    """An order that may be made up for, and by how many business days it was late."""

    delivery: Delivery
    late_days: int

    @property
    def order_id(self) -> str:
        """The order's number."""
        return self.delivery.order.order_id


class ActionCompensation(ShopAction):
    """Offers what the table gives for the customer's order; nothing is given before they say yes."""

    action_name: ClassVar[str] = "action_compensation"

    async def answer(self, turn: Turn) -> Reply:
        """Return the offer, the refusal with its reason, or the handoff; the table alone to somebody unknown."""
        reply = await self._answer(turn)
        reply.slots.setdefault("last_topic", TOPIC)
        return reply

    async def _answer(self, turn: Turn) -> Reply:
        rules = load_compensation()
        if turn.customer_id is None:
            return text.tell_anybody()
        found = await self._find(turn, turn.customer_id)
        if isinstance(found, Reply):
            return found
        if not self.shop.keeps_orders:
            topic, about = self.shop.skills.find(TOPIC), replace(turn, intent=TOPIC)
            return handing_over.connect(Reply(), about, topic, detail=found[0].order_id)
        cause = text.read_cause(turn.text) or Cause.LATE
        if cause is Cause.LATE:
            return await self._answer_late(turn, turn.customer_id, found)
        claim = Claim(customer_id=turn.customer_id, order_id=found[0].order_id, cause=cause)
        decision = await preview(self.shop.engine, claim, delivery=found[0].delivery, now=self.shop.clock.now())
        return await self._tell(turn, decision, found[0], rules.rows[cause.value].say)

    async def accept(self, turn: Turn) -> Reply:
        """Return what was given after a yes to the offer; what stands now, where something has changed since."""
        if turn.customer_id is None or turn.known_order_id is None:
            return await self.answer(turn)
        now = self.shop.clock.now()
        delivery = await self.shop.deliveries.find(turn.customer_id, turn.known_order_id)
        if delivery is None:
            return phrases.no_such_order()
        claim = Claim(customer_id=turn.customer_id, order_id=turn.known_order_id, cause=Cause.LATE)
        decision = await decide_and_grant(self.shop.engine, claim, now=now, delivery=delivery)
        if decision.outcome is Outcome.GRANTED:
            reply = text.tell_given(decision, today=self.shop.today())
        else:
            reply = self._tell_decided(turn, decision, Candidate(delivery, count_late(delivery, self)))
        reply.slots |= {"last_topic": TOPIC, "order_id": delivery.order.order_id}
        return reply

    async def explain(self, turn: Turn) -> Reply:
        """Return the rule behind the last answer in one sentence, the same one each time."""
        found = await self._find(turn, turn.customer_id or "")
        if isinstance(found, Reply):
            return found
        claim = Claim(customer_id=turn.customer_id or "", order_id=found[0].order_id, cause=Cause.LATE)
        decision = await preview(self.shop.engine, claim, delivery=found[0].delivery, now=self.shop.clock.now())
        reply = text.explain(decision, found[0].delivery, late_days=found[0].late_days, today=self.shop.today())
        reply.slots["last_topic"] = TOPIC
        if decision.outcome is Outcome.GRANTED and not decision.is_repeat:
            return text.offer(reply, decision)
        return reply.ask(Question("person", TOPIC), text.ASK_PERSON)

    async def _find(self, turn: Turn, customer_id: str) -> list[Candidate] | Reply:
        """Return the order that is meant, or the late ones first; the reply where there is none at all."""
        if turn.order_id is not None:
            named = await self.shop.deliveries.find(customer_id, turn.order_id)
            return phrases.no_such_order() if named is None else [Candidate(named, count_late(named, self))]
        listed = await self.shop.deliveries.list_concerned(customer_id, limit=_ORDERS_LOOKED_AT)
        found = [Candidate(delivery, count_late(delivery, self)) for delivery in listed]
        found = [one for one in found if one.order_id != turn.excluded_order_id]
        if not found:
            return phrases.no_orders()
        if not turn.is_pressed and (said := [one for one in found if names_product(turn.text, one.delivery.order)]):
            return said[:1]
        known = [one for one in found if one.order_id == turn.known_order_id]
        return known or sorted(found, key=lambda one: -one.late_days)

    async def _answer_late(self, turn: Turn, customer_id: str, found: Sequence[Candidate]) -> Reply:
        """Answer for the latest order that has not been made up for yet, else for the first."""
        late = [one for one in found if one.late_days > 0][:_PREVIEWED] or list(found[:1])
        first: tuple[Decision, Candidate] | None = None
        for one in late:
            claim = Claim(customer_id=customer_id, order_id=one.order_id, cause=Cause.LATE)
            decision = await preview(self.shop.engine, claim, delivery=one.delivery, now=self.shop.clock.now())
            first = first or (decision, one)
            if not decision.is_repeat:
                return await self._tell(turn, decision, one)
        assert first is not None, "there is an order"
        return await self._tell(turn, *first)

    async def _tell(self, turn: Turn, decision: Decision, one: Candidate, rule: str | None = None) -> Reply:
        """Offer what would be granted; keep and tell what would not."""
        if decision.outcome is Outcome.GRANTED and not decision.is_repeat:
            reply = text.begin(one.delivery, late_days=one.late_days, today=self.shop.today())
            reply.say(decision.sentence)
            reply.slots["order_id"] = one.order_id
            return text.offer(reply, decision)
        if not decision.is_repeat:
            await keep(self.shop.engine, decision)
        return self._tell_decided(turn, decision, one, rule)

    def _tell_decided(self, turn: Turn, decision: Decision, one: Candidate, rule: str | None = None) -> Reply:
        if decision.outcome is Outcome.GRANTED:
            reply = text.tell_repeated(decision, one.delivery, today=self.shop.today())
        else:
            reply = text.begin(one.delivery, late_days=one.late_days, today=self.shop.today())
            reply.say(*([rule] if rule else []), decision.sentence)
        reply.slots["order_id"] = one.order_id
        if decision.outcome is not Outcome.REFERRED:
            return text.refuse(reply, decision)
        topic = self.shop.skills.find(TOPIC)
        return handing_over.connect(
            reply, replace(turn, intent=TOPIC), topic, detail=text.detail(decision, one.late_days)
        )


def count_late(delivery: Delivery, action: ShopAction) -> int:
    """Return the business days that a delivery was late, 0 where it was not or nothing was promised."""
    today, rules = action.shop.today(), action.shop.deliveries.rules
    return count_late_days(delivery, today=today, rules=rules) or 0
