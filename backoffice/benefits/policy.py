"""What points and coupons a customer can still use, and which of them end soon. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

SOON_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the points ledger; spending is negative."""

    amount_krw: int
    why: str | None
    at: datetime
    expires_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Coupon:
    """One coupon that a customer was given."""

    name: str | None
    rate_percent: float | None = None
    amount_krw: int | None = None
    expires_at: datetime | None = None
    stackable: bool | None = None
    used_at: datetime | None = None


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
    """Everything a customer holds, as it stands at one moment. `usable` is in the order in which it ends."""

    balance_krw: int
    expiring_krw: int
    first_expiry_at: datetime | None
    usable: tuple[Coupon, ...]
    used_count: int
    expired_count: int
    grants: tuple[Grant, ...]


def judge(ledger: Sequence[Line], coupons: Sequence[Coupon], grants: Sequence[Grant], *, now: datetime) -> Benefits:
    """Return what can be used at `now`.

    The balance is the sum of the ledger, as it is written there: a line that has run out stays until the
    ledger takes it back by a line of its own. Points end soon that were earned with an end within
    `SOON_DAYS`, as far as the balance still holds them.
    """
    balance = max(0, sum(line.amount_krw for line in ledger))
    soon = [
        line
        for line in ledger
        if line.amount_krw > 0 and line.expires_at and now < line.expires_at <= now + timedelta(days=SOON_DAYS)
    ]
    open_coupons = [coupon for coupon in coupons if coupon.used_at is None]
    usable = [coupon for coupon in open_coupons if coupon.expires_at is None or coupon.expires_at > now]
    usable.sort(key=lambda coupon: (coupon.expires_at is None, coupon.expires_at or now))
    return Benefits(
        balance_krw=balance,
        expiring_krw=min(balance, sum(line.amount_krw for line in soon)),
        first_expiry_at=min((line.expires_at for line in soon if line.expires_at), default=None),
        usable=tuple(usable),
        used_count=len(coupons) - len(open_coupons),
        expired_count=len(open_coupons) - len(usable),
        grants=tuple(grants),
    )


def ends_soon(coupon: Coupon, *, now: datetime) -> bool:
    """Return whether a coupon ends within `SOON_DAYS`."""
    return coupon.expires_at is not None and now < coupon.expires_at <= now + timedelta(days=SOON_DAYS)
