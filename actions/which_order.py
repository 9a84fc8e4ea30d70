"""Which order the customer means: named, talked about just now, the only one that fits, or asked for.

Two SQL statements whatever the case: one for orders, one for their items.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from actions import phrases
from actions.base import Shop, Turn
from actions.phrases import HISTORY, PERSON
from actions.question import Question
from actions.reply import Reply
from actions.wording import find_place
from backoffice.orders.model import Order
from backoffice.orders.search import choose_named

_LOOKED_AT = 20
_MOST_CHOICES = 5
Fits = Callable[[Order], bool]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is looked for: the topic, what it is called to somebody who has to log in, which orders fit.

    `ask` is the question where several fit, `none` the answer where orders exist but none fits.
    """

    topic: str
    what: str
    ask: str
    none: str
    fits: Fits


async def find(shop: Shop, turn: Turn, wanted: Wanted) -> Order | Reply:
    """Return the order that is meant, or the reply where that is still open. The reply keeps the topic in hand."""
    found = await _find(shop, turn, wanted)
    if isinstance(found, Reply):
        found.slots["last_topic"] = wanted.topic
    return found


async def _find(shop: Shop, turn: Turn, wanted: Wanted) -> Order | Reply:
    if turn.customer_id is None:
        return phrases.ask_to_log_in(wanted.what)
    if turn.order_id is not None:
        return await shop.orders.find_order(turn.customer_id, turn.order_id) or phrases.no_such_order()
    orders = await shop.orders.list_orders(turn.customer_id, limit=_LOOKED_AT)
    return choose(orders, turn, wanted, shop=shop)


def choose(orders: Sequence[Order], turn: Turn, wanted: Wanted, *, shop: Shop) -> Order | Reply:
    """Return the one of `orders` that is meant, or the reply that asks which."""
    if not orders:
        return phrases.no_orders()
    left = [order for order in orders if order.order_id != turn.excluded_order_id]
    named = choose_named(left, turn.text) if not turn.is_pressed else []
    if len(named) == 1:
        return named[0]
    fitting = [order for order in named or left if wanted.fits(order)]
    known = [order for order in fitting if order.order_id == turn.known_order_id]
    if known:
        return known[0]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        return Reply(bubbles=[wanted.none], choices=[HISTORY, PERSON])
    shown = fitting[:_MOST_CHOICES]
    place = find_place(turn.text) if turn.asks("order", wanted.topic) else None
    if place is not None and place < len(shown):
        return shown[place]
    ask = wanted.ask
    if len(fitting) > _MOST_CHOICES:
        ask += f" 최근 {_MOST_CHOICES}건만 보여 드리니, 다른 주문은 주문번호를 적어 주세요."
    return Reply(choices=phrases.order_choices(shown, today=shop.today())).ask(Question("order", wanted.topic), ask)
