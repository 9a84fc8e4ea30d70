"""Which action answers which intent: the rules' table in `data/rules`, as the action server needs it to go back to a topic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from actions.base import Shop, ShopAction, Turn
from actions.benefits import ActionBenefitsBalance, ActionCouponTerms
from actions.blocks import ActionBlockStatus, ActionUnblock
from actions.cases import ActionCase, load_cases
from actions.codes import about
from actions.compensation import ActionCompensation
from actions.delivery import ActionDeliveryStatus
from actions.delivery_change import ActionDeliveryChange
from actions.delivery_not_received import ActionNotReceived
from actions.facts import ActionFacts, load_facts
from actions.missing_item import ActionMissingItem
from actions.order_cancel import ActionOrderCancel
from actions.order_change import ActionOrderChange
from actions.order_detail import ActionOrderCompare, ActionOrderDetail
from actions.order_return import ActionReturn
from actions.orders import ActionOrderHistory
from actions.privacy import (
    ActionConsentWithdraw,
    ActionNotificationSettings,
    ActionPrivacyRequest,
    ActionTermsQuestion,
)
from actions.refunds import ActionReceipt, ActionRefundStatus
from actions.reply import Reply
from actions.verification import (
    ActionVerificationAdvice,
    ActionVerificationAlternatives,
    ActionVerificationHistory,
)

TOPICS: Mapping[str, type[ShopAction]] = {
    "verify_sms_not_received": ActionVerificationAdvice,
    "verify_pass_app": ActionVerificationAdvice,
    "verify_browser": ActionVerificationAdvice,
    "verify_info_mismatch": ActionVerificationAdvice,
    "verify_network_error": ActionVerificationAdvice,
    "verify_failed_reason": ActionVerificationHistory,
    "verify_alternatives": ActionVerificationAlternatives,
    "block_status": ActionBlockStatus,
    "unblock_request": ActionUnblock,
    "delivery_status": ActionDeliveryStatus,
    "delivery_delay": ActionDeliveryStatus,
    "order_history": ActionOrderHistory,
    "order_detail": ActionOrderDetail,
    "order_compare": ActionOrderCompare,
    "refund_status": ActionRefundStatus,
    "receipt_request": ActionReceipt,
    "benefits_balance": ActionBenefitsBalance,
    "coupon_terms": ActionCouponTerms,
    "compensation_request": ActionCompensation,
    **dict.fromkeys(load_cases(), ActionCase),
    "missing_item": ActionMissingItem,
    "order_cancel": ActionOrderCancel,
    "order_change": ActionOrderChange,
    "return_exchange": ActionReturn,
    "delivery_change": ActionDeliveryChange,
    "delivery_not_received": ActionNotReceived,
    **dict.fromkeys(load_facts(), ActionFacts),
    "privacy_request": ActionPrivacyRequest,
    "consent_withdraw": ActionConsentWithdraw,
    "notification_settings": ActionNotificationSettings,
    "terms_question": ActionTermsQuestion,
}
# Topics about one order, which can be another one.
ABOUT_AN_ORDER = frozenset(
    {*load_cases(), "delivery_status", "delivery_delay", "order_detail", "receipt_request", "compensation_request"}
)


async def answer_topic(shop: Shop, turn: Turn, topic: str) -> Reply | None:
    """Return the answer to `turn` as if it had asked about `topic`; None where no action answers that."""
    kind = TOPICS.get(topic)
    return about(await kind(shop).answer(replace(turn, intent=topic)), topic) if kind else None
