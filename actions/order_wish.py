"""What a customer wants done to an order and has yet to agree to, kept between turns; and how refusals are told.

The wish is only what was offered: whether it can be done, and for whom, is decided again by the shop when it is done.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from actions import handing_over
from actions.base import Shop, Turn
from actions.phrases import PERSON
from actions.reply import Choice, Reply
from actions.wording import is_short, says_stop
from backoffice.orders.errors import NeedsPerson, OrderError
from backoffice.orders.model import Order, OrderItem
from backoffice.orders.search import list_forms
from backoffice.orders.service import Requester
from backoffice.orders.spelling import is_meant, letters

NO = Choice("아니요", "deny")
_YES_WORDS = re.compile(r"^\s*(네|넵|예|응|어|그래|좋아|ㅇㅇ|ㅇㅋ|당연|부탁|맞아)")
_COUNTS = {"하나": 1, "한": 1, "둘": 2, "두": 2, "셋": 3, "세": 3, "넷": 4, "네": 4, "다섯": 5, "여섯": 6}
_COUNT = re.compile(
    r"(?P<digits>\d{1,9})\s*(?:개|벌|켤레|권|장|대|병|자루)|(?P<one>하나|둘|셋|넷)|"
    r"(?P<word>한|두|세|네|다섯|여섯)\s*(?:개|벌|켤레|권|장|대|병|자루)"
)


@dataclass(frozen=True)
class Wish:
    """What is to be done to which order; `what` holds plain values only."""

    order_id: str
    what: Mapping[str, Any]

    @classmethod
    def read(cls, written: Any) -> Wish | None:
        """Return the wish that the slot holds, None for nothing or for another form."""
        try:
            data = json.loads(written) if isinstance(written, str) else None
        except ValueError:
            return None
        if not isinstance(data, dict) or not isinstance(data.get("order_id"), str):
            return None
        return cls(data.pop("order_id"), data)

    def write(self) -> str:
        """Return it as the slot keeps it."""
        return json.dumps({"order_id": self.order_id, **self.what}, ensure_ascii=False)


def find_agreed(turn: Turn, topic: str, order: Order) -> Wish | None:
    """Return the wish about `order` that the customer has just said yes to; in doubt None, and nothing is done."""
    wish = Wish.read(turn.wish)
    if wish is None or wish.order_id != order.order_id or not turn.asks("confirm", topic) or turn.is_pressed:
        return None
    if turn.text == "/affirm":
        return wish
    is_yes = is_short(turn.text) or _YES_WORDS.match(turn.text) is not None
    return wish if is_yes and not says_stop(turn.text) and not turn.text.startswith("/") else None


def requester(turn: Turn) -> Requester:
    """Return for whom the turn speaks."""
    assert turn.customer_id is not None, "nobody's orders are not touched"
    return Requester(customer_id=turn.customer_id)


def request_key(turn: Turn, what: str, order_id: str, wanted: object = "") -> str:
    """Return the key under which the turn asks for `what`: the same turn, run again, asks for nothing new."""
    digest = hashlib.sha256(f"{order_id}:{wanted}".encode()).hexdigest()[:16]
    return f"turn:{turn.turn_id}:{what}:{digest}"


def refuse(shop: Shop, turn: Turn, topic: str, error: OrderError, *choices: Choice) -> Reply:
    """Return what cannot be done and why, and the offer of a person; one who is needed anyway goes on at once."""
    reply = Reply(bubbles=[error.detail], slots={"wish": None, "last_topic": topic})
    if isinstance(error, NeedsPerson):
        return handing_over.connect(reply, turn, shop.skills.find(topic), detail=turn.known_order_id)
    reply.choices += [*choices, PERSON]
    return reply


def find_count(text: str) -> int | None:
    """Return how many pieces a text speaks of: `두 개`, `3개`, `하나만`; None where it says no number."""
    found = _COUNT.search(text)
    if found is None:
        return None
    return int(found["digits"]) if found["digits"] else _COUNTS[found["one"] or found["word"]]


def find_item(text: str, order: Order) -> OrderItem | None:
    """Return the one item that a text names, however spelt; None where it names none or several."""
    said = letters(text)
    ways: tuple[Callable[[str], bool], ...] = (
        lambda form: len(form) > 1 and form in said,
        lambda form: is_meant(form, said),
    )
    for fits in ways:
        named = [item for item in order.left_items if any(fits(form) for form in list_forms(item.product))]
        if len(named) > 1:
            named = [item for item in named if item.option and letters(item.option) in said]
        if named:
            return named[0] if len(named) == 1 else None
    return None


def item_choices(order: Order, topic: str) -> list[Choice]:
    """Return a button for each item that is left."""
    return [
        Choice(
            f"{item.label} {item.left_count}개",
            topic,
            {"order_id": order.order_id, "choice": f"item:{item.item_id}"},
        )
        for item in order.left_items[:9]
    ]
