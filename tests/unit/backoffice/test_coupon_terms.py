"""Why a coupon does not count for a basket: one sentence for each rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.benefits.policy import Coupon
from backoffice.benefits.terms import Basket, BasketItem, check_coupon, load_terms

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
TERMS = load_terms()
COUPON = Coupon(coupon_id="k1", name="겨울 쿠폰", rate_percent=10.0, stackable=False, minimum_krw=30_000)
CUP = BasketItem(product="텀블러", quantity=2, price_krw=24_000)
CHEAP = BasketItem(product="양말", price_krw=40_000, is_lowest_price=True)
OTHER = Coupon(coupon_id="k2", name="가을 쿠폰", amount_krw=1_000, stackable=True)


@pytest.mark.parametrize(
    ("coupon", "items", "chosen", "rule", "sentence"),
    [
        (
            replace(COUPON, used_at=NOW),
            [CUP],
            [],
            "used",
            "‘겨울 쿠폰’은 이미 쓰신 쿠폰이에요.",
        ),
        (
            replace(COUPON, expires_at=NOW),
            [CUP],
            [],
            "expired",
            "‘겨울 쿠폰’은 11월 24일(화)에 기간이 끝났어요.",
        ),
        (
            COUPON,
            [CUP],
            [COUPON, OTHER],
            "not_stackable",
            "‘겨울 쿠폰’은 다른 쿠폰과 함께 쓸 수 없어요. 다른 쿠폰을 빼 주세요.",
        ),
        (
            replace(COUPON, stackable=True),
            [CUP],
            [COUPON, OTHER],
            "one_per_order",
            "쿠폰은 한 주문에 한 장만 쓸 수 있어요. 한 장만 남기고 빼 주세요.",
        ),
        (
            replace(COUPON, excluded_products=("텀블러",)),
            [CUP],
            [],
            "excluded_products",
            "‘겨울 쿠폰’은 텀블러에는 쓸 수 없어요.",
        ),
        (
            COUPON,
            [CHEAP],
            [],
            "lowest_price",
            "최저가 상품에는 쿠폰을 쓸 수 없어요. 장바구니에는 양말만 있어요.",
        ),
        (
            COUPON,
            [replace(CUP, quantity=1)],
            [],
            "minimum",
            "‘겨울 쿠폰’은 30,000원 이상일 때 쓸 수 있어요. 6,000원만 더 담아 주세요.",
        ),
    ],
)
def test_each_rule_has_its_sentence(
    coupon: Coupon, items: list[BasketItem], chosen: list[Coupon], rule: str, sentence: str
) -> None:
    check = check_coupon(coupon, Basket(items=items), chosen, now=NOW, terms=TERMS)
    assert [(obstacle.rule, obstacle.sentence) for obstacle in check.obstacles] == [(rule, sentence)]
    assert check.discount_krw == 0


def test_all_obstacles_are_told_at_once() -> None:
    check = check_coupon(COUPON, Basket(items=[replace(CUP, quantity=1)]), [COUPON, OTHER], now=NOW, terms=TERMS)
    assert [obstacle.rule for obstacle in check.obstacles] == ["not_stackable", "minimum"]


def test_lowest_price_items_and_excluded_products_count_for_nothing_but_keep_nothing_else_out() -> None:
    excluding = replace(COUPON, excluded_products=("모자",))
    hat = BasketItem(product="모자", price_krw=90_000)
    check = check_coupon(excluding, Basket(items=[CUP, CHEAP, hat]), [excluding], now=NOW, terms=TERMS)
    assert (check.obstacles, check.discount_krw) == ((), 4_800)


def test_a_coupon_that_says_so_counts_for_lowest_price_items() -> None:
    check = check_coupon(replace(COUPON, excludes_lowest_price=False), Basket(items=[CHEAP]), [], now=NOW, terms=TERMS)
    assert check.discount_krw == 4_000


amounts = st.integers(0, 200_000)
items = st.builds(
    BasketItem,
    product=st.sampled_from(["텀블러", "양말", "모자"]),
    quantity=st.integers(1, 5),
    price_krw=amounts,
    is_lowest_price=st.booleans(),
)
coupons = st.builds(
    Coupon,
    coupon_id=st.just("k"),
    name=st.none() | st.just("쿠폰"),
    rate_percent=st.none() | st.integers(0, 10_000).map(lambda hundredths: hundredths / 100),
    amount_krw=st.none() | amounts,
    expires_at=st.none() | st.integers(-9, 9).map(lambda days: NOW + timedelta(days=days)),
    stackable=st.none() | st.booleans(),
    used_at=st.none() | st.just(NOW),
    minimum_krw=st.none() | amounts,
    excluded_products=st.lists(st.sampled_from(["텀블러", "모자"]), max_size=2).map(tuple),
    excludes_lowest_price=st.none() | st.booleans(),
)


@given(coupon=coupons, held=st.lists(items, max_size=4))
def test_a_coupon_never_takes_off_more_than_the_basket_costs(coupon: Coupon, held: list[BasketItem]) -> None:
    check = check_coupon(coupon, Basket(items=held), [coupon], now=NOW, terms=TERMS)
    assert 0 <= check.discount_krw <= sum(item.price_krw * item.quantity for item in held)
    assert not (check.obstacles and check.discount_krw)
    assert all(obstacle.sentence.endswith("요.") for obstacle in check.obstacles)
