"""Making up for a delay or a fault: what the shop's table says for this order, then a person who decides."""

from __future__ import annotations

from typing import ClassVar

from actions import handing_over, phrases
from actions.base import ShopAction, Turn
from actions.phrases import near_date
from actions.reply import Reply
from backoffice.benefits.service import read_benefits
from backoffice.compensation.policy import CompensationRules, find_late_row, is_second_delay, load_compensation
from backoffice.customers.service import find_grade
from backoffice.customers.tables import Grade
from backoffice.delivery.policy import Outcome, count_business_days
from backoffice.delivery.service import Delivery
from kernel import korean
from kernel.clock import KST

_OPEN_LOOKED_AT = 5


class ActionCompensation(ShopAction):
    """Apologises, tells what is usual in such a case, and hands over; it grants nothing itself."""

    action_name: ClassVar[str] = "action_compensation"

    async def answer(self, turn: Turn) -> Reply:
        """Return the facts of the case and the handoff; the table alone to somebody unknown."""
        rules = load_compensation()
        reply = Reply(bubbles=["불편을 드려 정말 죄송해요."], slots={"last_topic": turn.intent})
        if turn.customer_id is None:
            reply.say("배송이 늦거나 상품이 잘못 온 경우에는 정해진 기준에 따라 보상해 드려요.")
            reply.say(*phrases.ask_to_log_in("주문").bubbles)
            reply.choices.append(phrases.PERSON)
            return reply
        found = await self._find_late(turn, turn.customer_id)
        if found is not None:
            await self._tell(reply, turn.customer_id, found, rules)
        else:
            reply.say("보상은 늦은 날수나 빠진 상품 같은 사실을 확인해 기준대로 드려요.")
        reply.say(rules.terms[0])
        return handing_over.connect(reply, turn, self.shop.skills.find(turn.intent), detail=_detail(found))

    async def _find_late(self, turn: Turn, customer_id: str) -> tuple[Delivery, int] | None:
        """Return the delivery that is or was late, and by how many business days."""
        deliveries, rules = self.shop.deliveries, self.shop.deliveries.rules
        named = turn.order_id or turn.known_order_id
        listed = [await deliveries.find(customer_id, named)] if named else []
        if not listed or listed[0] is None:
            listed = list(await deliveries.list_open(customer_id, limit=_OPEN_LOOKED_AT)) or [
                await deliveries.find_latest(customer_id)
            ]
        late: list[tuple[Delivery, int]] = []
        for delivery in listed:
            if delivery is None:
                continue
            days, came = delivery.assessment.late_business_days, delivery.facts.delivered_at
            if delivery.assessment.outcome is Outcome.DELIVERED and came and delivery.facts.promised_on:
                came_on = came.astimezone(KST).date()
                days = (
                    count_business_days(delivery.facts.promised_on, came_on, rules)
                    if came_on > delivery.facts.promised_on
                    else 0
                )
            late += [(delivery, days)] if days > 0 else []
        return max(late, key=lambda pair: pair[1], default=None)

    async def _tell(
        self, reply: Reply, customer_id: str, found: tuple[Delivery, int], rules: CompensationRules
    ) -> None:
        delivery, days = found
        promised = delivery.facts.promised_on
        assert promised is not None, "late means that something was promised"
        name = korean.josa(delivery.order.name, "은/는")
        reply.say(f"{name} 약속드린 {near_date(promised, self.shop.today())}보다 {days}영업일 늦은 것으로 확인돼요.")
        given = (await read_benefits(self.shop.engine, customer_id, self.shop.clock)).grants
        if any(grant.order_id == delivery.order.order_id for grant in given):
            reply.say("이 주문에는 이미 보상을 드렸어요. 더 도와드릴 수 있는지 상담원이 살펴볼게요.")
            return
        late_at = [grant.at for grant in given if grant.cause == "late"]
        row = find_late_row(
            days,
            is_vip=await find_grade(self.shop.engine, customer_id) is Grade.VIP,
            is_second=is_second_delay(late_at, now=self.shop.clock.now(), rules=rules),
            rules=rules,
        )
        if row is not None:
            reply.say(f"이런 경우에는 보통 {korean.josa(row.grant, '을/를')} 드려요. 상담원이 확인하고 정해 드릴게요.")
        reply.slots["order_id"] = delivery.order.order_id


def _detail(found: tuple[Delivery, int] | None) -> str | None:
    return f"{found[0].order.order_id} {found[1]}영업일 지연" if found else None
