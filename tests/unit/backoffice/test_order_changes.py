"""What may still be done to an order at each status."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from backoffice.orders.changes import Change, find_change, load_changes
from backoffice.orders.model import Order, OrderItem
from backoffice.orders.tables import OPEN_STATUSES, OrderStatus

POSSIBLE = {
    # status: cancel, change, address, return
    OrderStatus.RECEIVED: (True, True, True, False),
    OrderStatus.PAID: (True, True, True, False),
    OrderStatus.PACKED: (True, True, True, False),
    OrderStatus.SHIPPED: (False, False, True, True),
    OrderStatus.IN_TRANSIT: (False, False, True, True),
    OrderStatus.DELIVERED: (False, False, False, True),
}


def an_order(status: OrderStatus) -> Order:
    return Order(
        order_id="1",
        ordered_at=datetime(2026, 11, 20, tzinfo=UTC),
        status=status,
        items=(OrderItem("운동화", None, 1, None),),
    )


@pytest.mark.parametrize(("status", "possible"), POSSIBLE.items())
def test_what_is_possible_follows_from_the_status(status: OrderStatus, possible: tuple[bool, ...]) -> None:
    rules = [find_change(an_order(status), change) for change in Change]
    assert tuple(rule is not None and rule.is_possible for rule in rules) == possible


@pytest.mark.parametrize("status", sorted(set(OrderStatus) - {*OPEN_STATUSES, OrderStatus.DELIVERED}))
def test_an_order_that_ended_is_not_changed(status: OrderStatus) -> None:
    assert [find_change(an_order(status), change) for change in Change] == [None] * len(Change)


def test_every_sentence_names_the_order_with_its_particle() -> None:
    for rules in load_changes().values():
        for status, rule in rules.items():
            assert rule.tell(an_order(status)).startswith("운동화는 ")
