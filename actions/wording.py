"""What the customer's own words say beyond the intent: that the order is another one, that it works now. Pure."""

from __future__ import annotations

import re

from backoffice.orders.model import Order

_ANOTHER = re.compile(
    r"(그|이|저)\s*(거|것|건|주문|게)\s*(은|는)?\s*(말고|아니)|다른\s*(주문|거|것|건|택배|상품)|딴\s*(거|것|주문)"
)
_WORKS = re.compile(r"^(이제|아|오|네|어|응|드디어|인제|잘|\s)*(됐|되네|돼요|됩니다|되었|됨|된다|해결)")
_NOT_A_LETTER = re.compile(r"[^0-9a-z가-힣]")
_SHORTEST_NAME = 2
# A request of at least so many letters has said what it is about; nobody is asked twice.
_DETAILED_LETTERS = 28


def wants_another(text: str) -> bool:
    """Return whether the customer says that it is not the one in hand: `그거 말고`, `다른 주문`."""
    return _ANOTHER.search(text) is not None


def says_it_works(text: str) -> bool:
    """Return whether an answer to "does it work now?" is that it does: `이제 됐어요`, `되네요`."""
    return _WORKS.match(text.strip()) is not None and re.search(r"안\s*(됐|돼|되)|아니", text) is None


def is_detailed(text: str) -> bool:
    """Return whether a request already holds what a person needs to know, as far as its length tells."""
    return len(_letters(text)) >= _DETAILED_LETTERS


def names_product(text: str, order: Order) -> bool:
    """Return whether the text names something in the order, spaces and signs apart: `무선이어폰 취소요`, `이어폰`."""
    said = _letters(text)
    return any(_is_named(item.product, said) for item in order.items)


def _is_named(product: str, said: str) -> bool:
    whole = _letters(product)
    words = [word for word in product.split() if not word[0].isdigit()]
    last = _letters(words[-1]) if words else ""
    return any(len(name) >= _SHORTEST_NAME and name in said for name in (whole, last))


def _letters(text: str) -> str:
    return _NOT_A_LETTER.sub("", text.lower())
