"""What may still be done to an order as it stands. Pure but for reading the operators' table once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import yaml

from backoffice.orders.model import Order
from backoffice.orders.tables import Actor, OrderStatus
from kernel import korean

_PATH = Path(__file__).with_name("changes.yml")


class Change(StrEnum):
    """What a customer may want of a placed order."""

    CANCEL = "cancel"
    CHANGE = "change"
    ADDRESS = "address"
    RETURN = "return"


class Hand(StrEnum):
    """Who carries a change out."""

    BOT = "bot"
    PERSON = "person"


@dataclass(frozen=True)
class ChangeRule:
    """Whether a change is possible at a status, who can do it, and how that is told."""

    is_possible: bool
    say: str
    rule: str
    version: int
    by: Hand = Hand.PERSON

    def allows(self, actor: Actor) -> bool:
        """Return whether `actor` can do it as things stand; what a customer does, the bot does for them."""
        return self.is_possible and (self.by is Hand.BOT or actor is not Actor.CUSTOMER)

    def tell(self, order: Order) -> str:
        """Return the sentence for `order`."""
        return self.say.format(name=korean.josa(order.name, "은/는"))


ChangeRules = Mapping[Change, Mapping[OrderStatus, ChangeRule]]


@cache
def load_changes() -> ChangeRules:
    """Return the rules in force. Raises KeyError, TypeError or ValueError when the file does not fit."""
    data = yaml.safe_load(_PATH.read_text(encoding="utf-8"))
    return {
        Change(change): {
            OrderStatus(status): ChangeRule(
                rule=f"{change}.{status}",
                version=int(data["version"]),
                **{**fields, "by": Hand(fields.get("by", Hand.PERSON))},
            )
            for status, fields in by_status.items()
        }
        for change, by_status in data["changes"].items()
    }


def find_change(order: Order, change: Change, rules: ChangeRules | None = None) -> ChangeRule | None:
    """Return what holds for `change` at the order's status; None for an order that has already ended another way."""
    return (rules or load_changes())[change].get(order.status)


def list_statuses(change: Change, actor: Actor, rules: ChangeRules | None = None) -> list[OrderStatus]:
    """Return the statuses at which `actor` can carry `change` out."""
    return [status for status, rule in (rules or load_changes())[change].items() if rule.allows(actor)]
