"""Days and periods in a message: 어제, 지난주 금요일, 4월 15일, 최근 3개월, 추석.

Resolved to calendar days of Korea from the day of speaking. Times of day, durations
(나흘째) and the vague past (저번에) are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from bot.text.date_rules import RULES
from bot.text.entity import Entity
from bot.text.periods import Moment, Tense

ENTITY = "date"

# Whatever names a day holds one of these.
_SIGN = re.compile(
    r"[년월일달주날제레낼늘욜작밤봄께피절데름을울설석정연위블프탄기해/]|\d\.\d|\d-\d|저녁|이브|동지|크리스|핼|할로"
)
_PAST = re.compile(
    r"[갔났렀렸맸뺐샀섰썼였왔웠졌줬챘켰탔했됐봤뒀꼈앗엇햇됏왓]|[가-힣](?:았|었)|더니|다던|다면서|라면서|라던|"
    r"내역|이력|구매|주문분|기록|(?:산|시킨|주문한|결제한|구매한|받은|보낸|취소한|온|쓴|한|된|접수한)\s?(?:거|것|건|게|내역|물건|주문|상품|문의|[가-힣]+(?:은|는|이|가))"
)
_FUTURE = re.compile(
    r"예정|올까|오나|올\s|오는|와요\?|도착하|받을|받고|보내\s?주|보내\s?줘|와\s?주|까지\s?(?:와|올|꼭|도착|배송|받|기다|연락|줘|주)|될까|가능|갈게|할게|"
    r"변경|바꿔|미뤄|지정|되나|에도|하나요|나와요|만료|소멸|지나면|부탁|이사|여행|잔치|행사|쉬"
)
_UNTIL = re.compile(r"(?:\s?(?:오전|오후|아침|점심|저녁|밤))?까지")
_NEAR_CHARS = 24


def find_dates(text: str, today: date) -> Iterator[Entity]:
    """Find days and periods; the value is ``first/last``, ISO dates, both included."""
    if not _SIGN.search(text):
        return
    taken: list[tuple[int, int]] = []
    for pattern, resolve in RULES:
        for match in pattern.finditer(text):
            start, end = match.span()
            while start < end and text[start] == " ":
                start += 1
            if start == end or any(
                start < last and first < end for first, last in taken
            ):
                continue
            period = resolve(match, Moment(today, _hear_tense(text, end)))
            taken.append((start, end))  # also a day that does not exist is no other
            if period is not None:
                yield Entity(ENTITY, start, end, str(period))


def _hear_tense(text: str, end: int) -> Tense:
    """The time that the words after a date tell of, else those before it."""
    for words in (text[end : end + _NEAR_CHARS], text[:end]):
        past, future = _PAST.search(words), _FUTURE.search(words)
        if past and future:
            return Tense.PAST if past.start() < future.start() else Tense.FUTURE
        if past or future:
            return Tense.PAST if past else Tense.FUTURE
    return Tense.FUTURE if _UNTIL.match(text, end) else Tense.OPEN
