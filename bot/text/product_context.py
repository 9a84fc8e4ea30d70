"""Whether a name of goods means goods of the shop here, from the words around it.

The same noun names what was bought ("소파 언제 와요"), the room it stands in ("소파에
앉아"), another shop's ware ("치킨 시켜줘") or an ingredient. Words beside the name count for
or against; how many are needed depends on what else the noun commonly means.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

_NEAR_BEFORE, _NEAR_AFTER, _SOON = 24, 26, 16  # characters
_PRECEDING, _FOLLOWING, _NEXT = 3, 5, 2  # morphemes


class Need(IntEnum):
    """How much has to speak for goods before a noun is taken for them."""

    NOTHING = 0
    A_HINT = 1
    A_SIGN = 2
    ITS_OWN_ORDER = 3


_PARTICLE = r"(?:을|를|이|가|은|는|도|만|랑|하고|이랑|의)?"
_COUNT = r"(?:\d+|한|두|세|네|다섯|여섯|일곱|여덟|아홉|열|스무|서른|마흔|쉰|[이삼사오육칠팔구]?[십백천])\s?"
_COUNTED = rf"(?:{_COUNT}(?:개|켤레|벌|장|대|병|통|권|박스|상자|봉지?|세트|마리|포기|자루|포대?|캔|팩|키로|킬로|kg|병|쌍|짝|줄|매|송이|단|근|되|다발|그루|롤|입|인용|인치|기가)|하나)"
_ORDER_WORD = (
    r"(?:샀|사[려는고면도서]|살[게까 래]|산\s|산거|사\s?[주줬달]|구매|구입|주문|발주|시[켰킨키켜]|재주문|추가|담[았은아]|예약\s?(?:구매|주문)|맞[췄춘]|골랐|고른"
    r"|배송|출고|발송|출발|도착|택배|환불|반품|교환|취소|회수|재고|품절|입고|재입고|누락|분실|도난|오배송"
    r"|왔|안\s?와|안\s?왔|와부|와수|오[나는면]?\s?(?:요|거|게)|언제|받[았은아고]|못\s?받|보내\s?[주줘]|보냈|잘못\s?[왔온]|빠[졌진뜨트]|빠져|없[어는네슈습이]|안\s?들[었어]|안\s?보[여이]|들어\s?있"
    r"|바꿔|바꾸|바꿀|변경|가격|얼마|할인|쿠폰|세일|싸[게졌]|올랐|비싸|영수증|거래명세서|계산서|견적"
    r"|파손|불량|하자|고장|깨[졌진지]|터[졌진]|상했|상한|썩|녹[았은]|찢|얼룩|흠집|구멍|작아|작[은네]|커[요서]|크[고네]|헐렁|안\s?맞|안\s?닫|안\s?켜|안\s?돼|찌그러|눅눅|냄새)"
)
_ASKED = (
    r"(?:추천|있[나어는을습죠]|파[나는시]|팔[아고]|사이즈|치수|색상|색깔|색\s|크기|용량|무게|재질|소재|원단|원산지|유통기한|소비기한|설명서|사용법|세탁|도수|규격|성분|모델|호환|전용|포장|조립|설치|구성|중량|도정"
    r"|어[떤떻느]|몇\s|무슨|뭐가|되나|돼요|될까|써도|먹어도|입어도|신어도|괜찮|좋[아은나을]|맞[나는아]|국산|차이|비교|달아|매운|백탁|각인|제작|충전|두께|얼마나|제일|조용|예쁜)"
)
_STATED = re.compile(
    rf"{_PARTICLE}\s?(?:{_COUNTED}\s?{_PARTICLE}\s?)?(?:[가-힣A-Za-z0-9]{{1,6}}\s){{0,1}}{_ORDER_WORD}"
)
_STATED_LATER = re.compile(_ORDER_WORD)
_ASKED_ABOUT = re.compile(
    rf"{_PARTICLE}\s?(?:[가-힣A-Za-z0-9]{{1,6}}\s){{0,2}}{_ASKED}"
)
_COUNTED_AFTER = re.compile(rf"\s?{_COUNTED}(?![가-힣]*\s?(?:전|뒤|후))")
# "the ... that was bought", with no more than a word between.
_BOUGHT_BEFORE = re.compile(
    r"(?:산|샀던|시킨|시켰던|주문한|주문했던|발주한|구매한|구입한|결제한|받은|보낸|보내신|온|왔던|배송된|배송받은|도착한|사려는|사려던|담은|담아\s?둔|고른|찜한|파는|판매하는|예약한"
    r"|환불한|취소한|반품한|반품할|교환한|교환할|환불할|맞춘|쓸|쓰실|입을|신을|먹을|드릴|준다던|보내준다던|주신다던|올라온|주문|환불|반품|교환|구매)\s(?:[가-힣0-9]{1,5}\s)?$"
)
_ORDER_ID_BEFORE = re.compile(r"20\d\d-\d{5}\s?(?:[가-힣]{1,4}\s)?(?:[가-힣]{1,6}\s)?$")

# A place, a tool or a state of the speaker instead of a ware.
_SET_IN = re.compile(
    r"(?:에서(?!\s?(?:냄새|소리|물|연기|[가-힣]{1,4}\s?(?:나|빠|새)))|(?:에|에다|에다가)\s?(?:자리|앉|누워|넣|올|돌|있|적|두|놓|데우|구워|들어가|달[리아]|연결|쓰고|쓸|뒀|놔|둘|싸|담|보관|붙)"
    r"|\s?(?:위|밑|옆|안|속|앞|뒤|아래|바람|쪽|근처|앞주머니)(?:에|로|으로|에다|에서)"
    r"|\s?(?:쓰고|쓰면|끼고|뒤집어|켜고|켜서|켜\b|들고|던지|던질|비[우워]|보고|보면|타고|타서|빌려|반납|주웠|잃어|맡기|두고|고쳐|밟)"
    r"|을\s?(?:쓰고|끼고|켜서|껐|타서|빌려|잃어버리|잃어버린|보고|주웠|못\s?(?:보|쓰))|를\s?(?:쓰고|끼고|켜서|켜니|켜고|껐|꺼|타서|들고|빌려|잃어버리|잃어버린|보고|주웠|댈|붙들|못\s?(?:보|쓰))"
    r"|로\s?(?:하|했|들어|접속|결제|걸|옮|보|찍|사진|확인|본인|인증)|으로\s?(?:하|했|들어|접속|결제|걸|옮|보|찍|확인|본인|인증|카톡)"
    r"|처럼|값|대신에|한테|보다\b|지기|뿐)"
)
_OTHERS_BUSINESS = re.compile(
    r"\s?(?:회사|가게|매장|공장|수리|렌탈|대여|요금|개통|약정|명의|번호|결제|소액|인증|광고|소리|권한|초기화|화면\s?녹화|면허|펑크|청소한다|씨|님|상담|대리|과장|팀장|부장|사장|기사님|선생|맛|향|때문에\s못)"
    r"|(?:이?랑|과|와)\s?(?:연결|써도|같이\s?먹|쓸\s?수)|\s?(?:없는|없이|든)\s?(?:노인|사람|게|[가-힣]{2,4}\s?시)"
)
_OWNED_BEFORE = re.compile(
    r"(?:그|저|쓰던|우리|우리\s?집|집|친구|회사|공용|사무실|피씨방|공유|옆집|중고로\s산|현관|업무용|다른|옆자리|엄마|딸|할머니|산에서\s껐던|옛날)\s$"
)
# The whole message is about something else than this shop.
_ELSEWHERE = re.compile(
    r"카센터|세차장|수선집|안경점|철물점|열쇠집|카페\s?하시는|구청|주민센터|동사무소|동물병원|긴급출동|중고나라|수거함|분갈이|탄저병|굽갈이|조율|실외기|셀프|비법|동네\s?마트|시장에|도배"
    r"|쿠팡|당근(?:마켓|에서|에\s|\s?동네)|중고\s?(?:로|거래|나라|장터)|번개장터|렌탈|배민|배달의\s?민족|요기요|객실|호텔|펜션|숙소|중국집|꽃집|장례식장|식당|코디님|폐가전|이사업체|이삿짐|용달|나눔\s?받"
    r"|레시피|요리법|구워야|구우면|볶[을음아]|끓[이여]|삶[을아]|반찬\s?뭐|뭐\s?싸|뭐\s?해\s?먹|만드는\s?(?:법|방법)|배달\s?(?:해|시켜|그만|비)|보험|병원|약국|운전|시속|세탁소|농장|학원에|시켜\s?줘$"
)
_VERIFYING = re.compile(r"인증|본인\s?확인|패스|통신사|팝업|로그인|알림")
_BUYING = re.compile(rf"{_ORDER_WORD}|장바구니|맛있|무거|냉동|상품|물건")


@dataclass(frozen=True)
class Candidate:
    """A name at `start`..`end` that may mean goods.

    `head` is the part that was known, `category` where it was; empty when annotated only.
    """

    start: int
    end: int
    head: str
    category: str
    need: Need


@dataclass(frozen=True)
class Message:
    """A text as it was read, its morphemes in order, and what can be heard in the whole."""

    text: str
    morphemes: Sequence[tuple[int, int, str]]
    heard: tuple[str, ...]

    @classmethod
    def hear(cls, text: str, morphemes: Sequence[tuple[int, int, str]]) -> Message:
        """Look through a message once, for all the names in it."""
        heard = (name for name, pattern in _ANYWHERE if pattern.search(text))
        return cls(text, morphemes, tuple(heard))


def means_goods(message: Message, candidate: Candidate) -> bool:
    """Whether a name means goods by the signs beside it alone."""
    before, after = _around(message.text, candidate)
    if _OTHERS_BUSINESS.match(after):
        return False
    score = 0
    if _STATED.match(after):
        score += 3
    elif _STATED_LATER.search(after[:_SOON]):
        score += 1
    if _BOUGHT_BEFORE.search(before):
        score += 3
    elif _ORDER_ID_BEFORE.search(before):
        score += 2
    if _ASKED_ABOUT.match(after):
        score += 2
    if _COUNTED_AFTER.match(after):
        score += 2
    if score == 0 and "buying" in message.heard:
        score += 1
    if _SET_IN.match(after):
        score -= 3
    if _OWNED_BEFORE.search(before):
        score -= 2
    if "elsewhere" in message.heard:
        score -= 3
    return score >= candidate.need


def list_message_signs(message: Message) -> Iterator[str]:
    """What a learned judgement may weigh of a message, whichever name is judged."""
    yield f"length={min(len(message.text) // 20, 4)}"
    yield from message.heard
    for _, _, lemma in message.morphemes:
        if lemma.rpartition("/")[2][:1] in ("N", "V"):
            yield f"said={lemma}"


def list_signs(message: Message, candidate: Candidate) -> Iterator[str]:
    """What a learned judgement may weigh around a name."""
    text, morphemes = message.text, message.morphemes
    before, after = _around(text, candidate)
    need = f"need={candidate.need}"
    yield need
    yield f"name={candidate.head}"
    yield f"category={candidate.category}"
    yield f"several={text[candidate.start : candidate.end] != candidate.head}"
    yield f"first={candidate.start == 0}"
    for name, pattern in _BESIDE_AFTER:
        if pattern.match(after):
            yield name
            yield f"{name} {need}"
    for name, pattern in _BESIDE_BEFORE:
        if pattern.search(before):
            yield name
    if _STATED_LATER.search(after[:_SOON]):
        yield "stated later"
    for name in message.heard:
        yield f"{name} {need}"
    first = bisect_left(morphemes, (candidate.end,))
    for place, (_, _, lemma) in enumerate(morphemes[first : first + _FOLLOWING]):
        yield f"after={lemma}"
        if place < _NEXT:
            yield f"after {place}={lemma}"
    last = bisect_left(morphemes, (candidate.start,))
    preceding = morphemes[max(0, last - _PRECEDING) : last]
    for place, (_, _, lemma) in enumerate(reversed(preceding)):
        yield f"before={lemma}"
        if place == 0:
            yield f"before 0={lemma}"


def _around(text: str, candidate: Candidate) -> tuple[str, str]:
    return (
        text[max(0, candidate.start - _NEAR_BEFORE) : candidate.start],
        text[candidate.end : candidate.end + _NEAR_AFTER],
    )


_BESIDE_AFTER = (
    ("stated", _STATED),
    ("asked about", _ASKED_ABOUT),
    ("counted", _COUNTED_AFTER),
    ("set in", _SET_IN),
    ("others' business", _OTHERS_BUSINESS),
)
_BESIDE_BEFORE = (
    ("bought", _BOUGHT_BEFORE),
    ("order", _ORDER_ID_BEFORE),
    ("owned", _OWNED_BEFORE),
)
_ANYWHERE = (("elsewhere", _ELSEWHERE), ("buying", _BUYING), ("verifying", _VERIFYING))
