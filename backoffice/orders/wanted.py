"""What may be changed about an order, and what a change came to: values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class NewOption:
    """Another option for all that is left of an item."""

    item_id: int
    option: str


@dataclass(frozen=True)
class NewQuantity:
    """So many pieces of an item instead."""

    item_id: int
    quantity: int


@dataclass(frozen=True)
class NewItem:
    """A further item."""

    product: str
    option: str | None
    quantity: int


@dataclass(frozen=True)
class NewPayment:
    """Another way of paying."""

    method: str


ChangeWanted = NewOption | NewQuantity | NewItem | NewPayment


@dataclass(frozen=True, kw_only=True)
class Changed:
    """What was changed: of which item, from what to what, and what follows for the money (negative: given back)."""

    order_id: str
    kind: str
    item: str | None
    before: str
    after: str
    difference_krw: int
    due_date: date | None = None
