"""Which of a customer's own orders are meant by days, amounts and words. Pure but for the one query at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from backoffice.orders.errors import InvalidAmount, InvalidPeriod
from backoffice.orders.model import Order
from backoffice.orders.port import Orders
from backoffice.orders.spelling import is_meant, letters

# The newest so many are looked through; who has more, names a period.
LOOKED_THROUGH = 200
_FIRST_YEAR, _LAST_YEAR = 2000, 2200
_LARGEST_KRW = 1_000_000_000_000
_SHORTEST_NAME = 2


@dataclass(frozen=True, kw_only=True)
class Query:
    """What is looked for; None: anything. Days are days in Seoul, both included. `text` names goods, however spelt."""

    first_day: date | None = None
    last_day: date | None = None
    least_krw: int | None = None
    most_krw: int | None = None
    text: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether every order fits."""
        return self == Query()


def check(query: Query) -> Query:
    """Return `query`. Raises InvalidPeriod or InvalidAmount for what cannot be."""
    for day in (query.first_day, query.last_day):
        if day is not None and not _FIRST_YEAR <= day.year <= _LAST_YEAR:
            raise InvalidPeriod
    if query.first_day and query.last_day and query.first_day > query.last_day:
        raise InvalidPeriod
    for amount in (query.least_krw, query.most_krw):
        if amount is not None and not 0 <= amount <= _LARGEST_KRW:
            raise InvalidAmount
    if query.least_krw is not None and query.most_krw is not None and query.least_krw > query.most_krw:
        raise InvalidAmount
    return query


def read_period(first: str, last: str) -> tuple[date, date]:
    """Return the days of two ISO dates. Raises InvalidPeriod for days that do not exist."""
    try:
        return date.fromisoformat(first), date.fromisoformat(last)
    except ValueError as error:
        raise InvalidPeriod from error


def choose_named(found: Sequence[Order], text: str) -> list[Order]:
    """Return the orders whose goods `text` names: as they are spelt where any is, else a slip or two apart."""
    said = letters(text)
    if not said:
        return []
    names = {item.product for order in found for item in order.items}
    exact = {name for name in names if any(len(form) >= _SHORTEST_NAME and form in said for form in list_forms(name))}
    meant = exact or {name for name in names if any(is_meant(form, said) for form in list_forms(name))}
    return [order for order in found if any(item.product in meant for item in order.items)]


def list_forms(product: str) -> list[str]:
    """Return how customers name a product: in whole, or by its last word that is no measure."""
    words = [word for word in product.split() if not word[0].isdigit()]
    return list(dict.fromkeys(form for form in (letters(product), letters(words[-1]) if words else "") if form))


def fits_amount(order: Order, query: Query) -> bool:
    """Return whether what was paid, or the price of one of the goods, lies within the amounts."""
    if query.least_krw is None and query.most_krw is None:
        return True
    least, most = query.least_krw or 0, _LARGEST_KRW if query.most_krw is None else query.most_krw
    amounts = [order.paid_krw, *(item.price_krw for item in order.items)]
    return any(amount is not None and least <= amount <= most for amount in amounts)


async def search(book: Orders, customer_id: str, query: Query, *, limit: int) -> Sequence[Order]:
    """Return the customer's newest orders that fit, newest first. Raises InvalidPeriod, InvalidAmount."""
    check(query)
    most = limit if query.text is None and query.least_krw is None and query.most_krw is None else LOOKED_THROUGH
    found = await book.list_orders(customer_id, limit=most, first_day=query.first_day, last_day=query.last_day)
    fitting = [order for order in found if fits_amount(order, query)]
    return (choose_named(fitting, query.text) if query.text is not None else fitting)[:limit]
