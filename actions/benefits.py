"""Points and coupons: what the customer holds, what ends soon, what was given before, why a coupon does not apply."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from actions import benefits_text, phrases
from actions.base import ShopAction, Turn
from actions.phrases import PERSON
from actions.reply import Reply
from backoffice.benefits.policy import Benefits
from backoffice.benefits.service import read_benefits


class ActionBenefitsBalance(ShopAction):
    """Tells the balance of points, the coupons and earlier amends."""

    action_name: ClassVar[str] = "action_benefits_balance"

    async def answer(self, turn: Turn) -> Reply:
        """Return what the customer holds, or the wish to log in."""
        if turn.customer_id is None:
            reply = self._tell_anybody(turn)
        else:
            held = await read_benefits(self.shop.engine, turn.customer_id, self.shop.clock)
            reply = self._tell(turn, held, self.shop.clock.now())
        reply.slots["last_topic"] = turn.intent
        return reply

    def _tell_anybody(self, turn: Turn) -> Reply:
        return phrases.ask_to_log_in("적립금과 쿠폰")

    def _tell(self, turn: Turn, held: Benefits, now: datetime) -> Reply:
        return benefits_text.balance(held, now=now, today=self.shop.today())


class ActionCouponTerms(ActionBenefitsBalance):
    """Explains why a coupon does not apply, by the coupons the customer holds."""

    action_name: ClassVar[str] = "action_coupon_terms"

    def _tell_anybody(self, turn: Turn) -> Reply:
        reply = Reply(bubbles=list(benefits_text.TERMS), choices=[PERSON])
        reply.tips.append("로그인하시면 가지고 계신 쿠폰의 조건을 바로 보여 드려요.")
        return reply

    def _tell(self, turn: Turn, held: Benefits, now: datetime) -> Reply:
        return benefits_text.terms(held, now=now, today=self.shop.today())
