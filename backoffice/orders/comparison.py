"""What two orders have in common and why they cost differently. Pure: two orders in, Korean sentences out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from backoffice.orders.model import Order, OrderItem
from kernel import korean


class Cause(StrEnum):
    """What can make two orders of the same thing cost differently."""

    LIST_PRICE = "list_price"
    OPTION = "option"
    QUANTITY = "quantity"
    GOODS = "goods"
    DISCOUNT = "discount"
    POINTS = "points"
    OTHER = "other"


_NAMES = {
    Cause.LIST_PRICE: "정가",
    Cause.OPTION: "옵션",
    Cause.QUANTITY: "수량",
    Cause.GOODS: "다른 상품",
    Cause.DISCOUNT: "할인",
    Cause.POINTS: "적립금 사용",
}


@dataclass(frozen=True)
class Pair:
    """The same product in two orders."""

    earlier: OrderItem
    later: OrderItem


def pair_items(earlier: Order, later: Order) -> list[Pair]:
    """Return the products that both orders hold, each once, preferring the same option."""
    left = list(earlier.items)
    pairs: list[Pair] = []
    for item in later.items:
        same = [other for other in left if other.product == item.product]
        if same:
            chosen = next((other for other in same if other.option == item.option), same[0])
            left.remove(chosen)
            pairs.append(Pair(chosen, item))
    return pairs


def compare(earlier: Order, later: Order) -> list[str]:
    """Return how the later order differs from the earlier one, one idea a sentence."""
    pairs = pair_items(earlier, later)
    if not pairs:
        return ["두 주문에 같은 상품은 없어요.", *_compare_paid(earlier, later)]
    return [*(_tell_pair(pair) for pair in pairs), *_compare_paid(earlier, later)]


def _tell_pair(pair: Pair) -> str:
    name = korean.josa(pair.later.product, "은/는")
    if pair.earlier.option != pair.later.option:
        before, now = pair.earlier.option or "옵션 없음", pair.later.option or "옵션 없음"
        told = f"{name} 같은 상품인데 옵션이 달라요. 이전은 {before}, 이번은 {korean.josa(now, '이에요/예요')}."
    else:
        told = f"{name} 상품과 옵션이 모두 같아요."
    if pair.earlier.quantity != pair.later.quantity:
        told += f" 수량은 {pair.earlier.quantity}개에서 {pair.later.quantity}개로 달라졌어요."
    return told


def _compare_paid(earlier: Order, later: Order) -> list[str]:
    if earlier.paid_krw is None or later.paid_krw is None:
        return []
    difference = later.paid_krw - earlier.paid_krw
    if not difference:
        return [f"결제 금액도 {korean.won(later.paid_krw)}으로 같아요."]
    more = "많아요" if difference > 0 else "적어요"
    paid = f"결제 금액은 이전보다 {korean.won(abs(difference))} {more}."
    why = _explain(earlier, later, difference)
    return [paid, why] if why else [paid]


def find_causes(earlier: Order, later: Order) -> dict[Cause, int]:
    """Return how much of the difference in what was paid comes from what, in won; the parts add up to the difference.

    Only causes that made a difference are there. Both orders must say what was paid, and what each thing costs.
    """
    causes: Counter[Cause] = Counter()
    pairs = pair_items(earlier, later)
    for pair in pairs:
        before, after = pair.earlier.price_krw or 0, pair.later.price_krw or 0
        kind = Cause.LIST_PRICE if pair.earlier.option == pair.later.option else Cause.OPTION
        causes[kind] += (after - before) * min(pair.earlier.quantity, pair.later.quantity)
        more = pair.later.quantity - pair.earlier.quantity
        causes[Cause.QUANTITY] += more * (after if more > 0 else before)
    causes[Cause.GOODS] = _listed(later, [pair.later for pair in pairs]) - _listed(earlier, [p.earlier for p in pairs])
    causes[Cause.DISCOUNT] = (earlier.discount_krw or 0) - (later.discount_krw or 0)
    causes[Cause.POINTS] = (earlier.used_points_krw or 0) - (later.used_points_krw or 0)
    causes[Cause.OTHER] = (later.paid_krw or 0) - (earlier.paid_krw or 0) - sum(causes.values())
    return {cause: amount for cause, amount in causes.items() if amount}


def _listed(order: Order, paired: list[OrderItem]) -> int:
    """Return what the goods of `order` cost that the other order does not have."""
    left = list(order.items)
    for item in paired:
        left.remove(item)
    return sum((item.price_krw or 0) * item.quantity for item in left)


def _explain(earlier: Order, later: Order, difference: int) -> str | None:
    """Return what the difference comes from: one cause in full, several by their names with the largest first."""
    causes = find_causes(earlier, later)
    if set(causes) == {Cause.DISCOUNT}:
        return (
            f"할인이 이전에는 {korean.won(earlier.discount_krw or 0)}, "
            f"이번에는 {korean.won(later.discount_krw or 0)}이라 차이가 나요."
        )
    prices = [
        f"{korean.josa(pair.later.product, '이/가')} 한 개에 {korean.won(pair.earlier.price_krw)}에서 "
        f"{korean.won(pair.later.price_krw)}으로"
        for pair in pair_items(earlier, later)
        if pair.earlier.price_krw is not None
        and pair.later.price_krw is not None
        and pair.earlier.price_krw != pair.later.price_krw
    ]
    if prices and set(causes) <= {Cause.LIST_PRICE, Cause.OPTION}:
        return f"{', '.join(prices)} 바뀌었어요."
    if len(causes) == 1 and set(causes) <= {Cause.QUANTITY, Cause.GOODS}:
        return "담긴 상품이나 수량이 달라서 그래요."
    told = [
        f"{_NAMES[cause]} 때문에 {korean.won(abs(amount))} {'더' if amount > 0 else '덜'}"
        for cause, amount in sorted(causes.items(), key=lambda entry: -abs(entry[1]))
        if cause is not Cause.OTHER
    ]
    return f"{', '.join(told)} 내셨어요." if told else None
