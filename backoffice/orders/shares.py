"""What is given back for part of an order: money and points in proportion to the list prices. Pure.

Rounded down to whole won while something is left, so that all parts together come to exactly what was paid,
in whatever parts an order is cancelled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backoffice.orders.errors import InvalidQuantity, ItemNotFound, NeedsPerson, NothingLeft
from backoffice.orders.model import Order, OrderItem
from backoffice.orders.tables import OrderStatus

MOST_PIECES = 999


@dataclass(frozen=True)
class Piece:
    """So many pieces of one item."""

    item: OrderItem
    count: int


@dataclass(frozen=True, kw_only=True)
class Share:
    """What goes, and what comes back for it.

    `refund_krw` is None where the shop does not know what was paid. `is_unpaid`: nothing was paid yet, so that
    the money is not paid back but no longer asked for. `coupon_id` comes back only with the whole order.
    """

    pieces: tuple[Piece, ...]
    is_whole: bool
    refund_krw: int | None
    points_krw: int
    coupon_id: str | None
    is_unpaid: bool


def check_count(count: object) -> int:
    """Return `count`. Raises InvalidQuantity for what is no number of pieces."""
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MOST_PIECES:
        raise InvalidQuantity
    return count


def pick(order: Order, counts: Mapping[int, int] | None) -> tuple[Piece, ...]:
    """Return the pieces meant by `counts` (how many of which item), all that is left where it is None.

    Raises ItemNotFound, InvalidQuantity (more than is left), NothingLeft.
    """
    if counts is None:
        pieces = tuple(Piece(item, item.left_count) for item in order.left_items)
        if not pieces and order.items:
            raise NothingLeft
        return pieces
    if not counts:
        raise ItemNotFound
    known = {item.item_id: item for item in order.items}
    pieces = tuple(Piece(known[item_id], check_count(count)) for item_id, count in counts.items() if item_id in known)
    if len(pieces) < len(counts):
        raise ItemNotFound
    if any(piece.item.left_count == 0 for piece in pieces):
        raise NothingLeft
    if any(piece.count > piece.item.left_count for piece in pieces):
        raise InvalidQuantity("남은 수량보다 많이 고르셨어요.")
    return pieces


def share(order: Order, counts: Mapping[int, int] | None = None) -> Share:
    """Return what comes back when the pieces of `counts` go. Raises as `pick`, and NeedsPerson without prices."""
    pieces = pick(order, counts)
    is_whole = sum(piece.count for piece in pieces) == sum(item.left_count for item in order.items)
    gone = {item.item_id: item.quantity - item.left_count for item in order.items}
    before = _worth(order, gone)
    for piece in pieces:
        gone[piece.item.item_id] += piece.count
    after = _worth(order, gone)
    is_untouched = all(item.left_count == item.quantity for item in order.items)
    if (before is None or after is None) and not (is_whole and is_untouched):
        raise NeedsPerson
    total = _worth(order, {item.item_id: item.quantity for item in order.items})

    def back(amount: int) -> int:
        upto = amount if is_whole else _part(amount, after, total)
        return upto - _part(amount, before, total)

    return Share(
        pieces=pieces,
        is_whole=is_whole,
        refund_krw=back(order.paid_krw) if order.paid_krw is not None else None,
        points_krw=back(order.used_points_krw or 0),
        coupon_id=order.used_coupon_id if is_whole else None,
        is_unpaid=order.status is OrderStatus.RECEIVED,
    )


def _worth(order: Order, counts: Mapping[int | None, int]) -> int | None:
    """Return the list prices of so many pieces; None where one of them has no price."""
    worth = 0
    for item in order.items:
        count = counts.get(item.item_id, 0)
        if count and item.price_krw is None:
            return None
        worth += (item.price_krw or 0) * count
    return worth


def _part(amount: int, worth: int | None, total: int | None) -> int:
    return amount * worth // total if worth and total else 0
