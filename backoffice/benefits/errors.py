"""What points and coupons refuse.

BenefitError
├── InvalidAmount       not a whole number of won above zero
├── PointsInsufficient  more than the customer has
├── EntryUnknown        no line of the ledger was written under this key
├── CouponUnknown       the customer has no such coupon
└── CouponNotUsable     the coupon's terms or what happened to it do not allow it; `rule` says which
"""

from __future__ import annotations

from backoffice.errors import BackofficeError


class BenefitError(BackofficeError):
    """The root. `detail` is for a person, in Korean."""

    code = "benefit_error"
    detail = "적립금이나 쿠폰을 처리하지 못했어요."


class InvalidAmount(BenefitError):
    """Not a whole number of won above zero."""

    code = "invalid_amount"
    detail = "금액은 1원보다 작거나 너무 클 수 없어요."


class PointsInsufficient(BenefitError):
    """More than the customer has; nothing was taken."""

    code = "points_insufficient"
    detail = "쓸 수 있는 적립금이 모자라요."


class EntryUnknown(BenefitError):
    """No line of the ledger was written under this key."""

    code = "entry_not_found"
    detail = "되돌릴 적립금 내역을 찾지 못했어요."


class CouponUnknown(BenefitError):
    """The customer has no such coupon; another's is as unknown."""

    code = "coupon_not_found"
    detail = "쿠폰을 찾지 못했어요."


class CouponNotUsable(BenefitError):
    """The coupon cannot be used, returned or used again as it stands."""

    code = "coupon_not_usable"

    def __init__(self, rule: str, detail: str) -> None:
        super().__init__(rule)
        self.rule = rule
        self.detail = detail
