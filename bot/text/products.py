"""Goods named in a message: 운동화, 무선 이어폰, 프린터 토너.

Found over morphemes, since names are short and stand inside other words (김 in 김치, 약 in
예약). A name is a run of nouns that ends in goods; nouns before it without a blank belong
to it, and with a blank those that describe it. General words (상품, 물건, 택배) are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.text.entity import Entity
from bot.text.product_nouns import DEVICES, DOUBTFUL, GOODS, PARTS, QUALITIES

ENTITY = "product"
Morpheme = tuple[int, int, str]  # start, end, form/tag

_NOUN_TAGS = frozenset({"NNG", "NNP", "SL", "XR", "W_SERIAL", "SN", "XSN", "XPN"})
MAX_MORPHEMES = 4  # of one name without blanks
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
_BUYING = re.compile(
    r"샀|사[려는고면도서]|살[게까 래]|산\s|산거|구매|구입|주문|시[켰킨키]|배송|배달|도착|택배|환불|반품|교환|취소|재고|품절|입고|가격|얼마|할인|쿠폰|사이즈|색상"
    r"|파손|불량|깨[졌진]|터[졌진]|상했|상한|썩|녹[았은]|빠[졌진]|누락|없[어는네]|안\s?왔|안\s?와|왔[는어]|받[았은]|들어\s?있|추천|유통기한|팔|세트|\d개|장바구니|추가|바꿔|바꾸|먹던|쓰던|맛|있습니|들어왔|무거|국산|냉동|먹어도|알 먹|매운|키로|kg"
)
# What is done with a device that was bought rather than used.
_BOUGHT = re.compile(
    r"(?:을|를|이|가|은|는|도|엔|에)?\s?(?:하나\s?|한 대\s?)?(?:샀|산\s|사[고려는]|주문|시[켰킨켜]|구매|구입|배송|출발|도착|도난|분실|재고|환불|반품|교환|왔|안\s?왔|받|추천|있는지|벽|쿠폰|파손|불량|언제|\d+\s?(?:[대개]|기가|인치)|있습니|있나)"
)
_USED = re.compile(
    r"\s?(?:에|에도|에다)\s?(?:돌|넣어도|쓸|써|데우|구워)|\s?광고|맛|향|이?랑 연결|\s?(?:결제|소액|요금|번호|약정|명의|본인|인증|개통)"
)
_APPLE = re.compile(
    r"(?:즙|잼|주스|\s?세트|\s?(?:\d+|한|두|세)?\s?(?:박스|상자|키로|kg)|가\s|랑|를?\s?(?:샀|시켰|주문))"
)


def find_products(
    text: str, morphemes: Sequence[Morpheme], names: frozenset[str] = frozenset()
) -> Iterator[Entity]:
    """Find goods; the value is the name as it was written.

    Args:
        text: the message as it was read.
        morphemes: of the text, in order.
        names: goods beyond the built-in ones.
    """
    buying = _BUYING.search(text) is not None
    nouns = [
        (start, end)
        for start, end, lemma in morphemes
        if lemma.rpartition("/")[2] in _NOUN_TAGS
    ]
    known = GOODS | names if names else GOODS
    index = 0
    while index < len(nouns):
        following = _end_of_name(text, nouns, index, known)
        if following is None:
            index += 1
            continue
        head, last = text[nouns[index][0] : nouns[following - 1][1]], following - 1
        start, end = _widen(text, nouns, index), nouns[last][1]
        index = following
        if not _is_part_of_word(text, nouns, last) and _means_goods(
            text, head, (start, end), buying=buying
        ):
            yield Entity(ENTITY, start, end, text[start:end])


def _end_of_name(
    text: str, nouns: list[tuple[int, int]], index: int, known: frozenset[str]
) -> int | None:
    """The index after the nouns of a name that begins at one; None if none begins."""
    best = None
    last = index
    while last < len(nouns) and last - index < MAX_MORPHEMES:
        if last > index and text[nouns[last - 1][1] : nouns[last][0]] not in ("", " "):
            break
        if text[nouns[index][0] : nouns[last][1]] in known:
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


def _means_goods(text: str, head: str, span: tuple[int, int], *, buying: bool) -> bool:
    start, end = span
    name = text[start:end]
    if len(head) == 1 and start > 0 and "가" <= text[start - 1] <= "힣":
        return False
    if _USED.match(text, end):
        return False
    if name in DEVICES:
        return _BOUGHT.match(text, end) is not None
    if name == "사과":
        return buying and _APPLE.match(text, end) is not None
    return buying or head not in DOUBTFUL
