"""Whether a coupon counts for a basket, and if not, why: every obstacle with its sentence. Pure but for reading the words once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import yaml

from backoffice.benefits.policy import Coupon
from kernel import korean

_PATH = Path(__file__).with_name("terms.yml")
_RULES = frozenset(
    {"used", "expired", "one_per_order", "not_stackable", "excluded_products", "lowest_price", "minimum"}
)


@dataclass(frozen=True, kw_only=True)
class BasketItem:
    """One line of a basket; `price_krw` is for one piece."""

    product: str
    quantity: int = 1
    price_krw: int = 0
    is_lowest_price: bool = False


@dataclass(frozen=True, kw_only=True)
class Basket:
    """What a customer is about to buy, and the coupons they chose for it."""

    items: Sequence[BasketItem]
    coupon_ids: Sequence[str] = ()


@dataclass(frozen=True)
class Obstacle:
    """A rule that keeps a coupon from counting, and how that is told."""

    rule: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class CouponCheck:
    """What a coupon takes off a basket; with obstacles nothing."""

    coupon: Coupon
    obstacles: Sequence[Obstacle]
    discount_krw: int


@dataclass(frozen=True, kw_only=True)
class Terms:
    """The terms in force: what holds where a coupon says nothing, and a sentence for each rule."""

    version: int
    stackable: bool
    excludes_lowest_price: bool
    minimum_krw: int
    coupons_per_order: int
    rules: Mapping[str, str]

    def tell(self, rule: str, **words: str) -> Obstacle:
        """Return the obstacle that `rule` is."""
        return Obstacle(rule, self.rules[rule].format(**words))


@cache
def load_terms() -> Terms:
    """Return the terms in force. Raises KeyError, TypeError or ValueError when the file does not fit."""
    data = yaml.safe_load(_PATH.read_text(encoding="utf-8"))
    if set(data["rules"]) != _RULES:
        raise ValueError(f"terms.yml: sentences for {sorted(set(data['rules']) ^ _RULES)}")
    return Terms(
        version=data["version"],
        coupons_per_order=data["coupons_per_order"],
        rules=data["rules"],
        **data["defaults"],
    )


def find_lasting_obstacle(coupon: Coupon, *, now: datetime, terms: Terms) -> Obstacle | None:
    """Return why the coupon counts for no basket at all: it was used, or its time is over."""
    name = _topic(coupon)
    if coupon.used_at is not None:
        return terms.tell("used", name=name)
    if coupon.expires_at is not None and coupon.expires_at <= now:
        return terms.tell("expired", name=name, until=korean.date(coupon.expires_at))
    return None


def check_coupon(
    coupon: Coupon, basket: Basket, chosen: Sequence[Coupon], *, now: datetime, terms: Terms
) -> CouponCheck:
    """Return every obstacle between `coupon` and `basket`, in the order of the rules, and what it takes off.

    `chosen` are the coupons chosen for the basket, this one among them or not.
    """
    lasting = find_lasting_obstacle(coupon, now=now, terms=terms)
    if lasting is not None:
        return CouponCheck(coupon=coupon, obstacles=(lasting,), discount_krw=0)
    left = _list_counting(coupon, basket, terms)
    counted_krw = sum(item.price_krw * item.quantity for item in left)
    obstacles = [*_find_company(coupon, chosen, terms), *_find_basket(coupon, basket, left, counted_krw, terms)]
    discount = 0 if obstacles else _discount(coupon, counted_krw)
    return CouponCheck(coupon=coupon, obstacles=tuple(obstacles), discount_krw=discount)


def _find_company(coupon: Coupon, chosen: Sequence[Coupon], terms: Terms) -> list[Obstacle]:
    others = [other for other in chosen if other.coupon_id != coupon.coupon_id]
    if not others:
        return []
    if not all(_is_stackable(one, terms) for one in (coupon, *others)):
        return [terms.tell("not_stackable", name=_topic(coupon))]
    return [terms.tell("one_per_order")] if len(others) >= terms.coupons_per_order else []


def _find_basket(
    coupon: Coupon, basket: Basket, left: Sequence[BasketItem], counted_krw: int, terms: Terms
) -> list[Obstacle]:
    if not left:
        excluded = [item.product for item in basket.items if item.product in coupon.excluded_products]
        if excluded:
            return [terms.tell("excluded_products", name=_topic(coupon), products=", ".join(excluded))]
        cheapest = ", ".join(item.product for item in basket.items)
        return [terms.tell("lowest_price", products=cheapest)] if basket.items else []
    minimum = terms.minimum_krw if coupon.minimum_krw is None else coupon.minimum_krw
    if counted_krw < minimum:
        short = korean.won(minimum - counted_krw)
        return [terms.tell("minimum", name=_topic(coupon), minimum=korean.won(minimum), short=short)]
    return []


def _list_counting(coupon: Coupon, basket: Basket, terms: Terms) -> list[BasketItem]:
    skips_lowest = terms.excludes_lowest_price if coupon.excludes_lowest_price is None else coupon.excludes_lowest_price
    return [
        item
        for item in basket.items
        if item.product not in coupon.excluded_products and not (skips_lowest and item.is_lowest_price)
    ]


def _discount(coupon: Coupon, counted_krw: int) -> int:
    if coupon.rate_percent:
        return counted_krw * round(coupon.rate_percent * 100) // 10_000
    return min(coupon.amount_krw or 0, counted_krw)


def _is_stackable(coupon: Coupon, terms: Terms) -> bool:
    return terms.stackable if coupon.stackable is None else coupon.stackable


def _topic(coupon: Coupon) -> str:
    return korean.josa(f"‘{coupon.name or '쿠폰'}’", "은/는")
