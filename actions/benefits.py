"""Points and coupons: what the customer holds, what ends soon, what was given before, why a coupon does not apply."""

from __future__ import annotations

from typing import ClassVar

from actions import benefits_text, phrases
from actions.base import ShopAction, Turn
from actions.phrases import PERSON
from actions.reply import Reply
from backoffice.benefits.service import read_benefits, read_benefits_and_basket
from backoffice.benefits.terms import check_coupon, load_terms


class ActionBenefitsBalance(ShopAction):
    """Tells the balance of points, the coupons and earlier amends."""

    action_name: ClassVar[str] = "action_benefits_balance"

    async def answer(self, turn: Turn) -> Reply:
        """Return what the customer holds, or the wish to log in."""
        if turn.customer_id is None:
            reply = self._tell_anybody(turn)
        else:
            reply = await self._tell(turn.customer_id)
        reply.slots["last_topic"] = turn.intent
        return reply

    def _tell_anybody(self, turn: Turn) -> Reply:
        return phrases.ask_to_log_in("적립금과 쿠폰")

    async def _tell(self, customer_id: str) -> Reply:
        held = await read_benefits(self.shop.engine, customer_id, self.shop.clock)
        return benefits_text.balance(held, now=self.shop.clock.now(), today=self.shop.today())


class ActionCouponTerms(ActionBenefitsBalance):
    """Explains why a coupon does not apply: to what is in the basket, else by the coupons the customer holds."""

    action_name: ClassVar[str] = "action_coupon_terms"

    def _tell_anybody(self, turn: Turn) -> Reply:
        reply = Reply(bubbles=list(benefits_text.TERMS), choices=[PERSON])
        reply.tips.append("로그인하시면 가지고 계신 쿠폰의 조건을 바로 보여 드려요.")
        return reply

    async def _tell(self, customer_id: str) -> Reply:
        held, basket = await read_benefits_and_basket(self.shop.engine, customer_id, self.shop.clock)
        now, today = self.shop.clock.now(), self.shop.today()
        if basket is None or not basket.items or not held.coupons:
            return benefits_text.terms(held, now=now, today=today)
        chosen = [coupon for coupon in held.coupons if coupon.coupon_id in basket.coupon_ids]
        asked = chosen or held.usable[:1] or held.coupons[:1]
        checks = [check_coupon(one, basket, chosen, now=now, terms=load_terms()) for one in asked]
        return benefits_text.terms_for_basket(checks, held, today=today)
