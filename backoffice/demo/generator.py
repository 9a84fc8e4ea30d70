"""Invents the whole shop for one day: the same seed and day give the same shop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from random import Random

from backoffice.delivery.events import CourierEvent
from backoffice.delivery.rules import load_rules
from backoffice.demo import shape
from backoffice.demo.cast import DOUBTED, cast
from backoffice.demo.cast_orders import seen_again
from backoffice.demo.crowd import MONTHS_DAYS, crowd
from backoffice.demo.orderbook import OrderBook


@dataclass(frozen=True)
class Invented:
    """All customers, and the stories by the id of the customer who tells them, in the order to show them.

    `reports` are those of couriers that the customers' orders do not hold by themselves.
    """

    customers: tuple[shape.Customer, ...]
    stories: Mapping[str, str]
    reports: tuple[CourierEvent, ...] = ()


def generate(*, seed: int, today: date) -> Invented:
    """Return the invented shop as of `today`, a day in Seoul."""
    rules = load_rules()
    book = OrderBook(today=today, rules=rules, rng=Random(f"{seed} {today.isoformat()}"))  # noqa: S311 invented data
    told = [
        (story, person.model_copy(update={"joined_at": person.joined_at or book.moment(MONTHS_DAYS, 12, 0)}))
        for story, person in cast(book, rules)
    ]
    return Invented(
        customers=(*(person for _, person in told), *crowd(book)),
        stories={person.customer_id or "": story for story, person in told},
        reports=tuple(
            report
            for _, person in told
            if person.customer_id == f"demo-story-{DOUBTED}"
            for order in person.orders
            for report in seen_again(order)
        ),
    )
