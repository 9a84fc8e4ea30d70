"""Reads a new address, day or note to the driver from what a customer wrote. Pure."""

from __future__ import annotations

import re
from datetime import date

from actions.turn import Turn
from backoffice.delivery.tables import ChangeKind
from backoffice.delivery.wishes import Wish

_PROVINCE = r"(?:서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충청?[북남]|전라?[북남]|경상?[북남]|제주)"
_REGION = rf"(?:{_PROVINCE}[가-힣]*\s+)?(?:[가-힣]+(?:시|군|구)\s+){{0,3}}(?:[가-힣0-9]+(?:읍|면|동|리)\s+)?"
_NUMBER = r"\d+(?:-\d+)?"
_PLACE = (
    rf"(?:[가-힣0-9·]+(?:로|길)\s*{_NUMBER}(?:번길\s*{_NUMBER})?|[가-힣0-9]+(?:동|리|가|읍|면)\s*{_NUMBER}(?:번지)?)"
)
_DETAIL = r"(?:[\s,]+(?:[가-힣A-Za-z0-9]+(?:아파트|빌라|오피스텔|빌딩|타워|맨션|마을|단지|하우스)|\d+동\s*\d+호|\d+(?:동|호|층)))*"
_ADDRESS = re.compile(rf"{_REGION}{_PLACE}{_DETAIL}")
_HINTS_AT_ADDRESS = re.compile(
    rf"(?:^|\s){_PROVINCE}|[가-힣]+(?:시|군|구|동)(?:으로|로|에|\s|$)|[가-힣]{{2,}}(?:로|길)\s*\d"
)
_SPEAKS_OF_ADDRESS = re.compile(r"주소|배송지|받는\s*곳|받을\s*곳|보낼\s*곳")
# A day that has passed is meant as the new one only where these words say so; else the order was placed on it.
_ARRIVES = re.compile(r"받[을고게]|도착|와\s*(?:줘|주)|배송(?:일|받)")
_NOTE = re.compile(r"문\s*앞|현관|경비실|택배함|관리실|맡겨|놓아|놔\s*(?:주|두)|두고\s*가|초인종|벨\s*(?:누르|눌)|노크")
_WISHES_CHANGE = re.compile(r"(?:으로|로)?\s*(?:바꿔|변경|바꾸|수정)\S*(?:\s*(?:주세요|주실래요|줘요?|싶\S*))?[.!?~]*$")


def read_wish(turn: Turn, *, today: date) -> Wish | None:
    """Return what the message wants changed, an address before a day before a note; None where it names none."""
    found = _ADDRESS.search(turn.text)
    if found is not None:
        return Wish(kind=ChangeKind.ADDRESS, wanted=" ".join(found.group().split()))
    day = read_day(turn.entities.get("date"))
    is_for_arrival = day is not None and (day >= today or _ARRIVES.search(turn.text) is not None)
    if day is not None and is_for_arrival and not _SPEAKS_OF_ADDRESS.search(turn.text):
        return Wish(kind=ChangeKind.DAY, wanted=day.isoformat())
    if _NOTE.search(turn.text):
        note = _WISHES_CHANGE.sub("", turn.text.strip())
        return Wish(kind=ChangeKind.DOOR_NOTE, wanted=note or turn.text.strip())
    return None


def hints_at_address(text: str) -> bool:
    """Return whether the message names a place, though not a whole address: `부산으로요`."""
    return _HINTS_AT_ADDRESS.search(text) is not None


def read_day(period: str | None) -> date | None:
    """Return the day of a period as the bot marks it, `2026-11-27/2026-11-27`; None for longer ones and for none."""
    first, _, last = (period or "").partition("/")
    if not first or (last and last != first):
        return None
    try:
        return date.fromisoformat(first)
    except ValueError:
        return None
