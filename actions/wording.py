"""What the customer's own words say beyond the intent: that the order is another one, that it works now. Pure."""

from __future__ import annotations

import re

from backoffice.orders.model import Order

_ANOTHER = re.compile(
    r"(그|이|저)\s*(거|것|건|주문|게)\s*(은|는)?\s*(말고|아니)|다른\s*(주문|거|것|건|택배|상품)|딴\s*(거|것|주문)"
)
_WORKS = re.compile(
    r"^(이제|아|오|네|어|응|드디어|인제|잘|\s)*(됐|되네|돼요|됩니다|되었|됨|된다|해결|찾았|있네|있어요|있었)"
)
_DOES_NOT = re.compile(
    r"없어|없네|없는데|없습|없음|없다|없던|없고|못\s*찾|안\s*(돼|되|됨|됐|보여|나와|와|옴|왔)|아직|그대로|똑같|여전"
)
_STOPS = re.compile(r"아니|아뇨|됐|괜찮|안\s*(할|해|하)|ㄴㄴ|싫|필요\s*없|그만|하지\s*마|말고")
_PLACES = {"첫": 0, "맨위": 0, "제일위": 0, "맨 위": 0, "제일 위": 0, "두": 1, "세": 2, "네": 3, "다섯": 4}
_PLACE = re.compile(r"(?:(맨 ?위|제일 ?위|첫|두|세|네|다섯)\s*(?:번?\s*째|에|의)|([1-5])\s*번)")
_SHORT_LETTERS = 10
_NOT_A_LETTER = re.compile(r"[^0-9a-z가-힣]")
_SHORTEST_NAME = 2
# A request of at least so many letters has said what it is about; nobody is asked twice.
_DETAILED_LETTERS = 22


def wants_another(text: str) -> bool:
    """Return whether the customer says that it is not the one in hand: `그거 말고`, `다른 주문`."""
    return _ANOTHER.search(text) is not None


def says_it_works(text: str) -> bool:
    """Return whether an answer to "does it work now?" is that it does: `이제 됐어요`, `되네요`."""
    return _WORKS.match(text.strip()) is not None and re.search(r"안\s*(됐|돼|되)|아니", text) is None


def says_it_does_not(text: str) -> bool:
    """Return whether an answer to "does it work now?" is that it does not: `없어요`, `아직이요`, `그대로예요`."""
    return is_short(text) and _DOES_NOT.search(text) is not None


def says_stop(text: str) -> bool:
    """Return whether a no to a question for details means that the request is dropped, not that it tells of something."""
    return _STOPS.search(text) is not None


def is_short(text: str) -> bool:
    """Return whether a message is so short that it makes sense only as an answer."""
    return 0 < len(_letters(text)) <= _SHORT_LETTERS


def is_brief(text: str) -> bool:
    """Return whether a message is short enough to be about what was just said."""
    return 0 < len(_letters(text)) < _DETAILED_LETTERS


def find_place(text: str) -> int | None:
    """Return which one of a list is meant, from 0: `첫 번째 거`, `2번`, `제일 위에 거`; None where none is named."""
    found = _PLACE.search(text)
    if found is None:
        return None
    word, digit = found.groups()
    return int(digit) - 1 if digit else _PLACES[word]


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
