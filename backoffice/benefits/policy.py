"""What points and coupons a customer can still use, and which of them end soon. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backoffice.benefits.ledger import Line, find_next_expiry, list_lots

SOON_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class Coupon:
    """One coupon that a customer was given, and what it asks for; None: as the shop's terms say.

    `used_for` is the order it was used for.
    """

    name: str | None
    rate_percent: float | None = None
    amount_krw: int | None = None
    expires_at: datetime | None = None
    stackable: bool | None = None
    used_at: datetime | None = None
    coupon_id: str = ""
    used_for: str | None = None
    minimum_krw: int | None = None
    excluded_products: tuple[str, ...] = ()
    excludes_lowest_price: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Grant:
    """One thing given to make up for something."""

    kind: str | None
    cause: str | None
    at: datetime
    order_id: str | None = None
    amount_krw: int | None = None
    rate_percent: float | None = None


@dataclass(frozen=True, kw_only=True)
class Benefits:
    """Everything a customer holds, as it stands at one moment.

    `usable` is in the order in which it ends; `coupons` are all of them, used and over ones too.
    """

    balance_krw: int
    expiring_krw: int
    first_expiry_at: datetime | None
    usable: tuple[Coupon, ...]
    used_count: int
    expired_count: int
    grants: tuple[Grant, ...]
    coupons: tuple[Coupon, ...] = ()


def judge(ledger: Sequence[Line], coupons: Sequence[Coupon], grants: Sequence[Grant], *, now: datetime) -> Benefits:
    """Return what can be used at `now`.

    The balance is the sum of the ledger without what is over, as the ledger will say itself once that is taken
    back by lines of its own. What ends soon is what is left of the lots that end within `SOON_DAYS`.
    """
    lots = [lot for lot in list_lots(ledger) if lot.left_krw > 0 and not lot.is_over(now)]
    soon = [lot for lot in lots if lot.expires_at and lot.expires_at <= now + timedelta(days=SOON_DAYS)]
    open_coupons = [coupon for coupon in coupons if coupon.used_at is None]
    usable = [coupon for coupon in open_coupons if coupon.expires_at is None or coupon.expires_at > now]
    usable.sort(key=lambda coupon: (coupon.expires_at is None, coupon.expires_at or now))
    return Benefits(
        balance_krw=sum(lot.left_krw for lot in lots),
        expiring_krw=sum(lot.left_krw for lot in soon),
        first_expiry_at=find_next_expiry(soon),
        usable=tuple(usable),
        used_count=len(coupons) - len(open_coupons),
        expired_count=len(open_coupons) - len(usable),
        grants=tuple(grants),
        coupons=tuple(coupons),
    )


def ends_soon(coupon: Coupon, *, now: datetime) -> bool:
    """Return whether a coupon ends within `SOON_DAYS`."""
    return coupon.expires_at is not None and now < coupon.expires_at <= now + timedelta(days=SOON_DAYS)
