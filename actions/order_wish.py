"""What a customer wants done to an order and has yet to agree to, kept between turns; and how refusals are told.

The wish is only what was offered: whether it can be done, and for whom, is decided again by the shop when it is done.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
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
_YES_WORDS = re.compile(
    r"^\s*(?:[네넵넹예응웅어ㅇ]+|ㅇㅋ|ok|오케이|그래요?|좋(?:아요?|습니다|죠)|맞(?:아요?|습니다)|당연\S*|부탁\S*)(?=$|[\s,.!~^ㅎ])",
    re.IGNORECASE,
)
_ASKS_FOR_IT = re.compile(
    r"(?:해|꿔|쳐|빼)\s*(?:줘|주|달라)|할[게래]|꿀[게래]|하자|부탁|진행|^\s*(?:취소|변경)\s*(?:요|할게요)?[.!~]*$"
)
_HESITATES = re.compile(r"[?？]|나요|까요|되[나죠]|어떻게|언제|얼마|왜|수수료|근데|그런데|잠깐|잠시|다른")
# Below this an intent is a guess, and a guessed yes is none.
_SURE_OF_YES = 0.5
_COUNTS = {"하나": 1, "한": 1, "둘": 2, "두": 2, "셋": 3, "세": 3, "넷": 4, "네": 4, "다섯": 5, "여섯": 6}
_COUNT = re.compile(
    r"(?P<digits>(?:(?<!\S)-)?\d{1,9})\s*(?:개|벌|켤레|권|장|대|병|자루)|(?P<one>하나|둘|셋|넷)|"
    r"(?P<word>한|두|세|네|다섯|여섯)\s*(?:개|벌|켤레|권|장|대|병|자루)"
)
# `세 개 중에 하나`, `3개에서 1개로`, `두 개 말고 한 개`: the number before these words is not the one that is meant.
_NOT_THIS_ONE = re.compile(r"\s*(?:중|가운데|에서|말고|인데|(?:샀|시켰|주문했)는데)")


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
    says_more = find_count(turn.text) is not None or _names_another(turn.text, order, wish)
    return wish if _says_yes(turn) and not says_more else None


def _names_another(text: str, order: Order, wish: Wish) -> bool:
    """Return whether the text names an item that is not the one the wish is about."""
    named = find_item(text, order)
    everything = [str(item.item_id) for item in order.left_items]
    about = [*(wish.what.get("items") or [wish.what["item"]] if "item" in wish.what else everything)]
    return named is not None and about != [str(named.item_id)]


def _says_yes(turn: Turn) -> bool:
    """Return whether the text is a yes, or asks once more for what was offered; not where it asks, stops or hesitates."""
    text = turn.text
    if text.startswith("/") or says_stop(text) or _HESITATES.search(text):
        return False
    is_affirmed = any(guess.intent == "affirm" for guess in turn.ranking[:1]) and turn.confidence >= _SURE_OF_YES
    is_brief_yes = is_short(text) and (is_affirmed or _ASKS_FOR_IT.search(text) is not None)
    return _YES_WORDS.match(text) is not None or is_brief_yes


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
    """Return how many pieces a text means: `두 개`, `3개`, `셋 중에 하나만`; None where it says no number."""
    counts = list(_COUNT.finditer(text))
    found = next((one for one in counts if not _NOT_THIS_ONE.match(text, one.end())), None)
    if found is None:
        return None
    return int(found["digits"]) if found["digits"] else _COUNTS[found["one"] or found["word"]]


def find_item(text: str, order: Order) -> OrderItem | None:
    """Return the one item that a text names, however spelt; None where it names none or several."""
    return _find_named(text, order.left_items)


def find_gone_item(text: str, order: Order) -> OrderItem | None:
    """Return the item that a text names of which nothing is left; None where it names one that is left, or none."""
    is_left = _find_named(text, order.left_items) is not None
    return None if is_left else _find_named(text, [item for item in order.items if not item.left_count])


def _find_named(text: str, items: Sequence[OrderItem]) -> OrderItem | None:
    said = letters(text)
    ways: tuple[Callable[[str], bool], ...] = (
        lambda form: len(form) > 1 and form in said,
        lambda form: is_meant(form, said),
    )
    for fits in ways:
        named = [item for item in items if any(fits(form) for form in list_forms(item.product))]
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
