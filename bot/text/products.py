"""Goods named in a message: 운동화, 무선 이어폰, 프린터 토너.

Found over morphemes, since names are short and stand inside other words (김 in 김치, 약 in
예약). A name is a run of nouns that ends in goods; nouns before it without a blank belong
to it, and with a blank those that describe it. General words (상품, 물건, 택배) are none.
Whether goods are meant at all is judged from the words around (`product_context`).
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence

from bot.text.entity import Entity
from bot.text.goods import load_categories
from bot.text.product_context import (
    Candidate,
    Message,
    Need,
    list_message_signs,
    list_signs,
    means_goods,
)
from bot.text.product_judge import ProductJudge
from bot.text.product_nouns import AROUND, DEVICES, DOUBTFUL, PARTS, QUALITIES

ENTITY = "product"
Morpheme = tuple[int, int, str]  # start, end, form/tag

_NOUN_TAGS = frozenset({"NNG", "NNP", "SL", "XR", "W_SERIAL", "SN", "XSN", "XPN"})
_FOOD = "food"
MAX_MORPHEMES = 5  # of one name without blanks
# Nouns that do not belong to goods written right beside them.
_BESIDE = """
주문 구매 결제 배송 취소 환불 반품 교환 상품 물건 제품 택배 쿠폰 할인 적립금 어제 오늘 내일 그 저 이 지난번 저번 사은품 재고
문의 인증 우리 엄마 아이 하나 둘 개 장 박스 색상 사이즈 새 이번 다음 당일 아까 방금 지금 먼저 혹시 그때 전체 일부 나머지 추가
예약 신규 무료 발송 출발 도착 분실 누락 파손 불량 때문 대신 관련 가격 값
"""
_OTHERS = frozenset(_BESIDE.split())
_QUALITY_BEFORE = re.compile(
    rf"(?:(?<=\s)|^)(?:{'|'.join(sorted(QUALITIES, key=len, reverse=True))})\s?$"
)


def find_products(
    text: str,
    morphemes: Sequence[Morpheme],
    names: frozenset[str] = frozenset(),
    judge: ProductJudge | None = None,
) -> Iterator[Entity]:
    """Find goods; the value is the name as it was written.

    Args:
        text: the message as it was read.
        morphemes: of the text, in order.
        names: goods beyond the built-in ones; they need to be spoken of as goods.
        judge: what was learned about when a name means goods; rules decide without it.
    """
    candidates = list(find_candidates(text, morphemes, names))
    if not candidates:
        return
    message = Message.hear(text, morphemes)
    shared = judge.weigh(list_message_signs(message)) if judge else 0.0
    for each in candidates:
        if (
            judge.means_goods(shared + judge.weigh(list_signs(message, each)))
            if judge
            else means_goods(message, each)
        ):
            yield Entity(ENTITY, each.start, each.end, text[each.start : each.end])


def find_candidates(
    text: str, morphemes: Sequence[Morpheme], names: frozenset[str] = frozenset()
) -> Iterator[Candidate]:
    """Find the names that would be goods if goods are meant; from left to right."""
    nouns = [
        (start, end)
        for start, end, lemma in morphemes
        if lemma.rpartition("/")[2] in _NOUN_TAGS
    ]
    categories = load_categories()
    index = 0
    while index < len(nouns):
        following = _end_of_name(text, nouns, index, categories, names)
        if following is None:
            index += 1
            continue
        head, last = text[nouns[index][0] : nouns[following - 1][1]], following - 1
        start, end = _widen(text, nouns, index), nouns[last][1]
        index = following
        if _is_part_of_word(text, nouns, last) or _ends_a_word(text, head, start):
            continue
        category = categories.get(head.replace(" ", ""), categories.get(head, ""))
        need = _needs(text[start:end], head, category)
        yield Candidate(start, end, head, category, need)


def _ends_a_word(text: str, head: str, start: int) -> bool:
    """Whether a name of one syllable is the end of another word: 예약 is no 약."""
    return len(head) == 1 and start > 0 and "가" <= text[start - 1] <= "힣"


def _needs(name: str, head: str, category: str) -> Need:
    if name in DEVICES or head in DOUBTFUL or len(name) == 1:
        return Need.ITS_OWN_ORDER
    if head == name and head in AROUND:
        return Need.A_SIGN
    if category in ("", _FOOD):
        return Need.A_HINT
    return Need.NOTHING


def _end_of_name(
    text: str,
    nouns: list[tuple[int, int]],
    index: int,
    known: Container[str],
    names: frozenset[str],
) -> int | None:
    """The index after the nouns of a name that begins at one; None if none begins."""
    best = None
    last = index
    while last < len(nouns) and last - index < MAX_MORPHEMES:
        if last > index and text[nouns[last - 1][1] : nouns[last][0]] not in ("", " "):
            break
        name = text[nouns[index][0] : nouns[last][1]]
        if name in known or name in names or name.replace(" ", "") in known:
            best = last + 1
        last += 1
    if best is None or best == len(nouns):
        return best
    gap = text[nouns[best - 1][1] : nouns[best][0]]
    for last in range(best, min(best + 2, len(nouns))):
        if gap in ("", " ") and text[nouns[best][0] : nouns[last][1]] in PARTS:
            return last + 1
    return best


def _widen(text: str, nouns: list[tuple[int, int]], index: int) -> int:
    """Where a name begins: with nouns right before it, and words that describe it."""
    start = nouns[index][0]
    if nouns[index][1] - start > 1:
        while index > 0 and nouns[index - 1][1] == start:
            word = text[nouns[index - 1][0] : start]
            if word in _OTHERS or word.isdigit():
                break
            index -= 1
            start = nouns[index][0]
    while quality := _QUALITY_BEFORE.search(text, 0, start):
        start = quality.start()
    return start


def _is_part_of_word(text: str, nouns: list[tuple[int, int]], last: int) -> bool:
    """Whether another noun follows without a blank: 김치찌개 is no 김치."""
    if last + 1 == len(nouns) or nouns[last + 1][0] != nouns[last][1]:
        return False
    return text[nouns[last + 1][0] : nouns[last + 1][1]] not in _OTHERS
