"""What may still be done to an order as it stands. Pure but for reading the operators' table once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import yaml

from backoffice.orders.model import Order
from backoffice.orders.tables import OrderStatus
from kernel import korean

_PATH = Path(__file__).with_name("changes.yml")


class Change(StrEnum):
    """What a customer may want of a placed order."""

    CANCEL = "cancel"
    CHANGE = "change"
    ADDRESS = "address"
    RETURN = "return"


@dataclass(frozen=True)
class ChangeRule:
    """Whether a change is possible at a status, and how that is told."""

    is_possible: bool
    say: str

    def tell(self, order: Order) -> str:
        """Return the sentence for `order`."""
        return self.say.format(name=korean.josa(order.name, "은/는"))


ChangeRules = Mapping[Change, Mapping[OrderStatus, ChangeRule]]


@cache
def load_changes() -> ChangeRules:
    """Return the rules in force. Raises KeyError, TypeError or ValueError when the file does not fit."""
    data = yaml.safe_load(_PATH.read_text(encoding="utf-8"))
    return {
        Change(change): {OrderStatus(status): ChangeRule(**rule) for status, rule in by_status.items()}
        for change, by_status in data["changes"].items()
    }


def find_change(order: Order, change: Change, rules: ChangeRules | None = None) -> ChangeRule | None:
    """Return what holds for `change` at the order's status; None for an order that has already ended another way."""
    return (rules or load_changes())[change].get(order.status)
