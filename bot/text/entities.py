"""All entities of a message, by rules.

Order numbers, parcels, phones, codes, money, days and the closed sets follow from the
letters; products need the morphemes as well. Where finds overlap, the surer rule wins.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.text.amounts import find_amounts
from bot.text.dates import find_dates
from bot.text.entity import Entity, without_overlaps
from bot.text.identifiers import find_identifiers
from bot.text.privacy_rights import find_privacy_rights
from bot.text.product_judge import ProductJudge
from bot.text.products import Morpheme, find_products
from bot.text.terms import find_terms


def find_entities(
    text: str,
    morphemes: Sequence[Morpheme],
    *,
    today: date,
    products: frozenset[str] = frozenset(),
    judge: ProductJudge | None = None,
) -> list[Entity]:
    """Find the entities of a text that has been read, in its order.

    Args:
        text: as `bot.text.reading.read` gives it.
        morphemes: of the text, in order: start, end and ``form/tag``.
        today: the day on which it was said, in Korea.
        products: names of goods beyond the built-in ones.
        judge: what was learned about when a name means goods.
    """
    return without_overlaps(
        [
            *find_identifiers(text),
            *find_amounts(text),
            *find_dates(text, today),
            *find_terms(text),
            *find_privacy_rights(text),
            *find_products(text, morphemes, products, judge),
        ]
    )
